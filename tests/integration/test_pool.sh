#!/usr/bin/env bash
# Values of pools: sealed, over the personas' own, allotted once, to their owner alone.
. "$(dirname "$0")/../support/home.sh"

home_new
hospital_new
dyetrace source add other/his --sector hospital --owner other
seq 16000000000 16000000005 >"$SCRATCH/sims.txt"
printf 'note,value\nward 1,MRN-70001-MRN-70004\n"a, b",MRN-80001\n' >"$SCRATCH/voided.csv"

exit_is "a list of numbers becomes a pool" 0 dyetrace pool import "$SCRATCH/sims.txt" --kind mobile --no-hit REF-1 --json
same_json "which says how many" "$OUT" '{"pool":"sims","imported":6}'
exit_is "a CSV with ranges too" 0 dyetrace pool import "$SCRATCH/voided.csv" --kind mrn --name voided
like "and the range counts as its values" "$OUT" 'voided: 5 values'
is "values that no scan finds are told by line, kind and reason" "$ERR" 'dyetrace: pool: line 2 and 4 more: mrn with signs in it, which no scan finds'
is "no value stands in the database" "$(pg_dump -d "$(home_conninfo)" | grep -cE '1600000000[0-5]|MRN-?[78]000')" 0

exit_is "a value twice is refused" 2 dyetrace pool import "$SCRATCH/sims.txt" --kind mobile --name again --owner other
is "by its lines, and no more is told" "$OUT" "$(printf 'line %d: taken already\n' 1 2 3 4 5 6)"
one_line_error "and nothing is half imported" 'nothing was imported'
is "no pool of it is left" "$(home_sql "SELECT count(*) FROM dyetrace.pool WHERE name = 'again'")" 0
printf '16100000000\nhello\n16100000001\n12345\n16100000009-16100000001\n17420000000\n' >"$SCRATCH/bad.txt"
exit_is "bad lines are refused" 2 dyetrace pool import "$SCRATCH/bad.txt" --kind mobile
is "all of them are named" "$(grep -oE '^line [0-9]+' <<<"$OUT" | tr '\n' ' ')" "line 2 line 4 line 5 line 6 "
is "and the good ones are not imported" "$(home_sql "SELECT count(*) FROM dyetrace.pool_value")" 11
exit_is "resident IDs come with their persons" 2 dyetrace pool import "$SCRATCH/sims.txt" --kind resident_id
one_line_error "not from a pool" 'canary import'

# --- allotment --------------------------------------------------------------------------------------------------------

seed_csv jinan-hospital/his 4 "$SCRATCH/seeded.csv"
reveal jinan-hospital/his >"$SCRATCH/revealed.jsonl"
is "the canaries have the pool's mobiles" "$(jq -r .identifiers.mobile "$SCRATCH/revealed.jsonl" | sort -u | grep -cxF -f "$SCRATCH/sims.txt")" 4
is "and its numbers" "$(jq -r .identifiers.mrn "$SCRATCH/revealed.jsonl" | sort -u | grep -cE '^MRN-(7000[1-4]|80001)$')" 4
is "as the records do" "$(cut -d, -f1,6 "$SCRATCH/seeded.csv" | tail -n +2 | sort)" \
    "$(jq -r '.identifiers | .mrn + "," + .mobile' "$SCRATCH/revealed.jsonl" | sort)"
is "what has no pool is the persona's own" "$(jq -r .identifiers.resident_id "$SCRATCH/revealed.jsonl" | cut -c5-6 | sort -u | grep -cvE '^4[4-9]$')" 0
exit_is "a pool runs out with an error" 3 dyetrace seed jinan-hospital/his --count 2 --format csv -o "$SCRATCH/more.csv"
one_line_error "which names it, and the numbers" 'pool: voided: 1 mrn value left, 2 wanted'
is "and nothing is seeded" "$(home_sql "SELECT count(*) FROM dyetrace.placement"; ls "$SCRATCH/more.csv" 2>/dev/null)" 4
exit_is "the pools say what is left" 0 dyetrace pool list --json
is "of each" "$(jq -r '"\(.pool) \(.kind) \(.left)/\(.values) \(.no_hit)"' <<<"$OUT")" $'sims mobile 2/6 REF-1\nvoided mrn 1/5 null'
seed_csv other/his 3 "$SCRATCH/other.csv"
is "another owner gets none of them" "$(grep -cE ',160000|MRN-[78]000' "$SCRATCH/other.csv")" 0
is "two at once get each value once" "$(
    printf '16200000001-16200000040\n' >"$SCRATCH/block.txt"
    printf 'MRN-90001-MRN-90040\n' >"$SCRATCH/numbers.txt"
    dyetrace pool import "$SCRATCH/block.txt" --kind mobile >/dev/null
    dyetrace pool import "$SCRATCH/numbers.txt" --kind mrn >/dev/null
    for i in 1 2 3 4; do dyetrace seed jinan-hospital/his --count 10 --format csv -o "$SCRATCH/part$i.csv" & done
    wait
    cat "$SCRATCH"/part?.csv | grep -c . ; cut -d, -f6 "$SCRATCH"/part?.csv | grep -E '^16' | sort | uniq -d)" 44

