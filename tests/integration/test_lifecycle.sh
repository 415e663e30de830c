#!/usr/bin/env bash
# A home's life: made once, up, down, up again.
. "$(dirname "$0")/../support/home.sh"

state() {
    dyetrace status --json | jq -r "$1"
}
home_new
is "status is one object with the keys of the contract" \
    "$(dyetrace status --json | jq -c '["home", "conninfo", "cluster", "daemons", "sandbox", "helper_sandbox"] - keys')" '[]'
is "it names the home" "$(state .home)" "$DYETRACE_HOME"
is "init leaves the cluster running, and no daemon" "$(state '[.cluster, .daemons[].state] | join(" ")')" "up down down down down"
is "keys are their owner's to read and nobody's to write" "$(find "$DYETRACE_HOME" -name '*.key' -printf '%m\n' | sort -u)" 400
is "each zone has keys of its own" "$(cd "$DYETRACE_HOME/zones" && find . -name '*.key' | sort | tr '\n' ' ')" \
    "./auditor/audit.key ./matcher/index.key ./matcher/sketch.key ./seeder/index.key ./seeder/persona.key "
is "no two keys are the same, but for the index's two copies" "$(cd "$DYETRACE_HOME" && cat master.key zones/*/*.key | sort -u | wc -l)" 5
is "the server listens on no network" "$(home_sql 'SHOW listen_addresses')" ""
is "its pages have checksums" "$(home_sql 'SHOW data_checksums')" on
is "it does not run as root" "$(ps -o uid= -p "$(head -n 1 "$DYETRACE_HOME/cluster/postmaster.pid")" | tr -d ' ' | grep -cx 0)" 0
is "nothing of the home is open to others" \
    "$(find "$DYETRACE_HOME" -type f -perm /077 -not -path '*/cluster/*' -printf '%P ')" ""

