-- The ceremony is typed in entry by entry, by two clerks: commitments as they come (a JSON list with nulls), the digits
-- of the first clerk until a second one agrees, each envelope with who tried it in vain; and of a void draw, in which state it was broken off.
ALTER TABLE draws DROP CONSTRAINT draws_state_check;
ALTER TABLE draws ADD CONSTRAINT draws_state_check
    CHECK (state IN ('announced', 'committed', 'thrown', 'opened', 'drawn', 'void'));
ALTER TABLE draws DROP COLUMN reveals;
ALTER TABLE draws ADD COLUMN dice_first TEXT;
ALTER TABLE draws ADD COLUMN dice_first_by TEXT;
ALTER TABLE draws ADD COLUMN envelopes TEXT;
ALTER TABLE draws ADD COLUMN voided_from TEXT;
ALTER TABLE draws ADD CHECK ((dice_first IS NULL) = (dice_first_by IS NULL));

-- What a party types to hand in its commitment on its own device, once; only its hash is kept.
CREATE TABLE commitment_codes (
    county    TEXT NOT NULL,
    edition   TEXT NOT NULL,
    ceremony  BIGINT NOT NULL,
    party     BIGINT NOT NULL CHECK (party >= 1),
    code_hash BYTEA NOT NULL,
    PRIMARY KEY (county, edition, ceremony, party),
    UNIQUE (county, code_hash),
    FOREIGN KEY (county, edition, ceremony) REFERENCES draws (county, edition, ceremony)
);
