-- What is on record of a source before canaries stand in a live system: who approved it, what was tried before. Appended
-- to, never changed: an approval that is taken back is a new decision of the owner's, and its canaries are withdrawn.

ALTER TABLE dyetrace.source ADD COLUMN environment text CHECK (environment IN ('staging', 'production'));

-- Covers the source and those below it.
CREATE TABLE dyetrace.source_approval (
    approval_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id integer NOT NULL REFERENCES dyetrace.source,
    approved_by text NOT NULL CHECK (approved_by <> ''),
    reference text NOT NULL CHECK (reference <> ''),
    downstream text[] NOT NULL CHECK (pg_catalog.cardinality(downstream) > 0), -- systems that were checked
    front_desk text NOT NULL CHECK (front_desk <> ''), -- where the procedure is written down
    recorded_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);
CREATE TABLE dyetrace.source_dry_run (
    source_id integer PRIMARY KEY REFERENCES dyetrace.source,
    shown_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);

-- What of it a source has. Staging counts where it is the same owner's and sector's.
CREATE VIEW dyetrace.source_state AS
SELECT s.source_id, s.environment,
       EXISTS (SELECT FROM dyetrace.source_approval a JOIN dyetrace.source u USING (source_id)
               WHERE u.source_id = s.source_id OR pg_catalog.starts_with(s.path, u.path || '/')) AS approved,
       EXISTS (SELECT FROM dyetrace.source_dry_run d WHERE d.source_id = s.source_id) AS dry_run,
       EXISTS (SELECT FROM dyetrace.placement p JOIN dyetrace.source g USING (source_id)
               WHERE g.environment = 'staging' AND g.owner_id = s.owner_id AND g.sector = s.sector
                 AND p.state <> 'committed') AS staged,
       EXISTS (SELECT FROM dyetrace.placement p JOIN dyetrace.source g USING (source_id)
               WHERE g.environment = 'staging' AND g.owner_id = s.owner_id AND g.sector = s.sector
                 AND p.state = 'withdrawn') AS withdrawal
FROM dyetrace.source s;

GRANT SELECT, INSERT ON dyetrace.source_approval, dyetrace.source_dry_run TO dyetrace_seeder;
GRANT SELECT ON dyetrace.source_approval TO dyetrace_auditor;
GRANT SELECT ON dyetrace.source_state TO dyetrace_seeder;
GRANT UPDATE (environment) ON dyetrace.source TO dyetrace_seeder;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA dyetrace FROM PUBLIC;
