-- Rows that were never sent. Of several rows of one person, the first is written.
INSERT INTO sent (batch, number, person, attempt, state, sends, price, spent, billing, code, outcome, data_sealed, sent_at)
SELECT $1, number, person, decode(repeat('00', 16), 'hex'), 2, 0, 0, 0, 'not_sent', code, outcome, data, sent_at
FROM unnest($2::bigint[], $3::bytea[], $4::text[], $5::text[], $6::bytea[], $7::bigint[])
     AS new (number, person, code, outcome, data, sent_at)
ORDER BY number
ON CONFLICT DO NOTHING
