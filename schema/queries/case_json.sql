-- A case, one object. $1 its id.
SELECT json_build_object(
    'case', c.case_id,
    'title', c.title,
    'created_at', to_char(c.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'persons', coalesce((SELECT json_agg(json_build_object('person', p.pseudonym, 'insider', p.insider,
                                                           'lawful_business', p.lawful_business) ORDER BY p.pseudonym)
                         FROM dyetrace.case_person p WHERE p.case_id = c.case_id), '[]'::json),
    'acts', coalesce((SELECT json_agg(json_build_object(
                          'act', a.act_id, 'person', a.pseudonym, 'did', a.did, 'dump', a.dump_id, 'other', a.other,
                          'when', to_char(a.happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                          'income', to_char(a.income_cents / 100.0, 'FM999999999999999990.00'), 'records', a.records,
                          'voided', a.voided_why) ORDER BY a.act_id)
                      FROM dyetrace.case_act a WHERE a.case_id = c.case_id), '[]'::json))
FROM dyetrace.law_case c
WHERE c.case_id = $1
