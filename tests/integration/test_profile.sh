#!/usr/bin/env bash
# A profile is learned from a table or an export; canaries made afterwards follow it; nothing of anybody is kept.
. "$(dirname "$0")/../support/home.sh"

home_new
hospital_new 3000
server=$(cluster_new server) || bail "a server for the hospital starts" "$(cat "$SCRATCH/server.log")"
SCRATCH_ENDS+=("cluster_stop server")
his() {
    psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$server dbname=his" "$@"
}
psql -X -q -d "$server dbname=postgres" -c 'CREATE DATABASE his'
his -v seed=1 -v rows=3000 -f tests/e2e/demo/people.sql -f tests/e2e/demo/his.sql
# A table with habits of its own: dates and sexes in its own spelling, one surname, one street, many without an ID; one
# column is not called as the sector calls it; and one row's values occur nowhere else.
his <<'SQL'
CREATE TABLE desk AS SELECT mrn, '钱' || right(name, 1) AS xm, CASE sex WHEN '男' THEN 'M' ELSE 'W' END AS sex,
    to_char(birth_date, 'YYYY/MM/DD') AS birth_date, CASE WHEN ascii(md5(mrn)) % 4 = 0 THEN NULL ELSE id_card END AS id_card,
    substr(phone, 1, 3) || '-' || substr(phone, 4, 4) || '-' || substr(phone, 8) AS phone,
    '山东省济南市历下区泉城路' || (1 + ascii(substr(md5(mrn), 2)) % 9) || '号' AS address FROM patients;
UPDATE desk SET xm = '夏侯渊', address = '青海省玉树市独一村7号' WHERE mrn = (SELECT min(mrn) FROM desk);
SQL
before=$(his -c 'SELECT md5(string_agg(d::text, chr(10) ORDER BY mrn)) FROM desk d')

exit_is "a profile wants one place to learn from" 2 dyetrace source profile jinan-hospital/his
exit_is "an unknown source is an error" 2 dyetrace source profile nowhere --conninfo "$server dbname=his" --table desk
exit_is "a table that is not there is an error" 2 dyetrace source profile jinan-hospital/his --conninfo "$server dbname=his" --table nothing
one_line_error "by its name" 'nothing"?: unknown'
exit_is "a profile is learned from a table" 0 dyetrace source profile jinan-hospital/his --conninfo "$server dbname=his" \
    --table desk --map name=xm
is "the table is as it was" "$(his -c 'SELECT md5(string_agg(d::text, chr(10) ORDER BY mrn)) FROM desk d')" "$before"

