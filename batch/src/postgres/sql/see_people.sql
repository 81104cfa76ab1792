-- The people who may be sent now, each marked as sent. By person, so that two transactions with the
-- same people wait for each other in one order.
INSERT INTO person_seen AS seen (account, endpoint, person, last_intent)
SELECT $1, $2, person, clock_timestamp() FROM unnest($3::bytea[]) AS asked (person) ORDER BY person
ON CONFLICT (account, endpoint, person) DO UPDATE SET last_intent = clock_timestamp()
WHERE seen.last_intent <= clock_timestamp() - $4::bigint * interval '1 millisecond'
RETURNING person
