#!/usr/bin/env bash
# How much of a source is in a dump, part by part, and when it was copied.
. "$(dirname "$0")/../support/home.sh"

home_new
dyetrace source add jinan/his --sector hospital >/dev/null
dyetrace source add jinan/his/east --sector hospital --population 10000 >/dev/null
dyetrace source add jinan/his/west --sector hospital --population 40000 >/dev/null
seed_csv jinan/his/east 40 "$SCRATCH/east.csv"
seed_csv jinan/his/west 100 "$SCRATCH/west.csv"
reveal jinan/his/east >"$SCRATCH/east.jsonl"
reveal jinan/his/west >"$SCRATCH/west.jsonl"
# All days are counted from one moment: of a test that looks twice, midnight passes in between in one run of some thousand.
NOW=$(date -u +%s)
day() { # DAYS AGO
    date -u -d "@$((NOW - $1 * 86400))" +%Y-%m-%d
}
AT="to_timestamp($NOW)"
# The east's were planted one a day, the oldest 60 days ago; half of the west's a year ago, the rest after the copy.
i=0
while read -r canary; do
    echo "UPDATE dyetrace.placement SET planted_at = $AT - interval '$((60 - i++)) days' WHERE canary_id = '$canary';"
done < <(jq -r .canary "$SCRATCH/east.jsonl") >"$SCRATCH/dates.sql"
jq -r .canary "$SCRATCH/west.jsonl" | awk -v at="$AT" '{ printf "UPDATE dyetrace.placement SET planted_at = %s - interval '\''%d days'\'' WHERE canary_id = '\''%s'\'';\n", at, NR <= 50 ? 365 : 10, $1 }' >>"$SCRATCH/dates.sql"
home_sql "$(cat "$SCRATCH/dates.sql")" >/dev/null

# Ten of the east's first twenty, thirty of the west's first fifty; the visits end 35 days ago.
visits() { # PREFIX DAYS: a table with a date, of nobody
    noise 300 "$2" | awk -v day="$(day "$2")" -F, 'BEGIN { OFS = "," } { print $1, $2, $3, day }'
}
{
    echo 姓名,手机号,身份证号,就诊日期
    jq -r '[.name, .identifiers.mobile, .identifiers.resident_id] | join(",")' <(sed -n '1~2p' "$SCRATCH/east.jsonl" | head -n 10) | sed "s/$/,$(day 50)/"
    visits east 35
} >"$SCRATCH/east_leak.csv"
{
    echo 姓名,手机号,身份证号,预约日期
    jq -r '[.name, .identifiers.mobile, .identifiers.resident_id] | join(",")' <(head -n 30 "$SCRATCH/west.jsonl") | sed "s/$/,$(day 100)/"
    visits west 90
} >"$SCRATCH/west_leak.csv"
(cd "$SCRATCH" && zip -q leak.zip east_leak.csv west_leak.csv)
dump=$(dyetrace ingest "$SCRATCH/leak.zip" --acquired-at "$(day 2)T00:00:00Z" --json | jq -r .dump)
exit_is "a dump of two parts is attributed" 0 dyetrace attribute "$dump" --json
ATTRIBUTION=$OUT
source_of() { # SOURCE FILTER
    jq -c --arg s "$1" '.sources[] | select(.source == $s) | '"$2" <<<"$ATTRIBUTION"
}
is "a quarter of the one leaked, and three tenths of the other" "$(source_of jinan/his/east .leaked.estimate) $(source_of jinan/his/west .leaked.estimate)" "2500 12000"
ok "each in its interval" jq -e '[.sources[] | select(.leaked != null) | .leaked | .low < .estimate and .estimate < .high and .low > 0] | all' <<<"$ATTRIBUTION"
is "a source of one part has no other" "$(source_of jinan/his/east .strata)" "[]"
is "the copy is from after the newest visit" "$(source_of jinan/his/east '[.taken.after[:10], .taken.by_newest]')" "[\"$(day 36)\",true]"
is "whose day begins in China" "$(source_of jinan/his/east '.taken.after[10:]')" '"T16:00:00Z"'
is "and from before the dump came" "$(source_of jinan/his/east '.taken.before[:10]')" "\"$(day 2)\""
ok "most likely from before the last ones were planted" jq -e --arg t "$(day 25)" '.sources[] | select(.source == "jinan/his/east") | .taken.likely_before < $t' <<<"$ATTRIBUTION"
is "the other's parts tell it of another day" "$(source_of jinan/his/west '[.taken.after[:10], .taken.by_newest]')" "[\"$(day 91)\",true]"
ok "and likely from before fifty were planted that it shows none of" jq -e --arg t "$(day 9)" '.sources[] | select(.source == "jinan/his/west") | .taken.likely_before < $t' <<<"$ATTRIBUTION"

