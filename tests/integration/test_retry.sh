#!/usr/bin/env bash
# What was locked is read by a password later: same dump, same ordinals, nothing twice, and the password is nowhere.
. "$(dirname "$0")/../support/home.sh"
. tests/support/kill.sh

if ! command -v 7zz >/dev/null; then
    skip "retry" "7zz is not installed"
    finish
fi

home_new
hospital_new
seed_csv jinan-hospital/his 40 "$SCRATCH/seeded.csv"

PASSWORD=Kuaidi-9917
mkdir "$SCRATCH/in"
(
    cd "$SCRATCH/in" || exit 1
    { head -1 ../seeded.csv; sed -n 2,11p ../seeded.csv; } >a.csv
    { head -1 ../seeded.csv; sed -n 12,21p ../seeded.csv; } >b.csv
    { head -1 ../seeded.csv; sed -n 22,31p ../seeded.csv; } >c.csv
    { head -1 ../seeded.csv; sed -n 32,41p ../seeded.csv; } >d.csv
    7zz a -bso0 -bsp0 -p"$PASSWORD" -mhe=on m.7z b.csv
    7zz a -bso0 -bsp0 -tzip -p"$PASSWORD" -mem=AES256 n.zip c.csv
    printf '\x89PNG\r\n\x1a\n and so on' >face.png
    zip -q ../dump.zip a.csv m.7z n.zip face.png d.csv
)

exit_is "an ingest without the password is done" 0 dyetrace ingest "$SCRATCH/dump.zip" --json
D=$(dump_of "$SCRATCH/dump.zip")
is "and partly read" "$(jq -r .verdict <<<"$OUT")" partly
exit_is "unread lists what is missing" 0 dyetrace unread --dump "$D" --json
is "with its reasons" "$(jq -r '.part + ": " + .reason' <<<"$OUT" | sort | paste -sd,)" \
    "face.png: format: image,m.7z: encrypted,n.zip/c.csv: encrypted"
is "and how many are pictures" "$(jq -r .images <<<"$OUT" | sort -u)" 1
before=$(sightings_of "$D")
is "half the canaries are sighted" "$(jq -r '.[0]' <<<"$before" | sort -u | wc -l)" 20
ordinal=$(home_sql "SELECT ordinal FROM dyetrace.part WHERE path = 'd.csv'")

exit_is "a wrong password changes nothing" 0 dyetrace retry "$D" --password wrong --json
is "no sighting" "$(sightings_of "$D")" "$before"
is "no part" "$(home_sql "SELECT string_agg(path, ',' ORDER BY ordinal) FROM dyetrace.part")" \
    "a.csv,m.7z,n.zip/c.csv,face.png,d.csv"

printf 'first try\n%s\n' "$PASSWORD" >"$SCRATCH/words.txt"
exit_is "a retry with the right one in a file is done" 0 dyetrace retry --password-file "$SCRATCH/words.txt" --json
is "of the same dump" "$(jq -r .dump <<<"$OUT")" "$D"
is "all canaries are sighted" "$(jq -r .sightings <<<"$OUT")" 40
is "what was read keeps its ordinal, what is new comes behind" \
    "$(home_sql "SELECT string_agg(ordinal || ' ' || path, ',' ORDER BY ordinal) FROM dyetrace.part")" \
    "0 a.csv,2 n.zip/c.csv,3 face.png,$ordinal d.csv,5 m.7z/b.csv"
ok "sightings that were there are there" grep -qF "$(head -3 <<<"$before")" <(sightings_of "$D")
is "none twice" "$(home_sql "SELECT count(*) FROM dyetrace.sighting")" 40
is "only the picture is unread" "$(dyetrace unread --dump "$D" --json | jq -r .part)" face.png
is "the retries are on record" "$(home_sql "SELECT count(*) FROM dyetrace.audit WHERE event = 'retry'")" 2
is "and one acquisition" "$(home_sql "SELECT count(*) FROM dyetrace.acquisition")" 1
exit_is "attribution was done anew" 0 dyetrace attribute "$D" --json
is "from what is seen now" "$(jq -r '.sources[0].seen' <<<"$OUT")" 40
again=$(sightings_of "$D")
exit_is "once more is the same" 0 dyetrace retry "$D" --password "$PASSWORD" --json
is "sightings" "$(sightings_of "$D")" "$again"

pg_dump "$(dyetrace status --json | jq -r .conninfo)" >"$SCRATCH/db.sql" 2>/dev/null
ok "the database was dumped" grep -q jinan-hospital "$SCRATCH/db.sql"
is "the password is not in it" "$(grep -c "$PASSWORD" "$SCRATCH/db.sql")" 0
is "nor in a log" "$(grep -rlaF "$PASSWORD" "$DYETRACE_HOME/log" | wc -l)" 0

reset_dumps
echo "料 一手 解压密码：$PASSWORD，不退" >"$SCRATCH/post.txt"
exit_is "the post's words are tried" 0 dyetrace ingest "$SCRATCH/dump.zip" --post "$SCRATCH/post.txt" --json
is "and fit" "$(jq -r .sightings <<<"$OUT")" 40

reset_dumps
exit_is "an ingest without" 0 dyetrace ingest "$SCRATCH/dump.zip" --json
exit_is "and the file again with the password" 0 dyetrace ingest "$SCRATCH/dump.zip" --password "$PASSWORD" --json
is "is a duplicate that was read" "$(jq -c '[.duplicate, .sightings]' <<<"$OUT")" "[true,40]"

mv "$SCRATCH/dump.zip" "$SCRATCH/gone.zip"
exit_is "without its original a dump can't be tried again" 3 dyetrace retry "$D" --password x
finish
