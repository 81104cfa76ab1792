-- The shares of a batch's budget that a worker has reported or is about to. A budget that is changed
-- has shares of its own.
CREATE TABLE alert (
    batch integer NOT NULL REFERENCES batch,
    budget bigint NOT NULL,
    percent smallint NOT NULL,
    worker bigint NOT NULL,
    PRIMARY KEY (batch, budget, percent)
);
