-- `batch + 0` and `OFFSET 0`: as in read_rows.sql.
SELECT found.number, found.person, found.state, found.billing, found.code, found.outcome, found.error_sealed, found.data_sealed,
       CASE found.sends WHEN 0 THEN found.sent_at END
FROM unnest($2::bytea[]) AS wanted (person)
CROSS JOIN LATERAL (SELECT * FROM sent WHERE sent.batch + 0 = $1 AND sent.person = wanted.person OFFSET 0) AS found
