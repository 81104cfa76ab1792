DELETE FROM sent USING unnest($2::bigint[]) AS old (number)
CROSS JOIN LATERAL (SELECT ctid FROM sent WHERE batch = $1 AND sent.number = old.number OFFSET 0) AS place
WHERE sent.ctid = place.ctid
