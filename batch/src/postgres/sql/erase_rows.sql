-- A person becomes a digest of the row's place, which tells no person from another. What it cost stays.
UPDATE sent SET person = sha256(int8send(number)), error_sealed = NULL, data_sealed = NULL
WHERE batch = $1 AND number BETWEEN $2 AND $3
