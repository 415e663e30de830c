#!/usr/bin/env bash
# Shared canaries through the connectors of the holders of copies: committed first, planted once whatever breaks, read
# back, taken out again.
. "$(dirname "$0")/../support/home.sh"
. tests/support/partner.sh

home_new
server=$(cluster_new server) || bail "a server for the holders starts" "$(cat "$SCRATCH/server.log")"
SCRATCH_ENDS+=("cluster_stop server")
table() { # HOLDER PSQL-ARGUMENT...
    local db=$1
    shift
    psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$server dbname=$db" "$@"
}
for db in north west; do
    psql -X -q -d "$server dbname=postgres" -c "CREATE DATABASE $db"
    table $db -v seed=1 -v rows=50 -f tests/e2e/demo/people.sql -f tests/e2e/demo/his.sql
done
HOLDERS=chain/north,chain/south,chain/west
for holder in north south west; do
    run dyetrace source add "chain/$holder" --sector hospital --population 4000
done
listener=$SCRATCH/listener
settings() { # TABLE-OF-WEST
    connectors <<YAML
connectors:
  - {source: chain/north, kind: sql, conninfo: "$server dbname=north", table: patients, key: mrn}
  - {source: chain/south, kind: mllp, address: "localhost:$PARTNER_PORT", withdraw: A29, timeout: 30}
  - {source: chain/west, kind: sql, conninfo: "$server dbname=${1:-west}", table: patients, key: mrn}
YAML
}
CODE_OF=(--colluders 1 --epsilon 0.5) # 12 canaries for three holders
plant_shared() {
    dyetrace plant --shared --sources "$HOLDERS" "$@"
}
rows_of() { # HOLDER: of the canaries that stand there
    case $1 in
    south) jq -r '.[] | [.mrn, .resident_id, .name, .phone, .address] | join(" ")' "$listener/store.json" ;;
    *) table "$1" -F ' ' -c "SELECT mrn, id_card, name, phone, address FROM patients WHERE mrn NOT LIKE 'H0300000%'" ;;
    esac | sort
}
wanted_of() { # HOLDER
    reveal "chain/$1" | jq -r 'select(.state == "planted") | [.identifiers.mrn, .identifiers.resident_id, .name, .identifiers.mobile, .address] | join(" ")' | sort
}
standing() {
    for holder in north south west; do rows_of $holder | wc -l; done | xargs
}
canaries() {
    home_sql 'SELECT count(*) FROM dyetrace.canary'
}

# ---- what is refused ----
partner_start "$listener" tests/integration/mllp/listener.mjs
echo '[]' >"$listener/store.json"
settings north
exit_is "two holders can't have one table" 2 plant_shared "${CODE_OF[@]}"
one_line_error "which would show both variants" 'chain/north and chain/west have one place'
HOLDERS=$HOLDERS,chain/none run plant_shared "${CODE_OF[@]}"
is "an unknown holder is refused" "$CODE" 2
run dyetrace source add chain/none --sector hospital --population 4000
settings
HOLDERS=$HOLDERS,chain/none run plant_shared "${CODE_OF[@]}"
is "so is one without a connector" "$CODE" 2
one_line_error "by its name" 'chain/none: it has no connector'
exit_is "half a code is none" 2 plant_shared --epsilon 0.5
exit_is "a plan that can't reach its epsilon is refused" 2 plant_shared --colluders 3 --epsilon 1e-9
one_line_error "with the numbers" 'want [0-9]+ canaries that survive'
is "and nothing is registered" "$(canaries)" 0

# ---- a dry run ----
# Of a longer code, 64 canaries: which variants two holders have is chance, and 12 canaries have the same ones in both in one
# run of 43, 64 of them in one of 10^8.
exit_is "a dry run shows every write" 0 plant_shared --colluders 1 --epsilon 1e-4 --dry-run
is "to every holder" "$(grep -c '^INSERT' <<<"$OUT") $(grep -c '^MSH|' <<<"$OUT")" "128 64"
is "as copies of persons who are the same" "$(grep '^INSERT' <<<"$OUT" | grep -oE "'[男女]'.*" | cut -d"'" -f2,4 | sort | uniq -c | awk '$1 % 2' | wc -l)" 0
is "but do not all have one number" "$(grep '^INSERT' <<<"$OUT" | grep -oE "VALUES \('[^']*'" | sort | uniq -c | awk '$1 == 1' | wc -l | awk '{print ($1 > 0)}')" 1
is "and writes none" "$(standing) $(canaries)" "0 0 0 0"
is "it is noted for each" "$(home_sql 'SELECT count(*) FROM dyetrace.source_dry_run')" 3

