# shellcheck shell=bash
# The other side of a connector: programs of the tests that a seeder talks to. Sourced after home.sh.

# partner_start DIR PROGRAM ARG...: node runs it; it has DIR/port once it listens. Sets PARTNER_PID and PARTNER_PORT.
partner_start() {
    local dir=$1 program=$2
    shift 2
    mkdir -p "$dir"
    rm -f "$dir/port" "$dir/log"
    touch "$dir/log"
    node "$program" "$dir" "$@" >"$dir/out" 2>&1 </dev/null &
    PARTNER_PID=$!
    SCRATCH_ENDS+=("kill $PARTNER_PID")
    eventually 30 test -s "$dir/port" || bail "the test's own ${program##*/} starts" "$(cat "$dir/out")"
    # shellcheck disable=SC2034 # for the test
    PARTNER_PORT=$(cat "$dir/port")
}

partner_stop() {
    kill "$PARTNER_PID"
    wait "$PARTNER_PID" 2>/dev/null
}

# connectors: from standard input, into the home.
connectors() {
    (umask 077 && cat >"$DYETRACE_HOME/zones/seeder/connectors.yaml")
    chown --reference="$DYETRACE_HOME/zones/seeder" "$DYETRACE_HOME/zones/seeder/connectors.yaml"
}

# seeder_file FILE: one that the seeder's user may read, and nobody else.
seeder_file() {
    chmod 600 "$1"
    chown --reference="$DYETRACE_HOME/zones/seeder" "$1"
}

# states: of the home's placements, as "committed 2 planted 3".
states() {
    home_sql "SELECT string_agg(state || ' ' || n, ' ' ORDER BY state) FROM (SELECT state, count(*) AS n FROM dyetrace.placement GROUP BY state) s"
}

# plant_until_done SOURCE: runs the seeder again and again, as a daemon would. Sets RUNS, and STEPS: what was planted
# after each run, which tells whether a run that broke off left its part on record.
plant_until_done() {
    local code
    RUNS=0 STEPS=
    while [ "$RUNS" -lt 200 ]; do
        RUNS=$((RUNS + 1))
        code=0
        dyetrace-seeder --once plant "$1" >/dev/null 2>"$SCRATCH/plant.err" </dev/null || code=$?
        STEPS+="$(home_sql "SELECT count(*) FROM dyetrace.placement WHERE state = 'planted'") "
        [ "$code" != 0 ] || return 0
        [ "$code" = 3 ] || return 1
    done
    return 1
}

# plant_killed_at_each_hold SOURCE DIR: the partner says `hold` in its log when it has received something and keeps the
# answer to itself; there the seeder is killed. Sets KILLED.
plant_killed_at_each_hold() {
    local pid held code
    KILLED=0
    for ((i = 0; i < 200; i++)); do
        held=$(grep -c '^hold' "$2/log")
        dyetrace-seeder --once plant "$1" >/dev/null 2>&1 </dev/null &
        pid=$!
        while running "$pid" && [ "$(grep -c '^hold' "$2/log")" = "$held" ]; do sleep 0.02; done
        if running "$pid"; then
            kill -9 "$pid"
            KILLED=$((KILLED + 1))
        fi
        code=0
        wait "$pid" 2>/dev/null || code=$?
        [ "$code" != 0 ] || return 0
    done
    return 1
}
