-- Which step of the reveal all screens of the hall show, and when a rehearsal ended: only then the terminals go back to
-- the real poll.
ALTER TABLE polls ADD COLUMN reveal_step INTEGER NOT NULL DEFAULT 0 CHECK (reveal_step >= 0);
ALTER TABLE polls ADD COLUMN ended_at TEXT CHECK (ended_at IS NULL OR purpose = 'rehearsal');
