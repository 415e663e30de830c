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
    'parents', '[]'::json,
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
            'leaked', CASE WHEN a.leaked IS NOT NULL THEN json_build_object(
                'estimate', round(a.leaked), 'low', round(a.leaked_low), 'high', round(a.leaked_high)) END,
            'taken', json_build_object(
                'after', to_char(a.taken_after AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                'before', to_char(CASE WHEN w.taken_before > coalesce(a.taken_after, '-infinity') AND w.taken_before < t.acquired_at
                                       THEN w.taken_before ELSE t.acquired_at END
                                  AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')))
            ORDER BY a.rank)
        FROM dyetrace.attribution_source a JOIN dyetrace.source s USING (source_id)
        -- Where the latest planting is after the earliest withdrawal, copies of several days are in it: no bracket holds.
        CROSS JOIN LATERAL (SELECT dyetrace.taken_before(t.dump_id, a.source_id)) w (taken_before)
        WHERE a.dump_id = t.dump_id), '[]'::json)
)
FROM dyetrace.attribution_told t
WHERE t.dump_id = $1::text
