-- Closing in two steps (收票中, then sealed), what people said at opening and pausing, cards declared void, booths' statements,
-- recorded exceptions. SQLite cannot change a CHECK, so the tables are written anew.
CREATE TABLE new_polls (
    county            TEXT NOT NULL,
    id                TEXT NOT NULL,
    edition           TEXT NOT NULL,
    purpose           TEXT NOT NULL CHECK (purpose IN ('real', 'rehearsal')),
    state             TEXT NOT NULL CHECK (state IN ('setup', 'keys_ready', 'cards_ready', 'open', 'paused', 'closing', 'closed',
                                                     'reconciled', 'tallied', 'revealed')),
    group_name        TEXT NOT NULL,
    cards             INTEGER NOT NULL CHECK (cards >= 1),
    edition_json      TEXT,
    offices_csv       TEXT,
    election          TEXT,
    trustees          TEXT,
    credentials       TEXT,
    setup             TEXT,
    ballot_size       INTEGER,
    opened_at         TEXT,
    closed_at         TEXT,
    encrypted_tally   TEXT,
    closing_statement TEXT,
    result            TEXT,
    reconciliation    TEXT,
    zero_report       TEXT,
    pace_reason       TEXT,
    PRIMARY KEY (county, id),
    FOREIGN KEY (county, edition) REFERENCES editions (county, id)
) STRICT;
INSERT INTO new_polls (county, id, edition, purpose, state, group_name, cards, edition_json, offices_csv, election, trustees,
                       credentials, setup, ballot_size, opened_at, closed_at, encrypted_tally, closing_statement, result,
                       reconciliation)
SELECT county, id, edition, purpose, state, group_name, cards, edition_json, offices_csv, election, trustees,
       credentials, setup, ballot_size, opened_at, closed_at, encrypted_tally, closing_statement, result,
       reconciliation FROM polls;

CREATE TABLE new_trustee_keys (
    county            TEXT NOT NULL,
    poll              TEXT NOT NULL,
    position          INTEGER NOT NULL CHECK (position >= 1),
    name              TEXT NOT NULL,
    public_key        TEXT,
    closing_signature TEXT,
    certificate       TEXT,
    contribution      TEXT,
    PRIMARY KEY (county, poll, position),
    FOREIGN KEY (county, poll) REFERENCES new_polls (county, id)
) STRICT;
INSERT INTO new_trustee_keys (county, poll, position, name, public_key, closing_signature, certificate, contribution)
SELECT county, poll, position, name, public_key, closing_signature, certificate, contribution FROM trustee_keys;

CREATE TABLE new_partial_decryptions (
    county   TEXT NOT NULL,
    poll     TEXT NOT NULL,
    position INTEGER NOT NULL,
    payload  TEXT NOT NULL,
    PRIMARY KEY (county, poll, position),
    FOREIGN KEY (county, poll, position) REFERENCES new_trustee_keys (county, poll, position)
) STRICT;
INSERT INTO new_partial_decryptions (county, poll, position, payload)
SELECT county, poll, position, payload FROM partial_decryptions;

-- Children first: nothing may point at a table that is dropped. Renaming moves the new keys along.
DROP TABLE partial_decryptions;
DROP TABLE trustee_keys;
DROP TABLE polls;
ALTER TABLE new_polls RENAME TO polls;
ALTER TABLE new_trustee_keys RENAME TO trustee_keys;
ALTER TABLE new_partial_decryptions RENAME TO partial_decryptions;

CREATE TABLE new_credentials (
    county            TEXT NOT NULL,
    poll              TEXT NOT NULL,
    public_credential TEXT NOT NULL,
    status            TEXT NOT NULL CHECK (status IN ('unused', 'spent', 'void')),
    PRIMARY KEY (county, poll, public_credential)
) STRICT, WITHOUT ROWID;
INSERT INTO new_credentials (county, poll, public_credential, status)
SELECT county, poll, public_credential, status FROM credentials ORDER BY county, poll, public_credential;
DROP TABLE credentials;
ALTER TABLE new_credentials RENAME TO credentials;

-- BALLOT SIDE, as in 0006. Cards declared void, each signed with its own credential.
CREATE TABLE void_cards (
    county            TEXT NOT NULL,
    poll              TEXT NOT NULL,
    public_credential TEXT NOT NULL,
    kind              TEXT NOT NULL CHECK (kind IN ('damaged', 'spare', 'returned', 'audit')),
    signature         TEXT NOT NULL,
    PRIMARY KEY (county, poll, public_credential)
) STRICT, WITHOUT ROWID;

-- BALLOT SIDE. Cards that were to be declared void after the closing, and have voted.
CREATE TABLE void_refused (
    county            TEXT NOT NULL,
    poll              TEXT NOT NULL,
    public_credential TEXT NOT NULL,
    kind              TEXT NOT NULL CHECK (kind IN ('damaged', 'spare', 'returned', 'audit')),
    PRIMARY KEY (county, poll, public_credential)
) STRICT, WITHOUT ROWID;

-- The booths that take part in a poll. No times. What each signed for is published.
CREATE TABLE poll_booths (
    county     TEXT NOT NULL,
    poll       TEXT NOT NULL,
    terminal   TEXT NOT NULL,
    name       TEXT NOT NULL,
    finished   INTEGER NOT NULL CHECK (finished IN (0, 1)),
    public_key TEXT,
    statement  TEXT,
    PRIMARY KEY (county, poll, terminal),
    FOREIGN KEY (county, poll) REFERENCES polls (county, id),
    CHECK ((statement IS NULL) = (public_key IS NULL))
) STRICT;

-- What two people recorded because something did not go as it must, as JSON; with the booth, if it is about one.
CREATE TABLE poll_exceptions (
    county    TEXT NOT NULL,
    poll      TEXT NOT NULL,
    number    INTEGER NOT NULL CHECK (number >= 1),
    terminal  TEXT,
    exception TEXT NOT NULL,
    PRIMARY KEY (county, poll, number),
    FOREIGN KEY (county, poll) REFERENCES polls (county, id)
) STRICT;
