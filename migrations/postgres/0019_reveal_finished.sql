-- Whether the chair has led the reveal to its last step: from then on the ranking is public, also if a screen goes back.
ALTER TABLE polls ADD COLUMN reveal_finished BIGINT NOT NULL DEFAULT 0 CHECK (reveal_finished IN (0, 1));
