-- What source $2 and its parts held when dumps $1 came: part, its path and population, planted, withdrawn (NULL: not),
-- seen.
SELECT c.stratum, s.path, coalesce(s.population, 0), (extract(epoch FROM c.planted_at) * 1000000)::bigint,
       CASE WHEN isfinite(c.withdrawn_at) THEN (extract(epoch FROM c.withdrawn_at) * 1000000)::bigint END,
       c.probability >= 0.5
FROM dyetrace.case_canaries($1::text[], $2::integer) c JOIN dyetrace.source s ON s.source_id = c.stratum
ORDER BY c.stratum, c.canary_id