fingerprint() {
    (cd "$DYETRACE_HOME" && cat id dyetrace.yaml master.key zones/*/* | sha256sum)
}
before=$(fingerprint)
exit_is "a second init is done" 0 dyetrace init
is "and changed nothing" "$(fingerprint)" "$before"

exit_is "up starts the daemons" 0 dyetrace up
is "all of them run" "$(state '[.cluster, .daemons[].state] | join(" ")')" "up up up up up"
is "as other users than root" "$(for d in seeder matcher portal alerter; do stat -c %u "/proc/$(daemon_pid $d)"; done | sort -u | grep -cx 0)" 0
pids=$(state '[.daemons[].pid] | join(" ")')
exit_is "up again is done" 0 dyetrace up
is "and started none twice" "$(state '[.daemons[].pid] | join(" ")')" "$pids"
exit_is "the doctor finds what is wrong, if anything" "$([ "$(state .sandbox)" = none ] && echo 3 || echo 0)" dyetrace doctor
is "which is the sandbox alone, where the kernel has none" "$(grep -E '^(BAD|bad)' <<<"$OUT" | grep -vc sandbox)" 0

if [ "$(id -u)" = 0 ]; then
    connectors=$DYETRACE_HOME/zones/seeder/connectors.yaml
    dyetrace source add a/b --sector hospital
    echo 'connectors: []' | install -m 600 /dev/stdin "$connectors"
    exit_is "a file that root left for a zone is found" 3 dyetrace doctor
    like "by its name" "$OUT" 'BAD +owner +zones/seeder/connectors\.yaml'
    exit_is "and not used" 3 dyetrace plant a/b
    one_line_error "which says why" "Permission denied; it is read as the home's user"
    echo 'connectors: []' | install -m 600 -o "$(stat -c %U "$DYETRACE_HOME")" /dev/stdin "$connectors"
    exit_is "given to the home's user it is" 2 dyetrace plant a/b
    one_line_error "for what it says" 'no connector'
else
    skip "a file that root left for a zone is found" "needs root"
fi

exit_is "down stops all" 0 dyetrace down
is "nothing runs" "$(state '[.cluster, .daemons[].state] | join(" ")')" "down down down down down"
is "no process is left" "$(for pid in $pids; do running "$pid" && echo "$pid"; done)" ""
exit_is "down again is done" 0 dyetrace down
exit_is "a verb starts the cluster that it needs" 0 dyetrace source list
is "which then runs" "$(state .cluster)" up

# A checkout below /root: the programs are where only root can go, the daemons still run as another user.
if [ "$(id -u)" = 0 ]; then
    mkdir -m 700 "$SCRATCH/private"
    cp "$BUILD_DIR"/bin/dyetrace* "$SCRATCH/private/"
    exit_is "programs that only root can reach start as daemons too" 0 "$SCRATCH/private/dyetrace" up
    "$SCRATCH/private/dyetrace" down
    dyetrace source list >/dev/null
else
    skip "programs that only root can reach start as daemons too" "needs root"
fi

(cd "$DYETRACE_HOME" && cp dyetrace.yaml other.yaml && chown --reference=dyetrace.yaml other.yaml)
exit_is "daemons start with a configuration named from here" 0 env -C "$DYETRACE_HOME" dyetrace up --config other.yaml
dyetrace down

# What a power cut leaves: a server that was killed, its lock and socket still there.
crash() {
    dyetrace source list >/dev/null
    postmaster=$(head -n 1 "$DYETRACE_HOME/cluster/postmaster.pid")
    kill -9 "$postmaster"
    eventually 20 reaped
}
reaped() {
    ! kill -0 "$postmaster" 2>/dev/null
}
starts_again() {
    local since=$SECONDS
    exit_is "$1" 0 dyetrace source list
    ok "at once" test $((SECONDS - since)) -lt 30
}
crash
starts_again "after a crash of the server, a verb starts it again"
# The server's number is somebody else's by now: another user's, or a process of the home's own user.
crash
sed -i "1s/.*/1/" "$DYETRACE_HOME/cluster/postmaster.pid"
starts_again "also when its number is the first process'"
crash
if [ "$(id -u)" = 0 ]; then
    setpriv --reuid "$(stat -c %u "$DYETRACE_HOME")" --clear-groups sleep 300 &
else
    sleep 300 &
fi
sed -i "1s/.*/$!/" "$DYETRACE_HOME/cluster/postmaster.pid"
starts_again "also when it is one of the home's user"
kill $!

# An init that was interrupted is made again from the start.
setsid dyetrace init --home "$SCRATCH/half" >/dev/null 2>&1 &
sleep 0.3
kill -9 -- -$! 2>/dev/null
wait 2>/dev/null
exit_is "an interrupted init can be run again" 0 dyetrace init --home "$SCRATCH/half"
exit_is "and gives a home that works" 0 dyetrace source list --home "$SCRATCH/half"
dyetrace down --home "$SCRATCH/half"

mkdir "$SCRATCH/taken" && touch "$SCRATCH/taken/file"
exit_is "a directory that holds something else is not made a home" 2 dyetrace init --home "$SCRATCH/taken"
one_line_error "and says so"
ok "what was in it is still there" test -e "$SCRATCH/taken/file"

# --- an existing server ----------------------------------------------------------------------------------------------

server=$(cluster_new server) || bail "a server for init --pg starts" "$(cat "$SCRATCH/server.log")"
SCRATCH_ENDS+=("cluster_stop server")
psql -X -q -d "$server dbname=postgres" -c 'CREATE DATABASE traces'
exit_is "a home can be in an existing database" 0 dyetrace init --home "$SCRATCH/remote" --pg "$server dbname=traces"
ok "then it has no cluster of its own" test ! -e "$SCRATCH/remote/cluster/PG_VERSION"
exit_is "and works" 0 dyetrace source add a/b --sector hospital --home "$SCRATCH/remote"
is "its rows are there" "$(psql -X -A -t -d "$server dbname=traces" -c "SELECT count(*) FROM dyetrace.source")" 2
is "nobody but its zones may connect to it" "$(psql -X -A -t -d "$server dbname=traces" -c "SELECT has_database_privilege('public', 'traces', 'CONNECT'), has_database_privilege('public', 'traces', 'TEMPORARY'),
    (SELECT count(*) FROM pg_roles WHERE rolname ~ '^(seeder|matcher|portal|auditor|alerter)_' AND has_database_privilege(oid, 'traces', 'CONNECT')),
    has_database_privilege('public', 'postgres', 'CONNECT')")" "f|f|5|t"
psql -X -q -d "$server dbname=postgres" -c "CREATE ROLE stranger LOGIN PASSWORD 'x'"
exit_is "a stranger can't" 2 psql -X -d "${server/user=owner password=*/user=stranger password=x} dbname=traces" -c 'SELECT 1'
like "for want of the right" "$ERR" 'permission denied for database'
psql -X -q -d "$server dbname=postgres" -c 'GRANT CONNECT, TEMPORARY ON DATABASE traces TO PUBLIC'
like "the doctor sees doors that stand open" "$(dyetrace doctor --home "$SCRATCH/remote")" 'note doors .*PUBLIC may connect'
exit_is "and another init closes them" 0 dyetrace init --home "$SCRATCH/remote"
like "which the doctor sees too" "$(dyetrace doctor --home "$SCRATCH/remote")" 'ok +doors'
psql -X -q -d "$server dbname=postgres" -c "CREATE DATABASE lent" -c "CREATE ROLE guest LOGIN CREATEROLE PASSWORD 'x'" -c 'GRANT CREATE, CONNECT ON DATABASE lent TO guest'
exit_is "a database of somebody else's can be used" 0 dyetrace init --home "$SCRATCH/guest" --pg "${server/user=owner password=*/user=guest password=x} dbname=lent"
like "with a word about its doors" "$ERR" 'database: it is another role.s, and PUBLIC may still connect'
# An init that was killed after its commit, before it put the home's name to it.
remote=$(readlink -f "$SCRATCH/remote")
mv "$remote/id" "$remote/unfinished"
exit_is "an init in a server that was killed at its end is finished by the next" 0 dyetrace init --home "$SCRATCH/remote" --pg "$server dbname=traces"
exit_is "with the same keys" 0 dyetrace canary list --reveal --reason test --home "$SCRATCH/remote"
exit_is "a second home can't have the same database" 3 dyetrace init --home "$SCRATCH/second" --pg "$server dbname=traces"
one_line_error "and says why" database
finish
