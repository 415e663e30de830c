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
SELECT * FROM finish();
ROLLBACK;
