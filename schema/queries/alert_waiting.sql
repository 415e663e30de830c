-- Alerts that wait in channel $1, at most 500, urgent ones first: id, whether a control was hit, and in seconds how long
-- each waits, and since its dump, and that of its sources that was told of longest ago, were told of; NULL beyond the
-- cooldown, $2 seconds.
WITH told AS MATERIALIZED (
    SELECT a.dump_id, a.paths, m.formed_at
    FROM dyetrace.alert_message m JOIN dyetrace.alert_delivery d USING (message_id) JOIN dyetrace.alert a USING (alert_id)
    WHERE m.channel = $1::text AND m.formed_at > now() - $2 * interval '1 second'
)
SELECT a.alert_id, a.verdict = 'control-hit', extract(epoch FROM now() - a.at),
       (SELECT extract(epoch FROM now() - max(t.formed_at)) FROM told t WHERE t.dump_id = a.dump_id),
       (SELECT CASE WHEN bool_and(x.last IS NOT NULL) THEN extract(epoch FROM now() - min(x.last)) END
        FROM (SELECT (SELECT max(t.formed_at) FROM told t WHERE p.path = ANY (t.paths)) AS last
              FROM unnest(a.paths) p (path)) x)
FROM dyetrace.alert_delivery d JOIN dyetrace.alert a USING (alert_id)
WHERE d.channel = $1::text AND d.message_id IS NULL
ORDER BY a.verdict = 'control-hit' DESC, a.alert_id
LIMIT 500
