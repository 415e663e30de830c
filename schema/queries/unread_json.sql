-- Parts that were not fully read; images: how many of its dump are only pictures. $1 dump or NULL.
SELECT json_build_object('dump', p.dump_id, 'part', p.path, 'verdict', p.verdict, 'reason', p.reason, 'bytes', p.bytes,
                         'images', count(*) FILTER (WHERE p.reason = 'format: image') OVER (PARTITION BY p.dump_id))
FROM dyetrace.part p
WHERE p.verdict IN ('partly', 'unread') AND ($1::text IS NULL OR p.dump_id = $1)
ORDER BY p.dump_id, p.ordinal
