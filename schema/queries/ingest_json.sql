-- One dump as `ingest` prints it. $1 dump, $2 acquisition, $3 whether it was complete before.
SELECT json_build_object(
    'dump', d.dump_id,
    'acquisition', $2::text,
    'sha256', encode(d.sha256, 'hex'),
    'sm3', encode(d.sm3, 'hex'),
    'bytes', d.bytes,
    'parts', d.parts,
    'records', d.records,
    'sightings', (SELECT count(*) FROM dyetrace.sighting s WHERE s.dump_id = d.dump_id AND NOT s.weak),
    'verdict', d.verdict,
    'duplicate', $3::boolean,
    'reasons', coalesce((SELECT json_agg(CASE WHEN p.path = '' THEN p.reason ELSE p.path || ': ' || p.reason END
                                         ORDER BY p.ordinal)
                         FROM dyetrace.part p WHERE p.dump_id = d.dump_id AND p.reason <> ''), '[]'::json)
)
FROM dyetrace.dump d
WHERE d.dump_id = $1::text
