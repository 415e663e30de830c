-- A part is done: its verdict, and the sum of what its chunks counted.
-- $1 dump, $2 part, $3 charset, $4 bytes, $5 verdict, $6 reason, $7 layout or NULL, $8 the epoch that it was read for, $9 how many
-- chunks it has (a reading under other limits may have left more), $10 its lines or NULL.
WITH chunks AS (
    SELECT c.records, c.census FROM dyetrace.chunk c WHERE c.dump_id = $1::text AND c.part = $2::integer AND c.number < $9::bigint
), met AS (
    SELECT (x.c ->> 'column')::integer AS n, x.c ->> 'name' AS name, x.c ->> 'says' AS says,
           (x.c ->> 'newest')::integer AS newest, x.c -> 'cells' AS cells
    FROM chunks, jsonb_array_elements(chunks.census -> 'columns') AS x (c)
), cells AS (
    SELECT m.n, m.name, m.says, e.key, sum(e.value::bigint)::bigint AS cells
    FROM met m, jsonb_each_text(m.cells) AS e GROUP BY 1, 2, 3, 4
), columns AS (
    SELECT m.n, m.name, m.says, max(m.newest) AS newest,
           coalesce((SELECT jsonb_object_agg(c.key, c.cells) FROM cells c
                     WHERE c.n = m.n AND c.name = m.name AND c.says IS NOT DISTINCT FROM m.says), '{}') AS cells
    FROM met m GROUP BY 1, 2, 3
), kinds AS (
    SELECT x.c -> 'kinds' AS kinds, sum((x.c ->> 'records')::bigint)::bigint AS records
    FROM chunks, jsonb_array_elements(chunks.census -> 'kinds') AS x (c) GROUP BY 1
), prefixes AS (
    SELECT x.c ->> 'kind' AS kind, x.c ->> 'prefix' AS prefix, sum((x.c ->> 'n')::bigint)::bigint AS n
    FROM chunks, jsonb_array_elements(chunks.census -> 'prefixes') AS x (c) GROUP BY 1, 2
), uncounted AS (
    SELECT x.i, sum(x.n::bigint)::bigint AS n
    FROM chunks, jsonb_array_elements_text(chunks.census -> 'uncounted') WITH ORDINALITY AS x (n, i) GROUP BY 1
)
UPDATE dyetrace.part p
SET charset = $3::text, bytes = $4::bigint, verdict = $5::text, reason = $6::text, layout = $7::text, lines = $10::bigint,
    epoch = coalesce(p.epoch, $8::bigint),
    records = (SELECT coalesce(sum(c.records), 0) FROM chunks c),
    parseable = (SELECT coalesce(sum((c.census ->> 'parseable')::bigint), 0) FROM chunks c),
    census = jsonb_build_object(
        'columns', coalesce((SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                'column', c.n, 'name', c.name, 'says', c.says, 'newest', c.newest, 'cells', c.cells)) ORDER BY c.n, c.name)
            FROM columns c), '[]'),
        'kinds', coalesce((SELECT jsonb_agg(jsonb_build_object('kinds', k.kinds, 'records', k.records)
                                            ORDER BY k.records DESC, k.kinds) FROM kinds k), '[]'),
        'prefixes', coalesce((SELECT jsonb_agg(jsonb_build_object('kind', x.kind, 'prefix', x.prefix, 'n', x.n)
                                               ORDER BY x.kind, x.n DESC, x.prefix) FROM prefixes x), '[]'),
        'uncounted', coalesce((SELECT jsonb_agg(u.n ORDER BY u.i) FROM uncounted u), '[0, 0, 0]'))
WHERE p.dump_id = $1 AND p.ordinal = $2
