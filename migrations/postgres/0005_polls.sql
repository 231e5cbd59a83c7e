-- A poll, real or rehearsal. Texts that are hashed or signed are kept byte for byte. Opening and closing are the only
-- times near a vote, whole minutes, on the poll itself.
CREATE TABLE polls (
    county            TEXT NOT NULL,
    id                TEXT NOT NULL,
    edition           TEXT NOT NULL,
    purpose           TEXT NOT NULL CHECK (purpose IN ('real', 'rehearsal')),
    state             TEXT NOT NULL CHECK (state IN ('setup', 'keys_ready', 'cards_ready', 'open', 'paused', 'closed',
                                                     'reconciled', 'tallied', 'revealed')),
    group_name        TEXT NOT NULL,
    cards             BIGINT NOT NULL CHECK (cards >= 1),
    edition_json      TEXT,
    offices_csv       TEXT,
    election          TEXT,
    trustees          TEXT,
    credentials       TEXT,
    setup             TEXT,
    ballot_size       BIGINT,
    opened_at         TEXT,
    closed_at         TEXT,
    encrypted_tally   TEXT,
    closing_statement TEXT,
    result            TEXT,
    reconciliation    TEXT,
    PRIMARY KEY (county, id),
    FOREIGN KEY (county, edition) REFERENCES editions (county, id)
);

CREATE TABLE trustee_keys (
    county            TEXT NOT NULL,
    poll              TEXT NOT NULL,
    position          BIGINT NOT NULL CHECK (position >= 1),
    name              TEXT NOT NULL,
    public_key        TEXT,
    closing_signature TEXT,
    PRIMARY KEY (county, poll, position),
    FOREIGN KEY (county, poll) REFERENCES polls (county, id)
);

CREATE TABLE partial_decryptions (
    county   TEXT NOT NULL,
    poll     TEXT NOT NULL,
    position BIGINT NOT NULL,
    payload  TEXT NOT NULL,
    PRIMARY KEY (county, poll, position),
    FOREIGN KEY (county, poll, position) REFERENCES trustee_keys (county, poll, position)
);

-- Only the SHA-256 of a terminal's token is stored.
CREATE TABLE terminals (
    county           TEXT NOT NULL,
    id               TEXT NOT NULL,
    role             TEXT NOT NULL CHECK (role IN ('booth', 'card_officer', 'trustee')),
    name             TEXT NOT NULL,
    token_hash       BYTEA NOT NULL CHECK (length(token_hash) = 32),
    status           TEXT NOT NULL CHECK (status IN ('enrolled', 'revoked')),
    trustee_position BIGINT,
    enrolled_at      TEXT NOT NULL,
    PRIMARY KEY (county, id),
    UNIQUE (county, token_hash),
    CHECK ((role = 'trustee') = (trustee_position IS NOT NULL))
);
