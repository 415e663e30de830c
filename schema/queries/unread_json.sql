-- Parts that were not fully read. $1 dump or NULL.
SELECT json_build_object('dump', p.dump_id, 'part', p.path, 'verdict', p.verdict, 'reason', p.reason, 'bytes', p.bytes)
FROM dyetrace.part p
WHERE p.verdict IN ('partly', 'unread') AND ($1::text IS NULL OR p.dump_id = $1)
ORDER BY p.dump_id, p.ordinal
