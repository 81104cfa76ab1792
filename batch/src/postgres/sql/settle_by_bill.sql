-- Settles rows whose billing is unknown, each sent once, as a bill has them. Their chunks are locked.
WITH old AS MATERIALIZED (
    SELECT found.number, found.state, found.spent
    FROM unnest($2::bigint[]) AS wanted (number)
    CROSS JOIN LATERAL (SELECT * FROM sent WHERE batch = $1 AND sent.number = wanted.number OFFSET 0) AS found
    WHERE found.sends = 1 AND (found.state = 1 OR (found.state = 2 AND found.billing = 'unknown'))
)
UPDATE sent SET state = 2, billing = $3, outcome = coalesce(sent.outcome, 'unknown'),
    spent = CASE $3 WHEN 'free' THEN 0 ELSE sent.spent END
FROM old
WHERE sent.batch = $1 AND sent.number = old.number
RETURNING old.number, old.state, old.spent, sent.spent
