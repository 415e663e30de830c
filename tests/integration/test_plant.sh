#!/usr/bin/env bash
# Planting into somebody else's PostgreSQL, and taking everything out again.
. "$(dirname "$0")/../support/home.sh"

home_new
hospital_new 500
server=$(cluster_new server) || bail "a server for the hospital starts" "$(cat "$SCRATCH/server.log")"
SCRATCH_ENDS+=("cluster_stop server")
his() {
    psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$server dbname=his" "$@"
}
psql -X -q -d "$server dbname=postgres" -c 'CREATE DATABASE his'
his -v seed=1 -v rows=500 -f tests/e2e/demo/people.sql -f tests/e2e/demo/his.sql
connectors() {
    (umask 077 && cat >"$DYETRACE_HOME/zones/seeder/connectors.yaml")
    chown --reference="$DYETRACE_HOME/zones/seeder" "$DYETRACE_HOME/zones/seeder/connectors.yaml"
}
connectors <<YAML
connectors:
  - {source: jinan-hospital/his, kind: sql, conninfo: "$server dbname=his", table: patients, key: mrn}
YAML

exit_is "a dry run says what would be planted" 0 dyetrace plant jinan-hospital/his --count 10 --dry-run
is "and plants nothing" "$(his -c 'SELECT count(*) FROM patients') $(home_sql 'SELECT count(*) FROM dyetrace.placement')" "500 0"
exit_is "ten canaries are planted" 0 dyetrace plant jinan-hospital/his --count 10
is "ten rows are there" "$(his -c 'SELECT count(*) FROM patients')" 510
reveal jinan-hospital/his >"$SCRATCH/revealed.jsonl"
is "each with the values of its canary" \
    "$(his -F ' ' -c "SELECT mrn, name, sex, birth_date, id_card, phone, address FROM patients ORDER BY registered_at DESC, mrn LIMIT 10" | sort)" \
    "$(jq -r '[.identifiers.mrn, .name, {M: "男", F: "女"}[.sex], .birth, .identifiers.resident_id, .identifiers.mobile, .address] | join(" ")' "$SCRATCH/revealed.jsonl" | sort)"
is "every placement is planted and has its leaf in the log" \
    "$(home_sql "SELECT count(*), count(DISTINCT leaf_index), min(state), max(state) FROM dyetrace.placement JOIN dyetrace.log_leaf USING (leaf_index)")" "10|10|planted|planted"

# Committed first: where the table refuses the row, the log already has the placement, and it does not count as planted.
his -c 'ALTER TABLE patients ADD CONSTRAINT full_house CHECK (false) NOT VALID'
exit_is "a table that refuses the rows is an error" 3 dyetrace plant jinan-hospital/his --count 2
one_line_error "in one line"
is "nothing is said to be planted that is not" "$(home_sql "SELECT count(*) FROM dyetrace.placement WHERE state = 'planted'")" 10
is "no value is in the message" "$(reveal | jq -r '.identifiers[], .name' | grep -c -F -f - <(printf '%s' "$ERR"))" 0
his -c 'ALTER TABLE patients DROP CONSTRAINT full_house'

audited() {
    home_sql "SELECT count(*) FROM dyetrace.audit WHERE event = '$1'"
}
exit_is "what waits can be shown" 0 dyetrace plant jinan-hospital/his --dry-run
is "with its values" "$(grep -c '^INSERT' <<<"$OUT")" 2
is "which is audited" "$(audited 'plant dry run')" 1
his -c "INSERT INTO patients SELECT * FROM json_populate_record((SELECT p FROM patients p LIMIT 1),
    json_build_object('mrn', '$(reveal jinan-hospital/his | jq -r 'select(.state == "committed").identifiers.mrn' | head -n 1)'))"
exit_is "a row with somebody's key is never touched" 0 dyetrace plant jinan-hospital/his --json
same_json "and is said to be there" "$OUT" '{"source":"jinan-hospital/his","planted":1,"taken":1,"refused":0}'
before=$(audited plant)
exit_is "planting again does nothing" 0 dyetrace plant jinan-hospital/his --json
is "and nothing is audited" "$(audited plant)" "$before"
his -c "DELETE FROM patients WHERE mrn = '$(reveal jinan-hospital/his | jq -r 'select(.state == "committed").identifiers.mrn')'"
exit_is "a no-hit certificate can be named" 0 dyetrace plant jinan-hospital/his --count 1 --no-hit cert/7
is "and is audited" "$(home_sql "SELECT detail ->> 'no_hit' FROM dyetrace.audit WHERE event = 'commit' ORDER BY audit_id DESC LIMIT 1")" cert/7

