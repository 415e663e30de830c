#!/usr/bin/env bash
# Accounts: a source's own access logs narrow it to who opened what leaked, before it leaked.
. "$(dirname "$0")/../support/home.sh"

home_new
hospital_new 20000
dyetrace source add other-hospital/his --sector hospital --population 5000 >/dev/null
seed_csv jinan-hospital/his 240 "$SCRATCH/seeded.csv"
seed_csv other-hospital/his 20 "$SCRATCH/others.csv"
# A month ago, so that there was time for people to open them.
home_sql "UPDATE dyetrace.placement SET planted_at = planted_at - interval '40 days'" >/dev/null
reveal jinan-hospital/his | jq -r '[.canary, .identifiers.mrn, .name, .identifiers.mobile, .identifiers.resident_id, .address] | @tsv' >"$SCRATCH/canaries.tsv"
reveal other-hospital/his | jq -r '.identifiers.mrn' >"$SCRATCH/other.mrn"
day() { # DAYS AGO
    date -u -d "$1 days ago" +%Y-%m-%dT
}

# opens ACCOUNT FROM TO DAYS_AGO TERMINAL [SECONDS]: opens canaries number FROM to TO, one after the other.
opens() {
    sed -n "$2,$3p" "$SCRATCH/canaries.tsv" | awk -F'\t' -v who="$1" -v day="$(day "$4")" -v at="$5" -v step="${6:-120}" '
        { t = 3600 * 2 + NR * step; printf "%s%02d:%02d:%02dZ,%s,%s,View,%s\n", day, t / 3600, t / 60 % 60, t % 60, who, $2, at }'
}
# works ACCOUNT RECORDS DAYS_AGO TERMINAL: opens other people's records.
works() {
    awk -v who="$1" -v n="$2" -v day="$(day "$3")" -v at="$4" 'BEGIN { for (i = 0; i < n; i++) {
        t = 3600 * 6 + i * 60; printf "%s%02d:%02d:%02dZ,%s,M99%06d,view,%s\n", day, t / 3600, t / 60 % 60, t % 60, who, i, at } }'
}
{
    echo opened,user,patient_no,action,ws
    opens wang.li 1 30 20 ws1          # who leaks: thirty, of which the first 24 are sold
    works wang.li 90 21 ws1
    opens zhao.min 25 60 20 ws2        # a colleague on other patients
    works zhao.min 140 20 ws2
    opens late.sun 1 24 2 ws3          # opened all of them, after the sale
    opens triage 20 40 19 ws4          # the ward's account, from several desks
    opens triage 41 42 19 ws5
    opens triage 43 44 19 ws6
    opens nightly 1 240 18 srv 3       # a program: all of them in minutes
    works nightly 350 18 srv
    paste -d, <(yes "$(day 15)08:00:00Z" | head -n 20) <(yes zhao.min | head -n 20) "$SCRATCH/other.mrn" <(yes view | head -n 20) <(yes ws2 | head -n 20)
    echo "not a time,wang.li,M1,view,ws1"
} >"$SCRATCH/access.csv"
cat >"$SCRATCH/mapping.yaml" <<'YAML'
columns: {time: opened, account: user, record: patient_no, how: action, terminal: ws}
record_kind: mrn
bulk_per_hour: 200
YAML

exit_is "a log without a mapping has no such columns" 2 dyetrace touch import "$SCRATCH/access.csv" --source jinan-hospital/his
one_line_error "and is told which" 'time'
exit_is "a log of a source that is not there is refused" 2 dyetrace touch import "$SCRATCH/access.csv" --source nowhere --mapping "$SCRATCH/mapping.yaml"
exit_is "a log is imported" 0 dyetrace touch import "$SCRATCH/access.csv" --source jinan-hospital/his --mapping "$SCRATCH/mapping.yaml" --json
same_json "accesses to canaries apart from others, and what can't be read" "$OUT" \
    '{"source":"jinan-hospital/his","entries":955,"accounts":5,"touches":355,"others":600,"unread":1,"duplicate":false}'
