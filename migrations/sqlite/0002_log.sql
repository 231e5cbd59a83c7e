-- The log of each county, chained by hash; entries can only be added.
CREATE TABLE log_entries (
    county   TEXT NOT NULL,
    seq      INTEGER NOT NULL CHECK (seq >= 1),
    time     TEXT NOT NULL,
    actor    TEXT NOT NULL,
    event    TEXT NOT NULL,
    previous BLOB NOT NULL CHECK (length(previous) = 32),
    hash     BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (county, seq)
) STRICT;

CREATE TRIGGER log_entries_no_update BEFORE UPDATE ON log_entries
BEGIN
    SELECT RAISE(ABORT, 'the log can only be added to');
END;

CREATE TRIGGER log_entries_no_delete BEFORE DELETE ON log_entries
BEGIN
    SELECT RAISE(ABORT, 'the log can only be added to');
END;
