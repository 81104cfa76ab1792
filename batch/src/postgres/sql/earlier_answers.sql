-- The newest answer of each person in some batches that was billed and is decided: data, or that there
-- is none. `OFFSET 0` keeps the lookup of one person apart, as in read_rows.sql.
SELECT wanted.number, found.person, found.batch, found.number, found.code, found.outcome, found.data_sealed, found.sent_at
FROM unnest($1::bigint[], $2::bytea[]) AS wanted (number, person)
CROSS JOIN LATERAL (
    SELECT * FROM (SELECT * FROM sent WHERE sent.person = wanted.person OFFSET 0) AS sent
    WHERE batch = ANY ($3::integer[]) AND state = 2 AND billing = 'billed' AND outcome IN ('data', 'no_data')
      AND sends > 0 AND sent_at >= $4
    ORDER BY sent_at DESC LIMIT 1
) AS found
ORDER BY wanted.number
