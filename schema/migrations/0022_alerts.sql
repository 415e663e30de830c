-- Alerts when a verdict changes: an outbox, written by the transaction that writes the verdict, and what was sent of it.
-- Ids, verdicts, paths of sources, counts and statistics; no value, no row, no file name.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'dyetrace_alerter') THEN
        CREATE ROLE dyetrace_alerter NOLOGIN;
    END IF;
END $$;
GRANT USAGE ON SCHEMA dyetrace TO dyetrace_alerter;

-- What is known of a dump, to tell whether the next result differs: nobody's to read or write but the trigger's.
CREATE TABLE dyetrace.alert_state (
    dump_id text PRIMARY KEY,
    verdict text NOT NULL,
    controls integer NOT NULL,
    named integer[] NOT NULL -- source_id of the set, sorted
);
-- An alert is kept when its dump is not: it says what was told.
CREATE TABLE dyetrace.alert (
    alert_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dump_id text NOT NULL,
    at timestamptz NOT NULL,
    verdict text NOT NULL,
    was text, -- the verdict before; NULL: there was none
    paths text[] NOT NULL, -- the set's
    body json NOT NULL, -- as it is sent
    routed_at timestamptz -- it was given to the channels of then
);
CREATE INDEX alert_unrouted ON dyetrace.alert (alert_id) WHERE routed_at IS NULL;
-- One or several alerts on their way through a channel. The id is the key by which a receiver knows a repetition.
CREATE TABLE dyetrace.alert_message (
    message_id uuid PRIMARY KEY DEFAULT pg_catalog.gen_random_uuid(),
    channel text NOT NULL,
    urgent boolean NOT NULL, -- a control was hit
    formed_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    sent_at timestamptz,
    why text -- the last attempt's
);
CREATE INDEX alert_message_pending ON dyetrace.alert_message (next_at) WHERE state = 'pending';
CREATE INDEX alert_message_recent ON dyetrace.alert_message (channel, formed_at);
CREATE TABLE dyetrace.alert_delivery (
    alert_id bigint NOT NULL REFERENCES dyetrace.alert,
    channel text NOT NULL,
    message_id uuid REFERENCES dyetrace.alert_message, -- NULL: it waits for its digest or a cooldown
    PRIMARY KEY (alert_id, channel)
);
CREATE INDEX alert_delivery_waiting ON dyetrace.alert_delivery (channel) WHERE message_id IS NULL;
CREATE INDEX alert_delivery_message ON dyetrace.alert_delivery (message_id);

-- Runs at the end of the transaction, when the sources of the new result are there too. A first verdict is news when it
-- names a source or a control was hit, a later one when it or its set is another; or controls were hit as often as never
-- before. The row of alert_state lets one transaction a dump through at a time.
CREATE FUNCTION dyetrace.alert_note() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t dyetrace.attribution;
    was dyetrace.alert_state;
    known boolean;
    sources integer[];
    places text[];
    details json;
    moment timestamptz := clock_timestamp();
    id bigint;
BEGIN
    SELECT * INTO t FROM dyetrace.attribution a WHERE a.dump_id = NEW.dump_id;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT coalesce(array_agg(a.source_id ORDER BY a.source_id), '{}'), coalesce(array_agg(s.path ORDER BY a.rank), '{}'),
           coalesce(json_agg(json_build_object('source', s.path, 'seen', a.seen, 'planted', a.planted,
                                               'log10_lr', round(a.log10_lr::numeric, 2), 'p_value', a.p_value)
                             ORDER BY a.rank), '[]')
    INTO sources, places, details
    FROM dyetrace.attribution_source a JOIN dyetrace.source s USING (source_id)
    WHERE a.dump_id = t.dump_id AND a.in_set;
    INSERT INTO dyetrace.alert_state VALUES (t.dump_id, '', 0, '{}') ON CONFLICT DO NOTHING;
    SELECT * INTO was FROM dyetrace.alert_state w WHERE w.dump_id = t.dump_id FOR UPDATE;
    IF (was.verdict, was.named) = (t.verdict, sources)
       AND (t.verdict <> 'control-hit' OR was.controls = t.controls) THEN
        RETURN NULL;
    END IF;
    UPDATE dyetrace.alert_state w SET verdict = t.verdict, controls = t.controls, named = sources
    WHERE w.dump_id = t.dump_id;
    IF was.verdict = '' AND t.verdict NOT IN ('attributed', 'control-hit') THEN
        RETURN NULL;
    END IF;
    id := nextval(pg_get_serial_sequence('dyetrace.alert', 'alert_id'));
    INSERT INTO dyetrace.alert (alert_id, dump_id, at, verdict, was, paths, body) OVERRIDING SYSTEM VALUE
    VALUES (id, t.dump_id, moment, t.verdict, nullif(was.verdict, ''), places,
            json_build_object('alert', id, 'dump', t.dump_id,
                              'at', to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                              'verdict', t.verdict, 'was', nullif(was.verdict, ''), 'set', places,
                              'sources', details, 'controls', t.controls, 'unexplained', t.unexplained));
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER alert_note AFTER INSERT OR UPDATE ON dyetrace.attribution
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dyetrace.alert_note();

-- What was concluded before there were alerts is no news.
INSERT INTO dyetrace.alert_state
SELECT t.dump_id, t.verdict, t.controls,
       coalesce((SELECT array_agg(a.source_id ORDER BY a.source_id) FROM dyetrace.attribution_source a
                 WHERE a.dump_id = t.dump_id AND a.in_set), '{}')
FROM dyetrace.attribution t;

-- The sender reads what it is to tell and marks what it told. It can neither make an alert nor change one, and sees
-- nothing else of the database.
GRANT SELECT ON dyetrace.alert, dyetrace.alert_message, dyetrace.alert_delivery TO dyetrace_alerter;
GRANT UPDATE (routed_at) ON dyetrace.alert TO dyetrace_alerter;
GRANT INSERT (channel, urgent) ON dyetrace.alert_message TO dyetrace_alerter;
GRANT UPDATE (state, attempts, next_at, sent_at, why) ON dyetrace.alert_message TO dyetrace_alerter;
GRANT INSERT (alert_id, channel) ON dyetrace.alert_delivery TO dyetrace_alerter;
GRANT UPDATE (message_id) ON dyetrace.alert_delivery TO dyetrace_alerter;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA dyetrace FROM PUBLIC;
