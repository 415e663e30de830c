-- Exclusion lists: which were made for which system behind the sources, so that a report can say what a list covered.
-- The lists themselves, their keys and their values are not here.
CREATE TABLE dyetrace.exclusion_list (
    list_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    system text NOT NULL CHECK (system ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
    key_number integer NOT NULL CHECK (key_number > 0), -- the key is a function of the persona key, the system and this
    sources text[] NOT NULL CHECK (pg_catalog.cardinality(sources) > 0), -- these and those below them
    epoch bigint NOT NULL CHECK (epoch >= 0), -- every placement up to it was looked at
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > made_at),
    min_batch integer NOT NULL CHECK (min_batch > 0),
    canaries bigint NOT NULL CHECK (canaries >= 0),
    sha256 bytea NOT NULL UNIQUE CHECK (pg_catalog.length(sha256) = 32)
);
CREATE INDEX exclusion_list_system ON dyetrace.exclusion_list (system, list_id);

-- What a list of these sources has to hold, as of an epoch and a moment: what stands in them or is about to. A canary
-- that was withdrawn or burned by then is none of it: a burned one's values may be a person's.
CREATE FUNCTION dyetrace.exclusion_due(paths text[], upto bigint, moment timestamptz)
RETURNS TABLE (canary_id text, variant "char")
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT DISTINCT p.canary_id, p.variant
    FROM dyetrace.placement p JOIN dyetrace.source s USING (source_id) JOIN dyetrace.canary c USING (canary_id)
    WHERE EXISTS (SELECT FROM unnest(paths) AS u (path) WHERE s.path = u.path OR starts_with(s.path, u.path || '/'))
      AND c.epoch <= upto AND (p.withdrawn_at IS NULL OR p.withdrawn_at > moment)
      AND NOT EXISTS (SELECT FROM dyetrace.canary_burn b WHERE b.canary_id = p.canary_id AND b.burned_at <= moment)
$$;

-- The newest list of each system, and how many canaries were placed since.
CREATE VIEW dyetrace.exclusion_state AS
SELECT l.system, l.sha256, l.sources, l.epoch, l.made_at, l.expires_at, l.canaries,
       (SELECT pg_catalog.count(*) FROM dyetrace.exclusion_due(l.sources, 9223372036854775807, pg_catalog.now()) d
        JOIN dyetrace.canary c USING (canary_id) WHERE c.epoch > l.epoch) AS lacking
FROM dyetrace.exclusion_list l
WHERE l.list_id = (SELECT pg_catalog.max(n.list_id) FROM dyetrace.exclusion_list n WHERE n.system = l.system);

GRANT SELECT, INSERT ON dyetrace.exclusion_list TO dyetrace_seeder;
GRANT SELECT ON dyetrace.exclusion_list TO dyetrace_auditor;
GRANT SELECT ON dyetrace.exclusion_state TO dyetrace_seeder, dyetrace_auditor;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA dyetrace FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dyetrace.exclusion_due(text[], bigint, timestamptz) TO dyetrace_seeder, dyetrace_auditor;
