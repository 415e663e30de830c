-- The parts of dump $1 and what they hold, an object a row. A column is what most of its cells are; a column that holds
-- dates of after the dump came says nothing of how new the data is.
SELECT json_build_object(
    'dump', p.dump_id,
    'part', p.path,
    'format', p.format,
    'layout', p.layout,
    'charset', p.charset,
    'verdict', p.verdict,
    'reason', p.reason,
    'bytes', p.bytes,
    'records', p.records,
    'parseable', p.parseable,
    'columns', coalesce((SELECT json_agg(json_build_object(
            'name', nullif(c.name, ''),
            'says', c.says,
            'kind', k.kind,
            'share', k.share,
            'filled', k.filled) ORDER BY c.i)
        FROM rows from (jsonb_to_recordset(p.census -> 'columns')
                        AS (name text, says text, cells jsonb)) WITH ORDINALITY AS c (name, says, cells, i)
        CROSS JOIN LATERAL (
            SELECT max(e.key) FILTER (WHERE e.rank = 1) AS kind,
                   round(max(e.n) FILTER (WHERE e.rank = 1) / nullif(sum(e.n), 0), 4) AS share,
                   coalesce(sum(e.n), 0) AS filled
            FROM (SELECT x.key, x.value::numeric AS n, row_number() OVER (ORDER BY x.value::numeric DESC, x.key) AS rank
                  FROM jsonb_each_text(c.cells) AS x) e) k), '[]'::json),
    'kinds', coalesce(p.census -> 'kinds', '[]'),
    'regions', coalesce((SELECT json_object_agg(x.prefix, x.n ORDER BY x.n DESC, x.prefix)
                         FROM jsonb_to_recordset(p.census -> 'prefixes') AS x (kind text, prefix text, n bigint)
                         WHERE x.kind = 'resident_id'), '{}'::json),
    'prefixes', coalesce((SELECT json_agg(json_build_object('kind', x.kind, 'prefix', x.prefix, 'n', x.n)
                                          ORDER BY x.kind, x.n DESC, x.prefix)
                          FROM jsonb_to_recordset(p.census -> 'prefixes') AS x (kind text, prefix text, n bigint)
                          WHERE x.kind <> 'resident_id'), '[]'::json),
    'newest', (SELECT to_char(to_date(max(x.newest)::text, 'YYYYMMDD'), 'YYYY-MM-DD')
               FROM jsonb_to_recordset(p.census -> 'columns') AS x (newest integer)
               WHERE x.newest <= to_char(d.opened_at + interval '1 day', 'YYYYMMDD')::integer),
    'uncounted', coalesce(p.census -> 'uncounted', '[0, 0, 0]')
)
FROM dyetrace.part p JOIN dyetrace.dump d USING (dump_id)
WHERE p.dump_id = $1::text
ORDER BY p.ordinal
