# shellcheck shell=bash
# Test Anything Protocol for scripts: each check prints one line that reads as a sentence, and what it saw when it
# fails. A check never ends the script; `finish` prints the plan and gives the exit status.

TAP_COUNT=0
TAP_FAILED=0

# diag TEXT: what a reader of a failure wants to see; long text is cut.
diag() {
    printf '%s\n' "$*" | head -c 4000 | sed 's/^/#   /'
    printf '\n'
}

pass() {
    TAP_COUNT=$((TAP_COUNT + 1))
    printf 'ok %d - %s\n' "$TAP_COUNT" "$1"
}

# fail SENTENCE [SEEN]
fail() {
    TAP_COUNT=$((TAP_COUNT + 1))
    TAP_FAILED=$((TAP_FAILED + 1))
    printf 'not ok %d - %s\n' "$TAP_COUNT" "$1"
    [ $# -lt 2 ] || diag "$2"
}

skip() {
    TAP_COUNT=$((TAP_COUNT + 1))
    printf 'ok %d - %s # SKIP %s\n' "$TAP_COUNT" "$1" "$2"
}

# ok SENTENCE COMMAND...: the command succeeds.
ok() {
    local sentence=$1 seen
    shift
    if seen=$("$@" 2>&1); then pass "$sentence"; else fail "$sentence" "$* -> $seen"; fi
}

# is SENTENCE SEEN WANTED
is() {
    if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "seen:   $2"$'\n'"wanted: $3"; fi
}

# like SENTENCE SEEN REGEX: an extended regular expression.
like() {
    if [[ $2 =~ $3 ]]; then pass "$1"; else fail "$1" "seen:   $2"$'\n'"wanted: $3"; fi
}

# run COMMAND...: sets OUT, ERR and CODE.
run() {
    local err
    err=$(mktemp)
    CODE=0
    OUT=$("$@" 2>"$err" </dev/null) || CODE=$?
    ERR=$(cat "$err")
    rm -f "$err"
}

# exit_is SENTENCE CODE COMMAND...: runs it (see run) and compares the exit status.
exit_is() {
    local sentence=$1 wanted=$2
    shift 2
    run "$@"
    if [ "$CODE" = "$wanted" ]; then
        pass "$sentence"
    else
        fail "$sentence" "$*"$'\n'"exit $CODE, wanted $wanted"$'\n'"stdout: $OUT"$'\n'"stderr: $ERR"
    fi
}

# one_line_error SENTENCE [REGEX]: after run or exit_is, stderr is one line `dyetrace: what: why`, and matches.
one_line_error() {
    if [ "$(printf '%s\n' "$ERR" | wc -l)" = 1 ] && [[ $ERR =~ ^dyetrace:\ .+:\ .+ ]] && [[ $ERR =~ ${2:-.} ]]; then
        pass "$1"
    else
        fail "$1" "stderr: $ERR"$'\n'"wanted: one line 'dyetrace: what: why' like /${2:-.}/"
    fi
}

# same_json SENTENCE SEEN WANTED: equal as JSON, key order aside.
same_json() {
    is "$1" "$(jq -cS . <<<"$2" 2>&1)" "$(jq -cS . <<<"$3")"
}

# eventually SECONDS COMMAND...: tries ten times a second until it succeeds.
eventually() {
    local deadline=$(($(date +%s%N) + $1 * 1000000000))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$(date +%s%N)" -lt "$deadline" ] || return 1
        sleep 0.1
    done
}

# bail TEXT: what the script needs did not come about, so the rest says nothing.
bail() {
    fail "$1" "${2:-}"
    finish
}

finish() {
    printf '1..%d\n' "$TAP_COUNT"
    if [ "$TAP_FAILED" = 0 ] && [ "$TAP_COUNT" -gt 0 ]; then exit 0; fi
    exit 1
}
