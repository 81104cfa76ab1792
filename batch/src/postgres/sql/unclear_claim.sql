-- A chunk that this worker holds and does not know of: the answer to its claim was lost.
SELECT no, taken_over FROM chunk WHERE owner = $2 AND batch = $1 AND no <> ALL ($3) LIMIT 1
