-- A dump is done: its verdict from its parts', and its sightings' probability, which needs the number of records.
-- A table whose columns went into files of their own is put together again (dump_columns): what its other parts show
-- of a canary in a line counts beside the sighting there that says most: of each kind that it lacks the form with most
-- bits, less those of looking at so many parts.
-- $1 dump, $2 records, $3 threshold in bits, $4 prior probability of a pair.
WITH parts AS (
    SELECT count(*)::integer AS n,
           CASE WHEN count(*) FILTER (WHERE p.verdict IS DISTINCT FROM 'read') = 0 THEN 'read'
                WHEN count(*) FILTER (WHERE p.verdict IS DISTINCT FROM 'unread') = 0 THEN 'unread'
                ELSE 'partly' END AS verdict
    FROM dyetrace.part p WHERE p.dump_id = $1::text
), first AS ( -- of a row, so that it is one sighting
    SELECT DISTINCT ON (c.parts, s.line, s.canary_id, s.variant)
           s.sighting_id, s.part, s.line, s.canary_id, s.variant, c.parts, c.chance
    FROM dyetrace.dump_columns c
    JOIN dyetrace.sighting s ON s.dump_id = c.dump_id AND s.part = ANY (c.parts)
    WHERE c.dump_id = $1 AND s.line IS NOT NULL AND NOT s.by_sketch
    ORDER BY c.parts, s.line, s.canary_id, s.variant, s.bits DESC, s.part
), shown AS (
    SELECT f.sighting_id, f.chance, e.kind, max(e.bits) AS bits
    FROM first f
    JOIN dyetrace.sighting o ON o.dump_id = $1 AND o.part = ANY (f.parts) AND o.part <> f.part AND o.line = f.line
                            AND o.canary_id = f.canary_id AND o.variant = f.variant
    JOIN dyetrace.sighting_evidence e ON e.sighting_id = o.sighting_id
    WHERE NOT EXISTS (SELECT FROM dyetrace.sighting_evidence own
                      WHERE own.sighting_id = f.sighting_id AND own.kind = e.kind)
    GROUP BY 1, 2, 3
), beside AS (
    SELECT x.sighting_id, sum(x.bits) - x.chance AS bits FROM shown x GROUP BY x.sighting_id, x.chance
), total AS (
    SELECT s.sighting_id, coalesce(b.bits, 0) AS beside, s.bits + coalesce(b.bits, 0) AS bits
    FROM dyetrace.sighting s LEFT JOIN beside b USING (sighting_id)
    WHERE s.dump_id = $1 AND NOT s.by_sketch
), weighed AS (
    -- odds = prior odds x 2^bits; written so that many bits give exactly 1 and never overflow
    UPDATE dyetrace.sighting s
    SET beside = t.beside, weak = t.bits < $3::double precision,
        probability = 1 / (1 + (1 - $4::double precision) / $4 * power(2::double precision, -least(t.bits, 1000)))
    FROM total t
    WHERE t.sighting_id = s.sighting_id
)
UPDATE dyetrace.dump d
SET state = 'complete', verdict = parts.verdict, parts = parts.n, records = $2::bigint, threshold_bits = $3,
    completed_at = now()
FROM parts
WHERE d.dump_id = $1
