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
house=$(jq -r .dump <<<"$OUT")
exit_is "as text it says one of them" 0 dyetrace attribute "$(jq -r .dump <<<"$OUT")"
like "by name" "$OUT" 'attributed: estate; one of estate/billing, estate/office'

# ---- a flow that ended ----
feeds() { dyetrace source list --json | jq -c "select(.source == \"estate/office\") | [.feeds, .flows_end]"; }
exit_is "an end that is no time is refused" 2 dyetrace source flow estate/office estate/billing --until soon
exit_is "as is the end of what never flowed" 2 dyetrace source flow estate/billing vendor/doors --until 2020-01-01
one_line_error "by its reason" 'estate/billing: it is not known to feed vendor/doors'
soon=$(date -u -d '2 days' +%F) # tomorrow may have come
exit_is "a flow ends" 0 dyetrace source flow estate/office estate/billing --until "$soon"
is "and goes on until then" "$(feeds)" "[[\"estate/billing\",\"vendor/doors\"],{\"estate/billing\":\"${soon}T00:00:00Z\"}]"
is "what was planted before is there as it was" "$(dyetrace attribute "$house" --json | jq -c .undecided)" '[["estate/billing","estate/office"]]'
exit_is "a wrong end is mended by another" 0 dyetrace source flow estate/office estate/billing --until 2020-01-01
is "and then it feeds no more" "$(feeds)" '[["vendor/doors"],{"estate/billing":"2020-01-01T00:00:00Z"}]'
is "nor is it planned for" "$(dyetrace plan estate/office --leak-fraction 0.5 | grep -c 'feeds estate/billing')" 0
is "what was planted later is its own" "$(dyetrace attribute "$house" --json | jq -c '[.set, .undecided]')" '[["estate/office"],[]]'
exit_is "to say again that it feeds does not take the end back" 2 dyetrace source flow estate/office estate/billing
one_line_error "and says what does" 'it ended at 2020-01-01T00:00:00Z; --until never takes that back'
exit_is "never does" 0 dyetrace source flow estate/office estate/billing --until never
is "all is as before" "$(feeds) $(dyetrace attribute "$house" --json | jq -c .undecided)" '[["estate/billing","vendor/doors"],null] [["estate/billing","estate/office"]]'
is "each change is in the audit" "$(home_sql "SELECT string_agg(detail->>'until', ' ' ORDER BY audit_id) FROM dyetrace.audit WHERE event = 'source flow' AND detail ? 'until'")" "$soon 2020-01-01 never"
finish
