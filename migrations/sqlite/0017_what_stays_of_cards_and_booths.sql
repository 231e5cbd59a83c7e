-- BALLOT SIDE. Void statements that came too late, because the card had voted: counted by kind. Which cards they were is
-- forgotten: whoever had the database and had seen who held a card in public could else have told whose ballot is whose.
-- `secure_delete` overwrites what is dropped.
CREATE TABLE void_refused_counts (
    county TEXT NOT NULL,
    poll   TEXT NOT NULL,
    kind   TEXT NOT NULL CHECK (kind IN ('damaged', 'spare', 'returned', 'audit')),
    cards  INTEGER NOT NULL CHECK (cards >= 1),
    PRIMARY KEY (county, poll, kind)
) STRICT, WITHOUT ROWID;
INSERT INTO void_refused_counts (county, poll, kind, cards)
SELECT county, poll, kind, count(*) FROM void_refused GROUP BY county, poll, kind;
DROP TABLE void_refused;

-- BALLOT SIDE. A ballot is refused because another one of the card is stored, or, without one, because the card is void.
CREATE TABLE new_refused_ballots (
    county  TEXT NOT NULL,
    poll    TEXT NOT NULL,
    refused BLOB NOT NULL CHECK (length(refused) = 32),
    stored  BLOB CHECK (length(stored) = 32),
    PRIMARY KEY (county, poll, refused)
) STRICT, WITHOUT ROWID;
INSERT INTO new_refused_ballots (county, poll, refused, stored)
SELECT county, poll, refused, stored FROM refused_ballots ORDER BY county, poll, refused;
DROP TABLE refused_ballots;
ALTER TABLE new_refused_ballots RENAME TO refused_ballots;

-- A booth that takes part is published with its key, whether it signs or not. One that takes part is enrolled and so has one.
CREATE TABLE new_poll_booths (
    county     TEXT NOT NULL,
    poll       TEXT NOT NULL,
    terminal   TEXT NOT NULL,
    name       TEXT NOT NULL,
    finished   INTEGER NOT NULL CHECK (finished IN (0, 1)),
    public_key TEXT NOT NULL,
    statement  TEXT,
    PRIMARY KEY (county, poll, terminal),
    FOREIGN KEY (county, poll) REFERENCES polls (county, id)
) STRICT;
INSERT INTO new_poll_booths (county, poll, terminal, name, finished, public_key, statement)
SELECT b.county, b.poll, b.terminal, b.name, b.finished,
       coalesce(b.public_key, (SELECT lower(hex(t.public_key)) FROM terminals t
                               WHERE t.county = b.county AND t.id = b.terminal)), b.statement
FROM poll_booths b;
DROP TABLE poll_booths;
ALTER TABLE new_poll_booths RENAME TO poll_booths;

-- Two people may withdraw an exception while the poll is where it was when they recorded it.
ALTER TABLE poll_exceptions ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1));

-- An exception about cards that have voted says for how many scans it was recorded.
UPDATE poll_exceptions
SET exception = json_set(exception, '$.matter.scans', json_extract(exception, '$.matter.cards'))
WHERE json_extract(exception, '$.matter.kind') = 'spent_card';
