-- The microseconds until the first of the turns. A row that waits for its turn holds no lock.
UPDATE account SET pace_next = greatest(pace_next, clock_timestamp()) + $2::bigint * interval '1 microsecond'
WHERE no = $1
RETURNING greatest(0, extract(epoch FROM pace_next - clock_timestamp()) * 1000000 - $2)::bigint
