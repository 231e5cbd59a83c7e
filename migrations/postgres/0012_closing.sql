-- Closing in two steps (收票中, then sealed), what people said at opening and pausing, cards declared void, booths' statements,
-- recorded exceptions.
ALTER TABLE polls DROP CONSTRAINT polls_state_check;
ALTER TABLE polls ADD CONSTRAINT polls_state_check
    CHECK (state IN ('setup', 'keys_ready', 'cards_ready', 'open', 'paused', 'closing', 'closed', 'reconciled', 'tallied', 'revealed'));
ALTER TABLE polls ADD COLUMN zero_report TEXT;
ALTER TABLE polls ADD COLUMN pace_reason TEXT;
ALTER TABLE credentials DROP CONSTRAINT credentials_status_check;
ALTER TABLE credentials ADD CONSTRAINT credentials_status_check CHECK (status IN ('unused', 'spent', 'void'));

-- BALLOT SIDE, as in 0006. Cards declared void, each signed with its own credential.
CREATE TABLE void_cards (
    county            TEXT NOT NULL,
    poll              TEXT NOT NULL,
    public_credential TEXT COLLATE "C" NOT NULL,
    kind              TEXT NOT NULL CHECK (kind IN ('damaged', 'spare', 'returned', 'audit')),
    signature         TEXT NOT NULL,
    PRIMARY KEY (county, poll, public_credential)
);

-- BALLOT SIDE. Cards that were to be declared void after the closing, and have voted.
CREATE TABLE void_refused (
    county            TEXT NOT NULL,
    poll              TEXT NOT NULL,
    public_credential TEXT COLLATE "C" NOT NULL,
    kind              TEXT NOT NULL CHECK (kind IN ('damaged', 'spare', 'returned', 'audit')),
    PRIMARY KEY (county, poll, public_credential)
);

-- The booths that take part in a poll. No times. What each signed for is published.
CREATE TABLE poll_booths (
    county     TEXT NOT NULL,
    poll       TEXT NOT NULL,
    terminal   TEXT NOT NULL,
    name       TEXT NOT NULL,
    finished   BIGINT NOT NULL CHECK (finished IN (0, 1)),
    public_key TEXT,
    statement  TEXT,
    PRIMARY KEY (county, poll, terminal),
    FOREIGN KEY (county, poll) REFERENCES polls (county, id),
    CHECK ((statement IS NULL) = (public_key IS NULL))
);

-- What two people recorded because something did not go as it must, as JSON; with the booth, if it is about one.
CREATE TABLE poll_exceptions (
    county    TEXT NOT NULL,
    poll      TEXT NOT NULL,
    number    BIGINT NOT NULL CHECK (number >= 1),
    terminal  TEXT,
    exception TEXT NOT NULL,
    PRIMARY KEY (county, poll, number),
    FOREIGN KEY (county, poll) REFERENCES polls (county, id)
);
