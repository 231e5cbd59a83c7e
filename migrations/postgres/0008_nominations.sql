-- PERSON SIDE. Who was recommended or nominates himself, and how the review stands. Names and numbers lie apart, in
-- nomination_identities; they are erased when the edition is archived. `code_hash` is the SHA-256 of the code with which
-- the person looks up the state. `member_id` is set when the lock of the pool is proposed.
CREATE TABLE nominations (
    county      TEXT NOT NULL,
    edition     TEXT NOT NULL,
    id          TEXT NOT NULL,
    source      TEXT NOT NULL CHECK (source IN ('self', 'unit', 'list')),
    unit        TEXT NOT NULL,
    half        TEXT NOT NULL CHECK (half IN ('A', 'B')),
    category    TEXT NOT NULL,
    workplace   TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'returned', 'approved', 'rejected')),
    reason      TEXT,
    version     BIGINT NOT NULL CHECK (version >= 1),
    code_hash   TEXT,
    member_id   TEXT COLLATE "C",
    received_at TEXT NOT NULL,
    decided_by  TEXT,
    decided_at  TEXT,
    PRIMARY KEY (county, edition, id),
    UNIQUE (county, code_hash),
    UNIQUE (county, edition, member_id),
    FOREIGN KEY (county, edition) REFERENCES editions (county, id),
    CHECK (state NOT IN ('returned', 'rejected') OR reason IS NOT NULL)
);

CREATE TABLE nomination_identities (
    county     TEXT NOT NULL,
    edition    TEXT NOT NULL,
    nomination TEXT NOT NULL,
    name       TEXT NOT NULL,
    id_card    TEXT NOT NULL,
    phone      TEXT NOT NULL,
    salt       TEXT,
    PRIMARY KEY (county, edition, nomination),
    FOREIGN KEY (county, edition, nomination) REFERENCES nominations (county, edition, id)
);

-- How the pool was locked: `pool.tsv` byte for byte, and the draw id inside the anchors, if there are any.
CREATE TABLE pool_locks (
    county    TEXT NOT NULL,
    edition   TEXT NOT NULL,
    draw_id   TEXT,
    pool      TEXT NOT NULL,
    locked_at TEXT NOT NULL,
    PRIMARY KEY (county, edition),
    FOREIGN KEY (county, edition) REFERENCES editions (county, id)
);
