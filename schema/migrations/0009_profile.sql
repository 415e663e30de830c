-- Source profiles: what a source's table looks like, as counts of at least k rows each. No row, no identifier.
CREATE TABLE dyetrace.source_profile (
    profile_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id integer NOT NULL REFERENCES dyetrace.source,
    learned_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    row_count bigint NOT NULL CHECK (row_count > 0),
    counts text NOT NULL -- as dye_profile_write writes it: its order is part of the form, so it is no jsonb
);
CREATE INDEX source_profile_source ON dyetrace.source_profile (source_id, profile_id);

-- Which profile a canary followed when it was made: it is made again from its serial and that.
CREATE TABLE dyetrace.canary_profile (
    canary_id text PRIMARY KEY REFERENCES dyetrace.canary,
    profile_id integer NOT NULL REFERENCES dyetrace.source_profile
);

GRANT SELECT, INSERT ON dyetrace.source_profile, dyetrace.canary_profile TO dyetrace_seeder;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA dyetrace FROM PUBLIC;
