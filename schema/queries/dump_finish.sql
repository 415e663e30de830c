-- A dump is done: its verdict from its parts', and its sightings' probability, which needs the number of records.
-- $1 dump, $2 records, $3 threshold in bits, $4 prior probability of a pair.
WITH parts AS (
    SELECT count(*)::integer AS n,
           CASE WHEN count(*) FILTER (WHERE p.verdict IS DISTINCT FROM 'read') = 0 THEN 'read'
                WHEN count(*) FILTER (WHERE p.verdict IS DISTINCT FROM 'unread') = 0 THEN 'unread'
                ELSE 'partly' END AS verdict
    FROM dyetrace.part p WHERE p.dump_id = $1::text
), weighed AS (
    -- odds = prior odds x 2^bits; written so that many bits give exactly 1 and never overflow
    UPDATE dyetrace.sighting s
    SET weak = s.bits < $3::double precision,
        probability = 1 / (1 + (1 - $4::double precision) / $4 * power(2::double precision, -least(s.bits, 1000)))
    WHERE s.dump_id = $1 AND NOT s.by_sketch
)
UPDATE dyetrace.dump d
SET state = 'complete', verdict = parts.verdict, parts = parts.n, records = $2::bigint, threshold_bits = $3,
    completed_at = now()
FROM parts
WHERE d.dump_id = $1
