-- The attribution of dump $1, one object.
SELECT json_build_object(
    'dump', t.dump_id,
    'verdict', t.verdict,
    'set', coalesce((SELECT json_agg(s.path ORDER BY a.rank)
                     FROM dyetrace.attribution_source a JOIN dyetrace.source s USING (source_id)
                     WHERE a.dump_id = t.dump_id AND a.in_set), '[]'::json),
    'undecided', coalesce((SELECT json_agg(g.paths ORDER BY g.undecided)
                           FROM (SELECT a.undecided, json_agg(s.path ORDER BY s.path) AS paths
                                 FROM dyetrace.attribution_source a JOIN dyetrace.source s USING (source_id)
                                 WHERE a.dump_id = t.dump_id AND a.undecided > 0
                                 GROUP BY a.undecided) g), '[]'::json),
    'parents', coalesce((SELECT json_agg(l.other_id ORDER BY l.explains DESC, l.other_id) FROM dyetrace.lineage l
                         WHERE l.dump_id = t.dump_id AND l.parent), '[]'::json),
    'power', t.power,
    'controls', t.controls,
    'unexplained', t.unexplained,
    'inherited', t.inherited,
    'epoch', t.epoch,
    'sources', coalesce((SELECT json_agg(json_build_object(
            'source', s.path,
            'posterior', a.posterior,
            'log10_lr', round(a.log10_lr::numeric, 2),
            'p_value', a.p_value,
            'baseline', a.baseline,
            'power', a.power,
            'seen', a.seen,
            'planted', a.planted,
            'shared', CASE WHEN a.shared > 0 THEN json_build_object(
                'agree', a.agree, 'of', a.shared, 'p_value', a.code_p_value) END,
            'leaked', CASE WHEN e.dump_id IS NULL AND a.leaked IS NOT NULL
                           THEN json_build_object('estimate', round(a.leaked), 'low', round(a.leaked_low), 'high', round(a.leaked_high))
                           WHEN e.leaked IS NOT NULL
                           THEN json_build_object('estimate', round(e.leaked), 'low', round(e.leaked_low), 'high', round(e.leaked_high)) END,
            'counted', CASE WHEN e.received + e.open + e.open_shared > 0 THEN json_build_object(
                'received', e.received, 'open', e.open, 'open_shared', e.open_shared, 'unsized', e.unsized) END,
            'strata', coalesce(e.strata, '[]'::jsonb),
            'taken', json_build_object(
                'after', to_char(CASE WHEN e.dump_id IS NULL THEN a.taken_after ELSE e.taken_after END AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                'before', to_char(coalesce(e.taken_before, t.acquired_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                'likely_after', to_char(e.likely_after AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                'likely_before', to_char(e.likely_before AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                'by_newest', coalesce(e.by_newest, false),
                'several', coalesce(e.several, false)))
            ORDER BY a.rank)
        FROM dyetrace.attribution_source a JOIN dyetrace.source s USING (source_id)
        LEFT JOIN dyetrace.attribution_extent e ON e.dump_id = a.dump_id AND e.source_id = a.source_id
        WHERE a.dump_id = t.dump_id), '[]'::json)
)
FROM dyetrace.attribution_told t
WHERE t.dump_id = $1::text
