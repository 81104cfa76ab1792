-- All rows that were ever sent, and whether each is in flight: its worker is alive.
SELECT number, person, sent_at, sends, state, billing,
       state = 0 AND EXISTS (
           SELECT FROM chunk JOIN worker ON worker.no = chunk.owner
           WHERE chunk.batch = $1 AND chunk.no = sent.number / $2 AND worker.until >= clock_timestamp())
FROM sent WHERE batch = $1 AND sends > 0 ORDER BY number
