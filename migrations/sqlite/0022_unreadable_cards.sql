-- A damaged card that nothing could read was exchanged and sealed into an envelope: a kind of correction of its own, so that
-- these cards are counted. Still not whose, and not when.
CREATE TABLE attendance_corrections_new (
    county TEXT NOT NULL,
    poll   TEXT NOT NULL,
    id     TEXT NOT NULL,
    kind   TEXT NOT NULL CHECK (kind IN ('undone', 'reissued', 'reissued_unreadable')),
    reason TEXT NOT NULL,
    PRIMARY KEY (county, poll, id),
    FOREIGN KEY (county, poll) REFERENCES polls (county, id)
) STRICT, WITHOUT ROWID;
INSERT INTO attendance_corrections_new (county, poll, id, kind, reason)
    SELECT county, poll, id, kind, reason FROM attendance_corrections;
DROP TABLE attendance_corrections;
ALTER TABLE attendance_corrections_new RENAME TO attendance_corrections;
