SELECT id FROM batch
WHERE stopped IS NULL AND wrapped_key IS NOT NULL
  AND EXISTS (SELECT FROM chunk WHERE chunk.batch = batch.no AND NOT chunk.done)
ORDER BY no
