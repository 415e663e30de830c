#!/usr/bin/env bash
# A seller splits a table into a file a column. Where nothing in a file is proof alone, its lines are put together again
# with those of the same number in the others; where they are not of one row, nothing comes of it.
. "$(dirname "$0")/../support/home.sh"

home_new
hospital_new
seed_csv jinan-hospital/his 12 "$SCRATCH/seeded.csv"
reveal jinan-hospital/his >"$SCRATCH/revealed.jsonl"

# split FOLDER [HOW]: 4,000 people who hide the middle of their mobiles, the canaries among them, a file a column:
# names, mobiles, birth dates. HOW: shuffled (one file's lines), short (of one line), blank (some have no name).
split() {
    mkdir "$SCRATCH/$1"
    python3 - "$SCRATCH/revealed.jsonl" "$SCRATCH/$1" "${2:-}" <<'PY'
import json, pathlib, random, sys
rng = random.Random(5)
people = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
rows = [[p["name"], p["identifiers"]["mobile"], p["birth"]] for p in people]
surnames, given = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰"
taken = {p["name"] for p in people} | {p["birth"] for p in people}
while len(rows) < 4000: # a shuffled line that shows a canary's birth date or name by chance, one run of 2,000, is a find
    row = [rng.choice(surnames) + rng.choice(given) + rng.choice(given), rng.choice(("174", "138", "159")) + "%08d" % rng.randrange(10**8),
           "%d-%02d-%02d" % (rng.randrange(1940, 2010), rng.randrange(1, 13), rng.randrange(1, 29))]
    if row[0] not in taken and row[2] not in taken:
        rows.append(row)
rng.shuffle(rows)
names, mobiles, births = ([r[i] for r in rows] for i in range(3))
mobiles = [m[:3] + "****" + m[7:] for m in mobiles]
births = ["/".join(str(int(w)) for w in b.split("-")) for b in births]
if sys.argv[3] == "shuffled":
    rng.shuffle(names)
    rng.shuffle(births)
if sys.argv[3] == "short":
    names, births = names[:-1], births[:-2]
if sys.argv[3] == "blank":
    names = ["" if rng.random() < 0.3 and r[0] not in [p["name"] for p in people] else n for n, r in zip(names, rows)]
for name, column in (("姓名.txt", names), ("手机.txt", mobiles), ("生日.txt", births)):
    (pathlib.Path(sys.argv[2]) / name).write_text("".join(v + "\n" for v in column), encoding="utf-8")
PY
    (cd "$SCRATCH/$1" && zip -q "../$1.zip" -- *.txt)
}
ingest() {
    dyetrace ingest "$SCRATCH/$1.zip" --json | jq -r .dump
}
strong() {
    dyetrace sightings --dump "$1" --json | jq -r .canary | sort -u | wc -l
}
weak() {
    dyetrace sightings --dump "$1" --weak --json | jq -r 'select(.part | endswith("手机.txt")) | .canary' | sort -u | wc -l
}

split whole
paste -d, "$SCRATCH"/whole/{姓名,手机,生日}.txt >"$SCRATCH/one.csv"
one=$(dyetrace ingest "$SCRATCH/one.csv" --json | jq -r .dump)
is "in one file all canaries are seen" "$(strong "$one")" 12
D=$(ingest whole)
is "in a file a column too" "$(strong "$D")" 12
is "each masked mobile says what stands beside it" \
    "$(dyetrace sightings --dump "$D" --json | jq -c '[.part, (.bits < 30), (.probability > 0.99), [.beside[] | "\(.part) \(.kind)"]]' | sort | uniq -c | tr -s ' ')" \
    ' 12 ["手机.txt",true,true,["姓名.txt name","生日.txt resident_id"]]'
is "a row is one sighting" "$(home_sql "SELECT count(*) FROM dyetrace.sighting WHERE dump_id = '$D' AND NOT weak")" 12
is "in the lines where the canaries stand" \
    "$(dyetrace sightings --dump "$D" --json | jq -r '"\(.line)p"' | while read -r line; do sed -n "$line" "$SCRATCH/whole/手机.txt"; done | sort)" \
    "$(jq -r '.identifiers.mobile | "\(.[:3])****\(.[7:])"' "$SCRATCH/revealed.jsonl" | sort)"
shown=$(dyetrace sightings --dump "$D" --weak --json)
exit_is "once more" 0 dyetrace retry "$D"
is "is the same" "$(dyetrace sightings --dump "$D" --weak --json)" "$shown"

split shuffled shuffled
D=$(ingest shuffled)
is "of shuffled columns none is strong" "$(strong "$D")" 0
is "the mobiles are weak" "$(weak "$D")" 12
ok "and less likely for the names in their lines" test \
    "$(dyetrace sightings --dump "$D" --weak --json | jq -s '[.[] | select(.part == "手机.txt" and ((.beside // []) | any(.form == "other")))] | length >= 10')" = true
split short short
is "of files of other lengths none" "$(strong "$(ingest short)")" 0
split blank blank
is "empty lines are lines" "$(strong "$(ingest blank)")" 12

mkdir "$SCRATCH/apart"
cp -r "$SCRATCH/whole/手机.txt" "$SCRATCH/apart/"
(cd "$SCRATCH/apart" && mkdir b c && cp ../whole/姓名.txt b && cp ../whole/生日.txt c && zip -qr ../apart.zip .)
is "nor are files of other folders put together" "$(strong "$(ingest apart)")" 0
finish