one_line_error "by its line" '1 lines can.t be read, the first is line 957'
exit_is "the same log again is known" 0 dyetrace touch import "$SCRATCH/access.csv" --source jinan-hospital/his --mapping "$SCRATCH/mapping.yaml" --json
is "and stored once" "$(jq .duplicate <<<"$OUT") $(home_sql 'SELECT count(*) FROM dyetrace.touch')" "true 355"
pseudonym() {
    printf '%s\n' "$1" >"$SCRATCH/name"
    dyetrace touch pseudonyms "$SCRATCH/name" --source jinan-hospital/his --reason "integration test" --json | jq -r .account
}
leaker=$(pseudonym wang.li)
like "accounts have pseudonyms" "$leaker" '^a[0-9a-f]{16}$'
like "and who asks for them is on record" "$(home_sql "SELECT detail FROM dyetrace.audit WHERE event = 'pseudonyms'")" 'integration test'

# The leak, a week ago.
head -n 24 "$SCRATCH/canaries.tsv" | awk -F'\t' '{ printf "%s,%s,%s,%s\n", $3, $4, $5, $6 }' >"$SCRATCH/leak.csv"
noise 2000 9 >>"$SCRATCH/leak.csv"
dump=$(dyetrace ingest "$SCRATCH/leak.csv" --acquired-at "$(day 7)12:00:00Z" --json | jq -r .dump)
is "the source is implicated" "$(dyetrace attribute "$dump" --json | jq -c '[.verdict, .set]')" '["attributed",["jinan-hospital/his"]]'
exit_is "its accounts can be asked for" 0 dyetrace accounts "$dump" --json
ACCOUNTS=$OUT
of() { # ACCOUNT FILTER
    jq -c --arg a "$(pseudonym "$1")" '.accounts[] | select(.account == $a) | '"$2" <<<"$ACCOUNTS"
}
is "the one who opened what leaked is named, and nobody else" "$(jq -c '[.verdict, .set, .undecided]' <<<"$ACCOUNTS")" "[\"attributed\",[\"$leaker\"],[]]"
is "24 of the 30 that it opened are in the dump" "$(of wang.li '[.touched, .seen, .later]')" '[30,24,0]'
is "beside them stand all accesses of the window" "$(of wang.li .accesses)" 120
is "who opened them later is not named, and that is said" "$(of late.sun . | wc -l) $(dyetrace accounts "$dump" --json | jq '.accounts | length')" "0 3"
is "the ward's account is marked as shared" "$(of triage '[.shared, .bulk]')" '[true,false]'
is "the program's as bulk" "$(of nightly '[.shared, .bulk, .seen, .touched]')" '[false,true,24,240]'
ok "and says nothing, having opened all" jq -e --arg a "$(pseudonym nightly)" '.accounts[] | select(.account == $a) | .log10_lr < 1' <<<"$ACCOUNTS"
is "the chance of an innocent one is the source's" "$(jq -c '[.seen, .planted, (.chance > 0.1 and .chance < 0.17)]' <<<"$ACCOUNTS")" '[24,240,true]'
is "the reading is on record" "$(home_sql "SELECT count(*) > 0 FROM dyetrace.audit WHERE event = 'accounts'")" t

# Nothing is known of how it was copied, when everything is in the dump.
awk -F'\t' '{ printf "%s,%s,%s,%s\n", $3, $4, $5, $6 }' "$SCRATCH/canaries.tsv" >"$SCRATCH/all.csv"
all=$(dyetrace ingest "$SCRATCH/all.csv" --acquired-at "$(day 7)12:00:00Z" --json | jq -r .dump)
is "where all leaked nobody is named" "$(dyetrace accounts "$all" --json | jq -c '[.verdict, .set]')" '["insufficient",[]]'
noise 100 3 >"$SCRATCH/none.csv"
none=$(dyetrace ingest "$SCRATCH/none.csv" --json | jq -r .dump)
is "where no source is implicated, no account is asked about" "$(dyetrace accounts "$none" --json | jq -c '[.source, .verdict, .accounts]')" '[null,"not-covered",[]]'

