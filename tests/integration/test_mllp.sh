#!/usr/bin/env bash
# Planting by HL7 messages over MLLP, to a listener that breaks off wherever it can, and taking everything back.
. "$(dirname "$0")/../support/home.sh"
. tests/support/partner.sh

home_new
run dyetrace source add jinan-hospital/adt --sector hospital --population 1000
listener=$SCRATCH/listener
connector() {
    {
        cat <<YAML
connectors:
  - source: jinan-hospital/adt
    kind: mllp
    address: localhost:$PARTNER_PORT
    application: REG|1
    receiver_application: HIS
    timeout: ${TIMEOUT:-30}
YAML
        printf '    %s\n' "$@"
    } | connectors
}
stored() {
    jq length "$listener/store.json"
}
people() {
    jq -r '.[] | [.mrn, .resident_id, .name, .sex, .birth, .phone, .address] | join(" ")' "$listener/store.json" | sort
}
revealed() {
    reveal jinan-hospital/adt | jq -r '[.identifiers.mrn, .identifiers.resident_id, .name, .sex, (.birth | gsub("-"; "")),
        .identifiers.mobile, .address] | join(" ")' | sort
}

partner_start "$listener" tests/integration/mllp/listener.mjs
connector
exit_is "a dry run shows what would be sent" 0 dyetrace plant jinan-hospital/adt --count 3 --dry-run
is "a message each, a segment a line" "$(grep -c '^MSH|' <<<"$OUT") $(grep -c '^PV1|1|N$' <<<"$OUT")" "3 3"
is "and sends nothing" "$(wc -l <"$listener/log") $(states)" "0 "

exit_is "canaries are planted" 0 dyetrace plant jinan-hospital/adt --count 6 --json
same_json "and counted" "$OUT" '{"source":"jinan-hospital/adt","planted":6,"taken":0,"refused":0}'
is "the listener has each with the values of its canary" "$(people)" "$(revealed)"
is "in UTF-8, as the event that adds a person" "$(jq -r '.[] | [.charset, .version, .event, .structure, .class, .authority] | join(" ")' "$listener/store.json" | sort -u)" "UNICODE UTF-8 2.5 A28 ADT_A05 N jinan-hospital"
is "from whom the file says" "$(jq -r '.[].sender' "$listener/store.json" | sort -u)" 'REG\F\1/jinan-hospital/HIS/'
exit_is "without a way back, withdrawing is refused" 2 dyetrace withdraw jinan-hospital/adt
exit_is "and all that remains is listed" 1 dyetrace withdraw --all
is "a line each" "$(grep -c 'jinan-hospital/adt  *remains: connector can.t take back' <<<"$OUT")" 6
is "and an object each" "$(dyetrace withdraw --all --json 2>/dev/null | jq -r '[.source, .remains] | join(" ")' | sort | uniq -c | awk '{$1 = $1}; 1')" "6 jinan-hospital/adt connector can't take back"

connector 'withdraw: A29'
exit_is "with one, all can be withdrawn" 0 dyetrace withdraw jinan-hospital/adt
is "the listener has nobody left" "$(stored) $(states)" "0 withdrawn 6"
partner_stop

# At every boundary and in the middle of messages.
again() {
    home_sql "UPDATE dyetrace.placement SET state = 'committed', withdrawn_at = NULL" >/dev/null
}
again
partner_start "$listener" tests/integration/mllp/listener.mjs cut unanswered half stale
TIMEOUT=2 connector 'charset: gb18030' 'event: A04' # waited for once a message; elsewhere a slow machine has time
if plant_until_done jinan-hospital/adt; then pass "the listener breaks off at every message, and the seeder ends"; else fail "the listener breaks off at every message, and the seeder ends" "$(cat "$SCRATCH/plant.err")"; fi
is "all are planted" "$(states) $(stored)" "planted 6 6"
is "each with its values, in GB 18030" "$(people) $(jq -r '.[].charset' "$listener/store.json" | sort -u)" "$(revealed) GB 18030-2000"
is "as outpatients with a visit each" "$(jq -r '[.[] | select(.event == "A04" and .class == "O") | .visit] | unique | length' "$listener/store.json")" 6
is "each fault was met by each message" "$(for f in cut unanswered half stale; do grep -cx "$f" "$listener/log"; done | xargs)" "6 6 6 6"
is "a repeated message is the same to the byte, and no patient came twice" "$(grep -c 'DIFFERS\|TWICE' "$listener/log")" 0
like "a run that breaks off leaves its part on record" " $STEPS" ' [1-5] .* 6 $'
partner_stop

# The seeder itself is killed there.
again
partner_start "$listener" tests/integration/mllp/listener.mjs hold hold
connector
if plant_killed_at_each_hold jinan-hospital/adt "$listener"; then pass "the seeder is killed at every message, and ends"; else fail "the seeder is killed at every message, and ends"; fi
is "twice at each" "$KILLED" 12
is "all are planted, once" "$(states) $(stored) $(grep -c 'DIFFERS\|TWICE' "$listener/log")" "planted 6 6 0"
partner_stop

# What a receiver says no to.
again
partner_start "$listener" tests/integration/mllp/listener.mjs AE
connector
exit_is "records that are refused do not stop the others" 0 dyetrace plant jinan-hospital/adt --json
same_json "and are counted" "$OUT" '{"source":"jinan-hospital/adt","planted":0,"taken":0,"refused":6}'
is "they stay committed" "$(states)" "committed 6"
partner_stop
partner_start "$listener" tests/integration/mllp/listener.mjs AR
connector
exit_is "a rejection stops the batch" 3 dyetrace plant jinan-hospital/adt
one_line_error "and says so" 'rejects messages'
is "after one message" "$(grep -cx AR "$listener/log")" 1
partner_stop
partner_start "$listener" tests/integration/mllp/listener.mjs noise noise noise
connector
exit_is "an answer that is none is an error" 3 dyetrace plant jinan-hospital/adt
one_line_error "and says so" 'no acknowledgement'
partner_stop
partner_start "$listener" tests/integration/mllp/listener.mjs silent silent silent
connector
sed -i 's/timeout: .*/timeout: 1/' "$DYETRACE_HOME/zones/seeder/connectors.yaml"
exit_is "so is no answer" 3 dyetrace plant jinan-hospital/adt
one_line_error "after the time that the file says" 'within 1 s'
partner_stop
exit_is "and nobody there" 3 dyetrace plant jinan-hospital/adt
one_line_error "in one line" 'mllp: localhost'
is "no value is in the messages" "$(reveal | jq -r '.identifiers[], .name' | grep -c -F -f - <(printf '%s' "$ERR"))" 0
connector 'event: A99'
exit_is "an event that we do not send is an error" 3 dyetrace plant jinan-hospital/adt
one_line_error "with line and column" 'connectors\.yaml:8:12: `event`: A28 or A04'
connector
sed -i 's/address: .*/address: nowhere/' "$DYETRACE_HOME/zones/seeder/connectors.yaml"
exit_is "so is an address without a port" 3 dyetrace plant jinan-hospital/adt
one_line_error "with its place" 'connectors\.yaml:4:14: `address` wants host:port'
finish
