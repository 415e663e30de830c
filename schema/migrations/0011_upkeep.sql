-- What becomes of canaries once they are planted: files on their way into a drop directory, how each placement was found
-- when its source was asked, and rotations. No value, only ids, names of columns and times.

-- A file of records, on record here before it gets the name that the importer takes: a run after a crash finishes this
-- file, and puts none of its canaries into another.
CREATE TABLE dyetrace.drop_file (
    drop_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id integer NOT NULL REFERENCES dyetrace.source,
    directory text NOT NULL,
    name text NOT NULL UNIQUE CHECK (name !~ '/'),
    noted_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    called_off_at timestamptz, -- it was never dropped, and its canaries, if it had any yet, wait or were withdrawn
    removed_at timestamptz -- and what there was of it is gone
);
CREATE INDEX drop_file_source ON dyetrace.drop_file (source_id);
CREATE TABLE dyetrace.drop_placement (
    placement_id bigint PRIMARY KEY REFERENCES dyetrace.placement,
    drop_id bigint NOT NULL REFERENCES dyetrace.drop_file
);
CREATE INDEX drop_placement_drop ON dyetrace.drop_placement (drop_id);

-- When a source was last asked for its canaries.
CREATE TABLE dyetrace.source_check (
    source_id integer PRIMARY KEY REFERENCES dyetrace.source,
    checked_at timestamptz NOT NULL,
    why text -- it could not be asked; NULL: it answered
);
-- How a placement was found: a row a period, from the first check that found it so to the last. It says nothing about
-- when a placement ends: that is withdrawn_at alone.
CREATE TABLE dyetrace.placement_health (
    placement_id bigint NOT NULL REFERENCES dyetrace.placement,
    since timestamptz NOT NULL,
    checked_at timestamptz NOT NULL CHECK (checked_at >= since),
    state text NOT NULL CHECK (state IN ('present', 'dropped', 'altered', 'merged', 'duplicated', 'unknown')),
    fields text[] NOT NULL, -- columns or elements that differ
    merged_with text REFERENCES dyetrace.canary,
    PRIMARY KEY (placement_id, since)
);
CREATE VIEW dyetrace.placement_found AS
SELECT DISTINCT ON (h.placement_id) h.placement_id, h.since, h.checked_at, h.state, h.fields, h.merged_with
FROM dyetrace.placement_health h ORDER BY h.placement_id, h.since DESC;

-- Old canaries out, fresh ones in: one rotation of a source at a time.
CREATE TABLE dyetrace.rotation (
    rotation_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id integer NOT NULL REFERENCES dyetrace.source,
    started_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    finished_at timestamptz
);
CREATE UNIQUE INDEX rotation_open ON dyetrace.rotation (source_id) WHERE finished_at IS NULL;
CREATE TABLE dyetrace.rotation_placement (
    rotation_id bigint NOT NULL REFERENCES dyetrace.rotation,
    placement_id bigint NOT NULL UNIQUE REFERENCES dyetrace.placement, -- rotated out once
    why text NOT NULL CHECK (why IN ('burned', 'unhealthy', 'age')),
    PRIMARY KEY (rotation_id, placement_id)
);
-- The canaries that came in, by what was committed with the rotation.
CREATE TABLE dyetrace.rotation_fresh (
    rotation_id bigint NOT NULL REFERENCES dyetrace.rotation,
    placement_id bigint PRIMARY KEY REFERENCES dyetrace.placement
);
CREATE INDEX rotation_fresh_rotation ON dyetrace.rotation_fresh (rotation_id);
-- What a rotation of a source takes out first: burned canaries, those that its last check did not find as they were
-- written, then the oldest. Copies of shared canaries stay, because a code is for all its holders; imported ones nobody
-- can take out; and none is taken out twice.
CREATE FUNCTION dyetrace.rotation_pick(source integer, most bigint)
RETURNS TABLE (placement_id bigint, canary_id text, why text, planted_at timestamptz)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT p.placement_id, p.canary_id, w.why, p.planted_at
    FROM dyetrace.placement p JOIN dyetrace.canary c USING (canary_id)
    LEFT JOIN dyetrace.placement_found f USING (placement_id)
    CROSS JOIN LATERAL (SELECT CASE WHEN dyetrace.canary_is_burned(p.canary_id, now()) THEN 'burned'
                                    WHEN f.state NOT IN ('present', 'unknown') THEN 'unhealthy' ELSE 'age' END) w (why)
    WHERE p.source_id = source AND p.state = 'planted' AND c.type = 'exclusive'
      AND NOT EXISTS (SELECT FROM dyetrace.rotation_placement o WHERE o.placement_id = p.placement_id)
      AND NOT EXISTS (SELECT FROM dyetrace.rotation_fresh n JOIN dyetrace.rotation r USING (rotation_id)
                      WHERE n.placement_id = p.placement_id AND r.finished_at IS NULL)
    ORDER BY array_position(ARRAY['burned', 'unhealthy', 'age'], w.why), p.planted_at, p.placement_id
    LIMIT most
$$;
GRANT EXECUTE ON FUNCTION dyetrace.rotation_pick(integer, bigint) TO dyetrace_seeder;

-- By when a dump's copy of a source was taken, as far as what was withdrawn tells: the earliest withdrawal among the
-- canaries seen of it. NULL when none was withdrawn. For those who may see the attribution but not the registry.
CREATE FUNCTION dyetrace.taken_before(dump text, source integer) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT min(p.withdrawn_at)
    FROM dyetrace.sighting g JOIN dyetrace.placement p ON p.canary_id = g.canary_id AND p.variant = g.variant
    WHERE g.dump_id = dump AND NOT g.weak AND p.source_id = source AND p.state = 'withdrawn'
      AND (pg_has_role(session_user, 'dyetrace_matcher', 'MEMBER') OR dyetrace.session_owner() IN (0, p.owner_id))
$$;
GRANT EXECUTE ON FUNCTION dyetrace.taken_before(text, integer) TO dyetrace_matcher, dyetrace_portal;

GRANT SELECT, INSERT ON dyetrace.drop_file, dyetrace.drop_placement, dyetrace.source_check, dyetrace.placement_health,
    dyetrace.rotation, dyetrace.rotation_placement, dyetrace.rotation_fresh TO dyetrace_seeder;
GRANT SELECT ON dyetrace.placement_found TO dyetrace_seeder;
GRANT UPDATE (called_off_at, removed_at) ON dyetrace.drop_file TO dyetrace_seeder;
GRANT UPDATE (checked_at, why) ON dyetrace.source_check TO dyetrace_seeder;
GRANT UPDATE (checked_at) ON dyetrace.placement_health TO dyetrace_seeder;
GRANT UPDATE (finished_at) ON dyetrace.rotation TO dyetrace_seeder;
GRANT SELECT ON dyetrace.source_check, dyetrace.placement_health, dyetrace.rotation, dyetrace.rotation_placement,
    dyetrace.rotation_fresh TO dyetrace_auditor;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA dyetrace FROM PUBLIC;
