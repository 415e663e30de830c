-- What the legal count asks of a dump's parts. $1 dump. A canary's row is counted once, however many canaries' fields it
-- shows; one that was burned may be a real person's by now.
SELECT p.path, coalesce(p.records, 0), coalesce(p.parseable, 0), p.census, coalesce(p.verdict, 'unread') <> 'read',
       coalesce(c.canary_rows, 0)
FROM dyetrace.part p
LEFT JOIN (SELECT s.part, count(DISTINCT (s.unit, s.start)) AS canary_rows
           FROM dyetrace.sighting s
           WHERE s.dump_id = $1 AND s.weak IS FALSE
             AND NOT dyetrace.canary_is_burned(s.canary_id, dyetrace.dump_came(s.dump_id))
           GROUP BY s.part) c ON c.part = p.ordinal
WHERE p.dump_id = $1
ORDER BY p.ordinal
