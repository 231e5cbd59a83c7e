-- Counting paper ballots after a total failure: one count a year, apart from everything electronic. A pile is typed by two
-- people; the first entry waits in first_entry until the second agrees. Ballots have no number, and a pile is made after
-- all papers were mixed, so its number tells nothing about who filled them in.
CREATE TABLE paper_counts (
    county  TEXT NOT NULL,
    edition TEXT NOT NULL,
    reason  TEXT NOT NULL,
    state   TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    PRIMARY KEY (county, edition),
    FOREIGN KEY (county, edition) REFERENCES editions (county, id)
);

CREATE TABLE paper_piles (
    county      TEXT NOT NULL,
    edition     TEXT NOT NULL,
    number      BIGINT NOT NULL CHECK (number >= 1),
    first_entry TEXT NOT NULL,
    first_by    TEXT NOT NULL,
    second_by   TEXT,
    PRIMARY KEY (county, edition, number),
    FOREIGN KEY (county, edition) REFERENCES paper_counts (county, edition),
    FOREIGN KEY (county, first_by) REFERENCES accounts (county, id),
    FOREIGN KEY (county, second_by) REFERENCES accounts (county, id),
    CHECK (second_by IS NULL OR second_by <> first_by)
);
