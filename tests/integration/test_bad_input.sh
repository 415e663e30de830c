#!/usr/bin/env bash
# Whatever is wrong gets one line that says what and why, and the exit status of the contract.
. "$(dirname "$0")/../support/home.sh"

# --- without a home --------------------------------------------------------------------------------------------------

exit_is "help is no error" 0 dyetrace --help
exit_is "help of a verb is no error" 0 dyetrace ingest --help
like "and says how it is used" "$OUT" 'ingest PATH'
exit_is "an unknown verb is a usage error" 2 dyetrace frobnicate
one_line_error "in one line" frobnicate
exit_is "without a home, a verb that needs one fails for its environment" 3 env DYETRACE_HOME="$SCRATCH/none" dyetrace sightings --json
one_line_error "and says where it looked" "$SCRATCH/none"
touch "$SCRATCH/file"
exit_is "a home is no file" 3 dyetrace init --home "$SCRATCH/file"
one_line_error "in one line" 'Not a directory'
exit_is "a database that can't be reached stops an init" 3 dyetrace init --home "$SCRATCH/remote" --pg "host=$SCRATCH/nowhere dbname=x"
one_line_error "in one line" database

home_new
hospital_new
seed_csv jinan-hospital/his 5 "$SCRATCH/seeded.csv"

# --- usage -----------------------------------------------------------------------------------------------------------

exit_is "an unknown option is a usage error" 2 dyetrace ingest --colour red x
one_line_error "in one line, with its name" colour
exit_is "a missing argument is a usage error" 2 dyetrace attribute
one_line_error "in one line, of what is missing"
exit_is "words that a verb does not take are a usage error" 2 dyetrace case act
one_line_error "in one line, whose end is not cut off" 'dyetrace case --help\)$'
exit_is "an option that is given twice is a usage error: the first dump would be left out" 2 dyetrace sightings --dump d0000000000000000 --dump d0000000000000001
one_line_error "in one line, with its name" 'dump: .*twice'
exit_is "a home without a name is a usage error: the default one is not meant" 2 dyetrace sightings --home ""
one_line_error "in one line, with the option" home
exit_is "a number that is none is a usage error" 2 dyetrace seed a/b --count many
one_line_error "in one line, with the option" count

gbk=$(printf '\277\315')
while read -r verb; do
    read -ra words <<<"$verb"
    exit_is "$verb: text that is no UTF-8 is a usage error" 2 dyetrace "${words[@]//GBK/$gbk}"
    one_line_error "in one line" 'UTF-8'
done <<'END'
source add GBK --sector hospital
source add c/d --sector hospital --owner GBK
plan GBK --sale 100
seed GBK --count 1
canary list --source GBK
canary burn GBK --reason x
attribute GBK
sightings --dump GBK
token add --label GBK
END
exit_is "a token without a label is a usage error" 2 dyetrace token add
one_line_error "in one line" label
exit_is "so is one with two" 2 dyetrace token add day --label night
exit_is "so is a label that would break the list's lines" 2 dyetrace token add $'day\nnight'
one_line_error "in one line" label
exit_is "and a title that would" 2 dyetrace case add theft --title $'day\e[31m'
one_line_error "in one line" title
exit_is "the word behind add is its label" 0 dyetrace token add "night shift"
exit_is "tokens are listed" 0 dyetrace token list
like "for people" "$OUT" '^night shift +analyst +until [-0-9]+T[:0-9]+Z$'
is "and for programs" "$(dyetrace token list --json | jq -c '[.label, .revoked]')" '["night shift",false]'
exit_is "a source without a name is a usage error" 2 dyetrace source add "" --sector hospital
one_line_error "in one line" 'path'
exit_is "a flow to what a source is part of is a usage error" 2 dyetrace source flow jinan-hospital/his jinan-hospital
one_line_error "in one line" 'part of'
exit_is "canaries of a source that is not there are no empty list" 2 dyetrace canary list --source a/b --json
one_line_error "in one line, with its name" 'a/b: unknown'
exit_is "nor are they read" 2 dyetrace canary list --source a/b --reveal --reason "bad input"
is "or put on record" "$(home_sql "SELECT count(*) FROM dyetrace.audit WHERE event = 'reveal'")" 0
exit_is "nor does it rotate" 2 dyetrace rotate a/b --count 1
one_line_error "in one line, with its name" 'a/b: unknown'

# --- files -----------------------------------------------------------------------------------------------------------

exit_is "a file that is not there can't be ingested" 3 dyetrace ingest "$SCRATCH/absent.csv" --json
one_line_error "in one line, with its name" 'absent\.csv'
printf 'a,b\n1,2\n' >"$SCRATCH/present.csv"
dyetrace index build -o "$SCRATCH/small.idx" >/dev/null
exit_is "beside others it does not keep them out" 3 dyetrace ingest "$SCRATCH/absent.csv" "$SCRATCH/present.csv" --json
like "which are ingested" "$OUT" '"records" : 2'
if [ "$(id -u)" = 0 ]; then
    skip "a file without the right to read can't be ingested" "root may read all"
