-- The code with which somebody chooses an own password: for a new account, and after a reset. Only its hash is kept, one for
-- each account, until it is used or lapses. An account whose password was never chosen has an empty password_hash, with
-- which nobody signs in.
CREATE TABLE invitations (
    county    TEXT NOT NULL,
    account   TEXT NOT NULL,
    code_hash BLOB NOT NULL CHECK (length(code_hash) = 32),
    lapses_at TEXT NOT NULL,
    PRIMARY KEY (county, account),
    FOREIGN KEY (county, account) REFERENCES accounts (county, id)
) STRICT;

-- Proposals of earlier versions held the hash of a password that one person had typed for another.
UPDATE proposals SET payload = json_remove(payload, '$.password_hash') WHERE action IN ('create_account', 'reset_password');
