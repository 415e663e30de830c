#!/usr/bin/env bash
# What `parts` says of a dump, held against jq, awk and grep over the rows that went into it; and that nothing of what
# is stored to say it is a value of one of them.
. "$(dirname "$0")/../support/home.sh"

home_new
mkdir "$SCRATCH/dump"
people 300 7 >"$SCRATCH/rows.csv"
(
    cd "$SCRATCH/dump" || exit
    { echo "姓名,手机号,身份证号,家庭住址" && cat "$SCRATCH/rows.csv"; } >header.csv
    iconv -f UTF-8 -t GB18030 "$SCRATCH/rows.csv" >headerless.txt
    jq -R -c --arg at 2026-01-31 'split(",") | {id: 1, patient: {xm: .[0], sjh: .[1], sfzh: .[2]}, (.[0]): "x", (.[1]): {tel: .[1]}, created_at: ($at + " 08:00:00")}' \
        "$SCRATCH/rows.csv" >map.jsonl
    {
        echo "CREATE TABLE t (name text, phone text, remark text);"
        awk -F, '{printf "INSERT INTO t (name, phone, remark) VALUES (\x27%s\x27, \x27%s\x27, \x27call %s, then %s\x27);\n", $1, $2, $3, $1}' "$SCRATCH/rows.csv"
    } >dump.sql
    awk -F, '{print $1 $2 $4}' "$SCRATCH/rows.csv" >glued.txt
    cut -d, -f2 "$SCRATCH/rows.csv" >bare.txt
    cat dump.sql <(sed 's/,/----/g' "$SCRATCH/rows.csv") map.jsonl dump.sql >pieces.txt
    zip -q ../dump.zip ./*
)
run dyetrace ingest "$SCRATCH/dump.zip" --json
dump=$(jq -r .dump <<<"$OUT")
run dyetrace parts "$dump" --json
is "every part has its line" "$(jq -r .part <<<"$OUT" | sort | xargs)" "bare.txt dump.sql glued.txt header.csv headerless.txt map.jsonl pieces.txt"
of() { jq -c "select(.part == \"$1\") | $2" <<<"$OUT"; }
for part in header.csv headerless.txt map.jsonl dump.sql glued.txt bare.txt; do
    is "all rows of $part are parseable" "$(of $part '[.records, .parseable, .uncounted]')" '[300,300,[0,0,0]]'
done

is "columns are what they hold, and what their names say" "$(of header.csv '[.columns[] | [.name, .says, .kind, .share]]')" \
    '[["姓名","name","name",1],["手机号","mobile","mobile",1],["身份证号","resident_id","resident_id",1],["家庭住址","address","address",1]]'
is "without a header in another charset, too" "$(of headerless.txt '[.charset, .layout, [.columns[] | [.name, .kind]]]')" \
    '["gb18030","delimited",[[null,"name"],[null,"mobile"],[null,"resident_id"],[null,"address"]]]'
is "keys that are people are no names" "$(of map.jsonl '[.columns[].name]')" '[null,"created_at","id","sfzh","sjh","tel","xm"]'
is "columns of statements have theirs" "$(of dump.sql '[.columns[] | [.name, .kind]]')" '[["name","name"],["phone","mobile"],["remark","text"]]'
is "what stands inside text is counted" "$(of dump.sql .kinds)" '[{"kinds":["mobile","resident_id","name"],"records":300}]'
is "as it is where nothing parts fields" "$(of glued.txt .kinds)" '[{"kinds":["mobile","name","address"],"records":300}]'
is "pieces that were glued together hold what each of them does" \
    "$(of pieces.txt '[.records, .parseable, ([.kinds[] | {(.kinds | join(" ")): .records}] | add)]')" \
    "$({ of dump.sql .kinds && of dump.sql .kinds && of headerless.txt .kinds && of map.jsonl .kinds; } | jq -s -c '[1200, 1200, ([.[][] | {kinds: (.kinds | join(" ")), records}] | group_by(.kinds) | map({(.[0].kinds): (map(.records) | add)}) | sort_by(-([.[]][0])) | add)]')"
is "in columns of each" "$(of pieces.txt '[.columns[] | [.name, .kind]] | sort')" \
    "$({ of headerless.txt '.columns[]' && for part in dump.sql map.jsonl; do of $part '.columns[] | select(.name != null)'; done; } | jq -s -c 'map([.name, .kind]) | sort')"
is "rows of a phone alone are told apart" "$(of bare.txt .kinds)" '[{"kinds":["mobile"],"records":300}]'
is "regions are counts by the first four digits of IDs" "$(of header.csv .regions | jq -c 'to_entries | sort_by(.key) | map([.key, .value])')" \
    "$(cut -d, -f3 "$SCRATCH/rows.csv" | cut -c 1-4 | sort | uniq -c | awk '{print $2, $1}' | jq -R -c -n '[inputs | split(" ") | [.[0], (.[1] | tonumber)]]')"
is "networks are counts by the first three of mobiles" "$(of header.csv '[.prefixes[] | [.prefix, .n]] | sort')" \
    "$(cut -d, -f2 "$SCRATCH/rows.csv" | cut -c 1-3 | sort | uniq -c | awk '{print $2, $1}' | jq -R -c -n '[inputs | split(" ") | [.[0], (.[1] | tonumber)]]')"
is "the newest date is a column's" "$(of map.jsonl .newest)" '"2026-01-31"'
is "none is told where there is none" "$(of header.csv .newest)" null
run dyetrace parts "$dump"
like "without --json it is a line a part" "$(grep header.csv <<<"$OUT")" \
    '^header\.csv: bytes delimited utf-8, read, 300 records, 300 parseable; columns 姓名=name 1\.00, .*; regions 3701 300; newest -$'
exit_is "a dump that is none is an error" 2 dyetrace parts d0123456789abcdef --json
exit_is "as decode counts it" 0 dyetrace decode "$SCRATCH/dump/header.csv" --json --counts
is "so does the part" "$(jq -c .census.kinds <<<"$OUT")" "$(dyetrace parts "$dump" --json | jq -c 'select(.part == "header.csv") | .kinds')"

(cd "$SCRATCH/dump" && zip -q -P late ../locked.zip header.csv)
run dyetrace ingest "$SCRATCH/locked.zip" --json
locked=$(jq -r .dump <<<"$OUT")
is "what can't be read holds nothing" "$(dyetrace parts "$locked" --json | jq -c '[.verdict, .columns, .kinds, .newest]')" '["unread",[],[],null]'
exit_is "it is decoded again with its password" 0 dyetrace retry "$locked" --password late
is "and holds what is in it" "$(dyetrace parts "$locked" --json | jq -c '[.records, .parseable, .kinds, .regions]')" \
    '[300,300,[{"kinds":["mobile","resident_id","name","address"],"records":300}],{"3701":300}]'

# --- secrecy ----------------------------------------------------------------------------------------------------------

# A first row of values where a header is expected; columns and files called by people.
awk -F, '{print $1 "," $4 "," 1000 + NR}' "$SCRATCH/rows.csv" >"$SCRATCH/first.csv"
awk -F, 'NR < 40 {print "\"" $1 "\": {\"" $3 "\": \"" $4 "\", \"" $1 "的电话\": \"" $2 "\"}"}' "$SCRATCH/rows.csv" | paste -sd, | sed 's/^/{/;s/$/}/' >"$SCRATCH/map.json"
dyetrace ingest "$SCRATCH/first.csv" "$SCRATCH/map.json" --json >/dev/null 2>"$SCRATCH/complaints"
is "nothing fails that is not said in the answer" "$(grep -c "failed" "$SCRATCH/complaints")" 0
home_sql "SELECT census FROM dyetrace.chunk UNION ALL SELECT census FROM dyetrace.part" >"$SCRATCH/stored"
ok "there are counts to search" test "$(grep -c '"cells"' "$SCRATCH/stored")" -ge 16
tr ',' '\n' <"$SCRATCH/rows.csv" | sort -u >"$SCRATCH/values"
is "the search finds a value where one is" "$(sed -n 5p "$SCRATCH/values" | grep -c -F -f "$SCRATCH/values")" 1
is "no value of a row is in what is stored" "$(grep -o -F -f "$SCRATCH/values" "$SCRATCH/stored" | sort -u | head -3)" ""
is "nor a long part of a number" "$(jq -r '.. | strings, (objects | keys[])' "$SCRATCH/stored" | grep -E '[0-9]{7}' | sort -u | head -3)" ""
finish
