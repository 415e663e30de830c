#!/usr/bin/env bash
# kill -9 of an ingest at ten moments: run again, the sightings and the counts are those of an undisturbed run.
. "$(dirname "$0")/../support/home.sh"
. tests/support/kill.sh

home_new
hospital_new
seed_csv jinan-hospital/his 200 "$SCRATCH/seeded.csv"
big_dump "$SCRATCH/leak.csv.gz"

started=$(now_ms)
exit_is "an undisturbed ingest is done" 0 dyetrace ingest "$SCRATCH/leak.csv.gz" --json
took=$(($(now_ms) - started))
undisturbed=$(sightings_of "$(dump_of "$SCRATCH/leak.csv.gz")")
counted=$(dyetrace parts "$(dump_of "$SCRATCH/leak.csv.gz")" --json)
is "it counts every record by what it holds" "$(jq -c '[.records == ([.kinds[].records] | add), .parseable == .records, (.columns | length)]' <<<"$counted")" '[true,true,4]'
verdict=$(jq -cS '[.parts, .records, .sightings, .verdict]' <<<"$OUT")
is "it sights every canary" "$(jq -r '.[0]' <<<"$undisturbed" | sort -u | wc -l)" 200
[ "$TAP_FAILED" = 0 ] || finish
chunks=$(home_sql "SELECT count(*) FROM dyetrace.chunk")
diag "undisturbed: $took ms, $chunks chunks"

midway=0
for i in 1 2 3 4 5 6 7 8 9 10; do
    reset_dumps
    setsid dyetrace ingest "$SCRATCH/leak.csv.gz" --json >/dev/null 2>&1 </dev/null &
    victim=$!
    # Half of the moments are by the clock, half by what is done, since a loaded machine is faster or slower than it was.
    if [ $((i / 2 % 2)) = 0 ]; then
        sleep_ms $((took * (2 * i - 1) / 20))
    else
        soon "(SELECT count(*) FROM dyetrace.chunk) >= $((chunks * i / 12))"
    fi
    # Odd: everything at once. Even: the process that was started, whose children have to notice.
    if [ $((i % 2)) = 1 ]; then kill -9 -- -"$victim"; else kill -9 "$victim"; fi 2>/dev/null
    wait "$victim" 2>/dev/null
    left=$(home_sql "SELECT count(*) FROM dyetrace.chunk")
    if [ "$left" -gt 0 ] && [ "$left" -lt "$chunks" ]; then midway=$((midway + 1)); fi
    exit_is "after a kill at moment $i, with $left chunks done, the ingest goes on to its end" 0 \
        dyetrace ingest "$SCRATCH/leak.csv.gz" --json
    is "with the same counts" "$(jq -cS '[.parts, .records, .sightings, .verdict]' <<<"$OUT")" "$verdict"
    is "and the same sightings" "$(sightings_of "$(dump_of "$SCRATCH/leak.csv.gz")")" "$undisturbed"
    is "and the same counts of what is in it" "$(dyetrace parts "$(dump_of "$SCRATCH/leak.csv.gz")" --json)" "$counted"
done
ok "some of the kills fell between the first chunk and the last" test "$midway" -ge 2
finish
