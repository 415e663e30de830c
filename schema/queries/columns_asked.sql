-- Which lines may belong to a row that shows a canary in another part, and show it in no way that has been found: the
-- part, the line, the canary and its variant. Where a sighting is proof alone, nothing is asked. $1 dump.
SELECT DISTINCT q.part, s.line, s.canary_id, s.variant::text
FROM dyetrace.dump_columns c
JOIN dyetrace.sighting s ON s.dump_id = c.dump_id AND s.part = ANY (c.parts)
CROSS JOIN LATERAL unnest(c.parts) AS q (part)
WHERE c.dump_id = $1::text AND s.line IS NOT NULL AND NOT s.by_sketch AND s.bits < 40 AND q.part <> s.part
  AND NOT EXISTS (SELECT FROM dyetrace.sighting o
                  WHERE o.dump_id = s.dump_id AND o.part = q.part AND o.line = s.line
                    AND o.canary_id = s.canary_id AND o.variant = s.variant)
ORDER BY q.part, s.line, s.canary_id
LIMIT 10000
