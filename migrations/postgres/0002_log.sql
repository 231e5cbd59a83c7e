-- The log of each county, chained by hash; entries can only be added.
CREATE TABLE log_entries (
    county   TEXT NOT NULL,
    seq      BIGINT NOT NULL CHECK (seq >= 1),
    time     TEXT NOT NULL,
    actor    TEXT NOT NULL,
    event    TEXT NOT NULL,
    previous BYTEA NOT NULL CHECK (length(previous) = 32),
    hash     BYTEA NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (county, seq)
);

CREATE FUNCTION refuse_log_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log can only be added to';
END
$$;

CREATE TRIGGER log_entries_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON log_entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_log_change();
