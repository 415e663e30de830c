-- Dump $1 with how it came and what is in it, one object. How it was bought is for analysts, not for owners of sources.
SELECT json_build_object(
    'dump', d.dump_id,
    'sha256', encode(d.sha256, 'hex'),
    'sm3', encode(d.sm3, 'hex'),
    'bytes', d.bytes,
    'state', d.state,
    'verdict', d.verdict,
    'records', d.records,
    'label', (SELECT a.label FROM dyetrace.acquisition a WHERE a.dump_id = d.dump_id ORDER BY a.recorded_at LIMIT 1),
    'sightings', (SELECT count(*) FROM dyetrace.sighting s WHERE s.dump_id = d.dump_id AND NOT s.weak),
    'attribution', (SELECT t.verdict FROM dyetrace.attribution_told t WHERE t.dump_id = d.dump_id),
    'attributed_at', (SELECT to_char(t.computed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
                      FROM dyetrace.attribution_told t WHERE t.dump_id = d.dump_id),
    'threshold_bits', round(d.threshold_bits::numeric, 1),
    'completed_at', to_char(d.completed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'acquisitions', coalesce((SELECT json_agg(json_strip_nulls(json_build_object(
            'acquisition', a.acquisition_id,
            'label', a.label,
            'feed', a.feed,
            'acquired_at', to_char(a.acquired_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
            'origin', CASE WHEN v.analyst THEN a.origin END,
            'seller', CASE WHEN v.analyst THEN a.seller END,
            'price', CASE WHEN v.analyst THEN a.price END,
            'basis', CASE WHEN v.analyst THEN a.basis END)) ORDER BY a.recorded_at, a.acquisition_id)
        FROM dyetrace.acquisition a WHERE a.dump_id = d.dump_id), '[]'::json),
    'parts_total', d.parts,
    'parts', coalesce((SELECT json_agg(json_build_object(
            'part', p.path, 'bytes', p.bytes, 'records', p.records, 'charset', p.charset, 'verdict', p.verdict,
            'reason', p.reason) ORDER BY p.rank)
        FROM (SELECT q.*, row_number() OVER (ORDER BY q.verdict IS NOT DISTINCT FROM 'read', q.ordinal) AS rank
              FROM dyetrace.part q WHERE q.dump_id = d.dump_id) p
        WHERE p.rank <= 200), '[]'::json)
)
FROM dyetrace.dump d CROSS JOIN (SELECT dyetrace.session_owner() = 0 AS analyst) v
WHERE d.dump_id = $1::text
