#!/usr/bin/env bash
# What `seed` writes in each format says the same of the same canaries, and is read by those who did not write it: a
# database, the npm package `fhir`, a splitter of HL7.
. "$(dirname "$0")/../support/home.sh"
. tests/support/partner.sh

judge=tests/integration/fhir
(cd "$judge" && npm ci --no-audit --no-fund --ignore-scripts) >"$SCRATCH/npm.log" 2>&1 </dev/null ||
    bail "the package fhir can be installed" "$(tail -n 5 "$SCRATCH/npm.log")"
home_new
for format in sql fhir hl7 csv jsonl; do
    run dyetrace source add "jinan-hospital/$format" --sector hospital --population 1000
    exit_is "$format is written" 0 dyetrace seed "jinan-hospital/$format" --count 40 --format "$format" -o "$SCRATCH/out.$format"
    is "readable by its owner alone" "$(stat -c %a "$SCRATCH/out.$format")" 600
done
expected() { # SOURCE FILTER
    reveal "jinan-hospital/$1" | jq -r "$2 | join(\" \")" | sort
}

is "a database takes the statements" "$(psql -X -q -A -t -F ' ' -v ON_ERROR_STOP=1 -d "$(home_conninfo)" -c 'CREATE TEMPORARY TABLE patients
    (mrn text PRIMARY KEY, name text, sex text, birth_date date, id_card text, phone text, address text)' -f "$SCRATCH/out.sql" \
    -c 'SELECT mrn, name, sex, birth_date, id_card, phone, address FROM patients' | sort)" \
    "$(expected sql '[.identifiers.mrn, .name, {M: "男", F: "女"}[.sex], .birth, .identifiers.resident_id, .identifiers.mobile, .address]')"

is "the bundle is valid" "$(node "$judge/validate.mjs" <"$SCRATCH/out.fhir" 2>&1)" "Bundle 1, Patient 40, Encounter 40"
is "and has the values" "$(jq -r '.entry[].resource | select(.resourceType == "Patient") | [(.identifier[] | select(.type.coding[0].code == "MR") | .value), .name[0].text, .gender, .birthDate,
    (.identifier[] | select(.system == "urn:oid:2.16.156.10011.1.3") | .value), .telecom[0].value, .address[0].text] | join(" ")' "$SCRATCH/out.fhir" | sort)" \
    "$(expected fhir '[.identifiers.mrn, .name, {M: "male", F: "female"}[.sex], .birth, .identifiers.resident_id, .identifiers.mobile, .address]')"
is "each visit is one patient's of the bundle" "$(jq '[.entry[].resource.subject.reference // empty] - [.entry[] | select(.resource.resourceType == "Patient") | .fullUrl] | length' "$SCRATCH/out.fhir") \
$(jq '[.entry[].fullUrl] | unique | length' "$SCRATCH/out.fhir")" "0 80"
like "the judge knows a bad bundle" "$(node "$judge/validate.mjs" <<<'{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Patient","gender":"x"}}]}')" 'Patient: not valid'
like "and a field that is none" "$(node "$judge/validate.mjs" <<<'{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Patient","mrn":"1"}}]}')" 'mrn'

is "a message has four segments" "$(tr '\r' '\n' <"$SCRATCH/out.hl7" | cut -c 1-4 | sort | uniq -c | xargs)" "40 EVN| 40 MSH| 40 PID| 40 PV1|"
is "is an A28 of version 2.5 in UTF-8" "$(tr '\r' '\n' <"$SCRATCH/out.hl7" | awk -F'|' '$1 == "MSH" {print $9, $12, $18}' | sort -u)" "ADT^A28^ADT_A05 2.5 UNICODE UTF-8"
is "has a number of its own" "$(tr '\r' '\n' <"$SCRATCH/out.hl7" | awk -F'|' '$1 == "MSH" {print $10}' | sort -u | grep -cE '^[0-9]{1,20}$')" 40
is "and the values" "$(tr '\r' '\n' <"$SCRATCH/out.hl7" | awk -F'|' '$1 == "PID" {
    split($4, number, "~"); split(number[1], mrn, "^"); split(number[2], id, "^"); split($6, name, "^"); split($12, place, "^"); split($14, phone, "^")
    if (mrn[5] == "MR" && id[5] == "NI") print mrn[1], name[1] name[2], $9, $8, id[1], phone[1], place[1]}' | sort)" \
    "$(expected hl7 '[.identifiers.mrn, .name, .sex, (.birth | gsub("-"; "")), .identifiers.resident_id, .identifiers.mobile, .address]')"

connectors <<YAML
connectors:
  - {source: jinan-hospital/fhir, kind: fhir, url: "https://localhost:1/r4", systems: {mrn: "urn:h:mrn"}}
YAML
run dyetrace plant jinan-hospital/fhir --count 20 --dry-run
is "what a connector would post is valid" "$(node "$judge/validate.mjs" <<<"$OUT")" "Bundle 20, Patient 20"

before=$(home_sql 'SELECT count(*) FROM dyetrace.canary')
run dyetrace source add courier/north --sector courier --population 1000
for format in fhir hl7; do
    exit_is "$format does not carry waybills" 2 dyetrace seed courier/north --count 3 --format "$format" -o "$SCRATCH/courier.$format"
    one_line_error "and says why" 'sector courier has no mrn'
done
is "and nothing is registered for it" "$(home_sql 'SELECT count(*) FROM dyetrace.canary')" "$before"
exit_is "SQL does" 0 dyetrace seed courier/north --count 3 --format sql
is "a statement each" "$(grep -c '^INSERT INTO "waybills" ("waybill", "name", "phone", "address") VALUES (.*);$' <<<"$OUT")" 3
exit_is "a format that is none is an error" 2 dyetrace seed courier/north --count 3 --format xml
one_line_error "that lists those there are" 'csv, jsonl, sql, fhir or hl7'
finish
