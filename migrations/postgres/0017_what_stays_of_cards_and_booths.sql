-- BALLOT SIDE. Void statements that came too late, because the card had voted: counted by kind. Which cards they were is
-- forgotten: whoever had the database and had seen who held a card in public could else have told whose ballot is whose.
CREATE TABLE void_refused_counts (
    county TEXT NOT NULL,
    poll   TEXT NOT NULL,
    kind   TEXT NOT NULL CHECK (kind IN ('damaged', 'spare', 'returned', 'audit')),
    cards  BIGINT NOT NULL CHECK (cards >= 1),
    PRIMARY KEY (county, poll, kind)
);
INSERT INTO void_refused_counts (county, poll, kind, cards)
SELECT county, poll, kind, count(*) FROM void_refused GROUP BY county, poll, kind;
DROP TABLE void_refused;

-- BALLOT SIDE. A ballot is refused because another one of the card is stored, or, without one, because the card is void.
ALTER TABLE refused_ballots ALTER COLUMN stored DROP NOT NULL;

-- A booth that takes part is published with its key, whether it signs or not. One that takes part is enrolled and so has one.
ALTER TABLE poll_booths DROP CONSTRAINT poll_booths_check;
UPDATE poll_booths b SET public_key = (SELECT encode(t.public_key, 'hex') FROM terminals t
                                       WHERE t.county = b.county AND t.id = b.terminal)
WHERE b.public_key IS NULL;
ALTER TABLE poll_booths ALTER COLUMN public_key SET NOT NULL;

-- Two people may withdraw an exception while the poll is where it was when they recorded it.
ALTER TABLE poll_exceptions ADD COLUMN withdrawn BIGINT NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1));

-- An exception about cards that have voted says for how many scans it was recorded.
UPDATE poll_exceptions
SET exception = jsonb_set(CAST(exception AS JSONB), '{matter,scans}', CAST(exception AS JSONB) #> '{matter,cards}')::TEXT
WHERE CAST(exception AS JSONB) #>> '{matter,kind}' = 'spent_card';
