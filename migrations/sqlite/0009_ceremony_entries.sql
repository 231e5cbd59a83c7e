-- The ceremony is typed in entry by entry, by two clerks: commitments as they come (a JSON list with nulls), the digits
-- of the first clerk until a second one agrees, each envelope with who tried it in vain; and of a void draw, in which state it was broken off.
CREATE TABLE new_draws (
    county        TEXT NOT NULL,
    edition       TEXT NOT NULL,
    ceremony      INTEGER NOT NULL CHECK (ceremony >= 1),
    draw_id       TEXT NOT NULL,
    purpose       TEXT NOT NULL CHECK (purpose IN ('real', 'rehearsal')),
    state         TEXT NOT NULL CHECK (state IN ('announced', 'committed', 'thrown', 'opened', 'drawn', 'void')),
    pool          TEXT NOT NULL,
    announce      TEXT NOT NULL,
    commitments   TEXT,
    dice_first    TEXT,
    dice_first_by TEXT,
    dice          TEXT,
    envelopes     TEXT,
    public_source TEXT,
    seed          TEXT,
    result        TEXT,
    absences      TEXT,
    replacements  TEXT,
    void_reason   TEXT,
    voided_from   TEXT,
    announced_at  TEXT NOT NULL,
    PRIMARY KEY (county, edition, ceremony),
    UNIQUE (county, edition, draw_id),
    FOREIGN KEY (county, edition) REFERENCES editions (county, id),
    CHECK ((state = 'void') = (void_reason IS NOT NULL)),
    CHECK ((dice_first IS NULL) = (dice_first_by IS NULL)),
    CHECK (state <> 'drawn' OR (seed IS NOT NULL AND result IS NOT NULL))
) STRICT;
INSERT INTO new_draws (county, edition, ceremony, draw_id, purpose, state, pool, announce, commitments, dice,
                       public_source, seed, result, absences, replacements, void_reason, announced_at)
SELECT county, edition, ceremony, draw_id, purpose, state, pool, announce, commitments, dice,
       public_source, seed, result, absences, replacements, void_reason, announced_at FROM draws;
DROP TABLE draws;
ALTER TABLE new_draws RENAME TO draws;

-- What a party types to hand in its commitment on its own device, once; only its hash is kept.
CREATE TABLE commitment_codes (
    county    TEXT NOT NULL,
    edition   TEXT NOT NULL,
    ceremony  INTEGER NOT NULL,
    party     INTEGER NOT NULL CHECK (party >= 1),
    code_hash BLOB NOT NULL,
    PRIMARY KEY (county, edition, ceremony, party),
    UNIQUE (county, code_hash),
    FOREIGN KEY (county, edition, ceremony) REFERENCES draws (county, edition, ceremony)
) STRICT;
