INSERT INTO chunk (batch, no, rows) SELECT batch, number / $2, count(*) FROM input WHERE batch = $1 GROUP BY 1, 2
