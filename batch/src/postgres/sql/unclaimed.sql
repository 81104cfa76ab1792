-- Chunks that are not done and that a worker may take, now or later; those that ended too many
-- workers; and whether the batch is stopped.
SELECT count(*) FILTER (WHERE owner IS NOT NULL OR taken_over < $2),
       count(*) FILTER (WHERE owner IS NULL AND taken_over >= $2),
       EXISTS (SELECT FROM batch WHERE no = $1 AND stopped IS NOT NULL)
FROM chunk WHERE batch = $1 AND NOT done
