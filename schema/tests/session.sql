-- Row-level security: what the portal's role sees is what the session's token allows, and nothing else decides it.
BEGIN;
SET LOCAL search_path = public, pg_catalog;
SELECT no_plan();

-- Two owners, a canary each; dump a holds both canaries, b the second owner's, c none.
SELECT dyetrace.source_add('pgtap one', 'pgtap-one/a', 'hospital', 10);
SELECT dyetrace.source_add('pgtap two', 'pgtap-two/b', 'courier', 10);
SELECT dyetrace.epoch_next('pgtap');
CREATE TEMP TABLE world AS
SELECT o.owner_id, o.name, s.source_id, 'pgtap-' || o.owner_id AS canary, (SELECT max(epoch) FROM dyetrace.epoch) AS epoch,
       (SELECT coalesce(max(leaf_index), -1) FROM dyetrace.log_leaf) + row_number() OVER () AS leaf
FROM dyetrace.owner o JOIN dyetrace.source s USING (owner_id)
WHERE s.path IN ('pgtap-one/a', 'pgtap-two/b');
INSERT INTO dyetrace.canary (canary_id, type, owner_id, sector, epoch) SELECT canary, 'imported', owner_id, 'x', epoch FROM world;
INSERT INTO dyetrace.log_leaf SELECT leaf, sha256('x') FROM world;
INSERT INTO dyetrace.placement (canary_id, source_id, owner_id, planted_at, state, leaf_index, nonce, values_hash)
SELECT canary, source_id, owner_id, now(), 'planted', leaf, sha256('n'), sha256('v') FROM world;
CREATE TEMP TABLE dumps AS SELECT 'dffffffffffffff' || x AS id FROM unnest(ARRAY['0a', '0b', '0c']) x;
INSERT INTO dyetrace.dump (dump_id, sha256, bytes, epoch, canaries, state)
SELECT id, sha256(id::bytea), 1, 1, 2, 'complete' FROM dumps;
INSERT INTO dyetrace.part (dump_id, ordinal, path) SELECT id, 0, '' FROM dumps;
INSERT INTO dyetrace.chunk (dump_id, part, number, start, bytes, records) SELECT id, 0, 0, 0, 1, 1 FROM dumps;
INSERT INTO dyetrace.acquisition (acquisition_id, dump_id, location, acquired_at) SELECT 'pgtap-' || id, id, '/x', now() FROM dumps;
INSERT INTO dyetrace.sighting (dump_id, part, canary_id, variant, owner_id, start, length, bits, weak)
SELECT d.id, 0, w.canary, 'A', w.owner_id, 0, 1, 50, false
FROM dumps d CROSS JOIN world w WHERE d.id ~ 'a$' OR (d.id ~ 'b$' AND w.name = 'pgtap two');
INSERT INTO dyetrace.sighting_evidence
SELECT sighting_id, 0, owner_id, 'mobile', 'plain', 50, 0, 1 FROM dyetrace.sighting JOIN world USING (owner_id);
INSERT INTO dyetrace.attribution (dump_id, epoch, acquired_at, verdict, power, controls, unexplained)
SELECT id, 1, now(), 'insufficient', 0.5, 0, 0 FROM dumps;
INSERT INTO dyetrace.attribution_source (dump_id, source_id, owner_id, rank, in_set, undecided, seen, planted, posterior,
                                         log10_lr, p_value, baseline)
SELECT s.dump_id, w.source_id, w.owner_id, 1, false, 0, 1, 1, 0.5, 1, 0.1, 0.5
FROM dyetrace.sighting s JOIN world w USING (owner_id);
INSERT INTO dyetrace.attribution_extent (dump_id, source_id, owner_id, strata, taken_before, likely_before, by_newest, several)
SELECT dump_id, source_id, owner_id, '[]', now(), now(), false, false FROM dyetrace.attribution_source
WHERE dump_id IN (SELECT id FROM dumps);
INSERT INTO dyetrace.lineage (dump_id, other_id, relation, persons, other_persons, common, jaccard, containment, containment_other)
SELECT a.id, b.id, 'overlap', 9, 9, 5, 0.4, 0.5, 0.5 FROM dumps a JOIN dumps b ON b.id > a.id;
-- Dump a names the second owner's source, and only that.
UPDATE dyetrace.attribution SET verdict = 'attributed' WHERE dump_id = 'dffffffffffffff0a';
UPDATE dyetrace.attribution_source a SET in_set = true FROM world w
WHERE a.dump_id = 'dffffffffffffff0a' AND a.owner_id = w.owner_id AND w.name = 'pgtap two';

