-- Pools: values that an owner has for canaries (SIM blocks, mail domains, voided waybills ...), and the values that stand
-- over a canary's own. Sealed under a sub-key of the persona key: only the seeder's zone opens them. Their fingerprints
-- are under another, so that the index key does not find them here either.

ALTER TABLE dyetrace.canary ADD UNIQUE (canary_id, owner_id);
CREATE INDEX fingerprint_plain ON dyetrace.fingerprint (fp) WHERE form = 'plain';

CREATE TABLE dyetrace.pool (
    pool_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner_id integer NOT NULL REFERENCES dyetrace.owner,
    name text NOT NULL,
    kind text NOT NULL,
    no_hit text, -- the certificate that covers its values
    created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    UNIQUE (owner_id, name),
    UNIQUE (pool_id, owner_id)
);

-- A row's id is the keyed fingerprint of kind and value, whoever has it: nothing is pooled twice. It is also the seal's
-- associated data.
CREATE TABLE dyetrace.pool_value (
    fp bytea PRIMARY KEY CHECK (pg_catalog.length(fp) = 16),
    pool_id integer NOT NULL,
    owner_id integer NOT NULL,
    whole boolean NOT NULL, -- false: a mail domain, which many addresses are made at
    sealed bytea NOT NULL,
    FOREIGN KEY (pool_id, owner_id) REFERENCES dyetrace.pool (pool_id, owner_id),
    UNIQUE (fp, owner_id)
);
CREATE INDEX pool_value_pool ON dyetrace.pool_value (pool_id, fp);

-- What stands over a canary's own values. A pool's value is allotted by being here: once, and to its owner's canary, by
-- the keys alone. The kinds besides identifiers: name, address, sex, birth.
CREATE TABLE dyetrace.canary_value (
    canary_id text NOT NULL,
    variant "char" NOT NULL DEFAULT 'A',
    kind text NOT NULL,
    owner_id integer NOT NULL,
    sealed bytea NOT NULL,
    pool_fp bytea UNIQUE,
    PRIMARY KEY (canary_id, variant, kind),
    FOREIGN KEY (canary_id, owner_id) REFERENCES dyetrace.canary (canary_id, owner_id),
    FOREIGN KEY (pool_fp, owner_id) REFERENCES dyetrace.pool_value (fp, owner_id)
);

CREATE VIEW dyetrace.pool_state AS
SELECT p.pool_id, p.name, o.name AS owner, p.kind, p.no_hit, pg_catalog.count(v.fp) FILTER (WHERE v.whole) AS whole,
       pg_catalog.count(c.pool_fp) AS used, pg_catalog.count(v.fp) FILTER (WHERE NOT v.whole) AS domains
FROM dyetrace.pool p JOIN dyetrace.owner o USING (owner_id) LEFT JOIN dyetrace.pool_value v USING (pool_id)
LEFT JOIN dyetrace.canary_value c ON c.pool_fp = v.fp
GROUP BY p.pool_id, o.name;

GRANT SELECT, INSERT ON dyetrace.pool, dyetrace.pool_value, dyetrace.canary_value TO dyetrace_seeder;
GRANT SELECT ON dyetrace.pool_state TO dyetrace_seeder, dyetrace_auditor;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA dyetrace FROM PUBLIC;
