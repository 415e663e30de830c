-- Owners, sources, canaries and where they are planted. Nothing here is a plain identifier: a canary is a serial, its
-- values are keyed fingerprints (HMAC-SHA-256, truncated) and sealed probes.

-- Group roles, one a zone; they are the cluster's, so another database of this program may have made them. A home's
-- processes log in as members of them.
DO $$
DECLARE
    zone text;
BEGIN
    FOREACH zone IN ARRAY ARRAY['dyetrace_seeder', 'dyetrace_matcher', 'dyetrace_portal', 'dyetrace_auditor'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = zone) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', zone);
        END IF;
    END LOOP;
END $$;

REVOKE ALL ON SCHEMA dyetrace FROM PUBLIC;
GRANT USAGE ON SCHEMA dyetrace TO dyetrace_seeder, dyetrace_matcher, dyetrace_portal, dyetrace_auditor;
-- Whoever may use the schema may call its functions unless it is taken back: default privileges of a schema can only add
-- to those of the database, so each migration that makes functions ends by revoking.

-- What tells a wrong key file: a keyed value that says nothing else about the key.
CREATE TABLE dyetrace.key_check (
    zone_key text PRIMARY KEY CHECK (zone_key IN ('persona', 'index', 'sketch', 'audit')),
    check_value bytea NOT NULL CHECK (pg_catalog.length(check_value) = 16)
);

CREATE TABLE dyetrace.owner (
    owner_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE
);

CREATE TABLE dyetrace.source (
    source_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id integer REFERENCES dyetrace.source,
    owner_id integer NOT NULL REFERENCES dyetrace.owner,
    path text NOT NULL UNIQUE CHECK (path ~ '^[^/[:cntrl:]]+(/[^/[:cntrl:]]+)*$'),
    sector text NOT NULL,
    population bigint CHECK (population > 0),
    created_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);

CREATE TABLE dyetrace.epoch (
    epoch bigint PRIMARY KEY,
    reason text NOT NULL,
    assigned_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);

CREATE TABLE dyetrace.canary (
    canary_id text PRIMARY KEY,
    serial bigint UNIQUE,
    type text NOT NULL CHECK (type IN ('exclusive', 'shared', 'control', 'imported')),
    owner_id integer NOT NULL REFERENCES dyetrace.owner,
    sector text NOT NULL,
    epoch bigint NOT NULL REFERENCES dyetrace.epoch,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);
CREATE INDEX canary_epoch ON dyetrace.canary (epoch);
CREATE SEQUENCE dyetrace.canary_serial AS bigint MINVALUE 0 START 0;

CREATE TABLE dyetrace.fingerprint (
    canary_id text NOT NULL REFERENCES dyetrace.canary,
    variant "char" NOT NULL DEFAULT 'A',
    kind text NOT NULL,
    form text NOT NULL,
    fp bytea NOT NULL CHECK (pg_catalog.length(fp) = 16),
    probe bytea NOT NULL CHECK (pg_catalog.length(probe) = 16),
    epoch bigint NOT NULL REFERENCES dyetrace.epoch,
    PRIMARY KEY (canary_id, variant, kind, form, fp)
);
CREATE INDEX fingerprint_epoch ON dyetrace.fingerprint (epoch);

-- The Merkle log (RFC 9162): a placement's leaf is appended before the placement exists anywhere else.
CREATE TABLE dyetrace.log_leaf (
    leaf_index bigint PRIMARY KEY CHECK (leaf_index >= 0),
    leaf_hash bytea NOT NULL CHECK (pg_catalog.length(leaf_hash) = 32)
);
CREATE TABLE dyetrace.log_head (
    size bigint PRIMARY KEY CHECK (size > 0),
    root bytea NOT NULL CHECK (pg_catalog.length(root) = 32),
    peaks bytea NOT NULL CHECK (pg_catalog.length(peaks) % 32 = 0),
    signed_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);

