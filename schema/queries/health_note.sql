-- How placements $1 of one source were found: states $2, fields $3 (comma-separated), canaries that they are merged with
-- $4, empty for none. A finding that stands gets a later end, another begins a new period. Gives back what is new or
-- other than before: canary, variant, before, now, fields, merged with.
WITH seen AS (
    SELECT u.placement_id, u.state, pg_catalog.string_to_array(u.fields, ',') AS fields,
           NULLIF(u.merged_with, '') AS merged_with
    FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) u (placement_id, state, fields, merged_with)
), last AS (
    SELECT s.placement_id, f.since, f.state AS was,
           f.placement_id IS NOT NULL AND f.state = s.state AND f.fields = s.fields
               AND f.merged_with IS NOT DISTINCT FROM s.merged_with AS same
    FROM seen s LEFT JOIN dyetrace.placement_found f USING (placement_id)
), stands AS (
    UPDATE dyetrace.placement_health h SET checked_at = pg_catalog.now()
    FROM last l WHERE l.same AND h.placement_id = l.placement_id AND h.since = l.since
), begins AS (
    INSERT INTO dyetrace.placement_health (placement_id, since, checked_at, state, fields, merged_with)
    SELECT s.placement_id, pg_catalog.now(), pg_catalog.now(), s.state, s.fields, s.merged_with
    FROM seen s JOIN last l USING (placement_id) WHERE NOT l.same
)
SELECT p.canary_id, p.variant::text, coalesce(l.was, ''), s.state, pg_catalog.array_to_string(s.fields, ','),
       coalesce(s.merged_with, '')
FROM seen s JOIN last l USING (placement_id) JOIN dyetrace.placement p USING (placement_id)
WHERE NOT l.same ORDER BY p.placement_id
