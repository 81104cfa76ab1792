DELETE FROM worker WHERE no = $1
