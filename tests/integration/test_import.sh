#!/usr/bin/env bash
# Seeds that a team planted before: sealed, fingerprinted, placed, and found as the others are.
. "$(dirname "$0")/../support/home.sh"

home_new
hospital_new
seed_csv jinan-hospital/his 3 "$SCRATCH/seeded.csv"
# IDs of no area and mobiles of no operator, made here: nobody's.
first=$(id_of 37014819800229301)
second=$(id_of 37014719910101002)
cat >"$SCRATCH/seeds.csv" <<CSV
姓名,手机号,resident_id,address,备注,planted_at,email
赵测试,160-1000-0001,$first,"济南市历下区, 文化路1号",ward 1,2026-01-05,
钱测试,16010000002,$second,济南市泉城路,,2026-02-05T10:00:00Z,Seed.Two@post.invalid
孙测试,16010000003,,济南市泉城路,,,
CSV
cat >"$SCRATCH/mapping.yaml" <<'YAML'
columns: {姓名: name, 手机号: mobile, 备注: ignore}
YAML
placements() {
    home_sql 'SELECT count(*) FROM dyetrace.canary JOIN dyetrace.placement USING (canary_id)'
}

exit_is "a column that nobody names is refused" 2 dyetrace canary import "$SCRATCH/seeds.csv" --source jinan-hospital/his
one_line_error "by its number" 'column 1 '
exit_is "seeds are imported by a mapping" 0 dyetrace canary import "$SCRATCH/seeds.csv" --source jinan-hospital/his --mapping "$SCRATCH/mapping.yaml" --json
same_json "all of them" "$OUT" '{"imported":3}'
reveal jinan-hospital/his | jq -c 'select(.type == "imported")' >"$SCRATCH/revealed.jsonl"
is "a reveal shows what was imported, in canonical form" "$(jq -r '[.name, .sex, .birth, .address, .identifiers.mobile, .identifiers.email] | join("|")' "$SCRATCH/revealed.jsonl" | sort)" \
    "$(printf '%s\n' '赵测试|M|1980-02-29|济南市历下区文化路1号|16010000001|' '钱测试|F|1991-01-01|济南市泉城路|16010000002|seed.two@post.invalid' '孙测试|||济南市泉城路|16010000003|' | sort)"
is "placements say when, and are in the log" "$(home_sql "SELECT count(*) FILTER (WHERE planted_at = '2026-01-05Z' OR planted_at = '2026-02-05 10:00Z'),
    count(*) FILTER (WHERE planted_at > now() - interval '1 minute'), count(leaf_index), min(state)
    FROM dyetrace.placement JOIN dyetrace.canary USING (canary_id) JOIN dyetrace.log_leaf USING (leaf_index) WHERE type = 'imported'")" "2|1|3|planted"
is "no value stands in the database" "$(pg_dump -d "$(home_conninfo)" | grep -cE "1601000000[123]|$first|$second|seed\.two|测试|文化路1号")" 0
like "the import is on record" "$(home_sql "SELECT detail FROM dyetrace.audit WHERE event = 'canary import'")" '"count": 3'

noise 200 3 >"$SCRATCH/leak.csv"
rows <"$SCRATCH/revealed.jsonl" >>"$SCRATCH/leak.csv"
printf '%s\n' "$(printf 16010000003 | md5sum | cut -d' ' -f1)" >"$SCRATCH/hashed.txt"
found() {
    local dump
    dump=$(dyetrace ingest "$1" --json 2>/dev/null | jq -r .dump)
    dyetrace sightings --dump "$dump" --weak --json | jq -r .canary | sort -u
}
is "they are found in a dump" "$(found "$SCRATCH/leak.csv")" "$(jq -r .canary "$SCRATCH/revealed.jsonl" | sort)"
is "hashed too" "$(found "$SCRATCH/hashed.txt")" "$(jq -r 'select(.identifiers.mobile == "16010000003").canary' "$SCRATCH/revealed.jsonl")"

