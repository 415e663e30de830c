-- What each zone's role may do, and nothing besides. Run by pg_prove in a database with the migrations and pgtap.
BEGIN;
SET LOCAL search_path = public, pg_catalog;
SELECT no_plan();

-- Every right on every table, as the zones have it: what a migration grants beyond this list is an error.
CREATE TEMP TABLE allowed (role text, rel text, rights text[]);
INSERT INTO allowed VALUES
    ('seeder', 'key_check', '{SELECT}'), ('seeder', 'owner', '{SELECT}'), ('seeder', 'source', '{SELECT}'),
    ('seeder', 'epoch', '{SELECT}'), ('seeder', 'canary', '{INSERT,SELECT}'), ('seeder', 'fingerprint', '{INSERT,SELECT}'),
    ('seeder', 'log_leaf', '{INSERT,SELECT}'), ('seeder', 'log_head', '{INSERT,SELECT}'),
    ('seeder', 'placement', '{INSERT,SELECT}'),
    ('seeder', 'source_profile', '{INSERT,SELECT}'), ('seeder', 'canary_profile', '{INSERT,SELECT}'),
    ('seeder', 'pool', '{INSERT,SELECT}'), ('seeder', 'pool_value', '{INSERT,SELECT}'),
    ('seeder', 'canary_value', '{INSERT,SELECT}'), ('seeder', 'pool_state', '{SELECT}'),
    ('auditor', 'pool_state', '{SELECT}'),
    ('seeder', 'source_approval', '{INSERT,SELECT}'), ('seeder', 'source_dry_run', '{INSERT,SELECT}'),
    ('seeder', 'assigned_release', '{INSERT,SELECT}'), ('seeder', 'canary_assigned', '{INSERT,SELECT}'),
    ('seeder', 'canary_burn', '{INSERT,SELECT}'), ('auditor', 'assigned_release', '{SELECT}'), ('auditor', 'canary_burn', '{SELECT}'),
    ('seeder', 'exclusion_list', '{INSERT,SELECT}'), ('auditor', 'exclusion_list', '{SELECT}'),
    ('seeder', 'exclusion_state', '{SELECT}'), ('auditor', 'exclusion_state', '{SELECT}'),
    ('seeder', 'source_flow', '{INSERT,SELECT}'), ('matcher', 'source_flow', '{SELECT}'), ('auditor', 'source_flow', '{SELECT}'),
    ('seeder', 'source_state', '{SELECT}'), ('auditor', 'source_approval', '{SELECT}'),
    ('seeder', 'code', '{INSERT,SELECT}'), ('seeder', 'code_position', '{INSERT,SELECT}'),
    ('seeder', 'drop_file', '{INSERT,SELECT}'), ('seeder', 'drop_placement', '{INSERT,SELECT}'),
    ('seeder', 'source_check', '{INSERT,SELECT}'), ('seeder', 'placement_health', '{INSERT,SELECT}'),
    ('seeder', 'placement_found', '{SELECT}'), ('seeder', 'rotation', '{INSERT,SELECT}'),
    ('seeder', 'rotation_placement', '{INSERT,SELECT}'), ('seeder', 'rotation_fresh', '{INSERT,SELECT}'),
    ('auditor', 'source_check', '{SELECT}'), ('auditor', 'placement_health', '{SELECT}'), ('auditor', 'rotation', '{SELECT}'),
    ('auditor', 'rotation_placement', '{SELECT}'), ('auditor', 'rotation_fresh', '{SELECT}'),
    ('matcher', 'code', '{SELECT}'), ('matcher', 'code_position', '{SELECT}'),
    ('auditor', 'code', '{SELECT}'), ('auditor', 'code_position', '{SELECT}'),
    ('matcher', 'key_check', '{SELECT}'), ('matcher', 'owner', '{SELECT}'), ('matcher', 'source', '{SELECT}'),
    ('matcher', 'epoch', '{SELECT}'), ('matcher', 'canary', '{SELECT}'), ('matcher', 'fingerprint', '{SELECT}'),
    ('matcher', 'placement', '{SELECT}'), ('matcher', 'dump', '{INSERT,SELECT}'),
    ('matcher', 'acquisition', '{INSERT,SELECT}'), ('matcher', 'part', '{DELETE,INSERT,SELECT}'),
    ('matcher', 'chunk', '{INSERT,SELECT}'), ('matcher', 'sketch', '{DELETE,INSERT,SELECT}'), ('matcher', 'work', '{DELETE,INSERT,SELECT}'),
    ('matcher', 'identifier_set', '{INSERT,SELECT}'), ('matcher', 'identifier_sample', '{DELETE,INSERT,SELECT}'),
    ('matcher', 'lineage', '{DELETE,INSERT,SELECT}'),
    ('matcher', 'sighting', '{INSERT,SELECT}'), ('matcher', 'sighting_evidence', '{INSERT,SELECT}'),
    ('matcher', 'touch_log', '{INSERT,SELECT}'), ('matcher', 'touch', '{INSERT,SELECT}'), ('matcher', 'touch_day', '{INSERT,SELECT}'),
    ('matcher', 'contact', '{INSERT,SELECT}'), ('matcher', 'attribution_extent', '{INSERT,SELECT}'), ('portal', 'attribution_extent', '{SELECT}'),
    ('matcher', 'dump_columns', '{SELECT}'), ('portal', 'dump_columns', '{SELECT}'),
    ('matcher', 'attribution_told', '{SELECT}'), ('matcher', 'attribution', '{DELETE,INSERT,SELECT}'), ('matcher', 'attribution_source', '{DELETE,INSERT,SELECT}'),
    ('matcher', 'law_case', '{INSERT,SELECT}'), ('matcher', 'case_person', '{INSERT,SELECT}'), ('matcher', 'case_act', '{INSERT,SELECT}'),
    ('portal', 'lineage', '{SELECT}'), ('portal', 'owner', '{SELECT}'), ('portal', 'source', '{SELECT}'), ('portal', 'dump', '{SELECT}'),
    ('portal', 'acquisition', '{SELECT}'), ('portal', 'part', '{SELECT}'),
    ('portal', 'sighting', '{SELECT}'), ('portal', 'sighting_evidence', '{SELECT}'),
    ('portal', 'attribution_told', '{SELECT}'), ('portal', 'attribution', '{SELECT}'), ('portal', 'attribution_source', '{SELECT}'),
    ('auditor', 'key_check', '{SELECT}'), ('auditor', 'owner', '{SELECT}'), ('auditor', 'source', '{SELECT}'),
    ('auditor', 'epoch', '{SELECT}'), ('auditor', 'canary', '{SELECT}'), ('auditor', 'placement', '{SELECT}'),
    ('auditor', 'log_leaf', '{SELECT}'), ('auditor', 'log_head', '{SELECT}'), ('auditor', 'audit', '{SELECT}'),
    ('auditor', 'audit_checkpoint', '{INSERT,SELECT}'),
    ('alerter', 'alert_folded', '{SELECT}'),
    ('alerter', 'alert', '{SELECT}'), ('alerter', 'alert_message', '{SELECT}'), ('alerter', 'alert_delivery', '{SELECT}');
