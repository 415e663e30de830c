#!/usr/bin/env bash
# kill -9 in the middle of a large plain file: run again, the ingest goes on behind the chunks that were committed without
# reading them, and comes to the same.
. "$(dirname "$0")/../support/home.sh"
. tests/support/kill.sh

home_new
hospital_new
seed_csv jinan-hospital/his 200 "$SCRATCH/seeded.csv"
leak=$SCRATCH/leak.csv
{ # of different people, so that it takes several sketches
    noise 600000 1
    reveal jinan-hospital/his | rows
    noise 600000 2
} >"$leak"
bytes=$(stat -c %s "$leak")

# counted: what is known of the dump when it is done.
counted() {
    dyetrace parts "$(dump_of "$leak")" --json
    sightings_of "$(dump_of "$leak")"
    home_sql "SELECT kind, distinct_n, persons_n, md5(image) FROM dyetrace.identifier_set ORDER BY 1"
    home_sql "SELECT path, lines, records FROM dyetrace.part ORDER BY 1"
}
# ingest_watched: ingests, and sets READ to how many bytes that has read: a process's count has those of the children
# that it has waited for.
ingest_watched() {
    # shellcheck disable=SC2016 # for the inner shell
    READ=$(bash -c 'dyetrace ingest "$1" --json >/dev/null 2>&1 </dev/null
                    status=$?
                    while read -r name n; do [ "$name" != rchar: ] || echo "$n"; done </proc/$$/io
                    exit $status' _ "$leak")
}

ingest_watched
is "an undisturbed ingest is done" "$?" 0
undisturbed=$(counted)
whole=$READ
ok "it reads the file for its digest, to match it, and for its other digest" test "$whole" -ge $((3 * bytes))
chunks=$(home_sql "SELECT count(*) FROM dyetrace.chunk")
diag "$bytes bytes, $chunks chunks, $whole bytes read"
[ "$TAP_FAILED" = 0 ] || finish

reset_dumps
setsid dyetrace ingest "$leak" --json >/dev/null 2>&1 </dev/null &
victim=$!
ok "what more than a third of its chunks hold is stored" \
    soon "(SELECT least((SELECT max(upto) FROM dyetrace.sketch), max(identified_chunks)) FROM dyetrace.dump) > $((chunks / 3 + 1))"
kill -9 -- -"$victim"
wait "$victim" 2>/dev/null
left=$(home_sql "SELECT count(*) FROM dyetrace.chunk")
sketched=$(home_sql "SELECT coalesce(max(upto), 0) FROM dyetrace.sketch")
ok "it was killed before its end" test "$left" -lt "$chunks"
identified=$(home_sql "SELECT identified_chunks FROM dyetrace.dump")
skipped=$(home_sql "SELECT coalesce(sum(bytes), 0) FROM dyetrace.chunk WHERE number < least($sketched, $identified)")
diag "killed with $left chunks done, $sketched of them in sketches, $identified in identifier sets: $skipped bytes"
ok "a third of the file is behind it" test "$skipped" -gt $((bytes / 3))

ingest_watched
is "the ingest goes on to its end" "$?" 0
diag "$READ bytes read"
ok "it has not read what was done" test "$READ" -lt $((whole - skipped * 9 / 10))
is "and all that is known of the dump is the same" "$(counted)" "$undisturbed"
finish
