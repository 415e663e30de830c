-- Which verdicts are news. Run by pg_prove in a database with the migrations and pgtap. The trigger waits for the end of
-- its transaction; here it is called for by SET CONSTRAINTS.
BEGIN;
SET LOCAL search_path = public, pg_catalog;
SELECT no_plan();

SELECT dyetrace.source_add('alerts', 'alerts/' || leaf, 'hospital', 1000) FROM unnest('{east,west}'::text[]) leaf;
INSERT INTO dyetrace.dump (dump_id, sha256, bytes, epoch, canaries)
SELECT 'd00000000000000a' || n, sha256(convert_to('alerts' || n, 'UTF8')), 1, 1, 1 FROM generate_series(1, 3) n;

-- As the matcher stores a result: the old one out, the new one and its sources in. Returns how many alerts that made.
CREATE FUNCTION pg_temp.conclude(dump text, verdict text, leaves text[], controls integer DEFAULT 0) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    before bigint := (SELECT count(*) FROM dyetrace.alert);
BEGIN
    SET CONSTRAINTS ALL DEFERRED;
    DELETE FROM dyetrace.attribution t WHERE t.dump_id = dump;
    INSERT INTO dyetrace.attribution (dump_id, epoch, acquired_at, verdict, controls, unexplained)
    VALUES (dump, 1, now(), verdict, controls, 0);
    INSERT INTO dyetrace.attribution_source (dump_id, source_id, owner_id, rank, in_set, undecided, seen, planted, posterior,
                                             log10_lr, p_value, baseline)
    SELECT dump, s.source_id, s.owner_id, row_number() OVER (ORDER BY s.path), s.path = ANY (leaves), 0, 12, 40, 0.999, 12.345,
           1e-9, 0.9
    FROM dyetrace.source s WHERE s.path ~ '^alerts/';
    SET CONSTRAINTS ALL IMMEDIATE;
    RETURN (SELECT count(*) FROM dyetrace.alert) - before;
END $$;
CREATE FUNCTION pg_temp.told() RETURNS json LANGUAGE sql AS
    'SELECT a.body FROM dyetrace.alert a ORDER BY a.alert_id DESC LIMIT 1';

SELECT is(pg_temp.conclude('d00000000000000a1', 'insufficient', '{}'), 0::bigint, 'a first verdict that names nobody is no news');
SELECT is(pg_temp.conclude('d00000000000000a1', 'not-covered', '{}'), 1::bigint, 'a change between two such verdicts is');
SELECT is(pg_temp.conclude('d00000000000000a1', 'attributed', '{alerts/east}'), 1::bigint, 'a verdict that names a source is news');
SELECT is(pg_temp.told()::jsonb - 'at' - 'alert',
          '{"dump": "d00000000000000a1", "verdict": "attributed", "was": "not-covered", "set": ["alerts/east"],
            "sources": [{"source": "alerts/east", "seen": 12, "planted": 40, "log10_lr": 12.35, "p_value": 1e-9}],
            "controls": 0, "unexplained": 0}'::jsonb, 'it tells the dump, the verdicts, the set, counts and statistics, no more');
SELECT is(pg_temp.conclude('d00000000000000a1', 'attributed', '{alerts/east}'), 0::bigint, 'the same result again is none');
SELECT is(pg_temp.conclude('d00000000000000a1', 'attributed', '{alerts/east,alerts/west}'), 1::bigint, 'another set is');
SELECT is(pg_temp.conclude('d00000000000000a1', 'attributed', '{alerts/west,alerts/east}'), 0::bigint, 'the same set is none, in whatever order');
SELECT is(pg_temp.conclude('d00000000000000a1', 'insufficient', '{}'), 1::bigint, 'a verdict that is taken back is news');
SELECT is(pg_temp.told() ->> 'was', 'attributed', 'and says what it was');
SELECT is(pg_temp.conclude('d00000000000000a2', 'attributed', '{alerts/east}'), 1::bigint, 'a first verdict that names a source is news');
SELECT ok(pg_temp.told() ->> 'was' IS NULL, 'and there was none before');
SELECT is(pg_temp.conclude('d00000000000000a3', 'control-hit', '{}', 1), 1::bigint, 'a control that is hit is news');
SELECT is(pg_temp.conclude('d00000000000000a3', 'control-hit', '{}', 1), 0::bigint, 'once');
SELECT is(pg_temp.conclude('d00000000000000a3', 'control-hit', '{}', 2), 1::bigint, 'and again when more are');
SELECT is((SELECT count(*) FROM dyetrace.alert a WHERE a.body::text ~ (SELECT string_agg(encode(d.sha256, 'hex'), '|') FROM dyetrace.dump d)),
          0::bigint, 'no alert has a dump''s digest');

