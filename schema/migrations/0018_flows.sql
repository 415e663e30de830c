-- Flows between sources, and what attribution says of them and of copies.

-- What is planted in one is in the other too. One that has ended stays, for what flowed before.
CREATE TABLE dyetrace.source_flow (
    from_id integer NOT NULL REFERENCES dyetrace.source,
    to_id integer NOT NULL REFERENCES dyetrace.source,
    noted_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    PRIMARY KEY (from_id, to_id),
    CHECK (from_id <> to_id)
);
GRANT SELECT, INSERT ON dyetrace.source_flow TO dyetrace_seeder;
GRANT SELECT ON dyetrace.source_flow TO dyetrace_matcher, dyetrace_auditor;

ALTER TABLE dyetrace.attribution
    ADD COLUMN inherited integer NOT NULL DEFAULT 0; -- canaries seen that an earlier dump explains
ALTER TABLE dyetrace.attribution_source
    ADD COLUMN shared integer NOT NULL DEFAULT 0,    -- its shared canaries that one variant was seen of
    ADD COLUMN agree integer NOT NULL DEFAULT 0,     -- and of these, in its own variant
    ADD COLUMN code_p_value double precision;        -- NULL: nothing shared was seen of it

CREATE OR REPLACE VIEW dyetrace.attribution_told WITH (security_invoker = true) AS
    SELECT t.dump_id, t.epoch, t.acquired_at, t.power, t.controls, t.unexplained, t.computed_at,
           CASE WHEN t.verdict = 'attributed'
                     AND NOT EXISTS (SELECT FROM dyetrace.attribution_source a WHERE a.dump_id = t.dump_id AND a.in_set)
                THEN 'insufficient' ELSE t.verdict END AS verdict,
           t.inherited
    FROM dyetrace.attribution t;

-- All at once what canary_is_burned says of one: asked of a million it would be the whole time of an attribution.
CREATE FUNCTION dyetrace.canaries_burned(moment timestamptz) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT b.canary_id FROM dyetrace.canary_burn b WHERE b.burned_at <= moment
$$;
GRANT EXECUTE ON FUNCTION dyetrace.canaries_burned(timestamptz) TO dyetrace_matcher;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA dyetrace FROM PUBLIC;