CREATE TABLE dyetrace.placement (
    placement_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    canary_id text NOT NULL REFERENCES dyetrace.canary,
    variant "char" NOT NULL DEFAULT 'A',
    source_id integer NOT NULL REFERENCES dyetrace.source,
    owner_id integer NOT NULL REFERENCES dyetrace.owner,
    planted_at timestamptz NOT NULL,
    withdrawn_at timestamptz,
    state text NOT NULL CHECK (state IN ('committed', 'planted', 'withdrawn')),
    leaf_index bigint NOT NULL UNIQUE REFERENCES dyetrace.log_leaf,
    nonce bytea NOT NULL CHECK (pg_catalog.length(nonce) = 32),
    values_hash bytea NOT NULL CHECK (pg_catalog.length(values_hash) = 32),
    UNIQUE (canary_id, variant, source_id)
);
CREATE INDEX placement_source ON dyetrace.placement (source_id, state);

-- Epochs are assigned under a lock that is held to commit, so that whoever sees epoch n sees all before it. The
-- notification wakes; what it says is read from the table.
CREATE FUNCTION dyetrace.epoch_next(why text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    assigned bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('dyetrace.epoch', 0));
    INSERT INTO dyetrace.epoch (epoch, reason)
    SELECT coalesce(max(e.epoch), 0) + 1, why FROM dyetrace.epoch e
    RETURNING epoch INTO assigned;
    PERFORM pg_notify('dyetrace_epoch', assigned::text);
    RETURN assigned;
END $$;
GRANT EXECUTE ON FUNCTION dyetrace.epoch_next(text) TO dyetrace_seeder;

-- The tree of sources: makes the parents too. The same call again gives the same source.
CREATE FUNCTION dyetrace.source_add(owner text, source_path text, source_sector text, rows bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    names text[] := string_to_array(source_path, '/');
    own integer;
    up integer;
    here integer;
BEGIN
    INSERT INTO dyetrace.owner (name) VALUES (owner) ON CONFLICT (name) DO NOTHING;
    SELECT o.owner_id INTO STRICT own FROM dyetrace.owner o WHERE o.name = owner;
    FOR depth IN 1 .. array_length(names, 1) LOOP
        INSERT INTO dyetrace.source (parent_id, owner_id, path, sector, population)
        VALUES (up, own, array_to_string(names[1:depth], '/'), source_sector,
                CASE WHEN depth = array_length(names, 1) THEN rows END)
        ON CONFLICT (path) DO NOTHING;
        SELECT s.source_id INTO STRICT here FROM dyetrace.source s WHERE s.path = array_to_string(names[1:depth], '/');
        up := here;
    END LOOP;
    UPDATE dyetrace.source s SET population = coalesce(rows, s.population), sector = source_sector
    WHERE s.source_id = here;
    RETURN here;
END $$;
GRANT EXECUTE ON FUNCTION dyetrace.source_add(text, text, text, bigint) TO dyetrace_seeder;

GRANT SELECT ON dyetrace.key_check TO dyetrace_seeder, dyetrace_matcher, dyetrace_auditor;
GRANT SELECT ON dyetrace.owner, dyetrace.source, dyetrace.epoch, dyetrace.canary, dyetrace.placement
    TO dyetrace_seeder, dyetrace_matcher, dyetrace_auditor;
GRANT SELECT ON dyetrace.fingerprint TO dyetrace_matcher, dyetrace_seeder;
GRANT INSERT ON dyetrace.canary, dyetrace.fingerprint, dyetrace.log_leaf, dyetrace.log_head, dyetrace.placement
    TO dyetrace_seeder;
GRANT UPDATE (state, withdrawn_at) ON dyetrace.placement TO dyetrace_seeder;
GRANT USAGE ON SEQUENCE dyetrace.canary_serial TO dyetrace_seeder;
GRANT SELECT ON dyetrace.log_leaf, dyetrace.log_head TO dyetrace_seeder, dyetrace_auditor;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA dyetrace FROM PUBLIC;
