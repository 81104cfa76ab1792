-- The batches whose time is over: neither submitted nor sent since it began.
SELECT id FROM batch
WHERE wrapped_key IS NOT NULL AND submitted <= now() - keep * interval '1 second'
  AND NOT EXISTS (SELECT FROM sent WHERE sent.batch = batch.no AND sent_at > extract(epoch FROM now()) - keep)
ORDER BY no
