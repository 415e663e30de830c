-- The oldest alert that no channel has goes to those of channels $1 that want it: [{"name", "verdicts", "sources"}], a list
-- that is null being all. A source is wanted with what is below it and what is above it, which stands for it where parts
-- can't be told apart. A control hit goes to all, and what becomes of a dump to who was told of it. How many were routed:
-- 1 or 0.
WITH a AS (
    UPDATE dyetrace.alert SET routed_at = now()
    WHERE alert_id = (SELECT min(x.alert_id) FROM dyetrace.alert x WHERE x.routed_at IS NULL)
    RETURNING alert_id, dump_id, verdict, paths
), given AS (
    INSERT INTO dyetrace.alert_delivery (alert_id, channel)
    SELECT a.alert_id, c.name
    FROM a CROSS JOIN jsonb_to_recordset($1::jsonb) AS c (name text, verdicts jsonb, sources jsonb)
    WHERE a.verdict = 'control-hit'
       OR (coalesce(c.verdicts ? a.verdict, true)
           AND (c.sources IS NULL
                OR EXISTS (SELECT FROM unnest(a.paths) p CROSS JOIN jsonb_array_elements_text(c.sources) s
                           WHERE p = s OR starts_with(p, s || '/') OR starts_with(s, p || '/'))))
       OR EXISTS (SELECT FROM dyetrace.alert t JOIN dyetrace.alert_delivery d USING (alert_id)
                  WHERE t.dump_id = a.dump_id AND d.channel = c.name)
       OR EXISTS (SELECT FROM dyetrace.alert_folded f WHERE f.dump_id = a.dump_id AND f.channel = c.name)
)
SELECT count(*) FROM a
