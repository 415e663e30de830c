#!/usr/bin/env bash
# The sum at the end of `./run tests` can be believed: what dies, stops early or says nothing counts as failed.
cd "$(dirname "$0")/../.." || exit
. tests/support/tap.sh

eval "$(sed -n '/^tap_tally()/,/^}/p' run)"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# tally STATUS LINE...: what `run` makes of a script that printed the lines and ended so.
tally() {
    local status=$1
    shift
    printf '%s\n' "$@" >"$scratch/log"
    tap_tally "$scratch/log" "$status"
}
is "passed and failed lines are summed" "$(tally 1 'ok 1 - a' 'not ok 2 - b' 'ok 3' 1..3)" "2 1"
is "a skipped test is neither" "$(tally 0 'ok 1 - a' 'ok 2 - b # SKIP root may read all' 1..2)" "1 0"
is "a plan may come first" "$(tally 0 1..1 'ok 1 - a')" "1 0"
is "a script that stops before its plan has failed" "$(tally 0 1..3 'ok 1 - a')" "1 1"
is "a script without a plan has failed" "$(tally 0 'ok 1 - a')" "1 1"
is "a script that says nothing has failed" "$(tally 0 '')" "0 1"
is "a bad exit status without a failed line is a failure" "$(tally 139 'ok 1 - a' 1..1)" "1 1"
is "and not one more where there is a failed line" "$(tally 1 'not ok 1 - a' 1..1)" "0 1"
is "other output is no result" "$(tally 0 'okay then' '# ok 2 - a comment' ' ok 3 - indented' 'ok 1 - a' 1..1)" "1 0"

# The checks of tap.sh themselves, in a script that fails each of them.
cat >"$scratch/failing.sh" <<'SH'
. tests/support/tap.sh
ok a false
is b 1 2
like c x '^y'
exit_is d 0 sh -c 'exit 3'
run sh -c 'echo two >&2; echo lines >&2'
one_line_error e
run sh -c 'echo "dyetrace: x: y" >&2'
one_line_error f z
same_json g '{"a":1}' '{"a":2}'
ok h eventually 0 false
finish
SH
exit_is "a script with failed checks ends with 1" 1 bash "$scratch/failing.sh"
is "and each of them failed" "$(grep -c '^not ok' <<<"$OUT") $(grep -c '^ok' <<<"$OUT")" "8 0"
cat >"$scratch/passing.sh" <<'SH'
. tests/support/tap.sh
run sh -c 'echo "dyetrace: a.csv: No such file" >&2; exit 3'
one_line_error a 'a\.csv'
same_json b '{"a":1,"b":2}' '{"b":2,"a":1}'
ok c eventually 1 true
finish
SH
exit_is "a script whose checks hold ends with 0" 0 bash "$scratch/passing.sh"
exit_is "a script without checks does not" 1 bash -c '. tests/support/tap.sh; finish'
exit_is "run refuses a verb that it does not know" 2 ./run frobnicate
exit_is "and an argument that is none" 2 ./run demo --fast
finish
