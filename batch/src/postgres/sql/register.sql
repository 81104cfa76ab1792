INSERT INTO worker (until) VALUES (clock_timestamp() + $1::bigint * interval '1 millisecond') RETURNING no
