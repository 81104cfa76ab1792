SELECT chunk.batch, chunk.no, batch.chunk_rows FROM chunk JOIN batch ON batch.no = chunk.batch
WHERE owner = $1 ORDER BY chunk.batch, chunk.no
