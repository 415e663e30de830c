-- Events beside dumps: accesses to canaries' records (touches), calls and letters to canaries (contacts); and how much of
-- a source is in a dump, and when its copy was taken. No plain identifier: accounts and callers are pseudonyms, and of
-- other persons' records a log leaves counts alone.

CREATE TABLE dyetrace.touch_log (
    log_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id integer NOT NULL REFERENCES dyetrace.source,
    owner_id integer NOT NULL REFERENCES dyetrace.owner,
    sha256 bytea NOT NULL CHECK (pg_catalog.length(sha256) = 32),
    entries bigint NOT NULL CHECK (entries >= 0),
    unread bigint NOT NULL CHECK (unread >= 0),
    first_at timestamptz, -- of its entries; NULL: it has none
    last_at timestamptz,
    imported_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    UNIQUE (source_id, sha256)
);
-- An account is known by a pseudonym: its name's keyed hash (a and 16 hex digits), or one that the log came with.
CREATE TABLE dyetrace.touch (
    log_id bigint NOT NULL REFERENCES dyetrace.touch_log ON DELETE CASCADE,
    source_id integer NOT NULL REFERENCES dyetrace.source,
    owner_id integer NOT NULL REFERENCES dyetrace.owner,
    account text NOT NULL CHECK (account ~ '^[0-9A-Za-z][0-9A-Za-z_.-]{0,63}$'),
    canary_id text NOT NULL REFERENCES dyetrace.canary,
    touched_at timestamptz NOT NULL,
    how text NOT NULL CHECK (how ~ '^[a-z_-]{0,24}$'),
    UNIQUE (source_id, account, canary_id, touched_at, how)
);
CREATE INDEX touch_canary ON dyetrace.touch (canary_id);
CREATE INDEX touch_log_touches ON dyetrace.touch (log_id);
-- Accesses of an account on a day (UTC), of whatever records.
CREATE TABLE dyetrace.touch_day (
    log_id bigint NOT NULL REFERENCES dyetrace.touch_log ON DELETE CASCADE,
    source_id integer NOT NULL REFERENCES dyetrace.source,
    owner_id integer NOT NULL REFERENCES dyetrace.owner,
    account text NOT NULL,
    day date NOT NULL,
    accesses bigint NOT NULL CHECK (accesses > 0),
    shared boolean NOT NULL, -- by more than one person, as far as that day's accesses or the importer say
    bulk boolean NOT NULL,   -- by a program
    PRIMARY KEY (log_id, account, day)
);
CREATE INDEX touch_day_account ON dyetrace.touch_day (source_id, account);

CREATE TABLE dyetrace.contact (
    contact_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    canary_id text NOT NULL REFERENCES dyetrace.canary,
    owner_id integer NOT NULL REFERENCES dyetrace.owner,
    channel text NOT NULL CHECK (channel IN ('call', 'sms', 'email', 'parcel')),
    contacted_at timestamptz NOT NULL,
    caller bytea NOT NULL CHECK (pg_catalog.length(caller) IN (0, 8)), -- keyed hash; empty: not known
    recorded_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    UNIQUE (canary_id, channel, contacted_at, caller)
);

-- From which pool a canary's value of a kind comes: values of one pool are alike to who dials without a list. 0: none.
CREATE FUNCTION dyetrace.value_pool(canary text, of_kind text) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((SELECT v.pool_id FROM dyetrace.canary_value c JOIN dyetrace.pool_value v ON v.fp = c.pool_fp
                     WHERE c.canary_id = canary AND c.kind = of_kind AND c.variant = 'A'), 0)
$$;
-- What contacts can reach, numbered: a canary on a medium that any contact came by. Lines of one block have their values
-- from one pool, or from the default space. Not shared canaries, whose numbers are not all of one holder; nor burned ones,
-- whose number is a person's.
CREATE FUNCTION dyetrace.contact_lines()
RETURNS TABLE (line bigint, canary_id text, medium text, block bigint, watched_from timestamptz)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT row_number() OVER (ORDER BY c.canary_id COLLATE "C", m.medium) - 1, c.canary_id, m.medium,
           dense_rank() OVER (ORDER BY m.medium, dyetrace.value_pool(c.canary_id, m.medium)), c.created_at
    FROM dyetrace.canary c
    CROSS JOIN (SELECT DISTINCT CASE k.channel WHEN 'email' THEN 'email' WHEN 'parcel' THEN 'parcel' ELSE 'mobile' END
                FROM dyetrace.contact k) m (medium)
    WHERE c.type <> 'shared' AND NOT dyetrace.canary_is_burned(c.canary_id, now())
      AND (m.medium = 'parcel' OR EXISTS (SELECT FROM dyetrace.fingerprint f WHERE f.canary_id = c.canary_id
                                          AND f.variant = 'A' AND f.kind = m.medium AND f.form = 'plain'))
      AND (c.type = 'control' OR EXISTS (SELECT FROM dyetrace.placement p
                                         WHERE p.canary_id = c.canary_id AND p.state <> 'committed'))
