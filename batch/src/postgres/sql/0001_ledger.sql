-- The tables of a ledger. No name and no value of a person is in them: people are keyed digests,
-- and values are sealed with a key that only a key outside of the database opens.

-- The database that the ledger is in. Another timeline is a promoted standby or a restored backup.
CREATE TABLE store (
    one boolean PRIMARY KEY CHECK (one),
    system bigint NOT NULL,
    timeline bigint NOT NULL
);

-- An account of the provider: the limits that all its batches and workers share.
CREATE TABLE account (
    no integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    pace_next timestamptz NOT NULL DEFAULT '-infinity',
    backoff bigint NOT NULL DEFAULT 0 CHECK (backoff >= 0)
);

-- `granted` is the money that has moved to chunks. The check holds the budget whatever a program does.
CREATE TABLE batch (
    no integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id bytea NOT NULL UNIQUE CHECK (octet_length(id) = 16),
    account integer NOT NULL REFERENCES account,
    endpoint text NOT NULL,
    target text NOT NULL,
    currency text NOT NULL,
    scale integer NOT NULL,
    key_check bytea NOT NULL,
    wrapped_key bytea,
    chunk_rows bigint NOT NULL CHECK (chunk_rows > 0),
    person_interval bigint NOT NULL CHECK (person_interval >= 0),
    unit_price bigint NOT NULL CHECK (unit_price >= 0),
    budget bigint NOT NULL CHECK (budget >= 0),
    granted bigint NOT NULL DEFAULT 0 CHECK (granted BETWEEN 0 AND budget),
    stopped text
);

-- A lease: a worker is alive until a moment of the database's clock. One that is declared dead has
-- no row, and its number is never given again.
CREATE TABLE worker (
    no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    until timestamptz NOT NULL
);
CREATE INDEX worker_until ON worker (until);

-- The rows whose number divided by `chunk_rows` is `no`, with their money and their counts.
CREATE TABLE chunk (
    batch integer NOT NULL REFERENCES batch,
    no bigint NOT NULL,
    rows bigint NOT NULL,
    owner bigint,
    done boolean NOT NULL DEFAULT false,
    again boolean NOT NULL DEFAULT false,
    taken_over integer NOT NULL DEFAULT 0,
    granted bigint NOT NULL DEFAULT 0,
    spent bigint NOT NULL DEFAULT 0,
    reserved bigint NOT NULL DEFAULT 0,
    settled bigint NOT NULL DEFAULT 0,
    ambiguous bigint NOT NULL DEFAULT 0,
    sending bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (batch, no),
    CHECK (spent >= 0 AND reserved >= 0 AND spent + reserved <= granted),
    CHECK (NOT done OR owner IS NULL)
) WITH (fillfactor = 50);
CREATE INDEX chunk_free ON chunk (batch, no) WHERE owner IS NULL AND NOT done;
CREATE INDEX chunk_owned ON chunk (owner) WHERE owner IS NOT NULL;

-- What is to be sent.
CREATE TABLE input (
    batch integer NOT NULL,
    number bigint NOT NULL,
    person bytea NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (batch, number)
);

-- What was sent. Half of each page is free, so that an outcome stays on the page of its
-- reservation and no index changes. The person comes first in its key: a plan that is made while
-- the table is empty would look for a number in a key that begins with the batch as well.
CREATE TABLE sent (
    batch integer NOT NULL,
    number bigint NOT NULL,
    price bigint NOT NULL,
    spent bigint NOT NULL,
    sends integer NOT NULL,
    state smallint NOT NULL,
    person bytea NOT NULL,
    attempt bytea NOT NULL,
    billing text,
    code text,
    outcome text,
    error_sealed bytea,
    data_sealed bytea,
    PRIMARY KEY (batch, number),
    UNIQUE (person, batch)
) WITH (fillfactor = 50);

-- When a person was last sent, over all batches of an account.
CREATE TABLE person_seen (
    account integer NOT NULL,
    endpoint text NOT NULL,
    person bytea NOT NULL,
    last_intent timestamptz NOT NULL,
    PRIMARY KEY (account, endpoint, person)
) WITH (fillfactor = 70);
