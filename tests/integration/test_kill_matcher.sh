#!/usr/bin/env bash
# kill -9 of the matcher daemon at ten moments: started again, it ends with the sightings of an undisturbed run.
. "$(dirname "$0")/../support/home.sh"
. tests/support/kill.sh

home_new
hospital_new
seed_csv jinan-hospital/his 200 "$SCRATCH/seeded.csv"
big_dump "$SCRATCH/leak.csv.gz"
daemons_up

spool "$SCRATCH/leak.csv.gz"
ok "an undisturbed daemon attributes the dump" eventually 60 is_attributed "$SCRATCH/leak.csv.gz"
took=$(home_sql "SELECT round(1000 * extract(epoch FROM completed_at - opened_at)) FROM dyetrace.dump")
undisturbed=$(sightings_of "$(dump_of "$SCRATCH/leak.csv.gz")")
is "it sights every canary" "$(jq -r '.[0]' <<<"$undisturbed" | sort -u | wc -l)" 200
[ "$TAP_FAILED" = 0 ] || finish
chunks=$(home_sql "SELECT count(*) FROM dyetrace.chunk")
diag "undisturbed: $took ms, $chunks chunks"

midway=0
for i in 1 2 3 4 5 6 7 8 9 10; do
    reset_dumps
    find "$DYETRACE_HOME/spool" -type f -delete
    pid=$(daemon_pid matcher)
    spool "$SCRATCH/leak.csv.gz"
    # Half of the moments are by the clock, half by what is done, since a loaded machine is faster or slower than it was.
    if [ $((i / 2 % 2)) = 0 ]; then
        sleep_ms $((took * (2 * i - 1) / 20))
    else
        soon "(SELECT count(*) FROM dyetrace.chunk) >= $((chunks * i / 12))"
    fi
    kill -9 "$pid"
    left=$(home_sql "SELECT count(*) FROM dyetrace.chunk")
    if [ "$left" -gt 0 ] && [ "$left" -lt "$chunks" ]; then midway=$((midway + 1)); fi
    exit_is "after a kill at moment $i, with $left chunks done, the daemons start again" 0 dyetrace up
    ok "the dump is attributed without anyone asking" eventually 60 is_attributed "$SCRATCH/leak.csv.gz"
    is "with the same sightings" "$(sightings_of "$(dump_of "$SCRATCH/leak.csv.gz")")" "$undisturbed"
    ok "and its file is in done" eventually 10 test -e "$DYETRACE_HOME/spool/done/leak.csv.gz"
done
ok "some of the kills fell between the first chunk and the last" test "$midway" -ge 2
finish
