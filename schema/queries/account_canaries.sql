-- The canaries of source $2 as dumps $1 show them, in an order that account_touches.sql numbers them by.
SELECT (extract(epoch FROM min(c.planted_at)) * 1000000)::bigint, max(c.probability)
FROM dyetrace.case_canaries($1::text[], $2::integer) c
GROUP BY c.canary_id
ORDER BY c.canary_id COLLATE "C"