$$;
-- Touches and contacts older than so many days.
CREATE FUNCTION dyetrace.events_expire(days integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    logs bigint;
    contacts bigint;
BEGIN
    DELETE FROM dyetrace.touch_log l WHERE coalesce(l.last_at, l.imported_at) < now() - days * interval '1 day';
    GET DIAGNOSTICS logs = ROW_COUNT;
    DELETE FROM dyetrace.contact c WHERE c.contacted_at < now() - days * interval '1 day';
    GET DIAGNOSTICS contacts = ROW_COUNT;
    RETURN logs + contacts;
END $$;

-- How much of a source is in a dump, over its parts where they have populations of their own; and when it was copied.
CREATE TABLE dyetrace.attribution_extent (
    dump_id text NOT NULL REFERENCES dyetrace.attribution ON DELETE CASCADE,
    source_id integer NOT NULL REFERENCES dyetrace.source,
    owner_id integer NOT NULL REFERENCES dyetrace.owner,
    leaked double precision,
    leaked_low double precision,
    leaked_high double precision,
    strata jsonb NOT NULL, -- [{"source", "seen", "planted", "estimate", "low", "high"}], where there are several
    taken_after timestamptz,
    taken_before timestamptz NOT NULL,
    likely_after timestamptz,
    likely_before timestamptz NOT NULL,
    by_newest boolean NOT NULL, -- taken_after is what the dates in the rows say
    several boolean NOT NULL,   -- copies of several days
    PRIMARY KEY (dump_id, source_id)
);
-- The canaries that a source and its parts held when the first of some dumps came, and how surely each is in any of them.
-- Not shared ones: who holds a variant is judged by the code.
CREATE FUNCTION dyetrace.case_canaries(of_dumps text[], of_source integer)
RETURNS TABLE (stratum integer, canary_id text, planted_at timestamptz, withdrawn_at timestamptz, probability double precision)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT t.source_id, p.canary_id, min(p.planted_at),
           max(CASE WHEN p.state = 'withdrawn' THEN p.withdrawn_at ELSE 'infinity' END), coalesce(max(g.probability), 0)
    FROM (SELECT max(d.epoch) AS epoch, min(dyetrace.dump_came(d.dump_id)) AS came
          FROM dyetrace.dump d WHERE d.dump_id = ANY (of_dumps)) w
    JOIN dyetrace.source q ON q.source_id = of_source
    JOIN dyetrace.source t ON t.owner_id = q.owner_id AND (t.path = q.path OR starts_with(t.path, q.path || '/'))
    JOIN dyetrace.placement p ON p.source_id = t.source_id
    JOIN dyetrace.canary c ON c.canary_id = p.canary_id
    LEFT JOIN (SELECT h.canary_id, h.variant, max(h.probability) AS probability FROM dyetrace.sighting h
               WHERE h.dump_id = ANY (of_dumps) GROUP BY 1, 2) g
      ON g.canary_id = p.canary_id AND g.variant = p.variant
    WHERE c.type NOT IN ('shared', 'control') AND c.epoch <= w.epoch AND p.planted_at <= w.came
      AND (p.state <> 'committed' OR g.probability IS NOT NULL) AND NOT dyetrace.canary_is_burned(c.canary_id, w.came)
    GROUP BY t.source_id, p.canary_id
$$;
DROP FUNCTION dyetrace.taken_before(text, integer); -- its answer is there

ALTER TABLE dyetrace.touch_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE dyetrace.touch ENABLE ROW LEVEL SECURITY;
ALTER TABLE dyetrace.touch_day ENABLE ROW LEVEL SECURITY;
ALTER TABLE dyetrace.contact ENABLE ROW LEVEL SECURITY;
ALTER TABLE dyetrace.attribution_extent ENABLE ROW LEVEL SECURITY;
CREATE POLICY zones ON dyetrace.touch_log TO dyetrace_matcher USING (true);
CREATE POLICY zones ON dyetrace.touch TO dyetrace_matcher USING (true);
CREATE POLICY zones ON dyetrace.touch_day TO dyetrace_matcher USING (true);
CREATE POLICY zones ON dyetrace.contact TO dyetrace_matcher USING (true);
CREATE POLICY zones ON dyetrace.attribution_extent TO dyetrace_matcher USING (true);
CREATE POLICY session ON dyetrace.attribution_extent FOR SELECT TO dyetrace_portal
    USING ((SELECT dyetrace.session_owner()) IN (0, owner_id));

GRANT SELECT, INSERT ON dyetrace.touch_log, dyetrace.touch, dyetrace.touch_day, dyetrace.contact,
    dyetrace.attribution_extent TO dyetrace_matcher;
GRANT SELECT ON dyetrace.attribution_extent TO dyetrace_portal;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA dyetrace FROM PUBLIC;
GRANT EXECUTE ON FUNCTION dyetrace.value_pool(text, text), dyetrace.contact_lines(),
    dyetrace.events_expire(integer), dyetrace.case_canaries(text[], integer) TO dyetrace_matcher;
