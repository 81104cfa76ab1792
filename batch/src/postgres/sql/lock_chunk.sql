-- Everything that changes a chunk or a row of it holds this lock. What it decides by is read after
-- it.
SELECT chunk.rows, chunk.owner, chunk.done, chunk.taken_over, chunk.granted, chunk.spent, chunk.reserved,
       chunk.settled, chunk.ambiguous, chunk.sending, batch.stopped IS NOT NULL, chunk.again
FROM chunk JOIN batch ON batch.no = chunk.batch
WHERE chunk.batch = $1 AND chunk.no = $2
FOR UPDATE OF chunk
