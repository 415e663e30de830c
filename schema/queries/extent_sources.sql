-- The sources that the attribution of dump $1, by the dumps $2, shows canaries of: owner, own population, when the first of
-- these came, and the newest day before that which the parts tell of that hold canaries of this source and of no other, as case_canaries has them. A
-- column with days to come (appointments) says nothing. Days begin in China's time. Of hundreds of sources that share a canary with it, the first are enough.
SELECT a.source_id, s.owner_id, coalesce(s.population, 0), (extract(epoch FROM w.came) * 1000000)::bigint,
       (extract(epoch FROM to_date(n.newest::text, 'YYYYMMDD')::timestamp AT TIME ZONE 'Asia/Shanghai') * 1000000)::bigint
FROM dyetrace.attribution_source a JOIN dyetrace.source s USING (source_id)
CROSS JOIN (SELECT min(dyetrace.dump_came(d)) FROM unnest($2::text[]) d) w (came)
CROSS JOIN LATERAL (
    SELECT max(x.newest) AS newest
    FROM (SELECT g.dump_id, g.part
          FROM dyetrace.sighting g
          LEFT JOIN (SELECT DISTINCT c.canary_id FROM dyetrace.case_canaries($2, a.source_id, $1) c WHERE NOT c.open) own
              USING (canary_id)
          WHERE g.dump_id = ANY ($2) AND g.probability >= 0.5
          GROUP BY 1, 2 HAVING bool_and(own.canary_id IS NOT NULL)) parts
    JOIN dyetrace.part p ON p.dump_id = parts.dump_id AND p.ordinal = parts.part
    CROSS JOIN LATERAL jsonb_to_recordset(p.census -> 'columns') AS x (newest integer)
    WHERE x.newest BETWEEN 19000101 AND to_char(w.came AT TIME ZONE 'Asia/Shanghai', 'YYYYMMDD')::integer) n
WHERE a.dump_id = $1::text AND a.seen > 0 AND (a.in_set OR a.undecided > 0 OR a.rank < 20)
ORDER BY a.rank