before=$(placements)
cat >"$SCRATCH/bad.csv" <<CSV
name,mobile,resident_id,sex,birth,planted_at
李测试,16010000011,,,,
周测试,1601000001x,,,,
吴测试,16010000012,${first%?}Y,,,
郑测试,16010000013,,?,,
王测试,16010000014,,M,1980-02-30,
冯测试,16010000015,,,,2999-01-01
陈测试,,,,,
褚测试,16010000016
"卫
测试",16010000017,,,,
CSV
exit_is "a file with bad rows is refused" 2 dyetrace canary import "$SCRATCH/bad.csv" --source jinan-hospital/his
is "each by its line and why" "$OUT" "$(printf '%s\n' 'line 3: mobile: not one' 'line 4: resident_id: not one' 'line 5: sex: M, F, 男 or 女 is wanted' \
    'line 6: birth: YYYY-MM-DD is wanted' 'line 7: planted_at: no time, or one to come' 'line 8: no identifier that a canary could be found by' \
    'line 9: another number of columns than the header')"
one_line_error "and says that nothing was imported" '7 rows .* nothing was'
is "which is so" "$(placements)" "$before"
printf 'name,mrn\n李测试,H-1234567\n周测试,H1234567\n吴测试,H7700\n' >"$SCRATCH/signs.csv"
exit_is "a row that no scan could find is refused" 2 dyetrace canary import "$SCRATCH/signs.csv" --source jinan-hospital/his
is "by its line" "$OUT" "$(printf 'line %d: no identifier that a canary could be found by\n' 2 4)"
printf 'name,mrn,mobile,email\n李测试,H-1234567,16010000031,\n周测试,H7700,16010000032,\n吴测试,H-7654321,,a--b@post.invalid\n郑测试,H7654321,,c+d@post.invalid\n' >"$SCRATCH/signs.csv"
exit_is "one whose only other value has signs in it too" 2 dyetrace canary import "$SCRATCH/signs.csv" --source jinan-hospital/his
is "is refused as well" "$OUT" "line 4: no identifier that a canary could be found by"
sed -i 4d "$SCRATCH/signs.csv"
exit_is "one that shows something else is imported" 0 dyetrace canary import "$SCRATCH/signs.csv" --source jinan-hospital/his
is "and what of it is not found is told" "$ERR" "$(printf 'dyetrace: import: %s, which no scan finds\n' 'line 3: mrn of fewer than 8 characters' 'line 2: mrn with signs in it')"
is "which no dump shows, but the rest" "$(found "$SCRATCH/signs.csv" | wc -l)" 3
before=$(placements)
mobile=$(tail -n 1 "$SCRATCH/seeded.csv" | cut -d, -f6)
printf '16100000077\n' >"$SCRATCH/sim.txt"
dyetrace pool import "$SCRATCH/sim.txt" --kind mobile >/dev/null
printf 'mobile\n16010000021\n%s\n16010000001\n16100000077\n16010000022\n16010000022\n' "$mobile" >"$SCRATCH/taken.csv"
exit_is "values that are somebody's already are refused" 2 dyetrace canary import "$SCRATCH/taken.csv" --source jinan-hospital/his
is "a canary's, an imported one's, a pool's, and twice in the file" "$(grep -oE '^line [0-9]+' <<<"$OUT" | tr '\n' ' ')" "line 3 line 4 line 5 line 6 line 7 "
is "and the whole file is" "$(placements)" "$before"
printf 'columns: {姓名: nmae}\n' >"$SCRATCH/wrong.yaml"
exit_is "a mapping to what is no kind is refused" 3 dyetrace canary import "$SCRATCH/seeds.csv" --source jinan-hospital/his --mapping "$SCRATCH/wrong.yaml"
one_line_error "with line and column" 'wrong\.yaml:1:[0-9]+'
printf 'name,mobile\n"open,1\n' >"$SCRATCH/open.csv"
exit_is "so is a file that is no CSV" 2 dyetrace canary import "$SCRATCH/open.csv" --source jinan-hospital/his

exit_is "withdrawing everything is not done while they stand" 1 dyetrace withdraw --all --json
is "and lists them" "$(jq -r 'select(.remains != null).canary' <<<"$OUT" | grep -cxF -f <(jq -r .canary "$SCRATCH/revealed.jsonl"))" 3
finish
