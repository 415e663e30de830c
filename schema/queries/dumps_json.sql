-- All dumps that the role may see, newest first, an object a row. $1: at most this many.
SELECT json_build_object(
    'dump', d.dump_id,
    'sha256', encode(d.sha256, 'hex'),
    'bytes', d.bytes,
    'state', d.state,
    'verdict', d.verdict,
    'parts', d.parts,
    'records', d.records,
    'sightings', (SELECT count(*) FROM dyetrace.sighting s WHERE s.dump_id = d.dump_id AND NOT s.weak),
    'label', (SELECT a.label FROM dyetrace.acquisition a WHERE a.dump_id = d.dump_id ORDER BY a.recorded_at LIMIT 1),
    'acquired_at', (SELECT to_char(min(a.acquired_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
                    FROM dyetrace.acquisition a WHERE a.dump_id = d.dump_id),
    'attribution', (SELECT t.verdict FROM dyetrace.attribution_told t WHERE t.dump_id = d.dump_id),
    'set', coalesce((SELECT json_agg(src.path ORDER BY ts.rank)
                     FROM dyetrace.attribution_source ts JOIN dyetrace.source src USING (source_id)
                     WHERE ts.dump_id = d.dump_id AND ts.in_set), '[]'::json)
)
FROM dyetrace.dump d
ORDER BY d.opened_at DESC, d.dump_id
LIMIT $1::bigint
