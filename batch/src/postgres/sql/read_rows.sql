SELECT number, person, attempt, state, sends, price, spent
FROM sent WHERE batch = $1 AND number = ANY ($2)
UNION ALL
SELECT number, person, attempt, state, sends, price, spent
FROM sent WHERE batch = $1 AND person = ANY ($3)