# ---- planting ----
exit_is "shared canaries are planted" 0 plant_shared "${CODE_OF[@]}" --json
is "in every copy" "$(jq -c 'select(.planted) | [.source, .planted]' <<<"$OUT" | xargs)" "[chain/north,12] [chain/south,12] [chain/west,12]"
is "which the audit knows by the code" "$(home_sql "SELECT detail ->> 'count', detail ->> 'colluders', jsonb_array_length(detail -> 'sources') FROM dyetrace.audit WHERE event = 'commit'")" "12|1|3"
for holder in north south west; do
    is "$holder has the values of its variants" "$(rows_of $holder)" "$(wanted_of $holder)"
done
is "a canary is one person everywhere" "$(for h in north south west; do rows_of $h; done | cut -d' ' -f3,5 | sort -u | wc -l)" 12
is "both variants are in use" "$(reveal chain | jq -r .variant | sort -u | xargs)" "A B"
is "each placement has its leaf" "$(home_sql "SELECT count(*), count(DISTINCT leaf_index), min(state), max(state) FROM dyetrace.placement JOIN dyetrace.log_leaf USING (leaf_index)")" "36|36|planted|planted"
exit_is "planting again does nothing" 0 plant_shared
is "nowhere" "$(standing) $(canaries)" "12 12 12 12"
exit_is "all can be withdrawn" 0 dyetrace withdraw --all
is "from every copy" "$(standing) $(states)" "0 0 0 withdrawn 36"
partner_stop

# ---- a holder that is away, and a seeder that is killed ----
table west -c 'ALTER TABLE patients ADD CONSTRAINT full_house CHECK (false) NOT VALID'
exit_is "holders that are away are an error" 3 plant_shared "${CODE_OF[@]}"
like "told by their names" "$ERR" 'chain/south: not all planted: mllp.*chain/west: not all planted: connector.*2 of 3 holders failed'
is "and keep no other waiting" "$(table north -c "SELECT count(*) FROM patients") $(states)" "62 committed 24 planted 12 withdrawn 36"
is "no value is in the messages" "$(reveal chain | jq -r '.identifiers[], .name' | grep -c -F -f - <(printf '%s' "$ERR"))" 0
exit_is "what waits can be shown" 0 plant_shared --dry-run
is "for those alone" "$(grep -c '^INSERT' <<<"$OUT") $(grep -c '^MSH|' <<<"$OUT") $(home_sql "SELECT count(*) FROM dyetrace.audit WHERE event = 'plant dry run'")" "12 12 2"
table west -c 'ALTER TABLE patients DROP CONSTRAINT full_house'
partner_start "$listener" tests/integration/mllp/listener.mjs hold
echo '[]' >"$listener/store.json"
settings
killed=0
for ((i = 0; i < 60; i++)); do
    held=$(grep -c '^hold' "$listener/log")
    dyetrace-seeder --once plant --shared --sources "$HOLDERS" >/dev/null 2>&1 </dev/null &
    pid=$!
    while running "$pid" && [ "$(grep -c '^hold' "$listener/log")" = "$held" ]; do sleep 0.02; done
    if running "$pid"; then kill -9 "$pid" && killed=$((killed + 1)); fi
    code=0
    wait "$pid" 2>/dev/null || code=$?
    [ "$code" != 0 ] || break
done
is "killed at every message, the seeder ends" "$killed $code" "12 0"
is "with every copy planted, once" "$(standing) $(states) $(grep -c 'DIFFERS\|TWICE' "$listener/log")" "12 12 12 planted 36 withdrawn 36 0"
for holder in north south west; do
    is "and what stands in $holder is its variants" "$(rows_of $holder)" "$(wanted_of $holder)"
done
exit_is "one holder's can be withdrawn" 0 dyetrace withdraw chain/west
is "and the others' stand" "$(standing)" "12 12 0"
partner_stop

# ---- a profile, and what production demands ----
partner_start "$listener" tests/integration/mllp/listener.mjs
settings
table north -c "CREATE TABLE desk AS SELECT mrn, '钱' || right(name, 1) AS name, CASE sex WHEN '男' THEN 'M' ELSE 'W' END AS sex, birth_date,
    CASE WHEN ascii(md5(mrn)) % 3 = 0 THEN NULL ELSE id_card END AS id_card, phone, address FROM patients"
exit_is "a holder's copy is learned from" 0 dyetrace source profile chain/north --conninfo "$server dbname=north" --table desk
for format in csv sql fhir hl7; do
    exit_is "copies are written as $format" 0 dyetrace seed --shared --sources chain/north,chain/west "${CODE_OF[@]}" --format $format -o "$SCRATCH/$format"
    is "a file a holder" "$(cd "$SCRATCH/$format" && echo *)" "chain_north.$format chain_west.$format"
