#!/usr/bin/env bash
# A dump that hides a part of everything: rows name canaries by what they show together, lone coincidences don't.
. "$(dirname "$0")/../support/home.sh"

home_new
hospital_new
seed_csv jinan-hospital/his 12 "$SCRATCH/seeded.csv"
reveal jinan-hospital/his >"$SCRATCH/revealed.jsonl"
noise 20000 3 >"$SCRATCH/noise.csv"

# masked FORM: a row a canary, of name and mobile with the middle hidden, a birth date besides, or three digits alone.
masked() {
    jq -r --arg form "$1" '.identifiers.mobile as $m | if $form == "birth" then
        "\(.name),\($m[:3])****\($m[7:]),\(.birth | gsub("-0?"; "/"))" elif $form == "surname" then
        "\(.name[:1])**,\($m[:3])****\($m[7:])" else "\($m[:3])*****\($m[8:])" end' "$SCRATCH/revealed.jsonl"
}
sightings() {
    dyetrace sightings --dump "$1" "${@:2}" --json | jq -r .canary | sort -u | wc -l
}
ingest() {
    cat "$SCRATCH/noise.csv" - >"$SCRATCH/$1.csv"
    dyetrace ingest "$SCRATCH/$1.csv" --json | jq -r .dump
}

dump=$(masked birth | ingest birth)
is "a masked mobile, a name and a birth date are a sighting" "$(sightings "$dump")" 12
evidence=$(dyetrace sightings --dump "$dump" --json | head -n 1 | jq -c '[.evidence[] | "\(.kind) \(.form)"]')
is "which says what agreed" "$evidence" '["mobile masked","resident_id birth","name plain"]'
dump=$(masked surname | sed 's/^/x,/' | ingest surname)
is "a masked name beside it is a weak one" "$(sightings "$dump" --weak)" 12
dump=$(masked digits | ingest digits)
is "six digits alone are none" "$(sightings "$dump")" 0
is "and are kept by their probability" "$(sightings "$dump" --weak)" 12
ok "which is small" test "$(dyetrace sightings --dump "$dump" --weak --json | jq -s 'all(.probability < 0.9 and .probability > 0.001)')" = true
printf 'link:\n  weak_floor: 0.5\n' >>"$DYETRACE_HOME/dyetrace.yaml"
dump=$( (masked digits && echo y) | ingest floor)
like "unless they are below the floor" "$(sightings "$dump" --weak)" '^[0-9]$'
finish
