-- BALLOT SIDE. Nothing here tells who, when, where or in which order: no time, no sequence, no terminal, no foreign key;
-- keys are hashes or random values, and WITHOUT ROWID leaves no hidden row number.
CREATE TABLE credentials (
    county            TEXT NOT NULL,
    poll              TEXT NOT NULL,
    public_credential TEXT NOT NULL,
    status            TEXT NOT NULL CHECK (status IN ('unused', 'spent')),
    PRIMARY KEY (county, poll, public_credential)
) STRICT, WITHOUT ROWID;

-- The public credential stands inside the ballot; the column repeats it, so that a second ballot of the same card is
-- found by key and refused by the database itself.
CREATE TABLE ballots (
    county            TEXT NOT NULL,
    poll              TEXT NOT NULL,
    hash              BLOB NOT NULL CHECK (length(hash) = 32),
    public_credential TEXT NOT NULL,
    payload           BLOB NOT NULL,
    PRIMARY KEY (county, poll, hash),
    UNIQUE (county, poll, public_credential)
) STRICT, WITHOUT ROWID;

-- A second, different ballot of a spent card: the hash of what was refused and of what is stored.
CREATE TABLE refused_ballots (
    county  TEXT NOT NULL,
    poll    TEXT NOT NULL,
    refused BLOB NOT NULL CHECK (length(refused) = 32),
    stored  BLOB NOT NULL CHECK (length(stored) = 32),
    PRIMARY KEY (county, poll, refused)
) STRICT, WITHOUT ROWID;
