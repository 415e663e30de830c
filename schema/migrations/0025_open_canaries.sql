-- Whose canaries are counted in the extent of a source, and against its accounts: also those that flowed to it, and its
-- variants of shared ones, as long as no other source that is implicated held them too. What is left out is counted, so
-- that it is said.

-- What is planted in a source and flows to another or to a part of it, from outside of that one, and until when.
CREATE FUNCTION dyetrace.source_feeders(of_source integer)
RETURNS TABLE (part integer, feeder integer, until timestamptz)
LANGUAGE sql STABLE ROWS 2 SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE inside (id) AS MATERIALIZED (
        SELECT t.source_id FROM dyetrace.source q
        JOIN dyetrace.source t ON t.owner_id = q.owner_id AND (t.path = q.path OR starts_with(t.path, q.path || '/'))
        WHERE q.source_id = of_source),
    up (part, feeder, until) AS (
        SELECT f.to_id, f.from_id, coalesce(f.ended_at, 'infinity') FROM dyetrace.source_flow f
        WHERE f.to_id IN (SELECT i.id FROM inside i)
        UNION
        SELECT u.part, f.from_id, least(u.until, coalesce(f.ended_at, 'infinity'))
        FROM up u JOIN dyetrace.source_flow f ON f.to_id = u.feeder)
    SELECT u.part, u.feeder, max(u.until) FROM up u WHERE u.feeder NOT IN (SELECT i.id FROM inside i) GROUP BY 1, 2
$$;

-- Where what a source and its parts hold was planted; `part`: which of them holds it.
CREATE FUNCTION dyetrace.source_places(of_source integer)
RETURNS TABLE (part integer, place integer, until timestamptz)
LANGUAGE sql STABLE ROWS 2 SET search_path = pg_catalog, pg_temp AS $$
    SELECT t.source_id, t.source_id, timestamptz 'infinity' FROM dyetrace.source q
    JOIN dyetrace.source t ON t.owner_id = q.owner_id AND (t.path = q.path OR starts_with(t.path, q.path || '/'))
    WHERE q.source_id = of_source
    UNION ALL
    SELECT f.part, f.feeder, f.until FROM dyetrace.source_feeders(of_source) f
$$;

-- Sources that the attribution of a dump implicates beside this one. Neither those above or below it, which are it, nor
-- those of its undecided group, of which it alone is asked about here: what if it was this one.
CREATE FUNCTION dyetrace.implicated_beside(of_dump text, of_source integer) RETURNS TABLE (source_id integer)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT a.source_id
    FROM dyetrace.attribution_source a JOIN dyetrace.source s USING (source_id)
    JOIN dyetrace.source q ON q.source_id = of_source
    LEFT JOIN dyetrace.attribution_source own ON own.dump_id = of_dump AND own.source_id = of_source
    WHERE a.dump_id = of_dump AND (a.in_set OR a.undecided > 0) AND a.source_id <> of_source
      AND NOT (a.undecided > 0 AND a.undecided = coalesce(own.undecided, 0))
      AND NOT (s.owner_id = q.owner_id AND (starts_with(s.path, q.path || '/') OR starts_with(q.path, s.path || '/')))
$$;

