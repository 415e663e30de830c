-- The sightings of a chunk and their evidence. $1 dump, $2 part, $3 array (services/matcher/findings.c), $4 unit.
WITH found AS (
    SELECT x.canary, x.variant::"char" AS variant, x.start, x.length, x.bits, x.line, x.evidence
    FROM jsonb_to_recordset($3::jsonb)
        AS x (canary text, variant text, start bigint, length bigint, bits double precision, line bigint,
              evidence jsonb)
), stored AS (
    INSERT INTO dyetrace.sighting (dump_id, part, canary_id, variant, owner_id, unit, start, length, bits, line)
    SELECT $1::text, $2::integer, f.canary, f.variant, c.owner_id, $4::text, f.start, f.length, f.bits, f.line
    FROM found f JOIN dyetrace.canary c ON c.canary_id = f.canary
    ON CONFLICT (dump_id, canary_id, variant, part, start) DO NOTHING
    RETURNING sighting_id, canary_id, variant, owner_id, start
)
INSERT INTO dyetrace.sighting_evidence (sighting_id, n, owner_id, kind, form, bits, start, length, row_number,
                                        field_number)
SELECT s.sighting_id, e.n, s.owner_id, e.field ->> 'kind', e.field ->> 'form', (e.field ->> 'bits')::double precision,
       (e.field ->> 'start')::bigint, (e.field ->> 'length')::bigint, (e.field ->> 'row')::bigint,
       (e.field ->> 'field')::integer
FROM stored s
JOIN found f ON f.canary = s.canary_id AND f.variant = s.variant AND f.start = s.start
CROSS JOIN LATERAL jsonb_array_elements(f.evidence) WITH ORDINALITY AS e (field, n)
