-- How many seconds after its last call the people of a batch are kept, or NULL: until they are forgotten.
ALTER TABLE batch ADD COLUMN keep bigint CHECK (keep >= 0);
ALTER TABLE batch ADD COLUMN submitted timestamptz NOT NULL DEFAULT now();
