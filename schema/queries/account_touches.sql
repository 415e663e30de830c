-- Who opened them: number of the account (as accounts.sql orders them), number of the canary, when. Not in a log of another
-- source that holds the record too, nor in one from above both: whose copy was opened there is not known.
WITH numbered AS (
    SELECT c.canary_id, row_number() OVER (ORDER BY c.canary_id COLLATE "C") - 1 AS n
    FROM (SELECT DISTINCT x.canary_id FROM dyetrace.case_canaries($1::text[], $2::integer, $3::text) x WHERE NOT x.open) c
), there AS MATERIALIZED (
    SELECT d.source_id, d.canary_id
    FROM (SELECT DISTINCT t.source_id, t.canary_id FROM dyetrace.touch t JOIN numbered USING (canary_id)) d
    WHERE dyetrace.touched_there(d.source_id, d.canary_id, $2::integer)
)
SELECT dense_rank() OVER (ORDER BY t.source_id, t.account COLLATE "C") - 1, n.n,
       (extract(epoch FROM t.touched_at) * 1000000)::bigint
FROM dyetrace.touch t JOIN numbered n USING (canary_id) JOIN there USING (source_id, canary_id)