-- What the portal presents is SHA-256 of the token; the database holds SHA-256 of that.
INSERT INTO dyetrace.portal_token (presented_sha256, label, owner_id, expires_at, revoked_at)
SELECT sha256(sha256(('dt_' || t.name)::bytea)), 'pgtap ' || t.name, w.owner_id, now() + t.valid::interval, t.revoked
FROM (VALUES ('analyst', NULL, '1 day', NULL::timestamptz), ('one', 'pgtap one', '1 day', NULL), ('two', 'pgtap two', '1 day', NULL),
             ('expired', NULL, '-1 second', NULL), ('revoked', NULL, '1 day', now())) t (name, owner, valid, revoked)
LEFT JOIN world w ON w.name = t.owner;

-- The answer of one query under a role, as text.
CREATE FUNCTION pg_temp.ask(role text, query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    PERFORM set_config('role', role, true);
    EXECUTE query INTO answer;
    PERFORM set_config('role', 'none', true);
    RETURN answer;
EXCEPTION WHEN insufficient_privilege THEN
    RETURN 'refused';
END $$;
CREATE FUNCTION pg_temp.portal(query text) RETURNS text LANGUAGE sql AS $$ SELECT pg_temp.ask('dyetrace_portal', query) $$;
CREATE FUNCTION pg_temp.login(name text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.portal(format('SELECT dyetrace.session_open(%L)', sha256(('dt_' || name)::bytea)))
$$;
CREATE FUNCTION pg_temp.told() RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.portal('SELECT verdict FROM dyetrace.attribution_told WHERE dump_id = ''dffffffffffffff0a''')
$$;
-- All rows of this test that the portal sees, by table.
CREATE FUNCTION pg_temp.seen() RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.portal($q$ SELECT concat_ws(' ',
        (SELECT 'owner=' || count(*) FROM dyetrace.owner WHERE name ~ '^pgtap'),
        (SELECT 'source=' || count(*) FROM dyetrace.source WHERE path ~ '^pgtap'),
        (SELECT 'dump=' || count(*) FROM dyetrace.dump WHERE dump_id ~ '^df{14}'),
        (SELECT 'acquisition=' || count(*) FROM dyetrace.acquisition WHERE dump_id ~ '^df{14}'),
        (SELECT 'part=' || count(*) FROM dyetrace.part WHERE dump_id ~ '^df{14}'),
        (SELECT 'sighting=' || count(*) FROM dyetrace.sighting WHERE dump_id ~ '^df{14}'),
        (SELECT 'evidence=' || count(*) FROM dyetrace.sighting_evidence e JOIN dyetrace.sighting s USING (sighting_id)
         WHERE s.dump_id ~ '^df{14}'),
        (SELECT 'attribution=' || count(*) FROM dyetrace.attribution WHERE dump_id ~ '^df{14}'),
        (SELECT 'lineage=' || count(*) FROM dyetrace.lineage WHERE dump_id ~ '^df{14}'),
        (SELECT 'attribution_source=' || count(*) FROM dyetrace.attribution_source WHERE dump_id ~ '^df{14}'),
        (SELECT 'extent=' || count(*) FROM dyetrace.attribution_extent WHERE dump_id ~ '^df{14}')) $q$)
$$;
CREATE FUNCTION pg_temp.nothing() RETURNS text LANGUAGE sql AS $$
    SELECT 'owner=0 source=0 dump=0 acquisition=0 part=0 sighting=0 evidence=0 attribution=0 lineage=0 attribution_source=0 extent=0'
$$;
CREATE FUNCTION pg_temp.paths(of text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.portal(format('SELECT dyetrace.canary_paths(%L, ''A'')', w.canary)) FROM world w WHERE w.name = of
$$;

SELECT is(pg_temp.seen(), pg_temp.nothing(), 'without a session the portal sees no row of any table');
SELECT is(pg_temp.login('nobody'), NULL, 'an unknown token opens nothing');
SELECT is(pg_temp.login('expired'), NULL, 'an expired token opens nothing');
SELECT is(pg_temp.login('revoked'), NULL, 'a revoked token opens nothing');
SELECT is(pg_temp.portal(format('SELECT dyetrace.session_open(%L)', sha256(sha256('dt_analyst')))), NULL,
          'what the database stores of a token opens nothing');
SELECT is(pg_temp.seen(), pg_temp.nothing(), 'after them the portal still sees nothing');

SELECT is(pg_temp.login('one'), 'pgtap one', 'an owner''s token opens a session');
SELECT is(pg_temp.seen(), 'owner=1 source=2 dump=1 acquisition=1 part=1 sighting=1 evidence=1 attribution=1 lineage=0 attribution_source=1 extent=1',
          'which sees its own rows only, and pairs of dumps that both show its canaries');
SELECT is(pg_temp.portal('SELECT string_agg(dump_id, '' '') FROM dyetrace.dump WHERE dump_id ~ ''^df{14}'''), 'dffffffffffffff0a',
          'and the dump that one of its canaries is in');
SELECT is(pg_temp.paths('pgtap one'), '{pgtap-one/a}', 'it is told where its own canary is planted');
SELECT is(pg_temp.told(), 'insufficient', 'but not that the dump names another owner''s source');

-- Settings that such schemes are often built on; none of them is looked at.
SELECT set_config('dyetrace.owner_id', '0', true), set_config('dyetrace.session_owner', '0', true),
       set_config('app.current_user', 'dyetrace_owner', true), set_config('application_name', 'dyetrace-matcher', true);
SELECT alike(pg_temp.seen(), 'owner=1 % sighting=1 %', 'no setting widens what it sees');
SELECT is(pg_temp.portal('SELECT set_config(''row_security'', ''off'', true)'), 'off', 'it may ask for no row security');
SELECT is(pg_temp.portal('SELECT count(*) FROM dyetrace.sighting'), 'refused', 'and is then refused, not let round it');
SELECT set_config('row_security', 'on', true);

SELECT is(pg_temp.login('two'), 'pgtap two', 'another token in the same transaction takes the place of the first');
SELECT is(pg_temp.portal('SELECT string_agg(dump_id, '' '' ORDER BY dump_id) FROM dyetrace.dump WHERE dump_id ~ ''^df{14}'''),
          'dffffffffffffff0a dffffffffffffff0b', 'and sees its own dumps');
SELECT is(pg_temp.portal('SELECT count(*) FROM dyetrace.lineage WHERE dump_id ~ ''^df{14}'''), '1', 'and that they share persons');
SELECT is(pg_temp.told(), 'attributed', 'and that its own source is named');
SELECT is(pg_temp.login('nobody'), NULL, 'a bad token ends the session that was open');
SELECT is(pg_temp.seen(), pg_temp.nothing(), 'and nothing is seen');

SELECT is(pg_temp.login('analyst'), 'pgtap analyst', 'an analyst''s token opens a session');
SELECT is(pg_temp.seen(), 'owner=2 source=4 dump=3 acquisition=3 part=3 sighting=3 evidence=3 attribution=3 lineage=3 attribution_source=3 extent=3',
          'which sees all owners'' rows, and dumps without a sighting');

-- A session is its transaction's and its connection's.
UPDATE dyetrace.portal_session SET xid = (xid::text::bigint - 1)::text::xid8 WHERE pid = pg_backend_pid();
SELECT is(pg_temp.seen(), pg_temp.nothing(), 'a session that an earlier transaction left opens nothing');
UPDATE dyetrace.portal_session SET xid = pg_current_xact_id(), pid = 0 WHERE pid = pg_backend_pid();
SELECT is(pg_temp.seen(), pg_temp.nothing(), 'nor does that of another connection');

SELECT is(pg_temp.ask('dyetrace_matcher', 'SELECT count(*) FROM dyetrace.dump WHERE dump_id ~ ''^df{14}'''), '3',
          'the matcher sees all dumps without a session');
SELECT is(pg_temp.ask('dyetrace_matcher', 'SELECT count(*) FROM dyetrace.chunk WHERE dump_id ~ ''^df{14}'''), '3', 'and all chunks');
SELECT is((SELECT string_agg(c.relname, ', ') FROM pg_class c
           WHERE c.relnamespace = 'dyetrace'::regnamespace AND c.relkind = 'r' AND NOT c.relrowsecurity
             AND has_table_privilege('dyetrace_portal', c.oid, 'SELECT')), NULL,
          'every table that the portal may read has row-level security');

SELECT * FROM finish();
ROLLBACK;
