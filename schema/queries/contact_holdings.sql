-- What is planted where: line, number of the source (by id), when.
SELECT l.line, dense_rank() OVER (ORDER BY p.source_id) - 1, floor(extract(epoch FROM p.planted_at))::bigint
FROM dyetrace.contact_lines() l JOIN dyetrace.placement p USING (canary_id)
WHERE p.state <> 'committed'
