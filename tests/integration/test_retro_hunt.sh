#!/usr/bin/env bash
# Canaries that come after a dump are found in it by its sketches, and by reading it again where it still lies.
. "$(dirname "$0")/../support/home.sh"
. tests/support/kill.sh

home_new
hospital_new
seed_csv jinan-hospital/his 3 "$SCRATCH/first.csv"

# Seeds that a team planted elsewhere, and that come to the registry last. IDs of no area, mobiles of no operator.
{
    echo name,mobile,resident_id,email
    for i in 1 2 3 4 5 6 7 8; do
        echo "赵测试,1601000100$i,$(id_of "3701481980022930$i"),seed.$i@post.invalid"
    done
} >"$SCRATCH/seeds.csv"
sed 1d "$SCRATCH/seeds.csv" >"$SCRATCH/seed_rows.csv"
{ noise 3000 1; cat "$SCRATCH/seed_rows.csv"; noise 3000 2; } >"$SCRATCH/plain.csv"
{ noise 500 3; sed -n 1,2p "$SCRATCH/seed_rows.csv"; } >"$SCRATCH/in.csv"
(cd "$SCRATCH" && zip -q packed.zip in.csv)
{ noise 500 4; sed -n 3,4p "$SCRATCH/seed_rows.csv"; } | iconv -f UTF-8 -t GBK >"$SCRATCH/gbk.txt"
{ noise 500 5; sed -n 5,6p "$SCRATCH/seed_rows.csv"; } >"$SCRATCH/moved.csv"
{ noise 500 6; cut -d, -f2 "$SCRATCH/seed_rows.csv" | sed -n 7p; } >"$SCRATCH/phones.csv"
noise 2000 7 >"$SCRATCH/nothing.csv"
files=(plain.csv packed.zip gbk.txt moved.csv phones.csv nothing.csv)
exit_is "dumps come first" 0 dyetrace ingest "${files[@]/#/$SCRATCH/}" --json
is "and nothing is found in them" "$(jq -s 'map(.sightings) | add' <<<"$OUT")" 0
is "each leaves its sketches" "$(home_sql "SELECT count(DISTINCT dump_id) FROM dyetrace.sketch JOIN dyetrace.dump USING (dump_id) WHERE sketched = 'kept'")" ${#files[@]}
is "of at most five bytes a token" "$(home_sql 'SELECT sum(length(image)) / sum(tokens) < 6 FROM dyetrace.sketch')" t
exit_is "there is nothing to hunt for yet" 0 dyetrace retro-hunt --json
is "which is told by silence" "$OUT" ""

exit_is "the seeds are imported afterwards" 0 dyetrace canary import "$SCRATCH/seeds.csv" --source jinan-hospital/his
mkdir "$SCRATCH/away" && mv "$SCRATCH/moved.csv" "$SCRATCH/phones.csv" "$SCRATCH/away/" && rm "$SCRATCH/in.csv"
outcome() {
    jq -r --arg dump "$(dump_of "$1")" 'select(.dump == $dump) | [.outcome, .sightings, .by_sketch] | join(" ")' "$SCRATCH/hunt.jsonl"
}
exit_is "and hunted for" 0 dyetrace retro-hunt --json
echo "$OUT" >"$SCRATCH/hunt.jsonl"
is "in a plain file" "$(outcome "$SCRATCH/plain.csv")" "re-read 8 0"
is "in an archive" "$(outcome "$SCRATCH/packed.zip")" "re-read 2 0"
is "in a GBK file" "$(outcome "$SCRATCH/gbk.txt")" "re-read 2 0"
is "in one that is not there any more, by its sketch alone" "$(outcome "$SCRATCH/away/moved.csv")" "original gone 0 2"
is "where a single number is told and not stored" "$(outcome "$SCRATCH/away/phones.csv")" "original gone 0 0"
is "in no other" "$(wc -l <"$SCRATCH/hunt.jsonl")" 5
dump=$(dump_of "$SCRATCH/plain.csv")
is "the sightings stand at their rows" "$(dyetrace sightings --dump "$dump" --json | jq -r .offset | sort -n)" \
    "$(grep -b 'seed\..@post' "$SCRATCH/plain.csv" | cut -d: -f1)"
is "as an ingest of today would have it" "$(home_sql "SELECT d.epoch = max(e.epoch) FROM dyetrace.dump d, dyetrace.epoch e WHERE dump_id = '$dump' GROUP BY d.epoch")" t
is "its attribution is done anew" "$(home_sql "SELECT epoch = (SELECT max(epoch) FROM dyetrace.epoch) FROM dyetrace.attribution WHERE dump_id = '$dump'")" t
gone=$(dump_of "$SCRATCH/away/moved.csv")
is "what is by sketch is hidden from the strong" "$(dyetrace sightings --dump "$gone" --json)" ""
is "weak, marked, without a place, and of three kinds" \
    "$(dyetrace sightings --dump "$gone" --weak --json | jq -c '[.weak, .by_sketch, .offset, (.evidence | map(.kind) | sort)]' | sort -u)" \
    '[true,true,null,["email","mobile","resident_id"]]'
is "the hunt is on record" "$(home_sql "SELECT count(*) FROM dyetrace.audit WHERE event = 'retro-hunt'")" 5
exit_is "a second hunt" 0 dyetrace retro-hunt --json
is "asks only what no reading answered" "$(jq -r .outcome <<<"$OUT" | sort | uniq -c | awk '{$1 = $1}; 1')" "2 original gone"
is "and stores nothing twice" "$(dyetrace sightings --weak --json | wc -l)" 14

mkdir "$SCRATCH/back" && mv "$SCRATCH/away/moved.csv" "$SCRATCH/back/"
exit_is "a dump that comes back" 0 dyetrace ingest "$SCRATCH/back/moved.csv" --json
exit_is "is read" 0 dyetrace retro-hunt --json
is "and what was weak is confirmed" "$(dyetrace sightings --dump "$gone" --json | jq -r '.by_sketch' | sort | uniq -c | awk '{$1 = $1}; 1')" "2 null"
is "with nothing left of the sketch's" "$(home_sql 'SELECT count(*) FROM dyetrace.sighting WHERE by_sketch')" 0

exit_is "a canary that is not there is refused" 2 dyetrace retro-hunt --canary c-nobody
one_line_error "in a line" 'canary: c-nobody: unknown'
exit_is "so is an epoch that is no number" 2 dyetrace retro-hunt --since now

# What a stolen sketch gives away.
home_sql "SELECT encode(image, 'hex') FROM dyetrace.sketch" | unhex >"$SCRATCH/images"
ok "there are sketches to search" test "$(stat -c %s "$SCRATCH/images")" -gt 50000
is "no value stands in them" "$(cut -d, -f2- "$SCRATCH/plain.csv" | tr , '\n' | grep -E '^[0-9X@a-z.]{11,}$' | grep -a -o -F -f - "$SCRATCH/images" | wc -l)" 0

exit_is "the sketches of a dump can be forgotten" 0 dyetrace retro-hunt --forget "$gone"
is "and are gone" "$(home_sql "SELECT count(*) FROM dyetrace.sketch WHERE dump_id = '$gone'")" 0
home_sql "UPDATE dyetrace.sketch SET made_at = now() - interval '4 years' WHERE dump_id = '$(dump_of "$SCRATCH/nothing.csv")'" >/dev/null
seed_csv jinan-hospital/his 1 "$SCRATCH/again.csv"
exit_is "old ones go by themselves" 0 dyetrace retro-hunt --json
is "and what they covered is told" "$(jq -r 'select(.outcome == "not covered").dump' <<<"$OUT" | sort)" \
    "$(printf '%s\n' "$gone" "$(dump_of "$SCRATCH/nothing.csv")" | sort)"
is "which is on record" "$(home_sql "SELECT count(*) FROM dyetrace.audit WHERE event LIKE 'sketch %'")" 2

# The daemon hunts by itself, and a dump from before there were sketches is read.
home_sql "DELETE FROM dyetrace.sketch; UPDATE dyetrace.dump SET sketched = 'none'" >/dev/null
daemons_up
{ noise 100 8; echo "钱测试,16010002001,$(id_of 37014819800229311),late@post.invalid"; } >"$SCRATCH/spooled.csv"
spool "$SCRATCH/spooled.csv"
ok "a dump in the spool is ingested" eventually 30 is_attributed "$SCRATCH/spooled.csv"
printf 'name,mobile,resident_id,email\n钱测试,16010002001,%s,late@post.invalid\n' "$(id_of 37014819800229311)" >"$SCRATCH/late.csv"
exit_is "its canary is imported afterwards" 0 dyetrace canary import "$SCRATCH/late.csv" --source jinan-hospital/his
is_sighted() {
    [ "$(dyetrace sightings --dump "$(dump_of "$SCRATCH/spooled.csv")" --json | wc -l)" = 1 ]
}
ok "and found without being asked for" eventually 30 is_sighted
has_sketches() {
    [ "$(home_sql "SELECT count(*) FROM dyetrace.dump WHERE sketched = 'kept'")" -ge 4 ]
}
ok "dumps without sketches have them now" eventually 30 has_sketches
dyetrace down

# What was read with a password that nobody stored can't be read again: its sketches still speak.
row="吴测试,16010004001,$(id_of 37014819800229331),locked@post.invalid"
{ noise 300 10; echo "$row"; } >"$SCRATCH/inner.csv"
(cd "$SCRATCH" && zip -q -P open-sesame locked.zip inner.csv && rm inner.csv)
exit_is "an archive is ingested without its password" 0 dyetrace ingest "$SCRATCH/locked.zip" --json
exit_is "and read with it" 0 dyetrace retry "$(jq -r .dump <<<"$OUT")" --password open-sesame --json
is "wholly" "$(jq -r .verdict <<<"$OUT")" read
locked=$(jq -r .dump <<<"$OUT")
{ echo name,mobile,resident_id,email; echo "$row"; } >"$SCRATCH/locked.csv"
exit_is "its canary is imported afterwards" 0 dyetrace canary import "$SCRATCH/locked.csv" --source jinan-hospital/his
exit_is "and hunted for" 0 dyetrace retro-hunt --json
is "it is weak, by sketch" "$(jq -r --arg dump "$locked" 'select(.dump == $dump) | [.sightings, .by_sketch] | join(" ")' <<<"$OUT")" "0 1"
is "and the dump is as it was read" "$(home_sql "SELECT string_agg(path || ' ' || verdict, ', ' ORDER BY ordinal) FROM dyetrace.part WHERE dump_id = '$locked' AND path = 'inner.csv'")" "inner.csv read"

# Killed anywhere, an ingest leaves whole sketches: the same tokens as an undisturbed one's.
noise 60000 9 >"$SCRATCH/block"
last="周测试,16010003001,$(id_of 37014819800229321)"
for i in 0 1 2 3 4 5 6 7; do
    cat "$SCRATCH/block" <(noise 30000 "2$i")
    echo "$last"
done | gzip -1 >"$SCRATCH/big.csv.gz"
big=d$(sha256sum <"$SCRATCH/big.csv.gz" | cut -c 1-16)
sketches() {
    home_sql "SELECT string_agg(part || '.' || number || ' ' || upto || ' ' || tokens || ' ' || md5(image), ', ' ORDER BY part, number)
              FROM dyetrace.sketch WHERE dump_id = '$big'"
}
started=$(now_ms)
exit_is "a large dump is ingested undisturbed" 0 dyetrace ingest "$SCRATCH/big.csv.gz" --json
took=$(($(now_ms) - started))
undisturbed=$(sketches)
ok "and has several images" test "$(tr , '\n' <<<"$undisturbed" | wc -l)" -gt 1
for i in 1 2 3 4; do
    reset_dumps
    setsid dyetrace ingest "$SCRATCH/big.csv.gz" --json >/dev/null 2>&1 </dev/null &
    victim=$!
    sleep_ms $((took * (2 * i - 1) / 8))
    kill -9 -- -"$victim" 2>/dev/null
    wait "$victim" 2>/dev/null
    left=$(home_sql "SELECT count(*) FROM dyetrace.chunk")
    exit_is "killed at moment $i, with $left chunks done, it goes on" 0 dyetrace ingest "$SCRATCH/big.csv.gz" --json
    is "with the same sketches" "$(sketches)" "$undisturbed"
done

# And a hunt: what it was killed in is done again, with one end.
printf 'name,mobile,resident_id\n%s\n' "$last" >"$SCRATCH/last.csv"
exit_is "a canary comes that stands in it eight times" 0 dyetrace canary import "$SCRATCH/last.csv" --source jinan-hospital/his
for i in 1 2 3; do
    setsid dyetrace retro-hunt --json >/dev/null 2>&1 </dev/null &
    victim=$!
    sleep_ms $((took * (2 * i - 1) / 8))
    kill -9 -- -"$victim" 2>/dev/null
    wait "$victim" 2>/dev/null
    diag "killed with $(home_sql "SELECT count(*) FROM dyetrace.sighting WHERE dump_id = '$big'") sightings"
done
exit_is "a hunt that was killed three times is done" 0 dyetrace retro-hunt --json
is "with every sighting, and each once" "$(dyetrace sightings --dump "$big" --json | jq -r .offset | sort -u | wc -l) $(dyetrace sightings --dump "$big" --weak --json | wc -l)" "8 8"
is "and the sketches as they were" "$(sketches)" "$undisturbed"
finish
