-- A terminal proves itself with a key that it has made itself. Those that proved themselves with a token in their
-- configuration are enrolled anew by two people; the log tells of them. The hash is that of the token of the last sign-in.
DROP TABLE terminals;
CREATE TABLE terminals (
    county           TEXT NOT NULL,
    id               TEXT NOT NULL,
    role             TEXT NOT NULL CHECK (role IN ('booth', 'card_officer', 'trustee')),
    name             TEXT NOT NULL,
    public_key       BLOB NOT NULL CHECK (length(public_key) = 32),
    token_hash       BLOB CHECK (length(token_hash) = 32),
    status           TEXT NOT NULL CHECK (status IN ('enrolled', 'revoked')),
    trustee_position INTEGER,
    enrolled_at      TEXT NOT NULL,
    PRIMARY KEY (county, id),
    UNIQUE (county, public_key),
    UNIQUE (county, token_hash),
    CHECK ((role = 'trustee') = (trustee_position IS NOT NULL)),
    CHECK (status = 'enrolled' OR token_hash IS NULL)
) STRICT;
