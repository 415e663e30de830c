-- What a case is counted from: its acts that stand, by dump, so that dumps are in the same order whenever they were put
-- down. $1 its id.
SELECT a.pseudonym, a.did, a.dump_id, a.other, a.records, a.income_cents, floor(extract(epoch FROM a.happened_at))
FROM dyetrace.case_act a
WHERE a.case_id = $1 AND a.voided_at IS NULL
ORDER BY a.dump_id, a.act_id
