-- By each number and each person. `OFFSET 0` keeps the lookup of one row apart: a plan that is made
-- while the table is empty would read all rows of the batch.
SELECT found.number, found.person, found.attempt, found.state, found.sends, found.price, found.spent
FROM unnest($2::bigint[]) AS wanted (number)
CROSS JOIN LATERAL (SELECT * FROM sent WHERE batch = $1 AND sent.number = wanted.number OFFSET 0) AS found
UNION ALL
SELECT found.number, found.person, found.attempt, found.state, found.sends, found.price, found.spent
FROM unnest($3::bytea[]) AS wanted (person)
CROSS JOIN LATERAL (SELECT * FROM sent WHERE batch = $1 AND sent.person = wanted.person OFFSET 0) AS found
