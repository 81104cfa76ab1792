DELETE FROM sent WHERE batch = $1 AND number = ANY ($2)
