-- What source $2 and its parts held when dumps $1 came, by the attribution of dump $3: the part that held it, or the source
-- that it flowed from; its path (another owner's is not told) and population; planted, withdrawn (NULL: not), seen; whether
-- it flowed here, and then from one that others feed too, whose population is not its own; and what is not counted.
SELECT s.source_id, CASE WHEN s.owner_id = q.owner_id THEN s.path ELSE 'another owner''s' END, coalesce(s.population, 0),
       (extract(epoch FROM c.planted_at) * 1000000)::bigint,
       CASE WHEN isfinite(c.withdrawn_at) THEN (extract(epoch FROM c.withdrawn_at) * 1000000)::bigint END,
       c.probability >= 0.5, c.place <> c.part,
       c.place <> c.part AND EXISTS (SELECT FROM dyetrace.source_flow f WHERE f.to_id = c.place), c.shared, c.open
FROM dyetrace.case_canaries($1::text[], $2::integer, $3::text) c
JOIN dyetrace.source q ON q.source_id = $2::integer JOIN dyetrace.source s ON s.source_id = c.place
ORDER BY c.place <> c.part, c.place, c.canary_id