# A table with days to come tells nothing, and one part with both sources' canaries nothing of either.
{
    echo 姓名,手机号,身份证号,预约日期
    jq -r '[.name, .identifiers.mobile, .identifiers.resident_id] | join(",")' <(sed -n '1~2p' "$SCRATCH/east.jsonl" | head -n 10) | sed "s/$/,$(day -20)/"
    visits east 20
} >"$SCRATCH/coming.csv"
coming=$(dyetrace ingest "$SCRATCH/coming.csv" --acquired-at "$(day 2)T00:00:00Z" --json | jq -r .dump)
is "a column with days to come says nothing of how new the rows are" "$(dyetrace attribute "$coming" --json | jq -c '.sources[0].taken.by_newest')" false
cat "$SCRATCH/east_leak.csv" "$SCRATCH/west_leak.csv" >"$SCRATCH/merged.csv"
merged=$(dyetrace ingest "$SCRATCH/merged.csv" --acquired-at "$(day 2)T00:00:00Z" --json | jq -r .dump)
is "nor does a table of two sources" "$(dyetrace attribute "$merged" --json | jq -c '[.sources[].taken.by_newest] | any')" false

# Rotations: a canary that was taken out ends the bracket, and one that was is missing begins it.
home_sql "UPDATE dyetrace.placement SET state = 'withdrawn', withdrawn_at = $AT - interval '30 days' WHERE canary_id = '$(head -n 1 "$SCRATCH/east.jsonl" | jq -r .canary)'" >/dev/null
ATTRIBUTION=$(dyetrace attribute "$dump" --json)
is "what was withdrawn later was there" "$(source_of jinan/his/east '[.taken.before[:10], .taken.several]')" "[\"$(day 30)\",false]"

# Nothing seen: at most three of K, which are the 39 that were not withdrawn before.
noise 500 4 >"$SCRATCH/none.csv"
none=$(dyetrace ingest "$SCRATCH/none.csv" --json | jq -r .dump)
is "of a source that shows nothing, at most 3/K leaked" "$(dyetrace attribute "$none" --json | jq -c '.sources[] | select(.source == "jinan/his/east") | .leaked')" '{"estimate":0,"low":0,"high":769}'

# Two dumps of one table that nobody seeded, which say by what both have how large it is.
noise 2000 77 >"$SCRATCH/table.csv"
awk 'NR % 4 == 0' "$SCRATCH/table.csv" >"$SCRATCH/first.csv"
awk 'NR % 5 == 0' "$SCRATCH/table.csv" >"$SCRATCH/second.csv"
first=$(dyetrace ingest "$SCRATCH/first.csv" --json | jq -r .dump)
second=$(dyetrace ingest "$SCRATCH/second.csv" --json | jq -r .dump)
exit_is "two dumps of one table say how large it is" 0 dyetrace estimate "$first" "$second" --json
# 500 and 400 with 100 in both: 501 x 401 / 101 - 1.
is "by what both have" "$(jq -c '[.persons, .common, .estimate]' <<<"$OUT")" '[[500,400],100,1988]'
ok "within an interval" jq -e '.low < 2000 and .high > 2000 and .low > 1500 and .high < 2600' <<<"$OUT"
like "and on an assumption" "$(jq -r .assumption <<<"$OUT")" 'independent'
is "in either order" "$(dyetrace estimate "$second" "$first" --json | jq -c '[.persons, .estimate]')" '[[400,500],1988]'
finish
