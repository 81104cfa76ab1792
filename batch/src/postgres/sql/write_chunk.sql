UPDATE chunk SET owner = $3, done = $4, taken_over = $5, granted = $6, spent = $7, reserved = $8,
    settled = $9, ambiguous = $10, sending = $11, again = $12
WHERE batch = $1 AND no = $2