# --- shared canaries --------------------------------------------------------------------------------------------------

for holder in north south; do
    dyetrace source add "branch/$holder" --sector hospital --owner branches --population 100000
done
printf '16300000001-16300009999\n' >"$SCRATCH/wide.txt"
dyetrace pool import "$SCRATCH/wide.txt" --kind mobile --owner branches >/dev/null
exit_is "copies of shared canaries are made of pools too" 0 dyetrace seed --shared --sources branch/north,branch/south --colluders 1 --epsilon 0.05 -o "$SCRATCH/copies"
cat "$SCRATCH"/copies/*.csv | grep -oE ',1630000[0-9]{4},' | sort >"$SCRATCH/numbers"
is "in every row" "$(wc -l <"$SCRATCH/numbers")" "$(cat "$SCRATCH"/copies/*.csv | grep -vc '^mrn,')"
is "as a reveal shows them" "$(reveal branch | jq -r '",\(.identifiers.mobile),"' | sort)" "$(cat "$SCRATCH/numbers")"
is "a variant has a value of its own" "$(sort -u "$SCRATCH/numbers" | wc -l)" "$(reveal branch | jq -r '.canary + .variant' | sort -u | wc -l)"

# --- mail domains -----------------------------------------------------------------------------------------------------

dyetrace source add shop/orders --sector mail 2>/dev/null
install -d -o "$(stat -c %u "$DYETRACE_HOME/spool")" "$DYETRACE_HOME/sectors"
cat >"$DYETRACE_HOME/sectors/mail.yaml" <<'YAML'
sector: mail
table: orders
columns:
  - {name: email, kind: email}
  - {name: name, kind: name}
YAML
chown -R --reference="$DYETRACE_HOME/spool" "$DYETRACE_HOME/sectors"
dyetrace source add shop/orders --sector mail
printf 'post-one.invalid\nmail-two.invalid\n' >"$SCRATCH/domains.txt"
exit_is "mail domains make a pool" 0 dyetrace pool import "$SCRATCH/domains.txt" --kind email
seed_csv shop/orders 9 "$SCRATCH/mail.csv"
is "of which any number of addresses are made" "$(cut -d, -f1 "$SCRATCH/mail.csv" | tail -n +2 | sort -u | grep -cE '^[a-z0-9._]+@(post-one|mail-two)\.invalid$')" 9

dyetrace source add shop/policies --sector insurer --owner insurer
printf 'post-three.invalid\n' >"$SCRATCH/mail.txt"
dyetrace pool import "$SCRATCH/mail.txt" --kind email --name mail --owner insurer >/dev/null
seed_csv shop/policies 60 "$SCRATCH/policies.csv"
is "where the sector leaves an address out, none is made" "$(grep -c 'invalid' "$SCRATCH/policies.csv" | awk '{print ($1 > 0 && $1 < 60)}')" 1
is "and none is looked for" "$(reveal shop/policies | jq -r '.identifiers.email // empty' | grep -c 'invalid$')" "$(grep -c invalid "$SCRATCH/policies.csv")"

# --- kinds without a space of their own ---------------------------------------------------------------------------------

cat >"$DYETRACE_HOME/sectors/club.yaml" <<'YAML'
sector: club
table: members
columns:
  - {name: name, kind: name}
  - {name: phone, kind: mobile}
  - {name: card, kind: bank_card}
YAML
chown -R --reference="$DYETRACE_HOME/spool" "$DYETRACE_HOME/sectors"
dyetrace source add club/members --sector club --owner club
seed_csv club/members 3 "$SCRATCH/club.csv"
is "without a pool their cells are empty" "$(tail -n +2 "$SCRATCH/club.csv" | grep -c ',$')" 3
sed -i 's/bank_card}/bank_card, required: true}/' "$DYETRACE_HOME/sectors/club.yaml"
exit_is "where a column is required it is an error" 2 dyetrace seed club/members --count 1 -o "$SCRATCH/none.csv"
one_line_error "which names the column" 'column card is required'
printf '9999990000000006\n9999990000000014\n' >"$SCRATCH/cards.txt" # no issuer begins with 9999
exit_is "a pool fills it" 0 dyetrace pool import "$SCRATCH/cards.txt" --kind bank_card --owner club
seed_csv club/members 2 "$SCRATCH/cards.csv"
is "with its values" "$(tail -n +2 "$SCRATCH/cards.csv" | cut -d, -f3 | sort)" "$(cat "$SCRATCH/cards.txt")"

dyetrace source add flats/all --sector property-management --owner flats
awk 'BEGIN { for (i = 0; i < 60; i++) printf "鲁Z%05d\n", 10000 + i }' >"$SCRATCH/plates.txt"
dyetrace pool import "$SCRATCH/plates.txt" --kind plate --owner flats >/dev/null
seed_csv flats/all 40 "$SCRATCH/flats.csv"
plates=$(grep -c '鲁Z' "$SCRATCH/flats.csv")
is "a cell that the sector leaves empty takes nothing from a pool" "$plates $((plates > 0 && plates < 40))" \
    "$(home_sql "SELECT count(*) FROM dyetrace.canary_value WHERE kind = 'plate'") 1"
is "and nothing is looked for that stands nowhere" "$(home_sql "SELECT count(DISTINCT canary_id) FROM dyetrace.fingerprint WHERE kind = 'plate'")" "$plates"

# --- values that can't be found ------------------------------------------------------------------------------------------

cat >"$DYETRACE_HOME/sectors/desk.yaml" <<'YAML'
sector: desk
table: cards
columns:
  - {name: name, kind: name}
  - {name: number, kind: account, required: true}
YAML
chown -R --reference="$DYETRACE_HOME/spool" "$DYETRACE_HOME/sectors"
dyetrace source add desk/cards --sector desk --owner desk
printf 'A1001\nA1002\nK-20000001\n' >"$SCRATCH/short.txt"
exit_is "short numbers, and those with signs, are pooled" 0 dyetrace pool import "$SCRATCH/short.txt" --kind account --owner desk
is "a line each says that they are not found" "$ERR" "$(printf 'dyetrace: pool: %s, which no scan finds\n' 'line 1 and 1 more: account of fewer than 8 characters' 'line 3: account with signs in it')"
exit_is "canaries that show nothing else are refused" 2 dyetrace seed desk/cards --count 2 -o "$SCRATCH/desk.csv"
one_line_error "because none could be found" 'sector: desk: no scan finds'
is "none is registered" "$(home_sql "SELECT count(*) FROM dyetrace.canary WHERE sector = 'desk'")" 0
printf 'K20000002\n' >"$SCRATCH/long.txt"
run dyetrace pool import "$SCRATCH/long.txt" --kind account --owner desk
is "what is found is not spoken of" "$CODE $ERR" "0 "
run dyetrace seed desk/cards --count 4 -o "$SCRATCH/desk.csv"
is "where some can be found the others are counted" "$CODE $ERR" "0 dyetrace: seed: 3 of 4 canaries show nothing that a scan finds"
dump=$(dyetrace ingest "$SCRATCH/desk.csv" --json | jq -r .dump)
is "and a dump of all shows that one" "$(dyetrace sightings --dump "$dump" --weak --json | jq -r .canary | sort -u)" \
    "$(reveal desk/cards | jq -r 'select(.identifiers.account == "K20000002").canary')"

# --- sightings, planting, and another's key ---------------------------------------------------------------------------

dyetrace ingest "$SCRATCH/seeded.csv" --json >"$SCRATCH/ingest.json"
dump=$(jq -r .dump "$SCRATCH/ingest.json")
is "canaries of pools are found as others are" "$(dyetrace sightings --dump "$dump" --json | jq -r .canary | sort -u)" \
    "$(jq -r .canary "$SCRATCH/revealed.jsonl" | sort -u)"
install -d -m 777 "$SCRATCH/drop"
chmod 755 "$SCRATCH"
(umask 077 && printf 'connectors:\n  - {source: shop/orders, kind: csv, directory: %s}\n' "$SCRATCH/drop" >"$DYETRACE_HOME/zones/seeder/connectors.yaml")
chown --reference="$DYETRACE_HOME/zones/seeder" "$DYETRACE_HOME/zones/seeder/connectors.yaml"
left=$(dyetrace pool list --json)
exit_is "a dry run shows what will come of a pool" 0 dyetrace plant shop/orders --count 3 --dry-run
is "without telling it" "$(grep -c '<email of a pool>' <<<"$OUT") $(grep -cE '@(post|mail|example)' <<<"$OUT")" "3 0"
is "and takes nothing" "$(dyetrace pool list --json)" "$left"
exit_is "planting uses them too" 0 dyetrace plant shop/orders --count 3
is "in the records" "$(cat "$SCRATCH"/drop/*.csv | grep -cE '@(post-one|mail-two)\.invalid,')" 3
home_sql "UPDATE dyetrace.canary_value a SET sealed = b.sealed FROM dyetrace.canary_value b
    WHERE a.kind = 'mobile' AND b.kind = 'mrn' AND a.canary_id = b.canary_id" >/dev/null
exit_is "a value moved to another row does not open" 3 dyetrace canary list --reveal --reason test --json
one_line_error "and the message says which" 'vault: canary/c[0-9a-f]+/A/mobile'
finish
