-- The canaries of source $2 as dumps $1 show them, by the attribution of dump $3, in an order that account_touches.sql
-- numbers them by: planted, seen, and where it was planted.
SELECT (extract(epoch FROM min(c.planted_at)) * 1000000)::bigint, max(c.probability), min(c.place)
FROM dyetrace.case_canaries($1::text[], $2::integer, $3::text) c
WHERE NOT c.open
GROUP BY c.canary_id
ORDER BY c.canary_id COLLATE "C"
