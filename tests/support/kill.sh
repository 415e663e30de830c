# shellcheck shell=bash
# What the tests that kill share.

now_ms() {
    echo $(($(date +%s%N) / 1000000))
}

sleep_ms() {
    sleep "$(($1 / 1000)).$(printf %03d $(($1 % 1000)))"
}

# soon CONDITION: waits until that holds in the home's database, a minute at most. It is asked within the server, a hundred
# times a second, so that what is to be caught midway does not end before the answer comes.
soon() {
    psql -X -q -v ON_ERROR_STOP=1 -d "${CONNINFO:=$(home_conninfo)}" >/dev/null -c "DO \$\$ BEGIN FOR i IN 1..6000 LOOP
        IF $1 THEN RETURN; END IF; PERFORM pg_sleep(0.01); END LOOP; RAISE 'not within a minute'; END \$\$"
}

# big_dump FILE: enough rows to be killed in, the canaries spread among them, in a stream that can't be sought in.
big_dump() {
    local block=$SCRATCH/block
    noise 60000 1 >"$block"
    reveal jinan-hospital/his | rows >"$SCRATCH/canaries.csv"
    for i in 0 1 2 3 4 5 6 7 8 9; do
        cat "$block"
        sed -n "$((i * 20 + 1)),$((i * 20 + 20))p" "$SCRATCH/canaries.csv"
        cat "$block"
    done | gzip -1 >"$1"
    rm "$block"
}

# killed_at_each_step AFTER COMMAND...: runs the command again and again, killed before its first, second ... step
# (support/kill_at.c), until it comes through; after each kill calls AFTER, which must succeed. Sets KILLED.
killed_at_each_step() {
    local after=$1 code
    shift
    for ((KILLED = 0; KILLED < 400; KILLED++)); do
        code=0
        { LD_PRELOAD=$BUILD_DIR/tests/kill_at.so KILL_AT=$((KILLED + 1)) "$@" >/dev/null 2>"$SCRATCH/killed.err" </dev/null || code=$?; } 2>/dev/null # what the shell says of it
        [ "$code" = 137 ] || return "$code"
        "$after" || return
    done
    return 1
}
