-- Locked against the reservations of the worker, which hold FOR KEY SHARE. A worker in the middle
-- of one is left for the next look.
SELECT no FROM worker WHERE until < clock_timestamp() ORDER BY no LIMIT 1 FOR UPDATE SKIP LOCKED
