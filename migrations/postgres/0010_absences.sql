-- Why each absent representative lost the seat and who was called, in the order of approval; the files absences.tsv and
-- replacements.tsv stand with the draw. Of the document only its number and its hash are kept.
CREATE TABLE absences (
    county          TEXT NOT NULL,
    edition         TEXT NOT NULL,
    ceremony        BIGINT NOT NULL,
    number          BIGINT NOT NULL CHECK (number >= 1),
    member          TEXT NOT NULL,
    reason          TEXT NOT NULL,
    document_number TEXT NOT NULL,
    document        BYTEA NOT NULL CHECK (octet_length(document) = 32),
    called          TEXT,
    approved_at     TEXT NOT NULL,
    PRIMARY KEY (county, edition, ceremony, number),
    UNIQUE (county, edition, ceremony, member),
    FOREIGN KEY (county, edition, ceremony) REFERENCES draws (county, edition, ceremony)
);
