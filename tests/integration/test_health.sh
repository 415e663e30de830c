#!/usr/bin/env bash
# Canaries that a hospital's own staff and programs drop, alter, copy and merge, and the check that finds them.
. "$(dirname "$0")/../support/home.sh"
. tests/support/partner.sh

home_new
hospital_new 500
server=$(cluster_new server) || bail "a server for the hospital starts" "$(cat "$SCRATCH/server.log")"
SCRATCH_ENDS+=("cluster_stop server")
his() {
    psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$server dbname=his" "$@"
}
psql -X -q -d "$server dbname=postgres" -c 'CREATE DATABASE his'
his -v seed=1 -v rows=500 -f tests/e2e/demo/people.sql -f tests/e2e/demo/his.sql
his -c "CREATE ROLE reader LOGIN PASSWORD 'x'; GRANT SELECT, INSERT ON patients TO reader"
connect() { # USER
    connectors <<YAML
connectors:
  - {source: jinan-hospital/his, kind: sql, conninfo: "$server dbname=his $1 password=x", table: patients, key: mrn}
  - {source: shop/orders, kind: csv, directory: $SCRATCH/drop}
YAML
}
somebody=$(his -c 'SELECT min(mrn) FROM patients')
connect user=reader
exit_is "ten canaries are planted" 0 dyetrace plant jinan-hospital/his --count 10
reveal jinan-hospital/his >"$SCRATCH/revealed.jsonl"
value() { # N KIND: of the N-th canary
    jq -rs --argjson n "$1" --arg k "$2" '.[$n] | if $k == "canary" then .canary elif $k == "name" then .name else .identifiers[$k] end' "$SCRATCH/revealed.jsonl"
}
found() { # N: how the last check found the N-th canary
    dyetrace health jinan-hospital/his --last --json | jq -r --arg c "$(value "$1" canary)" \
        'select(.canary == $c) | [.state, (.fields | sort | join("+")), .merged_with // ""] | join(" ") | sub(" +$"; "")'
}
counts() {
    dyetrace health "$@" --last --json | jq -r .state | sort | uniq -c | awk '{print $2, $1}' | paste -sd ' '
}
heads() {
    home_sql "SELECT size, encode(root, 'hex') FROM dyetrace.log_head ORDER BY size"
}
head=$(heads)

exit_is "before a check nothing is known" 0 dyetrace health jinan-hospital/his --last
is "of any" "$OUT" "jinan-hospital/his: 10 unknown"
exit_is "a table that has them all is healthy" 0 dyetrace health jinan-hospital/his
is "and is said to be" "$OUT" "jinan-hospital/his: 10 present"
is "the check is audited, as counts" "$(home_sql "SELECT object, detail ->> 'present', detail ->> 'dropped' FROM dyetrace.audit WHERE event = 'health'")" "jinan-hospital/his|10|0"
is "it asked with the rights to read alone" "$(his -c "SELECT count(*) FROM patients") $(his -c "SELECT count(*) FROM patients WHERE phone ~ '^(174|154)'")" "510 10"

# 0 stays. What is done here is done by hand, in the table's own words.
his -c "DELETE FROM patients WHERE mrn = '$(value 1 mrn)'"
his -c "UPDATE patients SET phone = '13900000000', name = '某某某' WHERE mrn = '$(value 2 mrn)'"
his -c "UPDATE patients SET mrn = 'NEW-2' WHERE mrn = '$(value 3 mrn)'"
his -c "INSERT INTO patients SELECT * FROM json_populate_record((SELECT p FROM patients p WHERE mrn = '$(value 4 mrn)'), '{\"mrn\": \"NEW-1\"}')"
# 5 goes into 6: its row is gone, and its phone number stands in the other's.
his -c "DELETE FROM patients WHERE mrn = '$(value 5 mrn)'; UPDATE patients SET phone = '$(value 5 mobile)' WHERE mrn = '$(value 6 mrn)'"
# 7 goes into somebody's row.
his -c "DELETE FROM patients WHERE mrn = '$(value 7 mrn)';
    UPDATE patients SET id_card = '$(value 7 resident_id)' WHERE mrn = '$somebody'"
