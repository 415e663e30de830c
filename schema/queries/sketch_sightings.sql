-- Sightings that sketches gave and no reading can confirm, and their evidence. $1 dump, $2 epoch, $3 array
-- (services/matcher/retro.c). Only of parts that were not read for this epoch, and of canaries not sighted in the dump.
WITH found AS (
    SELECT x.part, x.canary, x.variant::"char" AS variant, x.bits, x.probability, x.evidence
    FROM jsonb_to_recordset($3::jsonb)
        AS x (part integer, canary text, variant text, bits double precision, probability double precision,
              evidence jsonb)
), stored AS (
    INSERT INTO dyetrace.sighting (dump_id, part, canary_id, variant, owner_id, start, length, bits, probability, weak,
                                   by_sketch)
    SELECT $1::text, f.part, f.canary, f.variant, c.owner_id, -1, 0, f.bits, f.probability, true, true
    FROM found f JOIN dyetrace.canary c ON c.canary_id = f.canary
    JOIN dyetrace.part p ON p.dump_id = $1 AND p.ordinal = f.part AND coalesce(p.epoch, 0) < $2::bigint
    WHERE NOT EXISTS (SELECT FROM dyetrace.sighting s WHERE s.dump_id = $1 AND s.canary_id = f.canary
                      AND s.variant = f.variant AND NOT s.by_sketch)
    ON CONFLICT (dump_id, canary_id, variant, part, start) DO NOTHING
    RETURNING sighting_id, part, canary_id, variant, owner_id
), evidence AS (
    INSERT INTO dyetrace.sighting_evidence (sighting_id, n, owner_id, kind, form, bits, start, length)
    SELECT s.sighting_id, e.n, s.owner_id, e.field ->> 'kind', e.field ->> 'form',
           (e.field ->> 'bits')::double precision, -1, 0
    FROM stored s
    JOIN found f ON f.canary = s.canary_id AND f.variant = s.variant AND f.part = s.part
    CROSS JOIN LATERAL jsonb_array_elements(f.evidence) WITH ORDINALITY AS e (field, n)
)
SELECT count(*) FROM stored
