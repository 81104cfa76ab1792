-- The lock holds all grants of the batch until the end of the transaction.
SELECT budget - granted FROM batch WHERE no = $1 FOR UPDATE
