-- PERSON SIDE: who of the representatives is here, poll by poll (a rehearsal has its own). A row means: here, and one card
-- handed out. Who came when or after whom stands nowhere: no time, no sequence, no desk, and WITHOUT ROWID leaves no hidden
-- row number. Nothing here leads to a card.
CREATE TABLE attendance (
    county   TEXT NOT NULL,
    poll     TEXT NOT NULL,
    member   TEXT NOT NULL,
    reissued INTEGER NOT NULL CHECK (reissued >= 0),
    PRIMARY KEY (county, poll, member),
    FOREIGN KEY (county, poll) REFERENCES polls (county, id)
) STRICT, WITHOUT ROWID;

-- Why a mark was taken back or a card exchanged; not whose, and not when. The id is random.
CREATE TABLE attendance_corrections (
    county TEXT NOT NULL,
    poll   TEXT NOT NULL,
    id     TEXT NOT NULL,
    kind   TEXT NOT NULL CHECK (kind IN ('undone', 'reissued')),
    reason TEXT NOT NULL,
    PRIMARY KEY (county, poll, id),
    FOREIGN KEY (county, poll) REFERENCES polls (county, id)
) STRICT, WITHOUT ROWID;

-- A desk from its opening by two people to its closing, and how many cards of its box went over it.
CREATE TABLE check_in_desks (
    county     TEXT NOT NULL,
    poll       TEXT NOT NULL,
    number     INTEGER NOT NULL CHECK (number >= 1),
    name       TEXT NOT NULL,
    first      TEXT NOT NULL,
    second     TEXT NOT NULL CHECK (second <> first),
    cards      INTEGER NOT NULL CHECK (cards >= 0),
    handed_out INTEGER NOT NULL CHECK (handed_out >= 0 AND handed_out <= cards),
    cards_left INTEGER CHECK (cards_left >= 0 AND cards_left <= cards),
    opened_at  TEXT NOT NULL,
    closed_at  TEXT,
    PRIMARY KEY (county, poll, number),
    FOREIGN KEY (county, poll) REFERENCES polls (county, id),
    FOREIGN KEY (county, first) REFERENCES accounts (county, id),
    FOREIGN KEY (county, second) REFERENCES accounts (county, id),
    CHECK ((cards_left IS NULL) = (closed_at IS NULL))
) STRICT;
