-- Whether another chunk has money that may come back: reserved, or granted and not spent.
SELECT EXISTS (SELECT FROM chunk WHERE batch = $1 AND no <> $2 AND granted > spent)