SELECT table_privs_are('dyetrace', c.relname, ('dyetrace_' || z.role)::name, coalesce(a.rights, '{}')::name[],
                       format('%s on %s: %s', z.role, c.relname, coalesce(array_to_string(a.rights, ', '), 'nothing')))
FROM pg_class c CROSS JOIN unnest(ARRAY['seeder', 'matcher', 'portal', 'auditor', 'alerter']) AS z (role)
LEFT JOIN allowed a ON a.role = z.role AND a.rel = c.relname
WHERE c.relnamespace = 'dyetrace'::regnamespace AND c.relkind IN ('r', 'p', 'v')
ORDER BY z.role, c.relname;

SELECT bag_eq(
    $$ SELECT x.grantee::regrole::text, c.relname::text, x.privilege_type, string_agg(a.attname, ',' ORDER BY a.attname)
       FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid, LATERAL aclexplode(a.attacl) x
       WHERE c.relnamespace = 'dyetrace'::regnamespace GROUP BY 1, 2, 3 $$,
    $$ VALUES ('dyetrace_alerter', 'alert', 'UPDATE', 'routed_at'),
              ('dyetrace_alerter', 'alert_delivery', 'INSERT', 'alert_id,channel'),
              ('dyetrace_alerter', 'alert_delivery', 'UPDATE', 'message_id'),
              ('dyetrace_alerter', 'alert_message', 'INSERT', 'channel,urgent'),
              ('dyetrace_alerter', 'alert_message', 'UPDATE', 'attempts,next_at,sent_at,state,why'),
              ('dyetrace_matcher', 'acquisition', 'UPDATE', 'location'),
              ('dyetrace_matcher', 'case_act', 'UPDATE', 'voided_at,voided_why'),
              ('dyetrace_matcher', 'case_person', 'UPDATE', 'insider,lawful_business'),
              ('dyetrace_matcher', 'chunk', 'UPDATE', 'bytes,census,done_at,lines,records,start'),
              ('dyetrace_matcher', 'dump', 'UPDATE', 'canaries,completed_at,epoch,hunted,identified_chunks,identified_part,parts,records,sketched,sm3,state,threshold_bits,verdict'),
              ('dyetrace_matcher', 'identifier_set', 'UPDATE', 'distinct_n,image,made_at,persons_n,scale,seen_before'),
              ('dyetrace_matcher', 'lineage', 'UPDATE', 'explains,parent,relation'),
              ('dyetrace_matcher', 'part', 'UPDATE', 'bytes,census,charset,epoch,format,layout,lines,parseable,reason,records,verdict'),
              ('dyetrace_matcher', 'sighting', 'UPDATE', 'beside,probability,weak'),
              ('dyetrace_seeder', 'drop_file', 'UPDATE', 'called_off_at,removed_at'),
              ('dyetrace_seeder', 'placement', 'UPDATE', 'state,withdrawn_at'),
              ('dyetrace_seeder', 'placement_health', 'UPDATE', 'checked_at'),
              ('dyetrace_seeder', 'rotation', 'UPDATE', 'finished_at'),
              ('dyetrace_seeder', 'source_check', 'UPDATE', 'checked_at,why'),
              ('dyetrace_seeder', 'source', 'UPDATE', 'environment'),
              ('dyetrace_seeder', 'source_flow', 'UPDATE', 'ended_at') $$,
    'the columns that may be written are these');
