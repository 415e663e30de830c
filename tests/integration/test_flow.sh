#!/usr/bin/env bash
# What feeds what, and what is above what: who is named then, and who can't be.
. "$(dirname "$0")/../support/home.sh"

home_new
for source in estate/office estate/billing; do run dyetrace source add "$source" --sector property-management --population 5000; done
run dyetrace source add vendor/doors --sector access-control --population 5000
exit_is "that a source feeds another is recorded" 0 dyetrace source flow estate/office vendor/doors
exit_is "again is no change" 0 dyetrace source flow estate/office vendor/doors
exit_is "a source feeds not itself" 2 dyetrace source flow estate/office estate/office
exit_is "nor one that is not there" 2 dyetrace source flow estate/office nowhere
is "it is listed" "$(dyetrace source list --json | jq -c 'select(.source == "estate/office") | .feeds')" '["vendor/doors"]'
is "and in the audit" "$(home_sql "SELECT count(*) FROM dyetrace.audit WHERE event = 'source flow' AND detail->>'to' = 'vendor/doors'")" 2

seed_csv estate/office 40 "$SCRATCH/office.csv"
exit_is "the plan says what would tell them apart" 0 dyetrace plan estate/office --leak-fraction 0.5
like "a number of canaries of the one alone" "$OUT" 'feeds vendor/doors: [0-9]+ canaries only in vendor/doors would tell them apart .*now 0'
exit_is "and as an object" 0 dyetrace plan estate/office --leak-fraction 0.5 --json
needed=$(jq '.feeds[0].needed' <<<"$OUT")
ok "that is a number" test "$needed" -gt 3

reveal estate/office >"$SCRATCH/office"
leak() { # NAME SEED: the canaries on standard input among noise, as one dump; its attribution
    { noise 1000 "$2"; rows; } >"$SCRATCH/$1.csv"
    run dyetrace ingest "$SCRATCH/$1.csv" --json
    run dyetrace attribute "$(jq -r .dump <<<"$OUT")" --json
}
leak shared 1 < <(head -n 20 "$SCRATCH/office")
is "what both hold names neither" "$(jq -c '[.verdict, .set, .undecided]' <<<"$OUT")" '["insufficient",[],[["estate/office","vendor/doors"]]]'
is "downstream is said to have held it" "$(jq -c '.sources[] | select(.source == "vendor/doors") | [.seen, .planted]' <<<"$OUT")" '[20,40]'

seed_csv vendor/doors "$needed" "$SCRATCH/doors.csv"
reveal vendor/doors >"$SCRATCH/doors"
leak upstream 2 < <(shuf -n 20 --random-source=<(yes) "$SCRATCH/office")
is "with as many as planned, upstream is named" "$(jq -c .set <<<"$OUT")" '["estate/office"]'
leak downstream 3 < <(head -n 20 "$SCRATCH/office"; head -n $((needed / 2)) "$SCRATCH/doors")
is "and so is downstream" "$(jq -c .set <<<"$OUT")" '["vendor/doors"]'

# ---- levels: a copy that went on inside one house ----
run dyetrace source flow estate/office estate/billing
leak house 4 < <(tail -n 20 "$SCRATCH/office")
is "what can't be told apart names what is above it" "$(jq -c '[.verdict, .set, .undecided]' <<<"$OUT")" \
    '["attributed",["estate"],[["estate/billing","estate/office"]]]'
exit_is "as text it says one of them" 0 dyetrace attribute "$(jq -r .dump <<<"$OUT")"
like "by name" "$OUT" 'attributed: estate; one of estate/billing, estate/office'
finish
