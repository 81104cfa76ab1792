-- The rows of a chunk that have no answer, in their order.
SELECT input.number, input.person, input.sealed, sent.state
FROM input LEFT JOIN sent ON sent.batch = input.batch AND sent.number = input.number
WHERE input.batch = $1 AND input.number >= $2 AND input.number < $3
  AND sent.state IS DISTINCT FROM 2
ORDER BY input.number