SELECT is((SELECT string_agg(c.relname, ', ') FROM pg_class c, LATERAL aclexplode(c.relacl) x
           WHERE c.relnamespace = 'dyetrace'::regnamespace AND x.grantee = 0), NULL, 'PUBLIC has no right on a table');
SELECT is((SELECT string_agg(p.proname, ', ') FROM pg_proc p
           WHERE p.pronamespace = 'dyetrace'::regnamespace AND has_function_privilege('public', p.oid, 'EXECUTE')), NULL,
          'PUBLIC may call no function');
SELECT is((SELECT string_agg(p.proname, ', ') FROM pg_proc p
           WHERE p.pronamespace = 'dyetrace'::regnamespace AND p.prosecdef
             AND NOT coalesce(p.proconfig @> ARRAY['search_path=pg_catalog, pg_temp'], false)), NULL,
          'every function that runs with its owner''s rights has a pinned search_path');
SELECT bag_eq(
    $$ SELECT p.proname::text FROM pg_proc p
       WHERE p.pronamespace = 'dyetrace'::regnamespace AND has_function_privilege('dyetrace_portal', p.oid, 'EXECUTE') $$,
    ARRAY['audit_append', 'canary_is_burned', 'canary_paths', 'dump_came', 'session_open', 'session_owner'],
    'the portal calls the audit, what a sighting is shown with, and the session''s functions, no other');
SELECT is((SELECT string_agg(p.proname, ', ') FROM pg_proc p
           WHERE p.pronamespace = 'dyetrace'::regnamespace AND has_function_privilege('dyetrace_alerter', p.oid, 'EXECUTE')), NULL,
          'the alerter calls no function');
SELECT is((SELECT string_agg(r.rolname, ', ') FROM pg_roles r
           WHERE r.rolname ~ '^((dyetrace_)?(seeder|matcher|portal|auditor|alerter))(_|$)'
             AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication)), NULL,
          'no zone has rights over the cluster, or round row-level security');
SELECT is((SELECT string_agg(g.rolname, ', ') FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
           JOIN pg_roles r ON r.oid = m.member WHERE r.rolname ~ '^dyetrace_(seeder|matcher|portal|auditor|alerter)$'), NULL,
          'no zone is a member of another role');

SELECT is((SELECT string_agg(d.datname, ', ') FROM pg_database d
           WHERE d.datallowconn AND has_database_privilege('public', d.oid, 'CONNECT, TEMPORARY')), NULL,
          'PUBLIC may connect to no database, and make no temporary table');
