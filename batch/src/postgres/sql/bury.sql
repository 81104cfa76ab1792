UPDATE worker SET dead = true WHERE no = $1
