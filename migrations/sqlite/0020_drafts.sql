-- BALLOT SIDE, as in 0006. Choices of people who have not cast yet, sealed under card and hall key. The locator is derived from the
-- secret of the card. All rows of a poll have one length. Never in a backup; gone with the ballot, at the latest when the box is sealed.
CREATE TABLE drafts (
    county  TEXT NOT NULL,
    poll    TEXT NOT NULL,
    locator BLOB NOT NULL CHECK (length(locator) = 32),
    sealed  BLOB NOT NULL,
    PRIMARY KEY (county, poll, locator)
) STRICT, WITHOUT ROWID;
