-- Pairs of dumps that share persons, of dump $1 or, for NULL, all; the later one first. A JSON object a row, and for a
-- graph: dump, other, whether it is a parent, what it explains.
WITH came AS (
    SELECT a.dump_id, min(a.acquired_at) AS at,
           coalesce(json_agg(DISTINCT a.seller) FILTER (WHERE a.seller IS NOT NULL), '[]') AS sellers
    FROM dyetrace.acquisition a
    WHERE $1::text IS NULL OR a.dump_id = $1
       OR a.dump_id IN (SELECT l.other_id FROM dyetrace.lineage l WHERE l.dump_id = $1)
       OR a.dump_id IN (SELECT l.dump_id FROM dyetrace.lineage l WHERE l.other_id = $1)
    GROUP BY 1
)
SELECT json_build_object(
           'dump', l.dump_id, 'other', l.other_id, 'relation', l.relation, 'parent', l.parent, 'explains', l.explains,
           'persons', l.persons, 'other_persons', l.other_persons, 'common', l.common,
           'jaccard', round(l.jaccard::numeric, 4), 'containment', round(l.containment::numeric, 4),
           'containment_other', round(l.containment_other::numeric, 4),
           'acquired_at', to_char(d.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
           'other_acquired_at', to_char(o.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
           'sellers', d.sellers, 'other_sellers', o.sellers,
           'ancestor', (SELECT x.dump_id FROM dyetrace.lineage_ancestors(l.dump_id) x JOIN dyetrace.dump p USING (dump_id)
                        JOIN dyetrace.acquisition a USING (dump_id)
                        GROUP BY x.dump_id, p.opened_at ORDER BY min(a.acquired_at), p.opened_at, x.dump_id LIMIT 1)),
       l.dump_id, l.other_id, l.parent, l.explains
FROM dyetrace.lineage l JOIN came d ON d.dump_id = l.dump_id JOIN came o ON o.dump_id = l.other_id
WHERE $1 IS NULL OR $1 IN (l.dump_id, l.other_id)
ORDER BY d.at, l.dump_id, l.parent DESC, l.common DESC, l.other_id
