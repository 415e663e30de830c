-- A source that is there stays its owner's: who else names its path changes neither its sector nor its population. And
-- the portal shows no chunks, so it reads none.

CREATE OR REPLACE FUNCTION dyetrace.source_add(owner text, source_path text, source_sector text, rows bigint)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    names text[] := string_to_array(source_path, '/');
    own integer;
    up integer;
    here integer;
    whose integer;
BEGIN
    INSERT INTO dyetrace.owner (name) VALUES (owner) ON CONFLICT (name) DO NOTHING;
    SELECT o.owner_id INTO STRICT own FROM dyetrace.owner o WHERE o.name = owner;
    FOR depth IN 1 .. array_length(names, 1) LOOP
        INSERT INTO dyetrace.source (parent_id, owner_id, path, sector, population)
        VALUES (up, own, array_to_string(names[1:depth], '/'), source_sector,
                CASE WHEN depth = array_length(names, 1) THEN rows END)
        ON CONFLICT (path) DO NOTHING;
        SELECT s.source_id, s.owner_id INTO STRICT here, whose FROM dyetrace.source s
        WHERE s.path = array_to_string(names[1:depth], '/');
        up := here;
    END LOOP;
    IF whose <> own THEN
        RAISE EXCEPTION 'the source is another owner''s' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE dyetrace.source s SET population = coalesce(rows, s.population), sector = source_sector
    WHERE s.source_id = here;
    RETURN here;
END $$;

REVOKE SELECT ON dyetrace.chunk FROM dyetrace_portal;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA dyetrace FROM PUBLIC;
