-- A damaged card that nothing could read was exchanged and sealed into an envelope: a kind of correction of its own, so that
-- these cards are counted. Still not whose, and not when.
ALTER TABLE attendance_corrections DROP CONSTRAINT attendance_corrections_kind_check;
ALTER TABLE attendance_corrections ADD CONSTRAINT attendance_corrections_kind_check
    CHECK (kind IN ('undone', 'reissued', 'reissued_unreadable'));