exit_is "all can be withdrawn" 0 dyetrace withdraw --all
is "the table holds its own rows alone" "$(his -c 'SELECT count(*) FROM patients') $(his -c "SELECT count(*) FROM patients WHERE phone ~ '^(174|154)'")" "500 0"
is "and the placements say so" "$(home_sql "SELECT count(*) FROM dyetrace.placement WHERE state = 'planted' OR state = 'withdrawn' AND withdrawn_at IS NULL")" 0
exit_is "again, there is nothing to withdraw" 0 dyetrace withdraw --all

connectors <<YAML
connectors:
  - {source: away/first, kind: sql, conninfo: "host=$SCRATCH/nowhere dbname=x", key: mrn}
  - {source: jinan-hospital/his, kind: sql, conninfo: "$server dbname=his", table: patients, key: mrn}
YAML
dyetrace source add away/first --sector hospital
seed_csv away/first 1 "$SCRATCH/away.csv"
exit_is "more are planted" 0 dyetrace plant jinan-hospital/his --count 2
exit_is "a source that is away is an error of the withdrawal" 3 dyetrace withdraw --all
is "but keeps no other source's rows" "$(his -c 'SELECT count(*) FROM patients')" 500

his -c 'ALTER TABLE patients ADD CONSTRAINT full_house CHECK (false) NOT VALID'
exit_is "what waits for a table" 3 dyetrace plant jinan-hospital/his --count 2
his -c 'ALTER TABLE patients DROP CONSTRAINT full_house'
exit_is "is withdrawn like what stands" 0 dyetrace withdraw jinan-hospital/his
exit_is "and is planted no more" 0 dyetrace plant jinan-hospital/his --json
same_json "not one" "$OUT" '{"source":"jinan-hospital/his","planted":0,"taken":0,"refused":0}'

# The daemon: what waits is planted also by a connection that is not its first.
his -c 'ALTER TABLE patients ADD CONSTRAINT full_house CHECK (false) NOT VALID'
exit_is "canaries wait for a table" 3 dyetrace plant jinan-hospital/his --count 2
daemons_up
pid=$(daemon_pid seeder)
ok "the daemon tries" eventually 40 grep -q 'event=plant.failed' "$DYETRACE_HOME/log/seeder.log"
home_sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dyetrace-seeder'" >/dev/null
ok "it loses its database" eventually 20 grep -q 'event=database.lost' "$DYETRACE_HOME/log/seeder.log"
his -c 'ALTER TABLE patients DROP CONSTRAINT full_house'
planted() {
    [ "$(his -c 'SELECT count(*) FROM patients')" = 502 ]
}
ok "and plants by a new connection" eventually 30 planted
is "being the same process" "$(daemon_pid seeder)" "$pid"
exit_is "the daemons stop" 0 dyetrace down

exit_is "a source without a connector can't be planted into" 2 sh -c 'dyetrace source add other/place --sector hospital >/dev/null && dyetrace plant other/place --count 1'
one_line_error "and the message names it" 'other/place'
connectors <<YAML
connectors:
  - {source: jinan-hospital/his, kind: sql, conninfo: "$server dbname=his", table: patients, kye: mrn}
YAML
exit_is "an unknown key of a connector is an error" 3 dyetrace plant jinan-hospital/his --count 1
one_line_error "with line and column" 'connectors\.yaml:2:[0-9]+.*kye'
connectors <<YAML
connectors:
  - {source: jinan-hospital/his, kind: sql, conninfo: "$server dbname=his", table: "patients; DROP TABLE visits", key: mrn}
YAML
exit_is "a table's name is a name and no SQL" 3 dyetrace plant jinan-hospital/his --count 1
is "whatever it says" "$(his -c 'SELECT count(*) FROM visits')" 500
finish
