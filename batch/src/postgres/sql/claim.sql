WITH free AS MATERIALIZED (
    SELECT no FROM chunk
    WHERE batch = $1 AND owner IS NULL AND NOT done AND taken_over < $3
      AND NOT EXISTS (SELECT FROM batch WHERE no = $1 AND stopped IS NOT NULL)
    ORDER BY no LIMIT 1 FOR UPDATE SKIP LOCKED
)
UPDATE chunk SET owner = $2, again = false FROM free WHERE chunk.batch = $1 AND chunk.no = free.no
RETURNING chunk.no, chunk.taken_over
