-- People who sign in. One account has one role at a time; account_roles keeps the ones it had, because some roles
-- exclude each other for a whole edition.
CREATE TABLE accounts (
    county        TEXT NOT NULL,
    id            TEXT NOT NULL,
    name          TEXT NOT NULL,
    person        TEXT NOT NULL,
    role          TEXT NOT NULL CHECK (role IN ('administrator', 'commission', 'supervisor', 'steward', 'chair', 'auditor',
                                                'leading_group', 'check_in', 'card_officer', 'trustee')),
    status        TEXT NOT NULL CHECK (status IN ('enabled', 'disabled')),
    password_hash TEXT NOT NULL,
    created_at    TEXT NOT NULL,
    PRIMARY KEY (county, id),
    UNIQUE (county, name)
);

CREATE TABLE account_roles (
    county     TEXT NOT NULL,
    account    TEXT NOT NULL,
    position   BIGINT NOT NULL,
    role       TEXT NOT NULL,
    granted_at TEXT NOT NULL,
    ended_at   TEXT,
    PRIMARY KEY (county, account, position),
    FOREIGN KEY (county, account) REFERENCES accounts (county, id)
);

-- Only the SHA-256 of a session token is stored: a stolen database opens no session.
CREATE TABLE sessions (
    county       TEXT NOT NULL,
    token_hash   BYTEA NOT NULL CHECK (length(token_hash) = 32),
    account      TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    PRIMARY KEY (county, token_hash),
    FOREIGN KEY (county, account) REFERENCES accounts (county, id)
);

-- Failed sign-ins by hash of the typed name, so that existing and invented names are slowed down alike.
CREATE TABLE sign_in_failures (
    county         TEXT NOT NULL,
    name_hash      BYTEA NOT NULL CHECK (length(name_hash) = 32),
    failures       BIGINT NOT NULL CHECK (failures > 0),
    last_failed_at TEXT NOT NULL,
    PRIMARY KEY (county, name_hash)
);

-- Acts that need two people. The payload is what the second person confirms, word for word.
CREATE TABLE proposals (
    county        TEXT NOT NULL,
    id            TEXT NOT NULL,
    action        TEXT NOT NULL,
    payload       TEXT NOT NULL,
    proposer      TEXT NOT NULL,
    proposer_role TEXT NOT NULL,
    proposed_at   TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('proposed', 'confirmed', 'withdrawn', 'lapsed')),
    confirmer     TEXT,
    decided_at    TEXT,
    PRIMARY KEY (county, id),
    FOREIGN KEY (county, proposer) REFERENCES accounts (county, id),
    FOREIGN KEY (county, confirmer) REFERENCES accounts (county, id),
    CHECK (confirmer IS NULL OR confirmer <> proposer),
    CHECK ((state = 'confirmed') = (confirmer IS NOT NULL)),
    CHECK ((state = 'proposed') = (decided_at IS NULL))
);
