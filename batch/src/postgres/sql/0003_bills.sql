-- The time of a row's latest send, in unix seconds, and the provider's bills that were applied, by the
-- digest of their file.
ALTER TABLE sent ADD COLUMN sent_at bigint;
CREATE TABLE bill (
    batch integer NOT NULL REFERENCES batch,
    digest bytea NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (batch, digest)
);