else
    touch "$SCRATCH/locked.csv" && chmod 000 "$SCRATCH/locked.csv"
    exit_is "a file without the right to read can't be ingested" 3 dyetrace ingest "$SCRATCH/locked.csv" --json
    one_line_error "in one line, with its name" 'locked\.csv'
fi
exit_is "a directory is walked or refused, but never a crash" 3 dyetrace ingest "$SCRATCH/absent-directory/" --json

noise 3000 1 >"$SCRATCH/leak.csv"
(cd "$SCRATCH" && zip -q whole.zip leak.csv && head -c $(($(stat -c %s whole.zip) / 2)) whole.zip >cut.zip)
exit_is "a truncated zip is ingested, as far as it goes" 0 dyetrace ingest "$SCRATCH/cut.zip" --json
like "it is not said to be read" "$(jq -r .verdict <<<"$OUT")" '^(partly|unread)$'
is "the reason is given" "$(jq '.reasons | length > 0' <<<"$OUT")" true
exit_is "what was not read can be listed" 0 dyetrace unread --json
is "with the part and the reason" "$(jq -sc '[length > 0, all(.reason != "")]' <<<"$OUT")" '[true,true]'
cp "$SCRATCH/cut.zip" "$SCRATCH/again.zip"
exit_is "a strict ingest of it answers no" 1 dyetrace ingest "$SCRATCH/again.zip" --strict --json
one_line_error "in one line" 'again\.zip|part'

: >"$SCRATCH/empty.csv"
exit_is "an empty file is a dump like others" 0 dyetrace ingest "$SCRATCH/empty.csv" --json
same_json "of no records" "$(jq -c '[.bytes, .records, .sightings]' <<<"$OUT")" '[0,0,0]'
exit_is "a time that is none is a usage error" 2 dyetrace ingest "$SCRATCH/empty.csv" --acquired-at infinity
one_line_error "in one line, with the option" acquired-at
exit_is "so is a day that no month has" 2 dyetrace ingest "$SCRATCH/empty.csv" --acquired-at 2026-02-30T08:00:00Z
exit_is "a time with its zone is taken" 0 dyetrace ingest "$SCRATCH/empty.csv" --acquired-at 2026-02-28T08:00:00.5+08:00
is "as it is" "$(home_sql "SELECT extract(epoch FROM min(acquired_at)) FROM dyetrace.acquisition")" 1772236800.500000
mkdir "$SCRATCH/many"
for i in $(seq 60); do echo "row $i" >"$SCRATCH/many/$i.csv"; done
ln -s ../leak.csv "$SCRATCH/many/link.csv"
exit_is "a directory of more files than a process may hold at first is ingested" 0 \
    bash -c "ulimit -Sn 40 && exec dyetrace ingest '$SCRATCH/many' --json"
is "each file of it" "$(wc -l <<<"$OUT")" 60
one_line_error "and a link in it is told to be skipped" 'link\.csv: skipped'
exit_is "which a strict ingest does not accept" 1 dyetrace ingest "$SCRATCH/many" --strict --json
gbk=$SCRATCH/$(printf '\277\315\273\247.csv')
echo "a name in GBK" >"$gbk"
exit_is "a file whose name is no UTF-8 is a dump like others" 0 dyetrace ingest "$gbk" --json
is "its SM3 is made as well" "$(home_sql "SELECT count(*) FROM dyetrace.dump JOIN dyetrace.acquisition USING (dump_id)
    WHERE label = '%bf%cd%bb%a7.csv' AND sm3 IS NOT NULL")" 1
exit_is "an option that is no UTF-8 is a usage error" 2 dyetrace ingest "$gbk" --label "$(printf '\277\315')"
exit_is "an answer that can't be written is an error" 3 bash -c "dyetrace source list >/dev/full"
one_line_error "in one line" output
exit_is "so is help" 3 bash -c "dyetrace --help >/dev/full"
exit_is "a token that nobody was shown is an error" 3 bash -c "dyetrace token add unseen >/dev/full"
one_line_error "in one line" 'token: .*none'
is "and no token" "$(dyetrace token list | grep -c unseen)" 0
unread_by_anyone() { # COMMAND...: its standard output is a pipe whose reader has gone
    python3 -c 'import os, subprocess, sys
reader, writer = os.pipe()
os.close(reader)
code = subprocess.run(sys.argv[1:], stdout=writer).returncode
sys.exit(128 - code if code < 0 else code)' "$@"
}
while read -r verb; do
    read -ra words <<<"$verb"
    exit_is "$verb: a reader that has gone ends it as others" 141 unread_by_anyone dyetrace "${words[@]}"
    is "without a word" "$ERR" ""
done <<END
parts $(dump_of "$SCRATCH/present.csv")
source list
scan --index $SCRATCH/small.idx $SCRATCH/seeded.csv
--help
END

# --- records that are registered and not written ---------------------------------------------------------------------

