CREATE TABLE editions (
    county          TEXT NOT NULL,
    id              TEXT NOT NULL,
    year            INTEGER NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('draft', 'listed', 'pool_open', 'pool_locked', 'drawn',
                                                   'statements_published', 'poll', 'published', 'archived')),
    rules           TEXT NOT NULL,
    edition_json    TEXT,
    publication_key TEXT,
    created_at      TEXT NOT NULL,
    PRIMARY KEY (county, id),
    UNIQUE (county, year)
) STRICT;

-- One row of offices.csv, and the texts the office publishes.
CREATE TABLE offices (
    county       TEXT NOT NULL,
    edition      TEXT NOT NULL,
    number       INTEGER NOT NULL CHECK (number >= 1),
    section      TEXT NOT NULL,
    unit         TEXT NOT NULL,
    office       TEXT NOT NULL,
    scope        TEXT NOT NULL,
    carried_over INTEGER NOT NULL CHECK (carried_over IN (0, 1)),
    full_name    TEXT NOT NULL,
    duties       TEXT,
    commitment   TEXT,
    statement    TEXT CHECK (length(statement) <= 400),
    PRIMARY KEY (county, edition, number),
    FOREIGN KEY (county, edition) REFERENCES editions (county, id)
) STRICT;

-- PERSON SIDE. No key, time or order leads from here to the credentials and ballots.
CREATE TABLE pool_members (
    county    TEXT NOT NULL,
    edition   TEXT NOT NULL,
    member_id TEXT NOT NULL,
    half      TEXT NOT NULL CHECK (half IN ('A', 'B')),
    category  TEXT NOT NULL,
    cells     TEXT NOT NULL,
    PRIMARY KEY (county, edition, member_id),
    FOREIGN KEY (county, edition) REFERENCES editions (county, id)
) STRICT;

CREATE TABLE sanctions (
    county          TEXT NOT NULL,
    edition         TEXT NOT NULL,
    number          INTEGER NOT NULL,
    kind            TEXT NOT NULL,
    document_number TEXT NOT NULL,
    decided_on      TEXT NOT NULL,
    PRIMARY KEY (county, edition, number, document_number),
    FOREIGN KEY (county, edition, number) REFERENCES offices (county, edition, number)
) STRICT;

-- Ties at a cut, decided by the leading group.
CREATE TABLE decisions (
    county          TEXT NOT NULL,
    edition         TEXT NOT NULL,
    number          INTEGER NOT NULL,
    kind            TEXT NOT NULL,
    document_number TEXT NOT NULL,
    decided_on      TEXT NOT NULL,
    PRIMARY KEY (county, edition, number, kind),
    FOREIGN KEY (county, edition, number) REFERENCES offices (county, edition, number)
) STRICT;
