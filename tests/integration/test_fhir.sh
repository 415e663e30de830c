#!/usr/bin/env bash
# Planting into a FHIR server over HTTPS, one that breaks off wherever it can, and taking everything out again.
. "$(dirname "$0")/../support/home.sh"
. tests/support/partner.sh

home_new
run dyetrace source add jinan-hospital/fhir --sector hospital --population 1000
server=$SCRATCH/server
mkdir "$server"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost -keyout "$server/key.pem" -out "$server/cert.pem" >/dev/null 2>&1 ||
    bail "a certificate can be made"
cp "$server/cert.pem" "$DYETRACE_HOME/zones/seeder/fhir.pem"
echo "secret-$RANDOM" >"$DYETRACE_HOME/zones/seeder/fhir.token"
seeder_file "$DYETRACE_HOME/zones/seeder/fhir.pem"
seeder_file "$DYETRACE_HOME/zones/seeder/fhir.token"
token=$(cat "$DYETRACE_HOME/zones/seeder/fhir.token")
connector() {
    connectors <<YAML
connectors:
  - source: jinan-hospital/fhir
    kind: fhir
    url: https://localhost:$PARTNER_PORT/r4
    systems: {mrn: "urn:h:mrn", resident_id: "urn:oid:2.16.156.10011.1.3", visit: "urn:h:visit"}
    timeout: 5
    ${1:-ca: $DYETRACE_HOME/zones/seeder/fhir.pem}
    ${2:-token_file: $DYETRACE_HOME/zones/seeder/fhir.token}
YAML
}
stored() { # TYPE: how many there are
    jq --arg t "$1" '[.[] | select(.resourceType == $t)] | length' "$server/store.json"
}
people() {
    jq -r '.[] | select(.resourceType == "Patient") | [(.identifier[] | select(.system == "urn:h:mrn") | .value),
        (.identifier[] | select(.system | endswith("10011.1.3")) | .value), .name[0].text, .name[0].family + .name[0].given[0],
        .gender, .birthDate, .telecom[0].value, .address[0].text] | join(" ")' "$server/store.json" | sort
}
revealed() {
    reveal jinan-hospital/fhir | jq -r '[.identifiers.mrn, .identifiers.resident_id, .name, .name, {M: "male", F: "female"}[.sex],
        .birth, .identifiers.mobile, .address] | join(" ")' | sort
}

partner_start "$server" tests/integration/fhir/server.mjs "$token"
connector
exit_is "a dry run shows what would be posted" 0 dyetrace plant jinan-hospital/fhir --count 3 --dry-run
is "to the server, a bundle each" "$(grep -c "^-- POST https://localhost:$PARTNER_PORT/r4$" <<<"$OUT") $(grep -c '"ifNoneExist":"identifier=urn:h:mrn%7C' <<<"$OUT")" "3 3"
is "and sends nothing" "$(wc -l <"$server/log") $(states)" "0 "

exit_is "canaries are planted" 0 dyetrace plant jinan-hospital/fhir --count 5 --json
same_json "and counted" "$OUT" '{"source":"jinan-hospital/fhir","planted":5,"taken":0,"refused":0}'
is "the server has each with the values of its canary" "$(people)" "$(revealed)"
is "and a visit of each" "$(jq -r '[.[] | select(.resourceType == "Encounter") | .subject.reference] | unique | length' "$server/store.json")" 5
is "the placements are planted" "$(states)" "planted 5"
is "no tag, extension or text of ours is on the server" "$(grep -ciE 'canary|dyetrace|"tag"|extension' "$server/store.json")" 0
exit_is "again, there is nothing to plant" 0 dyetrace plant jinan-hospital/fhir
is "and nothing is planted twice" "$(stored Patient) $(stored Encounter)" "5 5"