planted() { home_sql "SELECT count(*) FROM dyetrace.placement"; }
before=$(planted)
for name in "" "$SCRATCH" "$SCRATCH/none/file"; do
    exit_is "records are not made for a file that can't be: '${name#"$SCRATCH"}'" 3 dyetrace seed jinan-hospital/his --count 2 -o "$name"
    one_line_error "in one line" '(exists|No such file)'
done
exit_is "nor two lists for one file" 3 dyetrace rotate jinan-hospital/his --count 1 -o "$SCRATCH/both.csv" --take-out "$SCRATCH/both.csv"
one_line_error "in one line" 'two files'
exit_is "an index is no directory" 3 dyetrace index build -o "$SCRATCH"
mkfifo "$SCRATCH/device" && ln -s seeded.csv "$SCRATCH/link"
for name in device link; do
    exit_is "nor does it take the place of a $name" 3 dyetrace index build -o "$SCRATCH/$name"
    one_line_error "in one line" 'no regular file'
done
ok "they are there" test -p "$SCRATCH/device" -a -L "$SCRATCH/link"
exit_is "of a file it does" 0 dyetrace index build -o "$SCRATCH/small.idx"
is "and nothing is registered" "$(planted)" "$before"
exit_is "records that nobody read are an error" 3 unread_by_anyone dyetrace seed jinan-hospital/his --count 2
one_line_error "which says that they are registered" 'not written, but registered'
exit_is "a dump that nobody knows can't be attributed" 2 dyetrace attribute d0000000000000000 --json
one_line_error "in one line, with its name" d0000000000000000
exit_is "an index that is none can't be scanned with" 3 dyetrace scan --index "$SCRATCH/leak.csv" "$SCRATCH/leak.csv"
one_line_error "in one line" 'leak\.csv'

# --- configuration ---------------------------------------------------------------------------------------------------

printf 'matcher:\n  workers: 2\n  wrokers: 3\n' >"$SCRATCH/unknown.yaml"
exit_is "an unknown key in the configuration is an error" 3 dyetrace sightings --json --config "$SCRATCH/unknown.yaml"
one_line_error "with line and column" 'unknown\.yaml:3:3: .*wrokers'
printf 'matcher:\n  workers: lots\n' >"$SCRATCH/type.yaml"
exit_is "a value of the wrong type is an error" 3 dyetrace sightings --json --config "$SCRATCH/type.yaml"
one_line_error "with line and column" 'type\.yaml:2:12'
printf 'matcher: [\n' >"$SCRATCH/broken.yaml"
exit_is "what is no YAML is an error" 3 dyetrace sightings --json --config "$SCRATCH/broken.yaml"
one_line_error "with its line" 'broken\.yaml:[0-9]+:[0-9]+'
printf 'database:\n  conninfo: "host=%s dbname=x"\n' "$SCRATCH/nowhere" >"$SCRATCH/down.yaml"
exit_is "a database that is down is an error" 3 dyetrace ingest "$SCRATCH/leak.csv" --json --config "$SCRATCH/down.yaml"
one_line_error "in one line" database

# --- keys ------------------------------------------------------------------------------------------------------------

key=$DYETRACE_HOME/zones/matcher/index.key
cp -p "$key" "$SCRATCH/index.key"
replace_key() {
    rm -f "$key"
    printf '%s\n' "$1" >"$key"
    chmod 400 "$key"
    chown --reference="$DYETRACE_HOME/zones/matcher" "$key"
}
replace_key "$(printf 'ab%.0s' {1..32})"
exit_is "another home's key is refused" 3 dyetrace ingest "$SCRATCH/leak.csv" --json
one_line_error "in one line, with the file" 'index\.key|index key'
replace_key "not a key"
exit_is "a key that is none is refused" 3 dyetrace ingest "$SCRATCH/leak.csv" --json
one_line_error "in one line, with the file" 'index\.key|index key'
cp -p --remove-destination "$SCRATCH/index.key" "$key"
chmod 444 "$key"
exit_is "a key that everyone can read is refused" 3 dyetrace ingest "$SCRATCH/leak.csv" --json
one_line_error "in one line, with the file" 'index\.key|index key'
chmod 400 "$key"
exit_is "with its key back, all is well" 0 dyetrace ingest "$SCRATCH/leak.csv" --json

# --- a server that does not start ------------------------------------------------------------------------------------

dyetrace down >/dev/null
mv "$DYETRACE_HOME/cluster" "$DYETRACE_HOME/elsewhere"
exit_is "a verb says that the server does not start" 3 dyetrace sightings
one_line_error "in one line, with the log" 'pg_ctl.*log'
exit_is "doctor looks at all the rest" 3 dyetrace doctor --json
is "and says it, too" "$(jq -sc '[.[] | select(.ok | not).check] + [any(.check == "disk")]' <<<"$OUT")" '["cluster",true]'
mv "$DYETRACE_HOME/elsewhere" "$DYETRACE_HOME/cluster"
finish
