-- New rows by person, so that two transactions with the same people wait for each other in one
-- order. A person that another transaction has committed meanwhile is not inserted: the caller
-- compares the count.
-- Rows that are there are found one by one, as in read_rows.sql; the lock of the chunk keeps them at
-- their place.
-- A send has its time. A row whose latest send was taken back has none.
-- An outcome that is no answer adds to the earlier one: what it lacks stays.
WITH new AS (
    INSERT INTO sent (batch, number, person, attempt, state, sends, price, spent, sent_at)
    SELECT $1, number, person, attempt, state, sends, price, spent, extract(epoch FROM clock_timestamp())::bigint
    FROM unnest($2::bigint[], $3::bytea[], $4::bytea[], $5::smallint[], $6::integer[], $7::bigint[], $8::bigint[])
         AS new (number, person, attempt, state, sends, price, spent)
    ORDER BY person
    ON CONFLICT DO NOTHING
    RETURNING 1
), states AS (
    UPDATE sent SET attempt = new.attempt, state = new.state, sends = new.sends, price = new.price, spent = new.spent,
        sent_at = CASE new.state WHEN 0 THEN extract(epoch FROM clock_timestamp())::bigint END
    FROM unnest($9::bigint[], $10::bytea[], $11::smallint[], $12::integer[], $13::bigint[], $14::bigint[])
         AS new (number, attempt, state, sends, price, spent)
    CROSS JOIN LATERAL (SELECT ctid FROM sent WHERE batch = $1 AND sent.number = new.number OFFSET 0) AS place
    WHERE sent.ctid = place.ctid
), outcomes AS (
    UPDATE sent SET state = new.state, sends = new.sends, price = new.price, spent = new.spent,
        billing = new.billing, code = new.code, outcome = new.outcome,
        error_sealed = coalesce(new.error, CASE WHEN new.adds THEN sent.error_sealed END),
        data_sealed = coalesce(new.data, CASE WHEN new.adds THEN sent.data_sealed END)
    FROM unnest($15::bigint[], $16::smallint[], $17::integer[], $18::bigint[], $19::bigint[], $20::text[], $21::text[],
                $22::text[], $23::bytea[], $24::bytea[], $25::boolean[])
         AS new (number, state, sends, price, spent, billing, code, outcome, error, data, adds)
    CROSS JOIN LATERAL (SELECT ctid FROM sent WHERE batch = $1 AND sent.number = new.number OFFSET 0) AS place
    WHERE sent.ctid = place.ctid
)
SELECT count(*) FROM new
