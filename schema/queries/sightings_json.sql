-- Sightings, an object a row. $1 dump or NULL, $2 canary or NULL, $3 source path or NULL, $4 whether weak ones too.
SELECT json_strip_nulls(json_build_object(
    'dump', s.dump_id,
    'canary', s.canary_id,
    'variant', s.variant::text,
    'source', CASE WHEN cardinality(h.paths) = 1 THEN h.paths[1] END,
    'sources', CASE WHEN cardinality(h.paths) > 1 THEN to_json(h.paths) END,
    'part', p.path,
    'offset', CASE WHEN NOT s.by_sketch THEN s.start END,
    'places', (SELECT json_agg(json_build_object(
                   'part', p.path, 'unit', s.unit,
                   'start', CASE WHEN s.unit = 'byte' THEN e.start END,
                   'length', CASE WHEN s.unit = 'byte' THEN e.length END,
                   'row', CASE WHEN s.unit IN ('cell', 'row') THEN e.row_number END,
                   'field', e.field_number,
                   'page', CASE WHEN s.unit = 'page' THEN e.row_number END) ORDER BY e.n)
               FROM dyetrace.sighting_evidence e WHERE e.sighting_id = s.sighting_id AND e.length > 0),
    'bits', round(s.bits::numeric, 1),
    'line', s.line,
    'beside', CASE WHEN s.beside <> 0 THEN (
        SELECT json_agg(json_build_object('part', n.path, 'kind', e.kind, 'form', e.form, 'bits', round(e.bits::numeric, 1))
                        ORDER BY n.ordinal, e.n)
        FROM dyetrace.dump_columns c
        JOIN dyetrace.sighting o ON o.dump_id = s.dump_id AND o.part = ANY (c.parts) AND o.part <> s.part
                                AND o.line = s.line AND o.canary_id = s.canary_id AND o.variant = s.variant
        JOIN dyetrace.part n ON n.dump_id = o.dump_id AND n.ordinal = o.part
        JOIN dyetrace.sighting_evidence e ON e.sighting_id = o.sighting_id
        WHERE c.dump_id = s.dump_id AND s.part = ANY (c.parts)) END,
    'probability', s.probability,
    'burned', CASE WHEN dyetrace.canary_is_burned(s.canary_id, dyetrace.dump_came(s.dump_id)) THEN true END,
    'weak', CASE WHEN s.weak THEN true END,
    'by_sketch', CASE WHEN s.by_sketch THEN true END,
    'evidence', (SELECT json_agg(json_build_object('kind', e.kind, 'form', e.form, 'bits', round(e.bits::numeric, 1))
                                 ORDER BY e.n)
                 FROM dyetrace.sighting_evidence e WHERE e.sighting_id = s.sighting_id)
))
FROM dyetrace.sighting s
JOIN dyetrace.part p ON p.dump_id = s.dump_id AND p.ordinal = s.part
CROSS JOIN LATERAL dyetrace.canary_paths(s.canary_id, s.variant) h (paths)
WHERE ($1::text IS NULL OR s.dump_id = $1)
  AND ($2::text IS NULL OR s.canary_id = $2)
  AND ($3::text IS NULL OR EXISTS (SELECT FROM unnest(h.paths) AS x (path)
                                   WHERE x.path = $3 OR starts_with(x.path, $3 || '/')))
  AND ($4::boolean OR NOT s.weak)
  AND s.bits + s.beside > 0 -- else it only says what weighs against one in another part
ORDER BY s.dump_id, s.part, s.start, s.canary_id, s.variant
