-- The money of a batch, and the shares of its present budget that other workers have noted.
SELECT budget, granted,
       ARRAY(SELECT percent FROM alert WHERE alert.batch = batch.no AND alert.budget = batch.budget AND worker <> $2)
FROM batch WHERE no = $1
