INSERT INTO batch (id, account, endpoint, target, currency, scale, key_check, wrapped_key, chunk_rows, person_interval, unit_price, budget, keep)
SELECT $1, account.no, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 FROM account WHERE name = $2
ON CONFLICT (id) DO NOTHING RETURNING no
