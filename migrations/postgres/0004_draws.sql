-- Every ceremony of an edition, numbered, void ones and rehearsals too. The texts are the files of the draw folder, byte
-- for byte; commitments and reveals are JSON lists in the order of the parties.
CREATE TABLE draws (
    county        TEXT NOT NULL,
    edition       TEXT NOT NULL,
    ceremony      BIGINT NOT NULL CHECK (ceremony >= 1),
    draw_id       TEXT NOT NULL,
    purpose       TEXT NOT NULL CHECK (purpose IN ('real', 'rehearsal')),
    state         TEXT NOT NULL CHECK (state IN ('announced', 'committed', 'thrown', 'drawn', 'void')),
    pool          TEXT NOT NULL,
    announce      TEXT NOT NULL,
    commitments   TEXT,
    dice          TEXT,
    reveals       TEXT,
    public_source TEXT,
    seed          TEXT,
    result        TEXT,
    absences      TEXT,
    replacements  TEXT,
    void_reason   TEXT,
    announced_at  TEXT NOT NULL,
    PRIMARY KEY (county, edition, ceremony),
    UNIQUE (county, edition, draw_id),
    FOREIGN KEY (county, edition) REFERENCES editions (county, id),
    CHECK ((state = 'void') = (void_reason IS NOT NULL)),
    CHECK (state <> 'drawn' OR (seed IS NOT NULL AND result IS NOT NULL))
);
