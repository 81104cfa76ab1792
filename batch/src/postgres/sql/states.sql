-- `batch + 0` and `OFFSET 0`: as in read_rows.sql.
SELECT found.number, found.person, found.state
FROM unnest($2::bytea[]) AS wanted (person)
CROSS JOIN LATERAL (SELECT * FROM sent WHERE sent.batch + 0 = $1 AND sent.person = wanted.person OFFSET 0) AS found
