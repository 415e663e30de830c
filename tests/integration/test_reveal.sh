#!/usr/bin/env bash
# Who sees values says why, and it stays on record.
. "$(dirname "$0")/../support/home.sh"

audits() {
    home_sql "SELECT count(*) FROM dyetrace.audit"
}
home_new
hospital_new
seed_csv jinan-hospital/his 7 "$SCRATCH/seeded.csv"

exit_is "canaries can be listed without a reason" 0 dyetrace canary list --json
is "but not their values" "$(jq -c '[has("identifiers"), has("name"), has("address")]' <<<"$OUT" | sort -u)" '[false,false,false]'
before=$(audits)
exit_is "values need a reason" 2 dyetrace canary list --reveal --json
one_line_error "and the message says so" reason
is "nothing was shown" "$OUT" ""
exit_is "an empty reason is none" 2 dyetrace canary list --reveal --reason '' --json
is "a refusal shows nothing" "$OUT" ""

before=$(audits)
exit_is "with a reason they are shown" 0 dyetrace canary list --source jinan-hospital/his --reveal --reason 'case 17, asked by Li' --json
is "all of the source" "$(wc -l <<<"$OUT")" 7
is "and that is on record, once" "$(($(audits) - before))" 1
row=$(home_sql "SELECT row_to_json(a) FROM dyetrace.audit a ORDER BY audit_id DESC LIMIT 1")
like "with the reason" "$row" 'case 17, asked by Li'
like "and what was looked at" "$row" 'jinan-hospital/his'
is "but without a value" "$(jq -r '.identifiers[], .name, .address' <<<"$OUT" | grep -c -F -f - <(printf %s "$row"))" 0

before=$(audits)
dyetrace seed jinan-hospital/his --count 1 --format csv -o "$SCRATCH/one.csv"
ok "seeding is on record" test "$(audits)" -gt "$before"
before=$(audits)
dyetrace index build -o "$SCRATCH/all.idx"
ok "taking an index out is on record" test "$(audits)" -gt "$before"
is "the chain of the audit holds" "$(home_sql "SELECT count(*) FROM (SELECT hash, dyetrace.audit_hash(coalesce(lag(hash) OVER w, ''::bytea),
    audit_id, at, role, event, object, result, detail) AS want FROM dyetrace.audit WINDOW w AS (ORDER BY audit_id)) c WHERE hash <> want")" 0
home_sql "UPDATE dyetrace.audit SET result = 'refused' WHERE audit_id = 2" >/dev/null
ok "and a changed row would show" test "$(home_sql "SELECT count(*) FROM (SELECT hash, dyetrace.audit_hash(coalesce(lag(hash) OVER w, ''::bytea),
    audit_id, at, role, event, object, result, detail) AS want FROM dyetrace.audit WINDOW w AS (ORDER BY audit_id)) c WHERE hash <> want")" -gt 0
finish