# What the hospital's people do to them, and the check that finds it.
revealed_mrn() { # N: the mrn of the N-th canary
    reveal jinan-hospital/fhir | jq -r .identifiers.mrn | sed -n "$1p"
}
canary() { # N
    reveal jinan-hospital/fhir | jq -r .canary | sed -n "$1p"
}
put() { # N FILTER: changes the patient of the N-th canary
    local one
    one=$(jq -c --arg m "$(revealed_mrn "$1")" '.[] | select(.resourceType == "Patient" and any(.identifier[]; .value == $m))'" | $2" "$server/store.json")
    curl -sS --cacert "$server/cert.pem" -H "Authorization: Bearer $token" -X PUT -o /dev/null \
        "https://localhost:$PARTNER_PORT/r4/Patient/$(jq -r .id <<<"$one")" -d "$one"
}
patient_id() { # N
    jq -r --arg m "$(revealed_mrn "$1")" '.[] | select(.resourceType == "Patient" and any(.identifier[]; .value == $m)).id' "$server/store.json"
}
found() { # N
    dyetrace health --last --json | jq -r --arg c "$(canary "$1")" 'select(.canary == $c) | [.state, (.fields | join("+")), .merged_with // ""] | join(" ") | sub(" +$"; "")'
}
exit_is "a server that has them all is healthy" 0 dyetrace health jinan-hospital/fhir
is "and is said to be" "$OUT" "jinan-hospital/fhir: 5 present"
before=$(grep -cE '^(POST|PUT|DELETE)' "$server/log")
put 1 '.telecom[0].value = "13900000000"'
put 2 '.link = [{type: "replaced-by", other: {reference: "Patient/'"$(patient_id 3)"'"}}] | .active = false'
put 4 '.active = false'
curl -sS --cacert "$server/cert.pem" -H "Authorization: Bearer $token" -X DELETE -o /dev/null \
    "https://localhost:$PARTNER_PORT/r4/Encounter/$(jq -r --arg p "Patient/$(patient_id 5)" '.[] | select(.subject.reference == $p).id' "$server/store.json")"
exit_is "what was done to patients is found" 1 dyetrace health jinan-hospital/fhir --json
is "another value, by its element" "$(found 1)" "altered telecom"
is "a link to another canary" "$(found 2)" "merged link+active $(canary 3)"
is "of which the other is as it was" "$(found 3)" present
is "a patient who is not active" "$(found 4)" "merged active"
is "a visit that is gone" "$(found 5)" "altered visit"
is "no value is printed" "$(reveal | jq -r '.identifiers[], .name' | grep -c -F -f - <(printf '%s' "$OUT$ERR"))" 0
is "and the check writes nothing" "$(grep -cE '^(POST|PUT|DELETE)' "$server/log")" $((before + 4))
put 1 ". + {id: \"copy\"}"
curl -sS --cacert "$server/cert.pem" -H "Authorization: Bearer $token" -X DELETE -o /dev/null "https://localhost:$PARTNER_PORT/r4/Encounter/none"
run dyetrace health jinan-hospital/fhir
is "a patient who is there twice" "$(found 1 | cut -d ' ' -f 1)" duplicated

# Somebody else's numbers: a patient with the mrn of a canary that is committed and not there yet.
partner_stop
partner_start "$server" tests/integration/fhir/server.mjs "$token"
home_sql "UPDATE dyetrace.placement SET state = 'committed'" >/dev/null
connector
mrn=$(reveal jinan-hospital/fhir | jq -r .identifiers.mrn | head -n 1)
curl -sS --cacert "$server/cert.pem" -H "Authorization: Bearer $token" -o /dev/null "https://localhost:$PARTNER_PORT/r4" -d \
    '{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:x","resource":{"resourceType":"Patient","identifier":[{"system":"urn:h:mrn","value":"'"$mrn"'"}],"name":[{"text":"某人"}]},"request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=urn:h:mrn|'"$mrn"'"}}]}'
exit_is "a number that is another patient's" 0 dyetrace plant jinan-hospital/fhir --json
same_json "is told apart" "$OUT" '{"source":"jinan-hospital/fhir","planted":4,"taken":1,"refused":0}'
is "and that patient is left alone" "$(jq -r --arg m "$mrn" '.[] | select(.identifier[0].value == $m) | .name[0].text' "$server/store.json")" 某人
exit_is "all can be withdrawn" 0 dyetrace withdraw jinan-hospital/fhir
is "but that patient, whose canary is called off" "$(stored Patient) $(stored Encounter) $(states)" "1 0 withdrawn 5"
partner_stop

home_sql "UPDATE dyetrace.placement SET state = 'committed', withdrawn_at = NULL" >/dev/null

# At every boundary and in the middle of messages.
partner_start "$server" tests/integration/fhir/server.mjs "$token" lost unanswered half cut
connector
if plant_until_done jinan-hospital/fhir; then pass "the server breaks off at every message, and the seeder ends"; else fail "the server breaks off at every message, and the seeder ends" "$(cat "$SCRATCH/plant.err")"; fi
is "all are planted" "$(states) $(stored Patient) $(stored Encounter)" "planted 5 5 5"
is "each once" "$(people)" "$(revealed)"
is "nothing was created twice" "$(grep -c '^created Patient' "$server/log") $(grep -c '^created Encounter' "$server/log")" "5 5"
like "a run that breaks off leaves its part on record" " $STEPS" ' [1-4] .* 5 $'
like "each fault was met" "$(grep -cx lost "$server/log") $(grep -cx unanswered "$server/log") $(grep -cx half "$server/log") $(grep -cx cut "$server/log")" '^[1-9][0-9]* [1-9][0-9]* [1-9][0-9]* [5-9]$'
partner_stop

