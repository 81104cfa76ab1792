-- The milliseconds until each of these people may be sent.
SELECT person, greatest(0, ceil(1000 * extract(epoch FROM last_intent - clock_timestamp())) + $4::bigint)::bigint
FROM person_seen WHERE account = $1 AND endpoint = $2 AND person = ANY ($3)
