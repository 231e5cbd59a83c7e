-- The two halves of the code with which somebody chooses an own password: the one who confirmed was shown one half, the one
-- who proposed fetches the other afterwards, so that no one but the invited person has both. Only slow hashes are kept.
-- Codes of earlier versions were seen whole by one person; they lapse now, and two people reset the password instead.
DROP TABLE invitations;

CREATE TABLE invitations (
    county         TEXT NOT NULL,
    account        TEXT NOT NULL,
    proposal       TEXT NOT NULL,
    confirmer_hash TEXT NOT NULL,
    proposer_hash  TEXT,
    lapses_at      TEXT NOT NULL,
    PRIMARY KEY (county, account),
    FOREIGN KEY (county, account) REFERENCES accounts (county, id),
    FOREIGN KEY (county, proposal) REFERENCES proposals (county, id)
) STRICT;

-- The backup that a paused poll came from, as JSON, until two people resume it.
ALTER TABLE polls ADD COLUMN restored_from TEXT;