SELECT is((SELECT t.tgdeferrable AND t.tginitdeferred FROM pg_trigger t WHERE t.tgname = 'alert_note'), true,
          'an alert is made at the end of the transaction that stores its verdict');
SELECT throws_ok($$ INSERT INTO dyetrace.alert_delivery (alert_id, channel) SELECT alert_id, 'x' FROM dyetrace.alert
                    UNION ALL SELECT alert_id, 'x' FROM dyetrace.alert $$, '23505', NULL, 'a channel gets an alert once');
-- Retention: what is told and old is folded; what is not told, or not old, stays.
INSERT INTO dyetrace.alert (dump_id, at, verdict, paths, body, routed_at)
SELECT 'old', now() - days * interval '1 day', 'attributed', '{}', '{}', CASE WHEN n <> 6 THEN now() END
FROM (VALUES (1, 20), (2, 20), (3, 20), (4, 20), (5, 9), (6, 20), (7, 20), (8, 20)) v (n, days);
CREATE TEMP TABLE old AS SELECT alert_id, row_number() OVER (ORDER BY alert_id) AS n FROM dyetrace.alert WHERE dump_id = 'old';
INSERT INTO dyetrace.alert_message (channel, urgent, state, sent_at)
SELECT 'm' || n, false, state, now() - days * interval '1 day'
FROM (VALUES (1, 'sent', 20), (2, 'pending', NULL), (3, 'failed', NULL), (5, 'sent', 9), (8, 'sent', 2)) v (n, state, days);
INSERT INTO dyetrace.alert_delivery (alert_id, channel, message_id)
SELECT o.alert_id, v.channel, m.message_id
FROM (VALUES (1, 'c', 'm1'), (2, 'c', 'm1'), (2, 'd', 'm2'), (3, 'c', 'm3'), (4, 'c', NULL), (5, 'c', 'm5'), (8, 'c', 'm8')) v (n, channel, message)
JOIN old o USING (n) LEFT JOIN dyetrace.alert_message m ON m.channel = v.message;
CREATE FUNCTION pg_temp.left_over() RETURNS text LANGUAGE sql AS
    'SELECT string_agg(o.n::text, '' '' ORDER BY o.n) FROM old o JOIN dyetrace.alert a USING (alert_id)';
SELECT is(dyetrace.alerts_expire(10), 1::bigint, 'an alert that is old and that all its channels have is folded');
SELECT is(pg_temp.left_over(), '2 3 4 5 6 7 8',
          'not one that a channel lacks, was given up, waits, is younger, is not routed, went nowhere, or was sent lately');
SELECT is((SELECT f.alerts || f.channel FROM dyetrace.alert_folded f), '1c', 'its number stays');
SELECT is((SELECT count(*) FROM dyetrace.alert_message WHERE channel = 'm1'), 1::bigint, 'its message while another is in it');
UPDATE dyetrace.alert_message SET state = 'sent', sent_at = now() - interval '20 days' WHERE channel = 'm2';
SELECT is(dyetrace.alerts_expire(1), 2::bigint, 'eight days are kept whoever asks for fewer');
SELECT is(pg_temp.left_over(), '3 4 6 7 8', 'so nine go');
SELECT is((SELECT string_agg(f.channel || f.alerts, ' ' ORDER BY f.channel) FROM dyetrace.alert_folded f), 'c3 d1', 'numbers add up');
SELECT is((SELECT count(*) FROM dyetrace.alert_message WHERE channel IN ('m1', 'm2', 'm5')), 0::bigint, 'and messages go with the last of theirs');
SELECT * FROM finish();
ROLLBACK;
