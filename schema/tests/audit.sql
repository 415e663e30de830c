-- The audit: appended by a function, changed by nobody, and what is changed is seen.
BEGIN;
SET LOCAL search_path = public, pg_catalog;
SELECT no_plan();

CREATE FUNCTION pg_temp.outcome(role text, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('role', role, true);
    EXECUTE statement;
    PERFORM set_config('role', 'none', true);
    RETURN 'done';
EXCEPTION WHEN insufficient_privilege THEN
    RETURN 'refused';
END $$;

SELECT dyetrace.audit_append('pgtap', 'first', 'done', '{}');
SELECT is(pg_temp.outcome('dyetrace_' || zone, format('SELECT dyetrace.audit_append(''pgtap'', %L, ''done'', ''{}'')', zone)), 'done',
          zone || ' appends by the function')
FROM unnest(ARRAY['seeder', 'matcher', 'portal', 'auditor']) AS zone;
SELECT dyetrace.audit_append('pgtap', 'sixth', 'refused', '{"n": 1.50, "text": "甲\"\\ "}');
SELECT dyetrace.audit_append('pgtap', 'seventh', 'done', '{}');
SELECT is(pg_temp.outcome('dyetrace_' || zone, statement), 'refused', format('%s is refused: %s', zone, statement))
FROM unnest(ARRAY['seeder', 'matcher', 'portal', 'auditor']) AS zone,
     unnest(ARRAY['UPDATE dyetrace.audit SET result = ''done''', 'DELETE FROM dyetrace.audit', 'TRUNCATE dyetrace.audit CASCADE',
                  'INSERT INTO dyetrace.audit SELECT * FROM dyetrace.audit',
                  'UPDATE dyetrace.audit_checkpoint SET mac = mac', 'DELETE FROM dyetrace.audit_checkpoint']) AS statement;

-- The chain, remade from what the rows say: the first row that doesn't fit, counted from this test's first.
CREATE FUNCTION pg_temp.broken() RETURNS bigint LANGUAGE sql AS $$
    SELECT min(a.audit_id) - (SELECT min(audit_id) FROM dyetrace.audit WHERE event = 'pgtap') + 1
    FROM (SELECT b.*, lag(b.hash, 1, ''::bytea) OVER w AS before, lag(b.audit_id, 1, 0::bigint) OVER w AS last
          FROM dyetrace.audit b WINDOW w AS (ORDER BY b.audit_id)) a
    WHERE a.audit_id <> a.last + 1
       OR a.hash <> dyetrace.audit_hash(a.before, a.audit_id, a.at, a.role, a.event, a.object, a.result, a.detail)
$$;
CREATE FUNCTION pg_temp.broken_after(change text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    found bigint;
BEGIN
    EXECUTE change;
    found := pg_temp.broken();
    RAISE EXCEPTION USING ERRCODE = 'ZZ999'; -- takes the change back
EXCEPTION WHEN SQLSTATE 'ZZ999' THEN
    RETURN found;
END $$;
SELECT is(pg_temp.broken(), NULL, 'the chain holds');
SELECT is(pg_temp.broken_after(format('UPDATE dyetrace.audit SET %s WHERE object = ''sixth''', change)), 6::bigint,
          'a changed row is found: ' || change)
FROM unnest(ARRAY['result = ''done''', 'detail = ''{}''', 'event = ''x''', 'object = ''x''', 'role = ''x''',
                  'at = at + interval ''1 microsecond''']) AS change;
SELECT is(pg_temp.broken_after('DELETE FROM dyetrace.audit WHERE object = ''sixth'''), 7::bigint, 'a row taken out is found');
SELECT is(pg_temp.broken_after($$ UPDATE dyetrace.audit a SET result = 'done', hash = dyetrace.audit_hash(
              (SELECT b.hash FROM dyetrace.audit b WHERE b.audit_id = a.audit_id - 1), a.audit_id, a.at, a.role, a.event,
              a.object, 'done', a.detail) WHERE object = 'sixth' $$), 7::bigint,
          'a row changed together with its hash breaks the one after it');
SELECT is(pg_temp.outcome('dyetrace_auditor', 'SELECT dyetrace.audit_hash(''''::bytea, 1, a.at, '''', '''', '''', '''', ''{}'')
                                               FROM dyetrace.audit a'), 'done', 'the auditor reads the chain and remakes it');
SELECT is((SELECT role FROM dyetrace.audit WHERE object = 'portal'), session_user::text, 'a row names the login that wrote it');

SELECT * FROM finish();
ROLLBACK;
