#!/usr/bin/env bash
# Rotation: old canaries out, fresh ones in, whatever kills the seeder; by files where there is no way in; and what a
# dump then says of when its copy was taken.
. "$(dirname "$0")/../support/home.sh"
. tests/support/partner.sh
. tests/support/kill.sh

home_new
hospital_new 500
server=$(cluster_new server) || bail "a server for the hospital starts" "$(cat "$SCRATCH/server.log")"
SCRATCH_ENDS+=("cluster_stop server")
his() {
    psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$server dbname=his" "$@"
}
psql -X -q -d "$server dbname=postgres" -c 'CREATE DATABASE his'
his -v seed=1 -v rows=500 -f tests/e2e/demo/people.sql -f tests/e2e/demo/his.sql
connect() { # MORE
    connectors <<YAML
connectors:
  - {source: jinan-hospital/his, kind: sql, conninfo: "$server dbname=his", table: patients, key: mrn$1}
  - {source: shop/orders, kind: csv, directory: $SCRATCH/drop}
YAML
}
connect
keys_in_table() {
    his -c "SELECT mrn FROM patients WHERE phone ~ '^(174|154)' ORDER BY 1" | sort
}
keys_of() { # STATE [SOURCE]
    reveal "${2:-jinan-hospital/his}" | jq -r "select(.state == \"$1\").identifiers.mrn" | sort
}
run dyetrace plant jinan-hospital/his --count 6
first=$(keys_of planted)
first_head=$(home_sql "SELECT encode(root, 'hex') FROM dyetrace.log_head ORDER BY size DESC LIMIT 1")
his -c "COPY (SELECT name, phone, id_card, address FROM patients ORDER BY mrn) TO STDOUT WITH (FORMAT csv)" >"$SCRATCH/copy1.csv"

exit_is "a dry run lists what would go" 0 dyetrace rotate jinan-hospital/his --count 2 --dry-run --json
is "the oldest" "$(jq -r '.why' <<<"$OUT" | sort | uniq -c | tr -s ' ')" " 2 age"
like "with their days, for people" "$(dyetrace rotate jinan-hospital/his --count 2 --dry-run | head -n 1)" '^[^ ]+  jinan-hospital/his  *age, planted [0-9]{4}-[0-9T:-]+Z$'
is "and does nothing" "$(states) $(home_sql 'SELECT count(*) FROM dyetrace.rotation')" "planted 6 0"
exit_is "two are rotated" 0 dyetrace rotate jinan-hospital/his --count 2 --json
is "in and out" "$(jq -c 'del(.rotation)' <<<"$OUT")" '{"source":"jinan-hospital/his","planted":2,"waiting":0,"withdrawn":2,"remains":0,"finished":true}'
is "the table has what is planted, and nothing that was withdrawn" "$(keys_in_table)" "$(keys_of planted)"
is "four of the first ones are among them" "$(comm -12 <(echo "$first") <(keys_in_table) | wc -l)" 4
is "the fresh are in the log, and what was in it stays" \
    "$(home_sql "SELECT count(*) FROM dyetrace.placement JOIN dyetrace.log_leaf USING (leaf_index)") $(home_sql "SELECT count(*) FROM dyetrace.log_head WHERE encode(root, 'hex') = '$first_head'")" "8 1"
is "both halves are audited" "$(home_sql "SELECT string_agg(event, ' ' ORDER BY audit_id) FROM dyetrace.audit WHERE event ~ '^rotate'")" "rotate rotated"
exit_is "with no number and nothing open, nothing is done" 0 dyetrace rotate jinan-hospital/his
is "to any" "$(states)" "planted 6 withdrawn 2"

# Burned and unhealthy ones go first, whatever their age.
burned=$(reveal jinan-hospital/his | jq -r 'select(.state == "planted").canary' | tail -n 1)
ill=$(reveal jinan-hospital/his | jq -r 'select(.state == "planted")' | jq -rs '.[-2] | .canary + " " + .identifiers.mrn')
dyetrace canary burn "$burned" --reason test >/dev/null 2>&1
his -c "DELETE FROM patients WHERE mrn = '${ill#* }'"
run dyetrace health jinan-hospital/his
exit_is "what is burned or gone" 0 dyetrace rotate jinan-hospital/his --count 3 --dry-run --json
is "goes first" "$(jq -r '.why + " " + .canary' <<<"$OUT" | head -n 2)" "burned $burned"$'\n'"unhealthy ${ill% *}"
exit_is "and is replaced" 0 dyetrace rotate jinan-hospital/his --share 0.34
is "so that all stand again" "$(keys_in_table | wc -l) $(keys_in_table)" "6 $(keys_of planted)"

# What can't be taken out remains, is listed, and is not tried for ever.
odd=$(keys_of planted | head -n 1)
his -c "UPDATE patients SET address = '某处' WHERE mrn = '$odd'"
run dyetrace health jinan-hospital/his
exit_is "a row that is altered is not taken out" 1 dyetrace rotate jinan-hospital/his --count 1
like "and listed" "$OUT" 'jinan-hospital/his  *remains: altered or refused'
is "its canary stays placed" "$(keys_of planted | grep -cx "$odd")" 1
exit_is "the next rotation takes another" 0 dyetrace rotate jinan-hospital/his --count 1 --dry-run --json
is "for its age" "$(jq -r .why <<<"$OUT")" age
his -c "DELETE FROM patients WHERE mrn = '$odd'"
home_sql "UPDATE dyetrace.placement SET state = 'withdrawn', withdrawn_at = now() WHERE canary_id = (SELECT canary_id FROM dyetrace.placement_found JOIN dyetrace.placement USING (placement_id) WHERE placement_found.state = 'altered' LIMIT 1)" >/dev/null

