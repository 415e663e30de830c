#!/usr/bin/env bash
# Seed, leak, ingest, look: the shapes of the command line contract and the numbers in them.
. "$(dirname "$0")/../support/home.sh"

home_new
hospital_new 1000

# --- seeding ---------------------------------------------------------------------------------------------------------

exit_is "twenty canaries can be seeded into a CSV file" 0 \
    dyetrace seed jinan-hospital/his --count 20 --format csv -o "$SCRATCH/seeded.csv"
is "the seeded file is for its owner's eyes only" "$(stat -c %a "$SCRATCH/seeded.csv")" 600
is "the seeded file has a header and a row a canary" "$(wc -l <"$SCRATCH/seeded.csv")" 21
exit_is "five can be seeded as JSON lines" 0 dyetrace seed jinan-hospital/his --count 5 --format jsonl -o "$SCRATCH/seeded.jsonl"
is "each JSON line is an object" "$(jq -c 'type' "$SCRATCH/seeded.jsonl" | sort | uniq -c | tr -s ' ')" ' 5 "object"'

reveal jinan-hospital/his >"$SCRATCH/revealed.jsonl"
is "the list reveals every canary of the source" "$(wc -l <"$SCRATCH/revealed.jsonl")" 25
is "a revealed canary has the keys of the contract" \
    "$(jq -c '["canary", "source", "variant", "name", "sex", "birth", "address", "identifiers"] - keys' "$SCRATCH/revealed.jsonl" | sort -u)" '[]'
is "its source, sex and birth are of their forms" "$(jq -c '[.source == "jinan-hospital/his", (.sex | test("^[MF]$")),
    (.birth | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}$")), (.variant == "A")]' "$SCRATCH/revealed.jsonl" | sort -u)" '[true,true,true,true]'
is "a hospital's canary has a mobile, a resident ID and an MRN" \
    "$(jq -c '.identifiers | [has("mobile"), has("resident_id"), has("mrn")]' "$SCRATCH/revealed.jsonl" | sort -u)" '[true,true,true]'
is "a mobile is in the canaries' own space" \
    "$(jq -r .identifiers.mobile "$SCRATCH/revealed.jsonl" | grep -cvE '^(174[2-8][0-9]{7}|154[0-9]{8})$')" 0
is "a resident ID's area was never assigned" \
    "$(jq -r .identifiers.resident_id "$SCRATCH/revealed.jsonl" | grep -cvE '^[1-6][0-9]{3}4[4-9]')" 0

# The check character is computed here once more, from the standard.
good_check() {
    awk '{ split("7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2", w, " "); sum = 0; for (i = 1; i <= 17; i++) sum += substr($0, i, 1) * w[i]
        if (substr("10X98765432", sum % 11 + 1, 1) != substr($0, 18, 1)) bad++ } END { print bad + 0 }'
}
is "a resident ID has the check character of the standard" "$(jq -r .identifiers.resident_id "$SCRATCH/revealed.jsonl" | good_check)" 0
is "birth and sex agree with the resident ID" "$(jq -c '(.identifiers.resident_id[6:14] == (.birth | gsub("-"; ""))) and
    ((.identifiers.resident_id[16:17] | tonumber % 2 == 1) == (.sex == "M"))' "$SCRATCH/revealed.jsonl" | sort -u)" true
is "no value occurs twice" "$(jq -r '.identifiers[]' "$SCRATCH/revealed.jsonl" | sort | uniq -d)" ""

# --- a dump ----------------------------------------------------------------------------------------------------------

{
    noise 100 1
    head -n 12 "$SCRATCH/revealed.jsonl" | rows
    noise 100 2
} >"$SCRATCH/leak.csv"
exit_is "a dump is ingested" 0 dyetrace ingest "$SCRATCH/leak.csv" --label 'group 7' --json
INGEST=$OUT
is "ingest prints one object" "$(jq -s length <<<"$INGEST")" 1
same_json "the object has the keys of the contract" "$(jq -c '["acquisition", "bytes", "dump", "duplicate", "parts", "reasons", "records",
    "sha256", "sightings", "sm3", "verdict"] - keys' <<<"$INGEST")" '[]'
