SELECT batch.no, account.no, endpoint, target, currency, scale, wrapped_key, chunk_rows, person_interval, unit_price, budget
FROM batch JOIN account ON account.no = batch.account WHERE batch.id = $1
