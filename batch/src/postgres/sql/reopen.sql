-- The chunks of a batch that nobody takes by themselves and that have rows to send: those that are
-- done, with ambiguous rows, and those that ended too many workers.
UPDATE chunk SET done = false, taken_over = 0
FROM batch
WHERE batch.id = $1 AND chunk.batch = batch.no AND chunk.owner IS NULL
  AND ((chunk.done AND chunk.ambiguous > 0) OR (NOT chunk.done AND chunk.taken_over > 0))