exit_is "what was done to canaries is found" 1 dyetrace health jinan-hospital/his
like "and listed" "$OUT" "  $(value 1 canary)  dropped since 20"
like "with counts" "$OUT" 'his: 3 present, 1 dropped, 3 altered, 2 merged, 1 duplicated'
is "one stays" "$(found 0)" present
is "a row that was deleted is dropped" "$(found 1)" dropped
is "other values are named by their columns" "$(found 2)" "altered name+phone"
is "so is a new key" "$(found 3)" "altered mrn"
is "a copy under another key is a duplicate" "$(found 4)" duplicated
is "a canary in another's row is merged with it" "$(found 5 | cut -d ' ' -f 1,3)" "merged $(value 6 canary)"
is "which is altered itself" "$(found 6)" "altered phone"
is "a canary in somebody's row is merged, with nobody that is ours" "$(found 7 | cut -d ' ' -f 1,3-)" "merged"
is "no value is printed" "$(jq -r '.identifiers[], .name' "$SCRATCH/revealed.jsonl" | grep -c -F -f - <(dyetrace health --last; dyetrace health --last --json))" 0
is "nor in the database" "$(jq -r '.identifiers[], .name' "$SCRATCH/revealed.jsonl" | grep -c -F -f - <(pg_dump -d "$(home_conninfo)" --data-only -t 'dyetrace.placement_health' -t dyetrace.source_check -t dyetrace.audit))" 0
is "placements stay as they are, and so does the log" "$(states) $(heads)" "planted 10 $head"
like "a plan counts what still stands" "$(dyetrace plan jinan-hospital/his --sale 261 --json | jq -c .)" '"(canaries|planted)":7'
like "the doctor says so" "$(dyetrace doctor --json | jq -r 'select(.check == "canaries").says')" '10 planted, 7 of them not'

since=$(home_sql "SELECT max(since) FROM dyetrace.placement_health")
exit_is "again, it is the same" 1 dyetrace health jinan-hospital/his
is "and nothing new began" "$(home_sql "SELECT max(since) FROM dyetrace.placement_health")" "$since"
is "but was seen later" "$(home_sql "SELECT bool_and(f.checked_at > f.since) FROM dyetrace.placement_found f")" t
his -c "INSERT INTO patients SELECT * FROM json_populate_record((SELECT p FROM patients p WHERE mrn = 'NEW-1'), '{}') ON CONFLICT DO NOTHING; DELETE FROM patients WHERE mrn = 'NEW-1'"
run dyetrace health jinan-hospital/his
is "what is mended is present again" "$(found 4)" present
is "and what it was stays on record" "$(home_sql "SELECT string_agg(h.state, ' ' ORDER BY since) FROM dyetrace.placement_health h JOIN dyetrace.placement p USING (placement_id) WHERE canary_id = '$(value 4 canary)'")" "present duplicated present"

connect user=nobody-there
exit_is "a source that does not answer is an error" 3 dyetrace health jinan-hospital/his
like "that says so" "$ERR" 'not asked: database'
is "the last findings stand" "$(counts jinan-hospital/his)" "altered 3 dropped 1 merged 2 present 4"
is "and the failure is on record" "$(home_sql "SELECT why IS NOT NULL FROM dyetrace.source_check") $(home_sql "SELECT count(*) FROM dyetrace.audit WHERE event = 'health' AND result = 'failed'")" "t 1"
connect user=reader

run dyetrace source add shop/orders --sector e-commerce
mkdir "$SCRATCH/drop"
chown --reference="$DYETRACE_HOME/spool" "$SCRATCH/drop"
run dyetrace plant shop/orders --count 2
exit_is "what was dropped as a file can't be asked for" 0 dyetrace health shop/orders
is "and is unknown, with the reason" "$OUT" "shop/orders: 2 unknown (connector: what was dropped as a file can't be read back)"
run dyetrace source add other/place --sector hospital
seed_csv other/place 2 "$SCRATCH/other.csv"
exit_is "neither can a source without a connector" 0 dyetrace health other/place
like "which says so" "$OUT" '^other/place: 2 unknown \(source: other/place: it has no connector'
exit_is "a source that nobody knows is an error" 2 dyetrace health no/where

# The daemon does it unasked.
his -c "DELETE FROM patients WHERE mrn = '$(value 0 mrn)'"
home_sql "UPDATE dyetrace.source_check SET checked_at = now() - interval '2 days'" >/dev/null
daemons_up
logged() {
    grep -q 'event=health.changed\|health\.changed' "$DYETRACE_HOME/log/seeder.log" 2>/dev/null
}
eventually 60 logged
like "the daemon finds what has changed" "$(grep 'health.changed' "$DYETRACE_HOME"/log/*seeder*.log)" "canary=$(value 0 canary) variant=A was=present now=dropped"
is "and logs no value" "$(jq -r '.identifiers[], .name' "$SCRATCH/revealed.jsonl" | grep -c -F -f - <(cat "$DYETRACE_HOME"/log/*))" 0
finish
