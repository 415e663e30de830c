-- Who did what, in a chain: each row's hash covers the row before it, so that a row can be neither changed nor taken
-- out without `audit verify` seeing it. Roles append through the function and can't write the table.

CREATE TABLE dyetrace.audit (
    audit_id bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    role text NOT NULL,
    event text NOT NULL,
    object text NOT NULL,
    result text NOT NULL,
    detail jsonb NOT NULL,
    hash bytea NOT NULL CHECK (pg_catalog.length(hash) = 32)
);
-- Chain heads, authenticated with the audit key, which is not in the database: who rewrites the chain can't remake
-- these.
CREATE TABLE dyetrace.audit_checkpoint (
    audit_id bigint PRIMARY KEY REFERENCES dyetrace.audit,
    at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    mac bytea NOT NULL CHECK (pg_catalog.length(mac) = 32)
);

CREATE FUNCTION dyetrace.audit_hash(before bytea, audit_id bigint, at timestamptz, role text, event text, object text,
                                    result text, detail jsonb) RETURNS bytea
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT sha256(before || convert_to(json_build_array(audit_id, extract(epoch FROM at AT TIME ZONE 'UTC'), role, event,
                                                        object, result, detail)::text, 'UTF8'))
$$;

CREATE FUNCTION dyetrace.audit_append(event text, object text, result text, detail jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last record;
    row_id bigint;
    moment timestamptz;
    zone text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('dyetrace.audit', 0));
    SELECT a.audit_id, a.hash INTO last FROM dyetrace.audit a ORDER BY a.audit_id DESC LIMIT 1;
    row_id := coalesce(last.audit_id, 0) + 1;
    moment := clock_timestamp();
    zone := session_user;
    INSERT INTO dyetrace.audit (audit_id, at, role, event, object, result, detail, hash)
    VALUES (row_id, moment, zone, event, object, result, detail,
            dyetrace.audit_hash(coalesce(last.hash, ''::bytea), row_id, moment, zone, event, object, result, detail));
    RETURN row_id;
END $$;
GRANT EXECUTE ON FUNCTION dyetrace.audit_append(text, text, text, jsonb)
    TO dyetrace_seeder, dyetrace_matcher, dyetrace_portal, dyetrace_auditor;
GRANT EXECUTE ON FUNCTION dyetrace.audit_hash(bytea, bigint, timestamptz, text, text, text, text, jsonb)
    TO dyetrace_auditor;
GRANT SELECT ON dyetrace.audit, dyetrace.audit_checkpoint TO dyetrace_auditor;
GRANT INSERT ON dyetrace.audit_checkpoint TO dyetrace_auditor;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA dyetrace FROM PUBLIC;
