-- The batches whose time is over: neither submitted nor sent since it began. And those whose key is
-- destroyed, and that have rows: the program that forgot them ended before it had erased them.
SELECT id FROM batch
WHERE CASE WHEN wrapped_key IS NULL THEN EXISTS (SELECT FROM input WHERE input.batch = batch.no)
      ELSE keep IS NOT NULL AND submitted <= now() - keep * interval '1 second'
          AND NOT EXISTS (SELECT FROM sent WHERE sent.batch = batch.no AND sent_at > extract(epoch FROM now()) - keep)
      END
ORDER BY no