# The seeder itself is killed there.
home_sql "UPDATE dyetrace.placement SET state = CASE WHEN placement_id IN (SELECT placement_id FROM dyetrace.placement ORDER BY 1 LIMIT 2) THEN 'committed' ELSE 'withdrawn' END" >/dev/null
partner_start "$server" tests/integration/fhir/server.mjs "$token" hold hold-after
connector
if plant_killed_at_each_hold jinan-hospital/fhir "$server"; then pass "the seeder is killed at every message, and ends"; else fail "the seeder is killed at every message, and ends"; fi
like "many times" "$KILLED" '^[1-9][0-9]+$'
is "both are planted, once" "$(home_sql "SELECT count(*) FROM dyetrace.placement WHERE state = 'planted'") $(grep -c '^created Patient' "$server/log") $(grep -c '^created Encounter' "$server/log")" "2 2 2"
partner_stop

# What the server is not trusted with, and what is wrong with the file.
home_sql "UPDATE dyetrace.placement SET state = 'committed'" >/dev/null
partner_start "$server" tests/integration/fhir/server.mjs "$token"
connector '# no ca'
exit_is "a certificate that nobody vouches for is an error" 3 dyetrace plant jinan-hospital/fhir
one_line_error "in one line" 'fhir: https://localhost'
is "and nothing was sent" "$(wc -l <"$server/log")" 0
echo wrong >"$DYETRACE_HOME/zones/seeder/fhir.token"
connector
exit_is "so is a token that the server does not take" 3 dyetrace plant jinan-hospital/fhir
one_line_error "which says so" '401'
is "no value is in the messages" "$(reveal | jq -r '.identifiers[], .name' | grep -c -F -f - <(printf '%s' "$ERR"))" 0
connector 'kye: x'
exit_is "an unknown key is an error" 3 dyetrace plant jinan-hospital/fhir
one_line_error "with line and column" 'connectors\.yaml:7:5: unknown key `kye`'
sed -i 's/https:/http:/' "$DYETRACE_HOME/zones/seeder/connectors.yaml"
connector
sed -i 's/https:/http:/' "$DYETRACE_HOME/zones/seeder/connectors.yaml"
exit_is "so is a connection without encryption" 3 dyetrace plant jinan-hospital/fhir
one_line_error "with its place" 'connectors\.yaml:4:10: `url` begins with https'
partner_stop

# A sector of several records a person, that knows no number of some.
home_sql "UPDATE dyetrace.placement SET state = 'withdrawn', withdrawn_at = now()" >/dev/null
mkdir -p "$DYETRACE_HOME/sectors"
cat >"$DYETRACE_HOME/sectors/clinic.yaml" <<YAML
sector: clinic
table: visits
population: {age: {20-60: 1}} # who is two days old has no three days of visits: among all ages, one run of 1,600
rows: {3: 1}
columns:
  - {name: mrn, kind: mrn, empty: 0.5}
  - {name: name, kind: name}
  - {name: phone, kind: mobile}
YAML
echo "$token" >"$DYETRACE_HOME/zones/seeder/fhir.token"
exit_is "a clinic" 0 dyetrace source add jinan-hospital/clinic --sector clinic
partner_start "$server" tests/integration/fhir/server.mjs "$token"
connector
sed -i 's,source: jinan-hospital/fhir,source: jinan-hospital/clinic,' "$DYETRACE_HOME/zones/seeder/connectors.yaml"
exit_is "who has no mrn is refused" 0 dyetrace plant jinan-hospital/clinic --count 20 --json
planted=$(jq .planted <<<"$OUT")
is "and the others are planted" "$(jq '.planted + .refused' <<<"$OUT") $((planted > 0 && planted < 20))" "20 1"
is "each with a visit a record" "$(stored Patient) $(stored Encounter)" "$planted $((3 * planted))"
is "on days of their own" "$(jq -r '.[] | select(.resourceType == "Encounter") | .subject.reference + .period.start' "$server/store.json" | sort -u | wc -l)" $((3 * planted))
exit_is "again, there is nothing new" 0 dyetrace plant jinan-hospital/clinic
is "and nothing is planted twice" "$(stored Patient) $(stored Encounter)" "$planted $((3 * planted))"
exit_is "all are withdrawn" 0 dyetrace withdraw jinan-hospital/clinic
is "with their visits" "$(stored Patient) $(stored Encounter)" "0 0"
exit_is "a file can't hold who has no mrn" 2 dyetrace seed jinan-hospital/clinic --count 1 --format fhir
one_line_error "and says so" 'leaves its mrn empty'
partner_stop
finish
