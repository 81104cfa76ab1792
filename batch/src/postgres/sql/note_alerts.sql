-- The shares that this worker is the first to note, or has noted before.
INSERT INTO alert AS known (batch, budget, percent, worker)
SELECT $1, $2, percent, $4 FROM unnest($3::smallint[]) AS reached (percent) ORDER BY percent
ON CONFLICT (batch, budget, percent) DO UPDATE SET worker = excluded.worker WHERE known.worker = excluded.worker
RETURNING percent