# Other formats, and pseudonyms that the log has itself.
awk -F, 'NR > 1 && NR < 32 { printf "{\"when\":\"%s\",\"by\":{\"id\":\"p-7\"},\"record\":\"%s\"}\n", $1, $3 }' "$SCRATCH/access.csv" >"$SCRATCH/access.jsonl"
printf 'format: jsonl\ncolumns: {time: when, account: by.id}\naccounts: pseudonyms\n' >"$SCRATCH/jsonl.yaml"
exit_is "JSON lines are read" 0 dyetrace touch import "$SCRATCH/access.jsonl" --source jinan-hospital/his --mapping "$SCRATCH/jsonl.yaml" --json
is "with the account as it stands" "$(jq -c '[.touches, .unread]' <<<"$OUT") $(home_sql "SELECT count(*) FROM dyetrace.touch WHERE account = 'p-7'")" "[30,0] 30"
awk -F'\t' 'NR < 6 { printf "Oct %2d 08:15:%02d his app[77]: user=chen rec=%s op=print\n", NR + 9, NR, $2 }' "$SCRATCH/canaries.tsv" >"$SCRATCH/access.log"
cat >"$SCRATCH/syslog.yaml" <<'YAML'
format: syslog
pattern: '^([A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8}) .* user=([a-z]+) rec=([A-Za-z0-9]+) op=([a-z]+)'
columns: {time: 1, account: 2, record: 3, how: 4}
time_format: "%b %d %H:%M:%S"
year: 2025
YAML
exit_is "so is syslog by a pattern" 0 dyetrace touch import "$SCRATCH/access.log" --source jinan-hospital/his --mapping "$SCRATCH/syslog.yaml" --json
is "with its year and zone" "$(jq -c '[.touches, .unread]' <<<"$OUT") $(home_sql "SELECT min(touched_at) AT TIME ZONE 'UTC' || how FROM dyetrace.touch WHERE how = 'print' GROUP BY how")" "[5,0] 2025-10-10 00:15:01print"
printf '{"when":"2026-01-01T00:00:00Z","by":{"id":"13800000000"},"record":"x"}\n' >"$SCRATCH/plain.jsonl"
exit_is "a pseudonym that is a person's number is refused" 2 dyetrace touch import "$SCRATCH/plain.jsonl" --source jinan-hospital/his --mapping "$SCRATCH/jsonl.yaml"
one_line_error "without repeating it" 'no pseudonym'
is "and nothing of that log is stored" "$(dyetrace touch list --json | jq -s length)" 3
printf 'columns: {time: 1\n' >"$SCRATCH/wrong.yaml"
exit_is "a mapping that is no YAML is an error" 3 dyetrace touch import "$SCRATCH/access.csv" --source jinan-hospital/his --mapping "$SCRATCH/wrong.yaml"
one_line_error "with its place" 'wrong\.yaml:[0-9]+:[0-9]+'

pg_dump -d "$(home_conninfo)" >"$SCRATCH/stolen.sql"
cut -f2,4 "$SCRATCH/canaries.tsv" | tr '\t' '\n' >"$SCRATCH/numbers"
is "no account, patient or canary stands in the database" "$(grep -cE 'wang\.li|zhao\.min|late\.sun|M990000' "$SCRATCH/stolen.sql") $(sed 's/\\\\x[0-9a-f]*//g' "$SCRATCH/stolen.sql" | grep -cFf "$SCRATCH/numbers")" "0 0"
# A million places of its fingerprints, in hex, where ten digits in a row may be one of 240 numbers: one is, by chance, in one
# run of 4,000, and two of them in one of 30 million.
ok "nor in its bytes" test "$(grep -oE '\\\\x[0-9a-f]+' "$SCRATCH/stolen.sql" | grep -oFf "$SCRATCH/numbers" | sort -u | wc -l)" -lt 2
home_sql "UPDATE dyetrace.touch_log SET last_at = last_at - interval '4 years'" >/dev/null
daemons_up
expired() {
    [ "$(home_sql 'SELECT (SELECT count(*) FROM dyetrace.touch) + (SELECT count(*) FROM dyetrace.touch_day)')" = 0 ]
}
ok "what is older than its retention time is deleted by the daemon" eventually 30 expired
finish
