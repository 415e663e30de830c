#!/usr/bin/env bash
# A name that is not there is no empty answer: a slip of the pen must not read as "no leak".
. "$(dirname "$0")/../support/home.sh"

home_new
hospital_new
seed_csv jinan-hospital/his 5 "$SCRATCH/seeded.csv"
dyetrace source add jinan-hospital/empty --sector hospital >/dev/null
noise 200 1 >"$SCRATCH/nobody.csv"
noise 200 2 >"$SCRATCH/others.csv"
run dyetrace ingest "$SCRATCH/nobody.csv" "$SCRATCH/others.csv" --json
dump=$(dump_of "$SCRATCH/nobody.csv")
other=$(dump_of "$SCRATCH/others.csv")
canary=$(dyetrace canary list --json | jq -rs '.[0].canary')
audited=$(home_sql 'SELECT count(*) FROM dyetrace.audit')

while IFS='|' read -r name verb; do
    verb=${verb//DUMP/$dump}
    read -ra words <<<"${verb//CANARY/$canary}"
    exit_is "$verb: a name that is not there is a usage error" 2 dyetrace "${words[@]}"
    one_line_error "in one line, with the name" "$name: unknown"
    is "and nothing is told" "$OUT" ""
done <<'END'
dump: d0000000000000000|sightings --dump d0000000000000000
dump: d0000000000000000|sightings --dump d0000000000000000 --json
canary: c-nobody|sightings --dump DUMP --canary c-nobody
source: jinan-hospital/hsi|sightings --source jinan-hospital/hsi
source: jinan-hospital/his/|sightings --canary CANARY --source jinan-hospital/his/
dump: d0000000000000000|unread --dump d0000000000000000
dump: d0000000000000000|parts d0000000000000000
dump: d0000000000000000|attribute d0000000000000000
dump: d0000000000000000|count d0000000000000000
dump: d0000000000000000|lineage d0000000000000000
dump: d0000000000000000|estimate d0000000000000000 DUMP
dump: d0000000000000000|estimate DUMP d0000000000000000
dump: d0000000000000000|accounts d0000000000000000
source: jinan-hospital/hsi|accounts DUMP --source jinan-hospital/hsi
source: jinan-hospital/hsi|contact list --source jinan-hospital/hsi
source: jinan-hospital/hsi|touch list --source jinan-hospital/hsi
source: jinan-hospital/hsi|touch pseudonyms /dev/null --source jinan-hospital/hsi --reason why
canary: c-nobody|retro-hunt --canary c-nobody
source: jinan-hospital/hsi|retro-hunt --source jinan-hospital/hsi
source: jinan-hospital/hsi|canary list --source jinan-hospital/hsi
source: jinan-hospital/hsi|health jinan-hospital/hsi --last
owner: nobody|pool list --owner nobody
END
is "none of that is on record as done" "$(home_sql 'SELECT count(*) FROM dyetrace.audit')" "$audited"

while read -r verb; do
    verb=${verb//DUMP/$dump}
    read -ra words <<<"${verb//CANARY/$canary}"
    exit_is "$verb: one that is there and has nothing is an empty list" 0 dyetrace "${words[@]}" --json
    is "of no lines" "$OUT$ERR" ""
done <<'END'
sightings --dump DUMP
sightings --canary CANARY
sightings --source jinan-hospital
unread --dump DUMP
lineage DUMP
contact list --source jinan-hospital/empty
touch list --source jinan-hospital/empty
canary list --source jinan-hospital/empty
pool list --owner home
END
exit_is "two dumps that have nobody in common say nothing of a table" 2 dyetrace estimate "$dump" "$other"
one_line_error "in one line" 'no persons are known that both dumps have'
exit_is "nor does one with itself" 2 dyetrace estimate "$dump" "$dump"
one_line_error "in one line" 'two different dumps'
is "a source that is there is not covered by a dump of nobody" "$(dyetrace accounts "$dump" --source jinan-hospital/empty --json | jq -r .verdict)" not-covered

# --- a time to come --------------------------------------------------------------------------------------------------

acquired() { # SECONDS FROM NOW
    dyetrace ingest "$SCRATCH/nobody.csv" --acquired-at "$(date -u -d "@$(($(date +%s) + $1))" +%Y-%m-%dT%H:%M:%SZ)" --json
}
before=$(home_sql 'SELECT count(*) FROM dyetrace.acquisition')
later=$(date -u -d '2 days' +%F)
exit_is "nothing was acquired on a day to come" 2 dyetrace ingest "$SCRATCH/nobody.csv" --acquired-at "$later"
one_line_error "which is said, with the time" "--acquired-at: $later is a time to come"
exit_is "nor in ten minutes" 2 acquired 600
exit_is "nor in another year, in any zone" 2 dyetrace ingest "$SCRATCH/nobody.csv" --acquired-at "$(($(date +%Y) + 1))-12-31T08:00:00.25+08:00"
is "and nothing is stored" "$(home_sql 'SELECT count(*) FROM dyetrace.acquisition')" "$before"
exit_is "a clock that is two minutes ahead is borne with" 0 acquired 120
exit_is "today is a day that has begun" 0 dyetrace ingest "$SCRATCH/nobody.csv" --acquired-at "$(date -u +%F)"
exit_is "an hour ago is a time" 0 acquired -3600
is "these are acquisitions" "$(home_sql 'SELECT count(*) FROM dyetrace.acquisition')" "$((before + 3))"

# --- for people ------------------------------------------------------------------------------------------------------

(cd "$SCRATCH" && zip -q -P secret locked.zip nobody.csv)
run dyetrace ingest "$SCRATCH/locked.zip" --json
locked=$(dump_of "$SCRATCH/locked.zip")
exit_is "unread without --json is for people" 0 dyetrace unread --dump "$locked"
like "a line a part, with verdict and reason" "$OUT" "^$locked  nobody\.csv: unread: encrypted, [0-9]+ bytes$"
is "and with it for programs" "$(dyetrace unread --dump "$locked" --json | jq -c '[.dump, .part, .verdict, .reason]')" "[\"$locked\",\"nobody.csv\",\"unread\",\"encrypted\"]"
finish
