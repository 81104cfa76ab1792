SELECT batch.no, account.no, endpoint, target, currency, scale, wrapped_key, chunk_rows, person_interval, unit_price, budget,
       -- Whether its time is over. Without a time, no row is looked at.
       keep IS NOT NULL AND submitted <= now() - keep * interval '1 second'
           AND NOT EXISTS (SELECT FROM sent WHERE sent.batch = batch.no AND sent_at > extract(epoch FROM now()) - keep)
FROM batch JOIN account ON account.no = batch.account WHERE batch.id = $1
