-- Lineage: which dump's rows come from which earlier dump. An ingest leaves the distinct identifiers of a dump, by kind,
-- as keyed hashes (dye/identifier_set.h): no value, but personal information still, so only the matcher reads them and
-- they have the retention time of sketches. Their counts stay.

CREATE TABLE dyetrace.identifier_set (
    dump_id text NOT NULL REFERENCES dyetrace.dump ON DELETE CASCADE,
    kind text NOT NULL, -- of identifier, or 'name+mobile'
    distinct_n bigint NOT NULL CHECK (distinct_n >= 0), -- exact where scale is 1, else an estimate
    persons_n bigint NOT NULL CHECK (persons_n >= 0), -- of these, that a record is told apart by: their sum is the persons
    seen_before bigint CHECK (seen_before >= 0), -- of these, in dumps acquired earlier; NULL until that is computed
    scale double precision NOT NULL CHECK (scale > 0 AND scale <= 1), -- the share of the hashes that the image holds
    image bytea, -- NULL once its time is over
    set_no integer GENERATED ALWAYS AS IDENTITY UNIQUE,
    made_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    PRIMARY KEY (dump_id, kind)
);
ALTER TABLE dyetrace.identifier_set ALTER COLUMN image SET STORAGE EXTERNAL; -- it does not compress
CREATE INDEX identifier_set_made ON dyetrace.identifier_set (made_at) WHERE image IS NOT NULL;

-- While a dump is ingested its sets are stored from time to time: as of this chunk of this part, all before it in them.
ALTER TABLE dyetrace.dump
    ADD COLUMN identified_part integer NOT NULL DEFAULT 0,
    ADD COLUMN identified_chunks integer NOT NULL DEFAULT 0;

-- The lowest hashes of each set, as many as its size asks for (lineage.h of the matcher), to find the sets that share
-- some. A row whose set is gone says nothing.
CREATE TABLE dyetrace.identifier_sample (
    hash bigint NOT NULL,
    set_no integer NOT NULL
);
CREATE INDEX identifier_sample_hash ON dyetrace.identifier_sample (hash) INCLUDE (set_no);

-- A pair of dumps that share persons: dump_id is the one acquired later. Shares are of persons.
CREATE TABLE dyetrace.lineage (
    dump_id text NOT NULL REFERENCES dyetrace.dump ON DELETE CASCADE,
    other_id text NOT NULL REFERENCES dyetrace.dump ON DELETE CASCADE CHECK (other_id <> dump_id),
    relation text NOT NULL CHECK (relation IN ('same', 'subset', 'superset', 'merge', 'overlap')), -- of dump_id to other_id
    persons bigint NOT NULL,
    other_persons bigint NOT NULL,
    common bigint NOT NULL,
    jaccard double precision NOT NULL,
    containment double precision NOT NULL, -- of dump_id in other_id
    containment_other double precision NOT NULL,
    parent boolean NOT NULL DEFAULT false, -- one of the fewest earlier dumps that explain its rows
    explains bigint NOT NULL DEFAULT 0, -- of a parent: persons that the parents before it do not
    PRIMARY KEY (dump_id, other_id)
);
CREATE INDEX lineage_other ON dyetrace.lineage (other_id);
ALTER TABLE dyetrace.lineage ENABLE ROW LEVEL SECURITY;
CREATE POLICY zones ON dyetrace.lineage TO dyetrace_matcher USING (true);
-- An owner sees a pair when its own canaries are in both dumps.
CREATE POLICY session ON dyetrace.lineage FOR SELECT TO dyetrace_portal
    USING ((SELECT dyetrace.session_owner()) = 0
           OR (EXISTS (SELECT FROM dyetrace.sighting s WHERE s.dump_id = lineage.dump_id)
               AND EXISTS (SELECT FROM dyetrace.sighting s WHERE s.dump_id = lineage.other_id)));

-- The dumps that the rows of `dump` come from, its parents' parents too.
CREATE FUNCTION dyetrace.lineage_ancestors(dump text) RETURNS TABLE (dump_id text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE up (id) AS (
        SELECT l.other_id FROM dyetrace.lineage l WHERE l.dump_id = dump AND l.parent
        UNION
        SELECT l.other_id FROM up JOIN dyetrace.lineage l ON l.dump_id = up.id AND l.parent)
    SELECT id FROM up
$$;
-- Those, and the earlier dumps that share persons with it: what they show, it may only repeat.
CREATE FUNCTION dyetrace.lineage_before(dump text) RETURNS TABLE (dump_id text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT l.other_id FROM dyetrace.lineage l WHERE l.dump_id = dump UNION SELECT a.dump_id FROM dyetrace.lineage_ancestors(dump) a
$$;
-- Later dumps that it bears on: those that share persons with it, and those whose rows come from it.
CREATE FUNCTION dyetrace.lineage_after(dump text) RETURNS TABLE (dump_id text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE down (id) AS (
        SELECT l.dump_id FROM dyetrace.lineage l WHERE l.other_id = dump
        UNION
        SELECT l.dump_id FROM down JOIN dyetrace.lineage l ON l.other_id = down.id AND l.parent)
    SELECT id FROM down
$$;
-- A leak: the dump and all that are joined to it by parents, upwards and downwards.
CREATE FUNCTION dyetrace.lineage_leak(dump text) RETURNS TABLE (dump_id text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE leak (id) AS (
        SELECT dump
        UNION
        SELECT CASE WHEN l.dump_id = leak.id THEN l.other_id ELSE l.dump_id END
        FROM leak JOIN dyetrace.lineage l ON l.parent AND leak.id IN (l.dump_id, l.other_id))
    SELECT id FROM leak
$$;

-- Images older than so many days, and what stands on them. The counts and the pairs that were found stay.
CREATE FUNCTION dyetrace.identifier_sets_expire(days integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old integer[];
BEGIN
    WITH gone AS (
        UPDATE dyetrace.identifier_set s SET image = NULL
        WHERE s.image IS NOT NULL AND s.made_at < now() - days * interval '1 day' RETURNING s.set_no)
    SELECT array_agg(g.set_no) INTO old FROM gone g;
    IF old IS NOT NULL THEN
        DELETE FROM dyetrace.identifier_sample x WHERE x.set_no = ANY (old);
    END IF;
    RETURN coalesce(cardinality(old), 0);
END $$;

GRANT SELECT, INSERT ON dyetrace.identifier_set, dyetrace.identifier_sample TO dyetrace_matcher;
GRANT UPDATE (distinct_n, persons_n, seen_before, scale, image, made_at) ON dyetrace.identifier_set TO dyetrace_matcher;
GRANT UPDATE (identified_part, identified_chunks) ON dyetrace.dump TO dyetrace_matcher;
GRANT DELETE ON dyetrace.identifier_sample TO dyetrace_matcher;
GRANT SELECT, INSERT, DELETE ON dyetrace.lineage TO dyetrace_matcher;
GRANT SELECT ON dyetrace.lineage TO dyetrace_portal;
GRANT UPDATE (relation, parent, explains) ON dyetrace.lineage TO dyetrace_matcher;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA dyetrace FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dyetrace.lineage_ancestors(text), dyetrace.lineage_before(text), dyetrace.lineage_after(text),
    dyetrace.lineage_leak(text),
    dyetrace.identifier_sets_expire(integer) TO dyetrace_matcher;
