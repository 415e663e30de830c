-- Dumps, how they came, what is inside them, and the canaries found. Of a dump's rows nothing is kept but counts.

CREATE TABLE dyetrace.dump (
    dump_id text PRIMARY KEY CHECK (dump_id ~ '^d[0-9a-f]{16}$'),
    sha256 bytea NOT NULL UNIQUE CHECK (pg_catalog.length(sha256) = 32),
    sm3 bytea CHECK (pg_catalog.length(sm3) = 32),
    bytes bigint NOT NULL CHECK (bytes >= 0),
    epoch bigint NOT NULL,
    canaries bigint NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'complete')),
    verdict text CHECK (verdict IN ('read', 'partly', 'unread')),
    parts integer NOT NULL DEFAULT 0,
    records bigint NOT NULL DEFAULT 0,
    threshold_bits double precision,
    opened_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    completed_at timestamptz
);

CREATE TABLE dyetrace.acquisition (
    acquisition_id text PRIMARY KEY,
    dump_id text NOT NULL REFERENCES dyetrace.dump,
    location text NOT NULL,
    label text,
    feed text,
    origin text,
    seller text,
    price text,
    basis text,
    acquired_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);
CREATE INDEX acquisition_dump ON dyetrace.acquisition (dump_id);

CREATE TABLE dyetrace.part (
    dump_id text NOT NULL REFERENCES dyetrace.dump,
    ordinal integer NOT NULL,
    path text NOT NULL,
    charset text,
    bytes bigint,
    records bigint,
    verdict text CHECK (verdict IN ('read', 'partly', 'unread')),
    reason text NOT NULL DEFAULT '',
    PRIMARY KEY (dump_id, ordinal)
);

-- What is done of a dump: a chunk's row and its sightings are one transaction, so a crash repeats whole chunks only.
CREATE TABLE dyetrace.chunk (
    dump_id text NOT NULL,
    part integer NOT NULL,
    number integer NOT NULL,
    start bigint NOT NULL,
    bytes bigint NOT NULL,
    records bigint NOT NULL,
    done_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    PRIMARY KEY (dump_id, part, number),
    FOREIGN KEY (dump_id, part) REFERENCES dyetrace.part
);

-- Work that is waiting: opaque references only. A worker holds a reference by a session lock, so that a killed worker
-- holds nothing.
CREATE TABLE dyetrace.work (
    work_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL,
    reference text NOT NULL,
    pushed_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    UNIQUE (topic, reference)
);

CREATE TABLE dyetrace.sighting (
    sighting_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dump_id text NOT NULL,
    part integer NOT NULL,
    canary_id text NOT NULL REFERENCES dyetrace.canary,
    variant "char" NOT NULL,
    owner_id integer NOT NULL REFERENCES dyetrace.owner,
    unit text NOT NULL DEFAULT 'byte' CHECK (unit IN ('byte', 'cell', 'row', 'page')),
    start bigint NOT NULL,
    length bigint NOT NULL,
    bits double precision NOT NULL,
    probability double precision,
    weak boolean,
    UNIQUE (dump_id, canary_id, variant, part, start),
    FOREIGN KEY (dump_id, part) REFERENCES dyetrace.part
);
CREATE INDEX sighting_canary ON dyetrace.sighting (canary_id);

CREATE TABLE dyetrace.sighting_evidence (
    sighting_id bigint NOT NULL REFERENCES dyetrace.sighting ON DELETE CASCADE,
    n smallint NOT NULL,
    owner_id integer NOT NULL REFERENCES dyetrace.owner,
    kind text NOT NULL,
    form text NOT NULL,
    bits double precision NOT NULL,
    start bigint NOT NULL,
    length bigint NOT NULL,
    PRIMARY KEY (sighting_id, n)
);

-- A conclusion is kept with the registry epoch and the acquisition time that it was reached from.
CREATE TABLE dyetrace.attribution (
    dump_id text PRIMARY KEY REFERENCES dyetrace.dump,
    epoch bigint NOT NULL,
    acquired_at timestamptz NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('attributed', 'insufficient', 'not-covered', 'control-hit')),
    power double precision, -- NULL: no population is known
    controls integer NOT NULL,
    unexplained integer NOT NULL,
    computed_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);
CREATE TABLE dyetrace.attribution_source (
    dump_id text NOT NULL REFERENCES dyetrace.attribution ON DELETE CASCADE,
    source_id integer NOT NULL REFERENCES dyetrace.source,
    owner_id integer NOT NULL REFERENCES dyetrace.owner,
    rank integer NOT NULL,
    in_set boolean NOT NULL,
    undecided integer NOT NULL,
    seen integer NOT NULL,
    planted integer NOT NULL,
    posterior double precision NOT NULL,
    log10_lr double precision NOT NULL,
    p_value double precision NOT NULL,
    baseline double precision NOT NULL,
    power double precision,
    leaked double precision,
    leaked_low double precision,
    leaked_high double precision,
    taken_after timestamptz,
    PRIMARY KEY (dump_id, source_id)
);

GRANT SELECT ON dyetrace.dump, dyetrace.acquisition, dyetrace.part, dyetrace.chunk, dyetrace.sighting,
    dyetrace.sighting_evidence, dyetrace.attribution, dyetrace.attribution_source TO dyetrace_matcher, dyetrace_portal;
GRANT INSERT ON dyetrace.dump, dyetrace.acquisition, dyetrace.part, dyetrace.chunk, dyetrace.sighting,
    dyetrace.sighting_evidence, dyetrace.attribution, dyetrace.attribution_source TO dyetrace_matcher;
GRANT UPDATE (sm3, state, verdict, parts, records, threshold_bits, completed_at) ON dyetrace.dump TO dyetrace_matcher;
GRANT UPDATE (location) ON dyetrace.acquisition TO dyetrace_matcher;
GRANT UPDATE (charset, bytes, records, verdict, reason) ON dyetrace.part TO dyetrace_matcher;
GRANT UPDATE (probability, weak) ON dyetrace.sighting TO dyetrace_matcher;
GRANT DELETE ON dyetrace.attribution, dyetrace.attribution_source TO dyetrace_matcher;
GRANT SELECT, INSERT, DELETE ON dyetrace.work TO dyetrace_matcher;
GRANT SELECT ON dyetrace.source, dyetrace.owner TO dyetrace_portal;
