-- Row-level security. The portal's role sees what the session's token allows, and the session is looked up by a
-- definer's function over tables that the role can't read or write: an injection in the portal gains nothing.

CREATE TABLE dyetrace.portal_token (
    token_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- SHA-256 of what the portal presents, which is itself SHA-256 of the token: a copy of this table opens nothing.
    presented_sha256 bytea NOT NULL UNIQUE CHECK (pg_catalog.length(presented_sha256) = 32),
    label text NOT NULL,
    owner_id integer REFERENCES dyetrace.owner, -- NULL: an analyst, who sees all owners
    created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);

CREATE TABLE dyetrace.portal_session (
    pid integer PRIMARY KEY,
    xid xid8 NOT NULL,
    token_id integer NOT NULL REFERENCES dyetrace.portal_token,
    owner_id integer
);

-- Opens the session of this transaction; it ends with it. Returns the token's label, or NULL for a token that is not
-- valid.
CREATE FUNCTION dyetrace.session_open(presented bytea) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    token record;
BEGIN
    DELETE FROM dyetrace.portal_session s WHERE s.pid = pg_backend_pid();
    SELECT t.token_id, t.owner_id, t.label INTO token FROM dyetrace.portal_token t
    WHERE t.presented_sha256 = sha256(presented) AND t.revoked_at IS NULL AND t.expires_at > now();
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    INSERT INTO dyetrace.portal_session (pid, xid, token_id, owner_id)
    VALUES (pg_backend_pid(), pg_current_xact_id(), token.token_id, token.owner_id);
    RETURN token.label;
END $$;

-- The owner whose rows the session may see; 0 for all; -1 without a session.
CREATE FUNCTION dyetrace.session_owner() RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((SELECT coalesce(s.owner_id, 0) FROM dyetrace.portal_session s
                     WHERE s.pid = pg_backend_pid() AND s.xid = pg_current_xact_id_if_assigned()), -1)
$$;
GRANT EXECUTE ON FUNCTION dyetrace.session_open(bytea), dyetrace.session_owner() TO dyetrace_portal;

ALTER TABLE dyetrace.source ENABLE ROW LEVEL SECURITY;
ALTER TABLE dyetrace.owner ENABLE ROW LEVEL SECURITY;
ALTER TABLE dyetrace.placement ENABLE ROW LEVEL SECURITY;
ALTER TABLE dyetrace.sighting ENABLE ROW LEVEL SECURITY;
ALTER TABLE dyetrace.sighting_evidence ENABLE ROW LEVEL SECURITY;
ALTER TABLE dyetrace.attribution_source ENABLE ROW LEVEL SECURITY;
ALTER TABLE dyetrace.dump ENABLE ROW LEVEL SECURITY;
ALTER TABLE dyetrace.acquisition ENABLE ROW LEVEL SECURITY;
ALTER TABLE dyetrace.part ENABLE ROW LEVEL SECURITY;
ALTER TABLE dyetrace.chunk ENABLE ROW LEVEL SECURITY;
ALTER TABLE dyetrace.attribution ENABLE ROW LEVEL SECURITY;

CREATE POLICY zones ON dyetrace.source TO dyetrace_seeder, dyetrace_matcher, dyetrace_auditor USING (true);
CREATE POLICY zones ON dyetrace.owner TO dyetrace_seeder, dyetrace_matcher, dyetrace_auditor USING (true);
CREATE POLICY zones ON dyetrace.placement TO dyetrace_seeder, dyetrace_matcher, dyetrace_auditor USING (true);
CREATE POLICY zones ON dyetrace.sighting TO dyetrace_matcher USING (true);
CREATE POLICY zones ON dyetrace.sighting_evidence TO dyetrace_matcher USING (true);
CREATE POLICY zones ON dyetrace.attribution_source TO dyetrace_matcher USING (true);
CREATE POLICY zones ON dyetrace.dump TO dyetrace_matcher USING (true);
CREATE POLICY zones ON dyetrace.acquisition TO dyetrace_matcher USING (true);
CREATE POLICY zones ON dyetrace.part TO dyetrace_matcher USING (true);
CREATE POLICY zones ON dyetrace.chunk TO dyetrace_matcher USING (true);
CREATE POLICY zones ON dyetrace.attribution TO dyetrace_matcher USING (true);

