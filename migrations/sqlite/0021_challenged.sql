-- BALLOT SIDE. Ballots that were opened to check a booth 核验本机, by their hash: none of them is ever stored. Nothing here
-- tells when, at which terminal or in which order; what was opened is nowhere in the database.
CREATE TABLE challenged_ballots (
    county     TEXT NOT NULL,
    poll       TEXT NOT NULL,
    challenged BLOB NOT NULL CHECK (length(challenged) = 32),
    PRIMARY KEY (county, poll, challenged)
) STRICT, WITHOUT ROWID;
