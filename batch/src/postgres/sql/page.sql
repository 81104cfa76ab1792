SELECT number, person, state, billing, code, outcome, error_sealed, data_sealed,
       CASE sends WHEN 0 THEN sent_at END
FROM sent WHERE batch = $1 AND number >= $2 ORDER BY number LIMIT $3
