SELECT batch.budget, batch.granted, batch.currency, batch.scale, batch.stopped,
       coalesce(sum(chunk.spent), 0)::bigint, coalesce(sum(chunk.reserved), 0)::bigint,
       coalesce(sum(chunk.settled), 0)::bigint, coalesce(sum(chunk.ambiguous), 0)::bigint, coalesce(sum(chunk.sending), 0)::bigint,
       coalesce(sum(chunk.rows), 0)::bigint, count(chunk.no), count(chunk.no) FILTER (WHERE chunk.done),
       count(DISTINCT chunk.owner), coalesce(sum(chunk.taken_over), 0)::bigint, batch.keep
FROM batch LEFT JOIN chunk ON chunk.batch = batch.no
WHERE batch.id = $1
GROUP BY batch.no