CREATE POLICY session ON dyetrace.source FOR SELECT TO dyetrace_portal
    USING ((SELECT dyetrace.session_owner()) IN (0, owner_id));
CREATE POLICY session ON dyetrace.owner FOR SELECT TO dyetrace_portal
    USING ((SELECT dyetrace.session_owner()) IN (0, owner_id));
CREATE POLICY session ON dyetrace.sighting FOR SELECT TO dyetrace_portal
    USING ((SELECT dyetrace.session_owner()) IN (0, owner_id));
CREATE POLICY session ON dyetrace.sighting_evidence FOR SELECT TO dyetrace_portal
    USING ((SELECT dyetrace.session_owner()) IN (0, owner_id));
CREATE POLICY session ON dyetrace.attribution_source FOR SELECT TO dyetrace_portal
    USING ((SELECT dyetrace.session_owner()) IN (0, owner_id));
-- An owner sees a dump when one of its own canaries is in it. The sub-select is under the same role's policies.
CREATE POLICY session ON dyetrace.dump FOR SELECT TO dyetrace_portal
    USING ((SELECT dyetrace.session_owner()) = 0
           OR EXISTS (SELECT FROM dyetrace.sighting s WHERE s.dump_id = dump.dump_id));
CREATE POLICY session ON dyetrace.acquisition FOR SELECT TO dyetrace_portal
    USING ((SELECT dyetrace.session_owner()) = 0
           OR EXISTS (SELECT FROM dyetrace.sighting s WHERE s.dump_id = acquisition.dump_id));
CREATE POLICY session ON dyetrace.part FOR SELECT TO dyetrace_portal
    USING ((SELECT dyetrace.session_owner()) = 0
           OR EXISTS (SELECT FROM dyetrace.sighting s WHERE s.dump_id = part.dump_id));
CREATE POLICY session ON dyetrace.attribution FOR SELECT TO dyetrace_portal
    USING ((SELECT dyetrace.session_owner()) = 0
           OR EXISTS (SELECT FROM dyetrace.sighting s WHERE s.dump_id = attribution.dump_id));

-- A conclusion as the reader may know it: who sees none of the sources it names, because they are other owners', is not
-- told that it names some. Under the reader's own policies.
CREATE VIEW dyetrace.attribution_told WITH (security_invoker = true) AS
    SELECT t.dump_id, t.epoch, t.acquired_at, t.power, t.controls, t.unexplained, t.computed_at,
           CASE WHEN t.verdict = 'attributed'
                     AND NOT EXISTS (SELECT FROM dyetrace.attribution_source a WHERE a.dump_id = t.dump_id AND a.in_set)
                THEN 'insufficient' ELSE t.verdict END AS verdict
    FROM dyetrace.attribution t;
GRANT SELECT ON dyetrace.attribution_told TO dyetrace_matcher, dyetrace_portal;

-- Where a canary's variant is or was planted, for those who may see the sighting but not the registry: the portal asks
-- only for canaries of rows that its policies let through, and gets the paths that its session may see.
CREATE FUNCTION dyetrace.canary_paths(canary text, of_variant "char") RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(s.path ORDER BY s.path), '{}')
    FROM dyetrace.placement p JOIN dyetrace.source s USING (source_id)
    WHERE p.canary_id = canary AND p.variant = of_variant
      AND (pg_has_role(session_user, 'dyetrace_matcher', 'MEMBER') OR dyetrace.session_owner() IN (0, p.owner_id))
$$;
GRANT EXECUTE ON FUNCTION dyetrace.canary_paths(text, "char") TO dyetrace_matcher, dyetrace_portal;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA dyetrace FROM PUBLIC;