same_json "it counts what is there" "$(jq -c '[.bytes, .sha256, .sm3, .parts, .records, .sightings, .verdict, .duplicate, .reasons]' <<<"$INGEST")" \
    "$(jq -cn --argjson b "$(stat -c %s "$SCRATCH/leak.csv")" --arg h "$(sha256sum <"$SCRATCH/leak.csv" | cut -d' ' -f1)" \
        '[$b, $h, null, 1, 212, 12, "read", false, []]')"
DUMP=$(jq -r .dump <<<"$INGEST")

dyetrace sightings --dump "$DUMP" --json >"$SCRATCH/sightings.jsonl"
is "each leaked canary is sighted once, and no other" "$(jq -r .canary "$SCRATCH/sightings.jsonl" | sort)" \
    "$(head -n 12 "$SCRATCH/revealed.jsonl" | jq -r .canary | sort)"
is "a sighting has the keys of the contract" "$(jq -c '["dump", "canary", "variant", "source", "part", "offset", "places", "bits",
    "probability", "evidence"] - keys' "$SCRATCH/sightings.jsonl" | sort -u)" '[]'
row_at() {
    tail -c +$(($1 + 1)) "$SCRATCH/leak.csv" | head -n 1
}
wrong=
while read -r canary offset; do
    [ "$(row_at "$offset")" = "$(jq -c --arg c "$canary" 'select(.canary == $c)' "$SCRATCH/revealed.jsonl" | rows)" ] || wrong+=" $canary@$offset"
done < <(jq -r '"\(.canary) \(.offset)"' "$SCRATCH/sightings.jsonl")
is "a sighting's offset is the first byte of its row" "$wrong" ""
is "the places of its evidence hold the values" "$(while read -r canary start length; do
    grep -qF "$(tail -c +$((start + 1)) "$SCRATCH/leak.csv" | head -c "$length")" \
        <(jq -c --arg c "$canary" 'select(.canary == $c)' "$SCRATCH/revealed.jsonl") || echo "$canary $start"
done < <(jq -r '.canary as $c | .places[] | "\($c) \(.start) \(.length)"' "$SCRATCH/sightings.jsonl"))" ""
is "a whole row is as good as certain, by its mobile and its ID" "$(jq -c '[.probability > 0.999, .bits > 40,
    ([.evidence[] | select(.form == "plain") | .kind] | (index("mobile") and index("resident_id")) != null)]' "$SCRATCH/sightings.jsonl" | sort -u)" \
    '[true,true,true]'
is "the bits of a sighting are those of its evidence" \
    "$(jq -c '(.bits - ([.evidence[].bits] | add)) | fabs < 0.6' "$SCRATCH/sightings.jsonl" | sort -u)" true
is "sightings can be asked for by source and by canary" \
    "$(dyetrace sightings --source jinan-hospital --json | wc -l) $(dyetrace sightings --canary "$(jq -r .canary "$SCRATCH/sightings.jsonl" | head -n 1)" --json | wc -l)" "12 1"

# --- attribution -----------------------------------------------------------------------------------------------------

exit_is "the dump is attributed" 0 dyetrace attribute "$DUMP" --json
ATTRIBUTION=$OUT
same_json "to the one source that was seeded" "$(jq -c '[.dump, .verdict, .set, .undecided]' <<<"$ATTRIBUTION")" \
    "[\"$DUMP\",\"attributed\",[\"jinan-hospital/his\"],[]]"
is "an attribution has the keys of the contract" \
    "$(jq -c '[["dump", "verdict", "set", "undecided", "parents", "power", "sources"] - keys, ["source", "posterior", "log10_lr", "p_value",
        "baseline", "seen", "planted", "leaked", "taken"] - (.sources[0] | keys)]' <<<"$ATTRIBUTION")" '[[],[]]'
same_json "twelve of twenty-five were seen" "$(jq -c '.sources[0] | [.source, .seen, .planted]' <<<"$ATTRIBUTION")" '["jinan-hospital/his",12,25]'
same_json "the size estimate is the share of canaries seen, in its interval" "$(jq -c '.sources[0].leaked |
    [(.estimate >= 470 and .estimate <= 500), .low < .estimate, .estimate < .high]' <<<"$ATTRIBUTION")" '[true,true,true]'
