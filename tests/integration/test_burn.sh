#!/usr/bin/env bash
# An authority gives values out that canaries have: seeding stops, the canaries are burned and count no more.
. "$(dirname "$0")/../support/home.sh"

home_new
hospital_new
seed_csv jinan-hospital/his 12 "$SCRATCH/seeded.csv"
reveal jinan-hospital/his >"$SCRATCH/revealed.jsonl"
seq 16000000000 16000000009 >"$SCRATCH/sims.txt"

printf '130-139,\n150-153,\n' >"$SCRATCH/plan-1.txt"
exit_is "a release that assigns nothing of ours is taken in" 0 dyetrace table import "$SCRATCH/plan-1.txt" --kind mobile-range --release 2026-01
is "and lists no canary" "$OUT" ""
exit_is "seeding goes on" 0 dyetrace seed jinan-hospital/his --count 1 -o "$SCRATCH/one.csv"
printf '130-139,\nnonsense\n' >"$SCRATCH/bad.txt"
exit_is "a table that is none is refused as a whole" 3 dyetrace table import "$SCRATCH/bad.txt" --kind mobile-range --release bad
one_line_error "by its line" 2
exit_is "a release has one table" 2 sh -c "printf '130,\n' | dyetrace table import - --kind mobile-range --release 2026-01"

# The county of one canary's ID.
victim=$(head -n 1 "$SCRATCH/revealed.jsonl")
county=$(jq -r .identifiers.resident_id <<<"$victim" | cut -c1-6)
jq -r "select(.identifiers.resident_id[:6] == \"$county\").canary" "$SCRATCH/revealed.jsonl" | sort >"$SCRATCH/victims"
printf '110101 东城区\n%s 新区\n' "$county" >"$SCRATCH/counties.txt"
exit_is "a release that assigns a canary's county says so" 1 dyetrace table import "$SCRATCH/counties.txt" --kind county --release 2027 --json
is "and lists the canaries to burn" "$(jq -r 'select(.source == "jinan-hospital/his").canary' <<<"$OUT" | sort | grep -cxF -f "$SCRATCH/victims")" "$(wc -l <"$SCRATCH/victims")"
exit_is "seeding of that kind is refused" 2 dyetrace seed jinan-hospital/his --count 1 -o "$SCRATCH/two.csv"
one_line_error "and says what to do" 'resident_id: a new release assigns .* canary burn --assigned'
exit_is "a source without that kind is not" 0 sh -c "dyetrace source add courier/north --sector courier >/dev/null && dyetrace seed courier/north --count 1 -o $SCRATCH/courier.csv"

noise 300 1 >"$SCRATCH/noise.csv"
cat "$SCRATCH/seeded.csv" "$SCRATCH/noise.csv" >"$SCRATCH/before.csv"
before=$(dyetrace ingest "$SCRATCH/before.csv" --json | jq -r .dump)
sleep 1.1
exit_is "a burn wants a reason" 2 dyetrace canary burn --assigned
exit_is "those are burned at once" 0 dyetrace canary burn --assigned --reason 'GB/T 2260 of 2027' --json
ok "all of them" test "$(jq -r .canary <<<"$OUT" | grep -cxF -f "$SCRATCH/victims")" = "$(wc -l <"$SCRATCH/victims")"
exit_is "a single one by name" 0 dyetrace canary burn "$(tail -n 1 "$SCRATCH/revealed.jsonl" | jq -r .canary)" --reason 'seen on a forum'
exit_is "one that there is not is an error" 2 dyetrace canary burn c0123 --reason x
is "burns are on record" "$(home_sql "SELECT count(*) FROM dyetrace.audit WHERE event = 'burn'")" 2
like "and in the list" "$(dyetrace canary list --json | jq -r 'select(.burned).canary')" "$(head -n 1 "$SCRATCH/victims")"

cat "$SCRATCH/seeded.csv" "$SCRATCH/noise.csv" "$SCRATCH/sims.txt" >"$SCRATCH/after.csv"
after=$(dyetrace ingest "$SCRATCH/after.csv" --json | jq -r .dump)
is "a burned canary is still found, and marked" "$(dyetrace sightings --dump "$after" --canary "$(head -n 1 "$SCRATCH/victims")" --json | jq -r .burned)" true
is "not in the dump that came before" "$(dyetrace sightings --dump "$before" --canary "$(head -n 1 "$SCRATCH/victims")" --json | jq -r .burned)" null
# Of those in the dump: the one that was seeded after them may be of the county too.
burned=$(home_sql 'SELECT canary_id FROM dyetrace.canary_burn' | grep -cxF -f <(jq -r .canary "$SCRATCH/revealed.jsonl"))
seen() {
    dyetrace attribute "$1" --json | jq '.sources[] | select(.source == "jinan-hospital/his").seen'
}
is "it counts for its source before" "$(seen "$before")" 12
# The rows after are those of before again, which speak for nobody a second time: what is inherited is what still counts.
is "and no more after" "$(dyetrace attribute "$after" --json | jq .inherited)" "$((12 - burned))"

# The default space as a whole: a release reaches into it until a pool stands in.
exit_is "the space stays closed while the newest release reaches into it" 2 dyetrace seed jinan-hospital/his --count 1 -o "$SCRATCH/three.csv"
one_line_error "for kinds that no pool stands in for" 'release 2027 assigns values of the default space'
printf '110101 东城区\n' >"$SCRATCH/counties.txt"
exit_is "a release that gives it back" 0 dyetrace table import "$SCRATCH/counties.txt" --kind county --release 2028
exit_is "opens it" 0 dyetrace seed jinan-hospital/his --count 1 -o "$SCRATCH/three.csv"
printf '174,\n' >"$SCRATCH/plan-2.txt"
dyetrace table import "$SCRATCH/plan-2.txt" --kind mobile-range --release 2027-01 >/dev/null 2>&1
dyetrace canary burn --assigned --reason 'the plan of 2027' >/dev/null
exit_is "of mobiles too" 2 dyetrace seed jinan-hospital/his --count 1 -o "$SCRATCH/four.csv"
dyetrace pool import "$SCRATCH/sims.txt" --kind mobile >/dev/null
exit_is "and a pool stands in" 0 dyetrace seed jinan-hospital/his --count 1 -o "$SCRATCH/four.csv"
finish
