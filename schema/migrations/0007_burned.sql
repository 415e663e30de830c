-- Values that an authority has given out since, and canaries that are done with.

CREATE TABLE dyetrace.assigned_release (
    release_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    name text NOT NULL,
    sha256 bytea NOT NULL CHECK (pg_catalog.length(sha256) = 32),
    entries bigint NOT NULL,
    meets_space boolean NOT NULL, -- it assigns values of the default space: nothing more is drawn from it
    imported_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    UNIQUE (kind, name)
);
-- The canaries whose value of the kind a release assigns: to be burned.
CREATE TABLE dyetrace.canary_assigned (
    canary_id text NOT NULL REFERENCES dyetrace.canary,
    kind text NOT NULL,
    release_id integer NOT NULL REFERENCES dyetrace.assigned_release,
    PRIMARY KEY (canary_id, kind)
);
-- A burned canary is planted no more and stays in the index; in a dump acquired later it is marked, and counts for no
-- source, because its values may be a person's by then.
CREATE TABLE dyetrace.canary_burn (
    canary_id text PRIMARY KEY REFERENCES dyetrace.canary,
    reason text NOT NULL CHECK (reason <> ''),
    burned_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);

CREATE FUNCTION dyetrace.canary_is_burned(id text, moment timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM dyetrace.canary_burn b WHERE b.canary_id = id AND b.burned_at <= moment)
$$;
-- When a dump first came.
CREATE FUNCTION dyetrace.dump_came(id text) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT min(a.acquired_at) FROM dyetrace.acquisition a WHERE a.dump_id = id
$$;
GRANT EXECUTE ON FUNCTION dyetrace.canary_is_burned(text, timestamptz) TO dyetrace_seeder, dyetrace_matcher, dyetrace_portal;
GRANT EXECUTE ON FUNCTION dyetrace.dump_came(text) TO dyetrace_matcher, dyetrace_portal;

GRANT SELECT, INSERT ON dyetrace.assigned_release, dyetrace.canary_assigned, dyetrace.canary_burn TO dyetrace_seeder;
GRANT SELECT ON dyetrace.assigned_release, dyetrace.canary_burn TO dyetrace_auditor;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA dyetrace FROM PUBLIC;
