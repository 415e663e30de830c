-- Who opened them: number of the account (as accounts.sql orders them), number of the canary, when.
WITH numbered AS (
    SELECT c.canary_id, row_number() OVER (ORDER BY c.canary_id COLLATE "C") - 1 AS n
    FROM (SELECT DISTINCT canary_id FROM dyetrace.case_canaries($1::text[], $2::integer)) c
)
SELECT dense_rank() OVER (ORDER BY t.source_id, t.account COLLATE "C") - 1, n.n,
       (extract(epoch FROM t.touched_at) * 1000000)::bigint
FROM dyetrace.touch t JOIN numbered n USING (canary_id)
