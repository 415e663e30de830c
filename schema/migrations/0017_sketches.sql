-- Sketches: keyed filters over a part's tokens (dye/sketch.h), by which canaries that come later are looked for in dumps
-- that came before. They hold no value, but keyed hashes of persons' identifiers are personal information still: only
-- the matcher reads them, and they have a retention time.

CREATE TABLE dyetrace.sketch (
    dump_id text NOT NULL,
    part integer NOT NULL,
    number integer NOT NULL,
    upto integer NOT NULL, -- chunks of the part, from its first, that this image and those before it cover
    tokens integer NOT NULL CHECK (tokens > 0),
    image bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    PRIMARY KEY (dump_id, part, number),
    FOREIGN KEY (dump_id, part) REFERENCES dyetrace.part ON DELETE CASCADE
);
ALTER TABLE dyetrace.sketch ALTER COLUMN image SET STORAGE EXTERNAL; -- it does not compress
CREATE INDEX sketch_made ON dyetrace.sketch (made_at);

-- Up to which epoch canaries were looked for: in a part by reading it, in a dump by its sketches at least.
ALTER TABLE dyetrace.part ADD COLUMN epoch bigint;
ALTER TABLE dyetrace.dump
    ADD COLUMN hunted bigint NOT NULL DEFAULT 0,
    ADD COLUMN sketched text NOT NULL DEFAULT 'none' CHECK (sketched IN ('none', 'kept', 'gone'));
UPDATE dyetrace.part p SET epoch = d.epoch FROM dyetrace.dump d WHERE d.dump_id = p.dump_id AND p.verdict IS NOT NULL;
UPDATE dyetrace.dump d SET hunted = d.epoch WHERE d.state = 'complete';
CREATE INDEX dump_hunted ON dyetrace.dump (hunted) WHERE state = 'complete';

-- A sighting that a sketch gave and no reading confirmed: always weak; it has no place but its part.
ALTER TABLE dyetrace.sighting ADD COLUMN by_sketch boolean NOT NULL DEFAULT false;
ALTER TABLE dyetrace.sighting ADD CHECK (NOT by_sketch OR weak);

-- A reading takes their place. The matcher may delete no other sighting.
CREATE FUNCTION dyetrace.sketch_sightings_drop(dump text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DELETE FROM dyetrace.sighting s WHERE s.dump_id = dump AND s.by_sketch
$$;
-- Sketches older than so many days; a dump that loses one has none from then on.
CREATE FUNCTION dyetrace.sketches_expire(days integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n bigint;
BEGIN
    UPDATE dyetrace.dump d SET sketched = 'gone'
    WHERE d.sketched = 'kept' AND d.state = 'complete' AND EXISTS (
        SELECT FROM dyetrace.sketch k WHERE k.dump_id = d.dump_id AND k.made_at < now() - days * interval '1 day');
    DELETE FROM dyetrace.sketch k USING dyetrace.dump d
    WHERE d.dump_id = k.dump_id AND d.sketched = 'gone';
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END $$;

GRANT SELECT, INSERT, DELETE ON dyetrace.sketch TO dyetrace_matcher;
GRANT UPDATE (epoch, canaries, hunted, sketched) ON dyetrace.dump TO dyetrace_matcher;
GRANT UPDATE (epoch) ON dyetrace.part TO dyetrace_matcher;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA dyetrace FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dyetrace.sketch_sightings_drop(text), dyetrace.sketches_expire(integer) TO dyetrace_matcher;
