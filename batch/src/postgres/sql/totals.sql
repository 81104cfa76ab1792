SELECT coalesce(sum(spent), 0)::bigint, coalesce(sum(reserved), 0)::bigint, coalesce(sum(settled), 0)::bigint,
       coalesce(sum(ambiguous), 0)::bigint, coalesce(sum(sending), 0)::bigint
FROM chunk WHERE batch = $1
