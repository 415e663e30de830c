-- A pool's value is allotted once, and to a canary of its owner: the keys of the tables see to it, whatever a program does.
BEGIN;
SET LOCAL search_path = public, pg_catalog;
SELECT no_plan();

SELECT dyetrace.source_add('pgtap one', 'pgtap-one/a', 'hospital', 10);
SELECT dyetrace.source_add('pgtap two', 'pgtap-two/b', 'hospital', 10);
SELECT throws_ok($$ SELECT dyetrace.source_add('pgtap two', 'pgtap-one/a', 'courier', 20) $$, '42501', NULL,
                 'a source that is another owner''s can''t be added');
SELECT is((SELECT sector || population FROM dyetrace.source WHERE path = 'pgtap-one/a'), 'hospital10', 'and stays as it was');
SELECT dyetrace.epoch_next('pgtap');
INSERT INTO dyetrace.canary (canary_id, type, owner_id, sector, epoch)
SELECT o.name || ' ' || n, 'exclusive', o.owner_id, 'hospital', (SELECT max(epoch) FROM dyetrace.epoch)
FROM dyetrace.owner o, generate_series(1, 2) n WHERE o.name ~ '^pgtap';
INSERT INTO dyetrace.pool (owner_id, name, kind) SELECT owner_id, 'sims', 'mobile' FROM dyetrace.owner WHERE name ~ '^pgtap';
INSERT INTO dyetrace.pool_value (fp, pool_id, owner_id, whole, sealed)
SELECT decode(repeat('01', 16), 'hex'), pool_id, owner_id, true, '\x00' FROM dyetrace.pool JOIN dyetrace.owner o USING (owner_id)
WHERE o.name = 'pgtap one';

-- The canary gets the value that is in pgtap one's pool.
CREATE FUNCTION pg_temp.allot(canary text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO dyetrace.canary_value (canary_id, kind, owner_id, sealed, pool_fp)
    SELECT canary_id, 'mobile', owner_id, '\x00', decode(repeat('01', 16), 'hex') FROM dyetrace.canary WHERE canary_id = $1
$$;
SELECT throws_ok($$ SELECT pg_temp.allot('pgtap two 1') $$, '23503', NULL, 'a value is not another owner''s');
SELECT throws_ok($$ INSERT INTO dyetrace.canary_value (canary_id, kind, owner_id, sealed, pool_fp)
    SELECT 'pgtap two 1', 'mobile', owner_id, '\x00', decode(repeat('01', 16), 'hex') FROM dyetrace.owner WHERE name = 'pgtap one' $$,
    '23503', NULL, 'nor by naming the pool''s owner');
SELECT lives_ok($$ SELECT pg_temp.allot('pgtap one 1') $$, 'its owner''s canary gets it');
SELECT throws_ok($$ SELECT pg_temp.allot('pgtap one 2') $$, '23505', NULL, 'once');
SELECT throws_ok($$ INSERT INTO dyetrace.pool_value SELECT fp, p.pool_id, p.owner_id, true, '\x00'
    FROM dyetrace.pool_value v, dyetrace.pool p JOIN dyetrace.owner o USING (owner_id) WHERE o.name = 'pgtap two' $$,
    '23505', NULL, 'nothing is in two pools');
SELECT results_eq($$ SELECT whole::int, used::int FROM dyetrace.pool_state WHERE owner = 'pgtap one' $$, $$ VALUES (1, 1) $$,
    'and the pool says how much of it is used');
SELECT * FROM finish();
ROLLBACK;