his -c 'ALTER TABLE patients ADD CONSTRAINT full_house CHECK (false) NOT VALID'
exit_is "a source that takes nothing fresh is an error" 3 dyetrace rotate jinan-hospital/his --count 2
is "and loses nothing old" "$(keys_in_table)" "$(keys_of planted)"
his -c 'ALTER TABLE patients DROP CONSTRAINT full_house'
exit_is "the next run goes on with that rotation" 0 dyetrace rotate jinan-hospital/his --count 2 --json
is "and no other" "$(home_sql 'SELECT count(*) FILTER (WHERE finished_at IS NULL), count(*) FROM dyetrace.rotation')" "0|4"

# Killed before each step.
count=$(keys_in_table | wc -l)
goes_on() {
    dyetrace-seeder --once rotate jinan-hospital/his >/dev/null || return
    [ "$(keys_in_table | wc -l)" = "$count" ]
}
if killed_at_each_step goes_on dyetrace-seeder --once rotate jinan-hospital/his --count 2; then
    pass "a rotation that is killed at every step comes through, and the table has as many each time"
else
    fail "a rotation that is killed at every step comes through, and the table has as many each time" "$KILLED $(cat "$SCRATCH/killed.err") $(states) $(keys_in_table | wc -l)"
fi
is "and those that are planted" "$(keys_in_table)" "$(keys_of planted)"
like "many times" "$KILLED" '^[5-9][0-9]$|^[0-9]{3}$'
is "nothing is open, nothing waits" "$(home_sql 'SELECT count(*) FROM dyetrace.rotation WHERE finished_at IS NULL') $(home_sql "SELECT count(*) FROM dyetrace.placement WHERE state = 'committed'")" "0 0"

# No connector: records to load, records to take out, and word when it is done.
run dyetrace source add other/place --sector hospital
seed_csv other/place 3 "$SCRATCH/old.csv"
exit_is "without a connector, files are wanted" 2 dyetrace rotate other/place --count 2
one_line_error "and named" '--take-out FILE and -o FILE'
exit_is "fresh records and a list" 0 dyetrace rotate other/place --count 2 -o "$SCRATCH/fresh.csv" --take-out "$SCRATCH/out.csv"
is "are written, for their owner alone" "$(wc -l <"$SCRATCH/fresh.csv") $(wc -l <"$SCRATCH/out.csv") $(stat -c %a "$SCRATCH/fresh.csv" "$SCRATCH/out.csv" | sort -u)" "3 3 600"
is "the list is of records that were seeded" "$(grep -cxFf <(tail -n +2 "$SCRATCH/out.csv") "$SCRATCH/old.csv")" 2
exit_is "again, the same files come" 0 dyetrace rotate other/place --count 2 -o "$SCRATCH/fresh2.csv" --take-out "$SCRATCH/out2.csv"
is "byte by byte" "$(cmp "$SCRATCH/fresh.csv" "$SCRATCH/fresh2.csv" && cmp "$SCRATCH/out.csv" "$SCRATCH/out2.csv" && echo same)" same
is "until it is done, all are placed" "$(keys_of planted other/place | wc -l)" 5
exit_is "the source's people say when it is done" 0 dyetrace rotate other/place --taken-out
is "and three are left" "$(keys_of planted other/place | wc -l)" 3
exit_is "twice is an error" 2 dyetrace rotate other/place --taken-out

run dyetrace source add shop/orders --sector e-commerce
mkdir "$SCRATCH/drop"
chown --reference="$DYETRACE_HOME/spool" "$SCRATCH/drop"
run dyetrace plant shop/orders --count 2
exit_is "a drop takes the fresh ones, and a list the old" 0 dyetrace rotate shop/orders --count 1 --take-out "$SCRATCH/out3.csv" --json
is "two files were dropped" "$(find "$SCRATCH/drop" -name '*.csv' | wc -l) $(jq -c '[.planted, .finished]' <<<"$OUT")" "2 [1,false]"

# When a copy was taken.
exit_is "a copy from before the rotations is matched" 0 dyetrace ingest "$SCRATCH/copy1.csv" --json
dump=$(jq -r .dump <<<"$OUT")
run dyetrace attribute "$dump" --json
like "and attributed, although its canaries are withdrawn" "$(jq -c '[.verdict, .set]' <<<"$OUT")" 'attributed.*jinan-hospital/his'
is "the copy was taken before the first of them was withdrawn" "$(jq -r '.sources[0].taken.before' <<<"$OUT")" \
    "$(home_sql "SELECT to_char(min(withdrawn_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM dyetrace.placement WHERE state = 'withdrawn'")"

# On a schedule.
connect ", rotate_days: 30, rotate_share: 0.5"
home_sql "UPDATE dyetrace.rotation SET started_at = started_at - interval '31 days'" >/dev/null
before=$(home_sql 'SELECT max(rotation_id) FROM dyetrace.rotation')
daemons_up
rotated() {
    [ -n "$(home_sql "SELECT 1 FROM dyetrace.rotation WHERE rotation_id > $before AND finished_at IS NOT NULL")" ]
}
ok "the daemon rotates what is due" eventually 60 rotated
is "half of it" "$(home_sql "SELECT count(*) FROM dyetrace.rotation_placement WHERE rotation_id = (SELECT max(rotation_id) FROM dyetrace.rotation)")" $(((count + 1) / 2))
is "and the table has what is planted" "$(keys_in_table)" "$(keys_of planted)"
connect ", rotate_days: monthly"
exit_is "a schedule that is none is an error" 3 dyetrace plant jinan-hospital/his --dry-run
one_line_error "with line and column" 'connectors\.yaml:2:[0-9]+.*rotate_days'
finish
