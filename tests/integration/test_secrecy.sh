#!/usr/bin/env bash
# What a stolen database or log gives away: no value of any canary, nor its hex, nor a plain digest of it.
. "$(dirname "$0")/../support/home.sh"

home_new
hospital_new
dyetrace source add lixia-courier/waybill --sector courier >/dev/null
seed_csv jinan-hospital/his 30 "$SCRATCH/a.csv"
dyetrace seed lixia-courier/waybill --count 30 --format jsonl -o "$SCRATCH/b.jsonl"
dyetrace canary controls --count 5 >/dev/null
reveal >"$SCRATCH/revealed.jsonl"

# Everything that could write a value down: both kinds of ingest, a damaged file, a reveal, an index, the portal.
{
    noise 200 1
    rows <"$SCRATCH/revealed.jsonl"
} >"$SCRATCH/leak.csv"
jq -r '.identifiers[]' "$SCRATCH/revealed.jsonl" >"$SCRATCH/values.txt"
(cd "$SCRATCH" && zip -q leak.zip leak.csv && head -c $(($(stat -c %s leak.zip) - 200)) leak.zip >cut.zip)
dyetrace up
spool "$SCRATCH/leak.csv"
dyetrace ingest "$SCRATCH/values.txt" "$SCRATCH/cut.zip" --json >"$SCRATCH/out" 2>&1
dyetrace index build -o "$SCRATCH/all.idx" >/dev/null 2>&1
ok "the dump in the spool is attributed" eventually 30 is_attributed "$SCRATCH/leak.csv"
is "there is something to find: the canaries were sighted" \
    "$(dyetrace sightings --dump "$(dump_of "$SCRATCH/leak.csv")" --json | jq -r .canary | sort -u | wc -l)" "$(wc -l <"$SCRATCH/revealed.jsonl")"

pg_dump -d "$(home_conninfo)" >"$SCRATCH/stolen.sql" || fail "the database can be dumped"
ok "the dump of the database holds the sightings" grep -q '^COPY dyetrace.sighting ' "$SCRATCH/stolen.sql"
dyetrace down

# --- what to look for ------------------------------------------------------------------------------------------------

mkdir "$SCRATCH/values"
n=0
while IFS= read -r value; do
    n=$((n + 1))
    printf %s "$value" >"$SCRATCH/values/$n"
done < <(jq -r '.identifiers[], .address' "$SCRATCH/revealed.jsonl" | sort -u | awk 'length >= 6')
(
    cd "$SCRATCH/values" || exit
    for file in *; do
        cat "$file"
        echo
        od -An -v -w4096 -tx1 "$file" | tr -d ' '
    done
    for digest in md5 sha1 sha256 sm3; do openssl dgst "-$digest" -r -- * | cut -d' ' -f1; done
) | LC_ALL=C tr '[:upper:]' '[:lower:]' >"$SCRATCH/patterns"
is "each value gives six patterns" "$(wc -l <"$SCRATCH/patterns")" $((6 * n))

# found FILE...: the patterns that occur, whatever their case.
found() {
    cat "$@" | LC_ALL=C tr '[:upper:]' '[:lower:]' | LC_ALL=C grep -a -o -F -f "$SCRATCH/patterns" | sort -u
}
is "the search finds a value, its hex and its digest where they stand" \
    "$(found <(sed -n '1p;2p;$p' "$SCRATCH/patterns" | LC_ALL=C tr '[:lower:]' '[:upper:]') | wc -l)" 3
is "none is in a dump of the database" "$(found "$SCRATCH/stolen.sql")" ""
mapfile -t logs < <(find "$DYETRACE_HOME" -path "$DYETRACE_HOME/spool" -prune -o -name '*log*' -type f -print)
ok "there are logs to search" test "$(cat "${logs[@]}" | wc -c)" -gt 200
is "none is in a log" "$(found "${logs[@]}")" ""
is "none is in any other file of the home, but for the dump itself" \
    "$(find "$DYETRACE_HOME" -path "$DYETRACE_HOME/spool" -prune -o -type f -print0 | xargs -0 cat | found -)" ""
is "none was said on a terminal" "$(found "$SCRATCH/out")" ""
is "nobody but the owner can read a key" "$(find "$DYETRACE_HOME" -name '*.key' -perm /377)" ""
finish
