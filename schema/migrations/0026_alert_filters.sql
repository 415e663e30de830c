-- Alerts for some channels only, and alerts that were told long ago.

-- What is left of alerts that were told and whose time is over: that, how often and when. Who was told of a dump hears
-- what becomes of it.
CREATE TABLE dyetrace.alert_folded (
    dump_id text NOT NULL,
    channel text NOT NULL,
    alerts bigint NOT NULL CHECK (alerts > 0),
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (dump_id, channel)
);
CREATE INDEX alert_dump ON dyetrace.alert (dump_id);

-- Alerts older than so many days that every channel has which they were given to, and at least one. What waits, is
-- tried, was given up or went nowhere stays. At least eight days, which no cooldown looks back beyond: who asks for fewer
-- gets those.
CREATE FUNCTION dyetrace.alerts_expire(days integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old bigint[];
BEGIN
    SELECT array_agg(a.alert_id) INTO old FROM dyetrace.alert a
    WHERE a.at < now() - greatest(days, 8) * interval '1 day' AND a.routed_at IS NOT NULL
      AND EXISTS (SELECT FROM dyetrace.alert_delivery d WHERE d.alert_id = a.alert_id)
      AND NOT EXISTS (SELECT FROM dyetrace.alert_delivery d LEFT JOIN dyetrace.alert_message m USING (message_id)
                      WHERE d.alert_id = a.alert_id
                        AND (m.sent_at IS NULL OR m.state <> 'sent'
                             OR m.sent_at >= now() - greatest(days, 8) * interval '1 day'));
    IF old IS NULL THEN
        RETURN 0;
    END IF;
    INSERT INTO dyetrace.alert_folded AS f
    SELECT a.dump_id, d.channel, count(*), min(a.at), max(a.at)
    FROM dyetrace.alert a JOIN dyetrace.alert_delivery d USING (alert_id) WHERE a.alert_id = ANY (old) GROUP BY 1, 2
    ON CONFLICT (dump_id, channel) DO UPDATE
    SET alerts = f.alerts + excluded.alerts, first_at = least(f.first_at, excluded.first_at),
        last_at = greatest(f.last_at, excluded.last_at);
    DELETE FROM dyetrace.alert_delivery d WHERE d.alert_id = ANY (old);
    DELETE FROM dyetrace.alert_message m
    WHERE m.state = 'sent' AND NOT EXISTS (SELECT FROM dyetrace.alert_delivery d WHERE d.message_id = m.message_id)
      AND m.sent_at < now() - greatest(days, 8) * interval '1 day';
    DELETE FROM dyetrace.alert a WHERE a.alert_id = ANY (old);
    RETURN cardinality(old);
END $$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA dyetrace FROM PUBLIC;
GRANT SELECT ON dyetrace.alert_folded TO dyetrace_alerter;
-- Not the sender's: who can mark an alert as sent must not be able to have it forgotten at once.
GRANT EXECUTE ON FUNCTION dyetrace.alerts_expire(integer) TO dyetrace_matcher;
