-- By each number and each person. A plan that is made while the table is empty is used for long, and must
-- not read all rows of the batch: `OFFSET 0` keeps the lookup of one row apart, and `batch + 0` leaves
-- the key of the person as the only one for it.
SELECT found.number, found.person, found.attempt, found.state, found.sends, found.price, found.spent
FROM unnest($2::bigint[]) AS wanted (number)
CROSS JOIN LATERAL (SELECT * FROM sent WHERE batch = $1 AND sent.number = wanted.number OFFSET 0) AS found
UNION ALL
SELECT found.number, found.person, found.attempt, found.state, found.sends, found.price, found.spent
FROM unnest($3::bytea[]) AS wanted (person)
CROSS JOIN LATERAL (SELECT * FROM sent WHERE sent.batch + 0 = $1 AND sent.person = wanted.person OFFSET 0) AS found
