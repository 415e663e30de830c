-- The accounts that opened canaries of source $2: name, the log's source, marks, accesses of whatever records from day $3
-- to day $4, and canaries in dumps $1 (by the attribution of dump $5) that they opened from $4 on and not before.
WITH case_canary AS (
    SELECT c.canary_id, max(c.probability) AS probability
    FROM dyetrace.case_canaries($1::text[], $2::integer, $5::text) c WHERE NOT c.open GROUP BY 1
), there AS MATERIALIZED (
    SELECT d.source_id, d.canary_id
    FROM (SELECT DISTINCT t.source_id, t.canary_id FROM dyetrace.touch t JOIN case_canary USING (canary_id)) d
    WHERE dyetrace.touched_there(d.source_id, d.canary_id, $2::integer)
), opened AS (
    SELECT t.source_id, t.account, t.canary_id, min(t.touched_at) AS first_at, max(c.probability) AS probability
    FROM dyetrace.touch t JOIN case_canary c USING (canary_id) JOIN there USING (source_id, canary_id)
    GROUP BY 1, 2, 3
)
SELECT o.account, s.path, coalesce(d.shared, false), coalesce(d.bulk, false), coalesce(d.accesses, 0), o.later
FROM (SELECT source_id, account, count(*) FILTER (WHERE probability >= 0.5 AND first_at >= $4::timestamptz) AS later
      FROM opened GROUP BY 1, 2) o
JOIN dyetrace.source s USING (source_id)
CROSS JOIN LATERAL (
    SELECT bool_or(x.shared) AS shared, bool_or(x.bulk) AS bulk,
           sum(x.accesses) FILTER (WHERE x.day >= coalesce($3::timestamptz, '-infinity')::date
                                     AND x.day <= $4::timestamptz::date) AS accesses
    FROM dyetrace.touch_day x WHERE x.source_id = o.source_id AND x.account = o.account) d
ORDER BY o.source_id, o.account COLLATE "C"