same_json "chance is excluded" "$(jq -c '.sources[0] | [.log10_lr > 3, .p_value < 0.001, .posterior > 0.99, .baseline > 0.9]' <<<"$ATTRIBUTION")" \
    '[true,true,true,true]'
like "the copy was taken after the planting" "$(jq -r '.sources[0].taken.after' <<<"$ATTRIBUTION")" '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$'

# --- again -----------------------------------------------------------------------------------------------------------

cp "$SCRATCH/leak.csv" "$SCRATCH/reposted.csv"
exit_is "the same bytes under another name are taken" 0 dyetrace ingest "$SCRATCH/reposted.csv" --json
same_json "as a new acquisition of the same dump" "$(jq -c --arg d "$DUMP" --arg a "$(jq -r .acquisition <<<"$INGEST")" \
    '[.dump == $d, .acquisition != $a, .duplicate, .sightings]' <<<"$OUT")" '[true,true,true,12]'
is "and nothing is counted twice" "$(home_sql "SELECT (SELECT count(*) FROM dyetrace.dump), (SELECT count(*) FROM dyetrace.acquisition),
    (SELECT count(*) FROM dyetrace.sighting WHERE NOT weak)")" "1|2|12"

# --- other containers, charsets and forms ----------------------------------------------------------------------------

head -n 3 "$SCRATCH/revealed.jsonl" | rows | iconv -f UTF-8 -t GB18030 >"$SCRATCH/客户.csv"
(cd "$SCRATCH" && tar -czf in.tar.gz 客户.csv && zip -q outer.zip in.tar.gz leak.csv)
exit_is "a zip with a tar.gz in it is ingested" 0 dyetrace ingest "$SCRATCH/outer.zip" --json
is "a part is named by its path inside" "$(dyetrace sightings --dump "$(jq -r .dump <<<"$OUT")" --json | jq -r .part | sort | uniq -c | tr -s ' ')" \
    " 3 in.tar.gz/客户.csv"$'\n'" 12 leak.csv"

digest() {
    printf %s "$1" | openssl dgst "-$2" -r | cut -d' ' -f1
}
mobile() {
    sed -n "$1p" "$SCRATCH/revealed.jsonl" | jq -r .identifiers.mobile
}
{
    for i in 1 2 3 4; do echo "客户$i,$(digest "$(mobile "$i")" "$(cut -d' ' -f"$i" <<<'md5 sha1 sha256 sm3')")"; done
    echo "+86$(mobile 5)"
} >"$SCRATCH/hashed.csv"
exit_is "hashed numbers are ingested" 0 dyetrace ingest "$SCRATCH/hashed.csv" --json
is "and found in their forms" "$(dyetrace sightings --dump "$(jq -r .dump <<<"$OUT")" --json | jq -r '.evidence[] | select(.kind == "mobile") | .form' | sort | tr '\n' ' ')" \
    "md5 plain sha1 sha256 sm3 "

# --- the other verdicts ----------------------------------------------------------------------------------------------

noise 2000 3 >"$SCRATCH/foreign.csv"
dyetrace ingest "$SCRATCH/foreign.csv" --json >"$SCRATCH/out"
same_json "a dump without canaries is not covered" "$(dyetrace attribute "$(jq -r .dump "$SCRATCH/out")" --json | jq -c '[.verdict, .set]')" '["not-covered",[]]'

exit_is "controls can be made" 0 dyetrace canary controls --count 3
reveal | jq -c 'select(.source == null)' >"$SCRATCH/controls.jsonl"
is "controls are listed without a source" "$(wc -l <"$SCRATCH/controls.jsonl")" 3
{
    noise 50 4
    head -n 1 "$SCRATCH/controls.jsonl" | rows
} >"$SCRATCH/control.csv"
dyetrace ingest "$SCRATCH/control.csv" --json >"$SCRATCH/out"
is "a dump that holds a control is an alarm" "$(dyetrace attribute "$(jq -r .dump "$SCRATCH/out")" --json | jq -r .verdict)" "control-hit"

dyetrace source add jinan-hospital/empty --sector hospital
exit_is "an empty list of sightings is done, not wrong" 0 dyetrace sightings --source jinan-hospital/empty --json
is "and empty" "$OUT" ""
exit_is "one of a source that is not there is wrong" 2 dyetrace sightings --source nowhere/at-all --json
finish