DROP FUNCTION dyetrace.case_canaries(text[], integer);
-- The canaries that a source and its parts held when the first of some dumps came, and how surely each is in any of them;
-- `place` is where it was planted, another than `part` when it flowed there. `open`: it is not counted, because another
-- source that the attribution of of_dump implicates held it too, or, where this one is not implicated, because whoever
-- else holds it may have given it away. Of shared ones also because parts of it hold different copies, or because a variant
-- that it was not given is in the dumps, and its own not: then another copy is too, and where both are alike it is open whose
-- a row is. (Where both variants are seen the one may be taken for the other: it is one person.)
CREATE FUNCTION dyetrace.case_canaries(of_dumps text[], of_source integer, of_dump text)
RETURNS TABLE (part integer, place integer, canary_id text, planted_at timestamptz, withdrawn_at timestamptz,
               probability double precision, shared boolean, open boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH w AS MATERIALIZED (
        SELECT max(d.epoch) AS epoch, min(dyetrace.dump_came(d.dump_id)) AS came,
               EXISTS (SELECT FROM dyetrace.attribution_source a WHERE a.dump_id = of_dump AND a.source_id = of_source
                       AND (a.in_set OR a.undecided > 0)) AS implicated
        FROM dyetrace.dump d WHERE d.dump_id = ANY (of_dumps)),
    elsewhere AS MATERIALIZED (
        SELECT x.place, max(x.until) AS until
        FROM dyetrace.implicated_beside(of_dump, of_source) i CROSS JOIN LATERAL dyetrace.source_places(i.source_id) x
        GROUP BY 1),
    also_held AS MATERIALIZED (
        SELECT DISTINCT p.canary_id FROM elsewhere e
        JOIN dyetrace.placement p ON p.source_id = e.place AND p.planted_at < e.until),
    burned (canary_id) AS MATERIALIZED (SELECT b.b FROM w CROSS JOIN LATERAL dyetrace.canaries_burned(w.came) b (b)),
    seen AS MATERIALIZED (
        SELECT h.canary_id, h.variant, max(h.probability) AS probability FROM dyetrace.sighting h
        WHERE h.dump_id = ANY (of_dumps) GROUP BY 1, 2),
    shown AS MATERIALIZED (
        SELECT s.canary_id, bool_or(s.variant = 'A' AND s.probability >= 0.5) AS a,
               bool_or(s.variant = 'B' AND s.probability >= 0.5) AS b
        FROM seen s GROUP BY 1),
    held AS MATERIALIZED (
        SELECT x.part, p.source_id AS place, p.canary_id, min(p.planted_at) AS planted_at,
               max(CASE WHEN p.state = 'withdrawn' AND p.withdrawn_at < x.until THEN p.withdrawn_at ELSE 'infinity' END)
                   AS withdrawn_at,
               coalesce(max(g.probability), 0) AS probability, bool_or(c.type = 'shared') AS shared,
               bool_or(CASE p.variant WHEN 'A' THEN v.b AND NOT v.a ELSE v.a AND NOT v.b END) AS other_copy
        FROM w CROSS JOIN dyetrace.source_places(of_source) x
        JOIN dyetrace.placement p ON p.source_id = x.place AND p.planted_at < x.until
        JOIN dyetrace.canary c ON c.canary_id = p.canary_id
        LEFT JOIN seen g ON g.canary_id = p.canary_id AND g.variant = p.variant
        LEFT JOIN shown v ON v.canary_id = p.canary_id
        WHERE c.type <> 'control' AND c.epoch <= w.epoch AND p.planted_at <= w.came
          AND (p.state <> 'committed' OR g.probability IS NOT NULL)
          AND p.canary_id NOT IN (SELECT b.canary_id FROM burned b)
        GROUP BY 1, 2, 3),
    -- Once: where it was planted inside before where it flowed to, and of several parts that it flowed to the first.
    once AS (
        SELECT h.*, row_number() OVER (PARTITION BY h.canary_id ORDER BY (h.part = h.place) DESC, h.part, h.place) AS n,
               count(*) OVER (PARTITION BY h.canary_id) AS copies,
               coalesce(bool_or(h.shared AND h.other_copy) OVER (), false) AS mixed
        FROM held h)
    SELECT o.part, o.place, o.canary_id, o.planted_at, o.withdrawn_at, o.probability, o.shared,
           (NOT w.implicated AND (o.shared OR o.part <> o.place)) OR (o.shared AND (o.copies > 1 OR o.mixed))
           OR o.canary_id IN (SELECT a.canary_id FROM also_held a)
    FROM once o CROSS JOIN w
    WHERE o.n = 1 OR (o.part = o.place AND NOT o.shared)
$$;

-- Whether an access that a source's log tells of was to the record as of_source holds it: by its own logs and its parts', and
-- by any other's unless that, or what is above or below it there, holds the record too.
CREATE FUNCTION dyetrace.touched_there(log integer, canary text, of_source integer) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT (l.owner_id = q.owner_id AND (l.path = q.path OR starts_with(l.path, q.path || '/')))
        OR NOT EXISTS (
            SELECT FROM dyetrace.placement p
            JOIN LATERAL (
                WITH RECURSIVE down (id) AS (
                    SELECT p.source_id
                    UNION
                    SELECT f.to_id FROM down d JOIN dyetrace.source_flow f ON f.from_id = d.id
                                                                            AND coalesce(p.planted_at < f.ended_at, true))
                SELECT d.id FROM down d) h ON true
            JOIN dyetrace.source s ON s.source_id = h.id
            WHERE p.canary_id = canary
              AND NOT (s.owner_id = q.owner_id AND (s.path = q.path OR starts_with(s.path, q.path || '/')))
              AND s.owner_id = l.owner_id
              AND (s.path = l.path OR starts_with(s.path, l.path || '/') OR starts_with(l.path, s.path || '/')))
    FROM dyetrace.source l, dyetrace.source q WHERE l.source_id = log AND q.source_id = of_source
$$;

-- Who holds what is planted, by itself or because it flowed there.
CREATE FUNCTION dyetrace.placement_holders() RETURNS TABLE (canary_id text, source_id integer, planted_at timestamptz)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE held (canary_id, source_id, planted_at) AS (
        SELECT p.canary_id, p.source_id, p.planted_at FROM dyetrace.placement p WHERE p.state <> 'committed'
        UNION
        SELECT h.canary_id, f.to_id, h.planted_at
        FROM held h JOIN dyetrace.source_flow f ON f.from_id = h.source_id AND coalesce(h.planted_at < f.ended_at, true))
    SELECT h.canary_id, h.source_id, min(h.planted_at) FROM held h GROUP BY 1, 2
$$;

ALTER TABLE dyetrace.attribution_extent
    ADD COLUMN received integer NOT NULL DEFAULT 0,   -- canaries counted that flowed to it
    ADD COLUMN open integer NOT NULL DEFAULT 0,       -- not counted: exclusive ones that another source held too
    ADD COLUMN open_shared integer NOT NULL DEFAULT 0, -- not counted: shared ones
    ADD COLUMN unsized integer NOT NULL DEFAULT 0;    -- not counted in the size alone: flowed to one that is sized by its parts

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA dyetrace FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dyetrace.source_feeders(integer), dyetrace.source_places(integer),
    dyetrace.implicated_beside(text, integer), dyetrace.case_canaries(text[], integer, text),
    dyetrace.touched_there(integer, text, integer), dyetrace.placement_holders() TO dyetrace_matcher;
