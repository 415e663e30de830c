-- Columns that went into files of their own: the n-th lines of parts that have equally many are taken for one row.

ALTER TABLE dyetrace.part ADD COLUMN lines bigint; -- where records are lines
ALTER TABLE dyetrace.chunk ADD COLUMN lines bigint NOT NULL DEFAULT 0; -- of it, likewise
ALTER TABLE dyetrace.sighting
    ADD COLUMN line bigint, -- of its part, from 1
    ADD COLUMN beside double precision NOT NULL DEFAULT 0; -- bits that other parts' lines of that number add or take; its
                                                           -- probability has them in it

-- Such parts, of one folder and wholly read: two to sixteen of them, for more are rather rows that were dealt out.
-- chance: the bits that are to be had by looking at so many.
CREATE VIEW dyetrace.dump_columns WITH (security_invoker = true) AS
SELECT p.dump_id, array_agg(p.ordinal ORDER BY p.ordinal) AS parts,
       log(2, count(*))::double precision AS chance
FROM dyetrace.part p
WHERE p.verdict = 'read' AND p.lines > 1
GROUP BY p.dump_id, regexp_replace(p.path, '[^/]*$', ''), p.lines
HAVING count(*) BETWEEN 2 AND 16;

GRANT UPDATE (lines) ON dyetrace.part, dyetrace.chunk TO dyetrace_matcher;
GRANT UPDATE (beside) ON dyetrace.sighting TO dyetrace_matcher;
GRANT SELECT ON dyetrace.dump_columns TO dyetrace_matcher, dyetrace_portal;
