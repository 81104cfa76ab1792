SELECT number, person, state FROM sent WHERE batch = $1 AND person = ANY ($2)
