-- Counts the rows that took an earlier answer in their chunks. A chunk that has no others is done.
UPDATE chunk SET settled = reused.rows, done = reused.rows = chunk.rows
FROM (
    SELECT number / batch.chunk_rows AS no, count(*) AS rows
    FROM sent JOIN batch ON batch.no = sent.batch WHERE sent.batch = $1 GROUP BY 1
) AS reused
WHERE chunk.batch = $1 AND chunk.no = reused.no