done
is "they follow the profile, whose copy they are" "$(tail -qn +2 "$SCRATCH"/csv/*.csv | awk -F, '$2 ~ /^钱/ && $3 ~ /^[MW]$/' | wc -l)" 18
is "and are the same persons" "$(tail -qn +2 "$SCRATCH"/csv/*.csv | cut -d, -f2,3,4,7 | sort | uniq -c | awk '$1 % 2' | wc -l)" 0
is "with gaps in the same places" "$(tail -qn +2 "$SCRATCH"/csv/*.csv | awk -F, '$5 == "" {print $2, $4, $7}' | sort | uniq -c | awk '$1 % 2' | wc -l)" 0
seeded() { # HOLDER: the revealed canaries of its files
    reveal "chain/$1" | jq -r 'select(.type == "shared") | .identifiers.mrn' | sort
}
for holder in north west; do
    is "a reveal makes $holder's again" "$(comm -23 <(tail -n +2 "$SCRATCH/csv/chain_$holder.csv" | cut -d, -f1 | sort) <(seeded $holder))" ""
    is "the statements of $holder have its values" "$(comm -23 <(grep -oE "VALUES \('[^']*'" "$SCRATCH/sql/chain_$holder.sql" | cut -d"'" -f2 | sort) <(seeded $holder))" ""
    is "the bundle of $holder too" "$(comm -23 <(jq -r '.entry[].resource | select(.resourceType == "Patient") | .identifier[] | select(.type.coding[0].code == "MR") | .value' "$SCRATCH/fhir/chain_$holder.fhir" | sort) <(seeded $holder))" ""
    is "and its messages" "$(comm -23 <(tr '\r' '\n' <"$SCRATCH/hl7/chain_$holder.hl7" | awk -F'|' '$1 == "PID" {split($4, n, "^"); print n[1]}' | sort) <(seeded $holder))" ""
done
is "no two messages have one number" "$(cat "$SCRATCH"/hl7/*.hl7 | tr '\r' '\n' | awk -F'|' '$1 == "MSH" {print $10}' | sort | uniq -d | wc -l)" 0
is "nine of each in each" "$(for f in csv sql fhir hl7; do for h in north west; do
    case $f in csv) tail -n +2 "$SCRATCH/$f/chain_$h.$f" | wc -l ;; sql) grep -c '^INSERT' "$SCRATCH/$f/chain_$h.$f" ;;
    fhir) jq '[.entry[].resource | select(.resourceType == "Patient")] | length' "$SCRATCH/$f/chain_$h.$f" ;;
    hl7) tr '\r' '\n' <"$SCRATCH/$f/chain_$h.$f" | grep -c '^PID' ;; esac; done; done | sort -u)" 9
before=$(canaries)
run dyetrace source add way/a --sector courier --population 4000
run dyetrace source add way/b --sector courier --population 4000
exit_is "a format that the sector can't fill is refused" 2 dyetrace seed --shared --sources way/a,way/b "${CODE_OF[@]}" --format fhir -o "$SCRATCH/way"
one_line_error "by its reason" 'sector courier has no mrn'
is "before anything is registered" "$(canaries)" "$before"

sed -i 's/^\( *environment:\).*/\1 production/' "$DYETRACE_HOME/dyetrace.yaml"
run dyetrace source add chain/fresh --sector hospital --population 4000
HOLDERS=chain/fresh,chain/west
connectors <<YAML
connectors:
  - {source: chain/fresh, kind: sql, conninfo: "$server dbname=north", table: desk, key: mrn}
  - {source: chain/west, kind: sql, conninfo: "$server dbname=west", table: patients, key: mrn}
YAML
exit_is "in production every holder passes the gate" 2 plant_shared "${CODE_OF[@]}"
one_line_error "and all that is missing is said" 'a pool or --no-hit REF for mobile, resident_id, mrn; an approval.*staging source first; a dry run'
exit_is "the files' holders too" 2 dyetrace seed --shared --sources "$HOLDERS" "${CODE_OF[@]}" -o "$SCRATCH/live"
exit_is "a dry run counts" 0 plant_shared "${CODE_OF[@]}" --dry-run
exit_is "for both" 2 plant_shared "${CODE_OF[@]}" --no-hit CERT-1
is "of them" "$(grep -c 'dry run' <<<"$ERR")" 0
exit_is "an override goes on" 0 plant_shared "${CODE_OF[@]}" --no-hit CERT-1 --override --reason 'drill 7'
is "on record for each holder" "$(home_sql "SELECT string_agg(object, ' ' ORDER BY object) FROM dyetrace.audit WHERE event = 'override' AND detail ->> 'reason' = 'drill 7'")" "chain/fresh chain/west"
is "as is the certificate" "$(home_sql "SELECT detail ->> 'no_hit' FROM dyetrace.audit WHERE event = 'commit' ORDER BY audit_id DESC LIMIT 1")" CERT-1
finish
