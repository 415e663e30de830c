-- Sets of other dumps that have some of the hashes $2 in their sample, the most first: dump, kind, how many, how many
-- distinct elements the set has; and of the dump its persons, how large its images are, and whether it was acquired
-- before dump $1. At most $3 rows.
WITH met AS (
    SELECT x.set_no, count(*) AS n
    FROM unnest($2::bigint[]) AS u (hash)
    -- OFFSET: hash by hash, through the index, whatever is believed of the table's size
    CROSS JOIN LATERAL (SELECT i.set_no FROM dyetrace.identifier_sample i WHERE i.hash = u.hash OFFSET 0) x
    GROUP BY 1
), near AS (
    SELECT s.dump_id, s.kind, met.n, s.distinct_n
    FROM met JOIN dyetrace.identifier_set s USING (set_no)
    WHERE s.dump_id <> $1::text AND s.image IS NOT NULL
    ORDER BY met.n DESC, s.set_no LIMIT $3::bigint
), self AS (
    SELECT min(a.acquired_at) AS came, d.opened_at, d.dump_id
    FROM dyetrace.dump d JOIN dyetrace.acquisition a USING (dump_id) WHERE d.dump_id = $1 GROUP BY d.dump_id
), other AS (
    SELECT d.dump_id, min(a.acquired_at) AS came, d.opened_at
    FROM dyetrace.dump d JOIN dyetrace.acquisition a USING (dump_id)
    WHERE d.dump_id IN (SELECT near.dump_id FROM near) AND d.state = 'complete'
    GROUP BY d.dump_id
), size AS (
    SELECT s.dump_id, sum(s.persons_n) AS persons, sum(octet_length(s.image)) AS bytes
    FROM dyetrace.identifier_set s WHERE s.dump_id IN (SELECT near.dump_id FROM near) GROUP BY 1
)
SELECT n.dump_id, n.kind, n.n, n.distinct_n, z.persons, z.bytes,
       (o.came, o.opened_at, o.dump_id) < (self.came, self.opened_at, self.dump_id),
       EXISTS (SELECT FROM dyetrace.lineage l WHERE l.dump_id = n.dump_id AND l.other_id = $1)
FROM near n JOIN other o USING (dump_id) JOIN size z USING (dump_id) CROSS JOIN self
ORDER BY o.came, o.opened_at, n.dump_id
