-- The milliseconds until each of these people may be sent.
SELECT found.person, greatest(0, ceil(1000 * extract(epoch FROM last_intent - clock_timestamp())) + $4::bigint)::bigint
FROM unnest($3::bytea[]) AS wanted (person)
CROSS JOIN LATERAL (SELECT * FROM person_seen WHERE account = $1 AND endpoint = $2 AND person = wanted.person OFFSET 0) AS found
