-- The rows of a chunk that have no answer, in their order.
SELECT input.number, input.person, input.sealed, found.state
FROM input
LEFT JOIN LATERAL (SELECT state FROM sent WHERE batch = $1 AND sent.number = input.number OFFSET 0) AS found ON true
WHERE input.batch = $1 AND input.number >= $2 AND input.number < $3 AND found.state IS DISTINCT FROM 2
ORDER BY input.number
