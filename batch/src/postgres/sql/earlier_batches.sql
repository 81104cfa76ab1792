-- The other batches whose answers are those of this batch's calls: of one account, endpoint and target,
-- with people that the same key identifies. A batch that is forgotten has none.
SELECT earlier.id FROM batch JOIN batch AS earlier USING (account, endpoint, target, key_check)
WHERE batch.no = $1 AND earlier.no <> $1 AND earlier.wrapped_key IS NOT NULL
ORDER BY earlier.no