# Nothing of anybody: no identifier in the database, and no value that only one row has.
home_sql 'SELECT counts FROM dyetrace.source_profile' >"$SCRATCH/profile.json"
his -c 'SELECT unnest(ARRAY[mrn, id_card, phone]) FROM desk' >"$SCRATCH/identifiers"
his -c "SELECT replace(phone, '-', '') FROM desk" >>"$SCRATCH/identifiers"
sed -i '/^$/d' "$SCRATCH/identifiers"
is "there are identifiers to look for" "$(wc -l <"$SCRATCH/identifiers" | awk '{print ($1 > 9000)}')" 1
is "no identifier is in a profile" "$(grep -c -F -f "$SCRATCH/identifiers" "$SCRATCH/profile.json")" 0
is "no run of seven digits is in it but the number of rows" "$(grep -c -E '"[^"]*[0-9]{7}' "$SCRATCH/profile.json")" 0
is "no value of a single row is in it" "$(grep -c -E '夏侯|青海|独一村' "$SCRATCH/profile.json")" 0
is "every count is of ten rows or more" "$(jq '[.groups[][4][]] | min >= 10' "$SCRATCH/profile.json")" true
exit_is "it can be shown" 0 dyetrace source profile jinan-hospital/his --show
is "as the JSON that it is" "$(jq -c '[.rows, .k]' <<<"$OUT")" "[3000,10]"

seed_csv jinan-hospital/his 200 "$SCRATCH/canaries.csv"
tail -n +2 "$SCRATCH/canaries.csv" >"$SCRATCH/rows"
is "canaries have the table's surname" "$(cut -d, -f2 "$SCRATCH/rows" | grep -c '^钱')" 200
is "its word for the sexes" "$(cut -d, -f3 "$SCRATCH/rows" | sort -u | tr '\n' ' ')" "M W "
is "its dates" "$(cut -d, -f4 "$SCRATCH/rows" | grep -c -E '^[0-9]{4}/[0-9]{2}/[0-9]{2}$')" 200
is "its phones, of the default space" "$(cut -d, -f6 "$SCRATCH/rows" | grep -c -E '^1[57]4-?[0-9]{4}-[0-9]{4}$')" 200
is "its street" "$(cut -d, -f7 "$SCRATCH/rows" | grep -c '区泉城路[1-9]号$')" 200
is "and its empty IDs, about a quarter" "$(cut -d, -f5 "$SCRATCH/rows" | grep -c '^$' | awk '{print ($1 > 20 && $1 < 90)}')" 1 # outside by chance: one run of 14 million

# What is revealed is what was written, and what was written is found.
reveal jinan-hospital/his >"$SCRATCH/revealed"
is "a reveal makes the same people again" \
    "$(jq -r '[.identifiers.mrn, .name, .address] | join(",")' "$SCRATCH/revealed" | sort | sha256sum)" \
    "$(cut -d, -f1,2,7 "$SCRATCH/rows" | sort | sha256sum)"
is "an empty ID is no identifier" "$(jq -r 'select(.identifiers.resident_id == null) | 1' "$SCRATCH/revealed" | wc -l)" \
    "$(cut -d, -f5 "$SCRATCH/rows" | grep -c '^$')"
exit_is "the file is taken in" 0 dyetrace ingest "$SCRATCH/canaries.csv" --json
is "every canary of it is seen" "$(dyetrace sightings --json | jq -r .canary | sort -u | wc -l)" 200

# A second profile, of an export in GB18030: who follows the first stays as they are.
his -c "COPY (SELECT mrn AS \"MRN\", '孔' || right(xm, 1) AS name, sex, birth_date, id_card, phone, address FROM desk) TO STDOUT CSV HEADER" |
    iconv -f UTF-8 -t GB18030 >"$SCRATCH/export.csv"
exit_is "a profile is learned from an export" 0 dyetrace source profile jinan-hospital/his --csv "$SCRATCH/export.csv"
seed_csv jinan-hospital/his 20 "$SCRATCH/second.csv"
is "new canaries follow the new profile" "$(tail -n +2 "$SCRATCH/second.csv" | cut -d, -f2 | grep -c '^孔')" 20
is "the first stay as they were" \
    "$(reveal jinan-hospital/his | jq -r '[.identifiers.mrn, .name, .address] | join(",")' | grep -c -F -f <(cut -d, -f1,2,7 "$SCRATCH/rows"))" 200

# Values of pools stand in the records, and the profile says of whom they are.
printf '16000000001-16000000099\n' >"$SCRATCH/sims.txt"
printf '7000000001-7000000099\n' >"$SCRATCH/voided.txt"
dyetrace pool import "$SCRATCH/sims.txt" --kind mobile >/dev/null
dyetrace pool import "$SCRATCH/voided.txt" --kind mrn >/dev/null
# pooled: those of the revealed with values of the pools, but for how the table writes sexes, dates and mobiles.
pooled() {
    jq -r 'select((.identifiers.mrn // "") | startswith("70000000")) | [.identifiers.mrn, .name, .birth,
        (.identifiers.resident_id // ""), .identifiers.mobile, .address] | join(",")' | sort
}
# A quarter has no ID: of 40, none or all in one run of 100,000; of 59, in one of 20 million.
seed_csv jinan-hospital/his 59 "$SCRATCH/third.csv"
tail -n +2 "$SCRATCH/third.csv" | awk -F, -v OFS=, '{ gsub("/", "-", $4); gsub("-", "", $6); print $1, $2, $4, $5, $6, $7 }' | sort >"$SCRATCH/third"
is "canaries with pool values follow the profile" "$(grep -cE '^70000000[0-9]{2},孔.*,160000000[0-9]{2},.*区泉城路[1-9]号$' "$SCRATCH/third")" 59
is "some of them without an ID" "$(awk -F, '$4 == ""' "$SCRATCH/third" | wc -l | awk '{print ($1 > 0 && $1 < 59)}')" 1
is "a reveal shows them as they were written" "$(reveal jinan-hospital/his | pooled)" "$(cat "$SCRATCH/third")"
exit_is "their file is taken in" 0 dyetrace ingest "$SCRATCH/third.csv" --json
is "and every one of them is seen" "$(dyetrace sightings --dump "$(jq -r .dump <<<"$OUT")" --json | jq -r .canary | sort -u | wc -l)" 59

# Through a connector: what is empty is NULL in the table, and can be taken out again.
(umask 077 && cat >"$DYETRACE_HOME/zones/seeder/connectors.yaml") <<YAML
connectors:
  - {source: jinan-hospital/his, kind: sql, conninfo: "$server dbname=his", table: desk, key: mrn, columns: {name: xm}}
YAML
chown --reference="$DYETRACE_HOME/zones/seeder" "$DYETRACE_HOME/zones/seeder/connectors.yaml"
exit_is "a dry run shows records of the table's kind" 0 dyetrace plant jinan-hospital/his --count 5 --dry-run
is "with its surname" "$(grep -c "'孔" <<<"$OUT")" 5
exit_is "canaries are planted in the table" 0 dyetrace plant jinan-hospital/his --count 40
is "they are there, and none has an empty text" \
    "$(his -c "SELECT count(*), count(*) FILTER (WHERE id_card = ''), count(*) FILTER (WHERE xm LIKE '孔%') FROM desk")" "3040|0|40"
is "the sql canaries are written as the others are" "$(his -c "SELECT count(*) FROM desk WHERE birth_date ~ '^\d{4}/\d\d/\d\d\$'")" 3040
his -c "COPY (SELECT mrn, xm, replace(birth_date, '/', '-'), id_card, replace(phone, '-', ''), address FROM desk WHERE mrn LIKE '70000000%') TO STDOUT CSV" |
    sort >"$SCRATCH/planted"
is "a reveal shows them as they stand there" "$(reveal jinan-hospital/his | jq -c 'select(.state == "planted")' | pooled | comm -13 "$SCRATCH/third" -)" "$(cat "$SCRATCH/planted")"
is "forty of them" "$(wc -l <"$SCRATCH/planted")" 40
exit_is "they can be taken out" 0 dyetrace withdraw jinan-hospital/his
is "and the table is as it was" "$(his -c 'SELECT md5(string_agg(d::text, chr(10) ORDER BY mrn)) FROM desk d')" "$before"

# A source above another owner's is none of that owner's.
dyetrace source add jinan-hospital/his/vendor --sector hospital --owner vendor
seed_csv jinan-hospital/his/vendor 20 "$SCRATCH/vendor.csv"
is "another owner's source below follows none of its profiles" "$(tail -n +2 "$SCRATCH/vendor.csv" | cut -d, -f3 | sort -u | grep -c '[MW]')" 0
printf '16200000001-16200000040\n' >"$SCRATCH/more.txt"
dyetrace pool import "$SCRATCH/more.txt" --kind mobile >/dev/null
printf '7100000001-7100000040\n' >"$SCRATCH/more.txt"
dyetrace pool import "$SCRATCH/more.txt" --kind mrn --name numbers >/dev/null
dyetrace source add jinan-hospital/his/ward --sector hospital
seed_csv jinan-hospital/his/ward 40 "$SCRATCH/ward.csv"
is "its own does" "$(tail -n +2 "$SCRATCH/ward.csv" | cut -d, -f3 | sort -u | xargs)" "M W"

# Who stood there before follows none.
printf 'name,mobile\n赵测试,16100000001\n' >"$SCRATCH/seeds.csv"
exit_is "seeds of a source with a profile are imported" 0 dyetrace canary import "$SCRATCH/seeds.csv" --source jinan-hospital/his
is "as they are" "$(reveal jinan-hospital/his | jq -r 'select(.type == "imported") | .name + .identifiers.mobile')" "赵测试16100000001"
is "and follow no profile" "$(home_sql "SELECT count(*), count(*) FILTER (WHERE type <> 'exclusive') FROM dyetrace.canary_profile JOIN dyetrace.canary USING (canary_id)")" "359|0"
finish