SELECT bag_eq(
    $$ SELECT regexp_replace(r.rolname, '_[0-9a-f]{8}$', ''), string_agg(x.privilege_type, ' ' ORDER BY x.privilege_type)
       FROM pg_database d, LATERAL aclexplode(d.datacl) x JOIN pg_roles r ON r.oid = x.grantee
       WHERE d.datname = current_database() AND x.grantee <> d.datdba GROUP BY 1 $$,
    $$ VALUES ('seeder', 'CONNECT TEMPORARY'), ('matcher', 'CONNECT'), ('portal', 'CONNECT'), ('auditor', 'CONNECT'), ('alerter', 'CONNECT') $$,
    'the home''s own roles may connect, and the seeder may make temporary tables');
SELECT is((SELECT string_agg(r.rolname || ' ' || d.datname, ', ') FROM pg_roles r, pg_database d
           WHERE r.rolname ~ '^(seeder|matcher|portal|auditor|alerter)_' AND d.datallowconn AND d.datname <> current_database()
             AND has_database_privilege(r.oid, d.oid, 'CONNECT')), NULL, 'no zone may connect to another database');

-- The same by trying.
CREATE FUNCTION pg_temp.outcome(role text, statement text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('role', role, true);
    EXECUTE statement;
    PERFORM set_config('role', 'none', true);
    RETURN 'done';
EXCEPTION WHEN insufficient_privilege THEN
    RETURN 'refused';
END $$;
SELECT is(pg_temp.outcome('dyetrace_' || t.zone, t.statement), 'refused', t.zone || ' can''t ' || t.what)
FROM (VALUES
    ('portal', 'SELECT fp FROM dyetrace.fingerprint', 'read fingerprints'),
    ('portal', 'SELECT * FROM dyetrace.canary', 'read the registry'),
    ('portal', 'SELECT * FROM dyetrace.placement', 'read placements'),
    ('portal', 'SELECT * FROM dyetrace.chunk', 'read chunks'),
    ('portal', 'SELECT * FROM dyetrace.sketch', 'read sketches'), ('seeder', 'SELECT * FROM dyetrace.sketch', 'read sketches'),
    ('portal', 'SELECT * FROM dyetrace.identifier_set', 'read identifier sets'),
    ('seeder', 'SELECT * FROM dyetrace.identifier_set', 'read identifier sets'),
    ('auditor', 'SELECT * FROM dyetrace.identifier_sample', 'read samples of them'),
    ('matcher', 'DELETE FROM dyetrace.identifier_set', 'take a dump''s counts away'),
    ('matcher', 'DELETE FROM dyetrace.sighting', 'delete sightings'),
    ('portal', 'SELECT * FROM dyetrace.portal_token', 'read tokens'),
    ('portal', 'INSERT INTO dyetrace.portal_session VALUES (pg_backend_pid(), pg_current_xact_id(), 1, NULL)', 'write its session'),
    ('portal', 'UPDATE dyetrace.portal_session SET owner_id = NULL', 'change its session'),
    ('portal', 'SELECT * FROM dyetrace.audit', 'read the audit'),
    ('portal', 'SET ROLE dyetrace_matcher', 'become the matcher'),
    ('portal', 'SELECT dyetrace.source_add(''x'', ''x/y'', ''z'', 1)', 'make a source'),
    ('portal', 'CREATE TABLE dyetrace.x ()', 'create a table'),
    ('portal', 'CREATE FUNCTION dyetrace.x() RETURNS int LANGUAGE sql AS ''SELECT 1''', 'create a function'),
    ('matcher', 'INSERT INTO dyetrace.fingerprint SELECT * FROM dyetrace.fingerprint', 'add a fingerprint'),
    ('matcher', 'INSERT INTO dyetrace.placement (canary_id) VALUES (''x'')', 'plant'),
    ('matcher', 'SELECT dyetrace.epoch_next(''x'')', 'make an epoch'),
    ('matcher', 'DELETE FROM dyetrace.sighting', 'take a sighting back'),
    ('matcher', 'UPDATE dyetrace.sighting SET bits = 99', 'change what a sighting weighs'),
    ('portal', 'SELECT * FROM dyetrace.touch', 'see who opened a canary'), ('seeder', 'SELECT * FROM dyetrace.touch', 'see who opened a canary'),
    ('matcher', 'DELETE FROM dyetrace.contact', 'take a contact back'), ('portal', 'SELECT * FROM dyetrace.contact', 'see contacts'),
    ('seeder', 'SELECT * FROM dyetrace.dump', 'see a dump'),
    ('seeder', 'SELECT * FROM dyetrace.sighting', 'see a sighting'),
    ('seeder', 'DELETE FROM dyetrace.log_leaf', 'take a leaf out of the log'),
    ('seeder', 'UPDATE dyetrace.placement SET planted_at = now()', 'date a placement back'),
    ('seeder', 'UPDATE dyetrace.canary_value SET pool_fp = NULL', 'give a pool''s value back'),
    ('seeder', 'UPDATE dyetrace.source_approval SET approved_by = ''x''', 'change an approval'),
    ('seeder', 'DELETE FROM dyetrace.source_approval', 'take an approval back'),
    ('seeder', 'DELETE FROM dyetrace.source_flow', 'forget a flow'),
    ('seeder', 'UPDATE dyetrace.source_flow SET to_id = 1', 'turn a flow'), ('matcher', 'UPDATE dyetrace.source_flow SET ended_at = now()', 'end a flow'),
    ('seeder', 'UPDATE dyetrace.source SET owner_id = 1', 'give a source away'),
    ('seeder', 'DELETE FROM dyetrace.canary_burn', 'take a burn back'),
    ('seeder', 'UPDATE dyetrace.placement_health SET state = ''present''', 'change how a canary was found'),
    ('portal', 'SELECT * FROM dyetrace.placement_health', 'see how canaries were found'),
    ('matcher', 'SELECT * FROM dyetrace.rotation_placement', 'see what is rotated'),
    ('seeder', 'UPDATE dyetrace.exclusion_list SET epoch = 9', 'say that a list covered more'),
    ('portal', 'SELECT * FROM dyetrace.exclusion_list', 'see which lists there are'),
    ('matcher', 'INSERT INTO dyetrace.canary_burn VALUES (''x'', ''y'')', 'burn a canary'),
    ('seeder', 'DELETE FROM dyetrace.pool_value', 'forget a pool''s value'),
    ('matcher', 'SELECT * FROM dyetrace.pool_value', 'read pools'),
    ('matcher', 'SELECT * FROM dyetrace.canary_value', 'read sealed values'),
    ('portal', 'SELECT * FROM dyetrace.case_act', 'read cases'),
    ('seeder', 'SELECT * FROM dyetrace.law_case', 'read cases'),
    ('matcher', 'UPDATE dyetrace.case_act SET records = 1', 'change an act'),
    ('matcher', 'DELETE FROM dyetrace.case_act', 'take an act back'),
    ('portal', 'SELECT * FROM dyetrace.pool', 'read pools'),
    ('auditor', 'SELECT * FROM dyetrace.canary_value', 'read sealed values'),
    ('auditor', 'SELECT * FROM dyetrace.sighting', 'read sightings'),
    ('auditor', 'SELECT fp FROM dyetrace.fingerprint', 'read fingerprints'),
    ('alerter', 'SELECT * FROM dyetrace.dump', 'see a dump'),
    ('alerter', 'SELECT * FROM dyetrace.source', 'see the tree of sources'),
    ('alerter', 'SELECT * FROM dyetrace.attribution', 'read verdicts but in alerts'),
    ('alerter', 'SELECT * FROM dyetrace.alert_state', 'read what is compared'),
    ('alerter', 'INSERT INTO dyetrace.alert (dump_id) VALUES (''x'')', 'make an alert'),
    ('alerter', 'UPDATE dyetrace.alert SET body = ''{}''', 'change what is told'),
    ('alerter', 'DELETE FROM dyetrace.alert_message', 'forget what it told'),
    ('alerter', 'SELECT dyetrace.alerts_expire(0)', 'have what it told forgotten'),
    ('matcher', 'SELECT * FROM dyetrace.alert', 'read alerts'), ('matcher', 'DELETE FROM dyetrace.alert', 'forget an alert by itself'),
    ('matcher', 'UPDATE dyetrace.alert_state SET verdict = ''attributed''', 'have a verdict told as no news'),
    ('portal', 'SELECT * FROM dyetrace.alert', 'read alerts')) t (zone, statement, what)
WHERE t.statement <> 'SET ROLE dyetrace_matcher' OR NOT (SELECT rolsuper FROM pg_roles WHERE rolname = session_user);

SELECT * FROM finish();
ROLLBACK;
