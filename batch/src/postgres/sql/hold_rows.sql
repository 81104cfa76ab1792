-- The rows that a dead worker left in flight: unknown whether they were billed, and so spent. A late
-- answer still settles them, by its attempt.
UPDATE sent SET state = 1, spent = spent + price
WHERE batch = $1 AND number >= $2 AND number < $3 AND state = 0
