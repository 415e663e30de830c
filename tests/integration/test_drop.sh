#!/usr/bin/env bash
# A CSV drop directory whose importer takes each file away, and a seeder that is killed at each step.
. "$(dirname "$0")/../support/home.sh"
. tests/support/partner.sh
. tests/support/kill.sh

home_new
run dyetrace source add shop/orders --sector e-commerce
drop=$SCRATCH/drop
mkdir "$drop"
chown --reference="$DYETRACE_HOME/spool" "$drop"
connectors <<YAML
connectors:
  - {source: shop/orders, kind: csv, directory: $drop}
YAML
# The importer sees names that end in .csv and do not begin with a dot.
import() {
    local file
    for file in "$drop"/*.csv; do
        [ -f "$file" ] || continue
        tail -n +2 "$file" >>"$SCRATCH/imported"
        rm "$file"
    done
}
imported() { # mobile numbers, in the order of the alphabet
    grep -oE '\b1[0-9]{10}\b' "$SCRATCH/imported" | sort -u
}
numbers() {
    reveal shop/orders | jq -r "select(.state == \"$1\").identifiers.mobile" | sort
}
: >"$SCRATCH/imported"

exit_is "a drop is planted" 0 dyetrace plant shop/orders --count 3 --json
import
is "all of it" "$(imported)" "$(numbers planted)"
home_sql "UPDATE dyetrace.placement SET state = 'committed'" >/dev/null
exit_is "a run that finds its file taken" 0 dyetrace plant shop/orders --json
is "drops nothing again" "$(find "$drop" -type f | wc -l) $(states)" "0 planted 3"
is "and no plain name of a person or hash of a file is in the journal" \
    "$(home_sql "SELECT count(*) FROM dyetrace.drop_file WHERE name ~ '^orders-[0-9a-f]{16}\.csv$'")" 1

# Killed before each send, write, sync and rename: the importer comes at once, and the next run finishes.
go_on() {
    import
    dyetrace-seeder --once plant shop/orders >/dev/null || return
    import
}
if killed_at_each_step go_on dyetrace-seeder --once plant shop/orders --count 2; then
    pass "a seeder that is killed at every step comes through"
else
    fail "a seeder that is killed at every step comes through" "$(cat "$SCRATCH/killed.err")"
fi
import
like "many times" "$KILLED" '^[3-9][0-9]$|^[0-9]{3}$'
is "nothing waits" "$(states | cut -d ' ' -f 1)" planted
is "every canary that is planted was imported, and no other" "$(imported)" "$(numbers planted)"
is "none was twice" "$(sort "$SCRATCH/imported" | uniq -d | wc -l)" 0
is "no half file is left" "$(find "$drop" -type f | wc -l)" 0

# Withdrawn between the steps: what was dropped stands, what was not never will.
called_off() {
    dyetrace-seeder --once withdraw --all >/dev/null 2>&1
    import
    [ -z "$(find "$drop" -type f)" ]
}
home_sql "UPDATE dyetrace.placement SET state = 'withdrawn', withdrawn_at = now()" >/dev/null
: >"$SCRATCH/imported"
if killed_at_each_step called_off dyetrace-seeder --once plant shop/orders --count 2; then
    pass "what a killed seeder left can be called off at every step"
else
    fail "what a killed seeder left can be called off at every step" "$(find "$drop" -type f) $(cat "$SCRATCH/killed.err")"
fi
import
is "what was imported is planted, and nothing else" "$(imported)" "$(numbers planted)"

rm -r "$drop"
exit_is "a directory that is away is an error" 3 dyetrace plant shop/orders --count 1
one_line_error "in one line" "drop: No such file"
is "and its canary waits" "$(home_sql "SELECT count(*) FROM dyetrace.placement WHERE state = 'committed'")" 1
finish
