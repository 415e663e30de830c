-- Who holds what, planted there or flowed there: line, number of the source (by id), when; by line.
SELECT l.line, dense_rank() OVER (ORDER BY h.source_id) - 1, floor(extract(epoch FROM h.planted_at))::bigint
FROM dyetrace.contact_lines() l JOIN dyetrace.placement_holders() h USING (canary_id)
ORDER BY l.line, h.source_id
