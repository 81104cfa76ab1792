UPDATE batch SET granted = granted + $2 WHERE no = $1
