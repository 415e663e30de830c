-- Alerts by channel, oldest first, one object each, before them those that are folded; $1: '', 'pending' or 'failed'.
SELECT x.object FROM (
SELECT 0::bigint AS n, f.dump_id || f.channel AS k, json_build_object(
    'alert', NULL,
    'dump', f.dump_id,
    'at', to_char(f.last_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'channel', f.channel,
    'state', 'folded',
    'alerts', f.alerts,
    'first_at', to_char(f.first_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) AS object
FROM dyetrace.alert_folded f WHERE $1::text = ''
UNION ALL
SELECT a.alert_id, d.channel, json_build_object(
    'alert', a.alert_id,
    'dump', a.dump_id,
    'at', to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'verdict', a.verdict,
    'was', a.was,
    'set', a.paths,
    'channel', d.channel,
    'state', CASE WHEN d.channel IS NULL AND a.routed_at IS NOT NULL THEN 'no channel'
                  WHEN m.message_id IS NULL THEN 'waiting' ELSE m.state END,
    'message', m.message_id,
    'attempts', coalesce(m.attempts, 0),
    'next_at', CASE WHEN m.state = 'pending' THEN to_char(m.next_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') END,
    'sent_at', to_char(m.sent_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'why', m.why)
FROM dyetrace.alert a LEFT JOIN dyetrace.alert_delivery d USING (alert_id) LEFT JOIN dyetrace.alert_message m USING (message_id)
WHERE $1::text = '' OR ($1 = 'failed' AND m.state = 'failed')
   OR ($1 = 'pending' AND (a.routed_at IS NULL OR m.state = 'pending' OR (d.channel IS NOT NULL AND m.message_id IS NULL)))
) x
ORDER BY x.n, x.k
