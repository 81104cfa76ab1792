-- When people were last sent is kept for this many milliseconds, and for as long as an interval of their account
-- needs it.
DELETE FROM person_seen
WHERE last_intent < now() - greatest($1::bigint,
    (SELECT coalesce(max(person_interval), 0) FROM batch WHERE batch.account = person_seen.account)) * interval '1 millisecond'
