UPDATE worker SET until = clock_timestamp() + $2::bigint * interval '1 millisecond' WHERE no = $1
