#!/usr/bin/env bash
# What is in a file, as it is read: layouts, charsets, records and places; the same behind `ingest`.
. "$(dirname "$0")/../support/home.sh"

cd "$SCRATCH" || exit
(
    # shellcheck disable=SC2030 # here alone
    export DYETRACE_HOME=/nonexistent HOME=/nonexistent

    printf '姓名,手机,备注\n甲乙,17412345678,"a ""q"" b"\n丙,17412345679,"two\nlines"\n' >a.csv
    exit_is "a file is decoded without a home" 0 dyetrace decode a.csv --json
    same_json "a part says how it was read" "$OUT" '{"part":"","unit":"byte","format":"","layout":"delimited","charset":"utf-8",
        "bytes":'"$(stat -c %s a.csv)"',"records":2,"verdict":"read","reason":""}'
    exit_is "its records can be asked for" 0 dyetrace decode a.csv --json --records
    is "and stand before the part" "$(jq -r '.record // "part"' <<<"$OUT" | tr '\n' ' ')" "0 1 part "
    same_json "with names and values" "$(jq -c 'select(.record == 1) | [.fields[] | [.name, .value]]' <<<"$OUT")" \
        '[["姓名","丙"],["手机","17412345679"],["备注","two\nlines"]]'
    is "and places that hold them" "$(jq -r 'select(.record == 1) | .fields[1] | "\(.start) \(.length)"' <<<"$OUT" | {
        read -r start length
        tail -c +$((start + 1)) a.csv | head -c "$length"
    })" 17412345679
    exit_is "a person can read it too" 0 dyetrace decode a.csv --records
    like "a record a line" "$OUT" '姓名=甲乙 \| 手机=17412345678'

    iconv -f UTF-8 -t UTF-16 a.csv >wide.csv
    iconv -f UTF-8 -t BIG5//TRANSLIT <<<$'許功蓋,17412345678\n陳淑芬,17412345679' >big5.csv
    python3 -c 'import sys; sys.stdout.buffer.write("姓名,手机\n张三丰收,17412345678\n".encode().decode("gbk").encode())' >garbled.csv
    exit_is "UTF-16 is read" 0 dyetrace decode wide.csv --json --records
    is "with places in its own bytes" "$(jq -r 'select(.record == 0) | .fields[1] | "\(.start) \(.length)"' <<<"$OUT" | {
        read -r start length
        tail -c +$((start + 1)) wide.csv | head -c "$length" | iconv -f UTF-16LE -t UTF-8
    })" 17412345678
    exit_is "Big5 is read" 0 dyetrace decode big5.csv --json --records
    is "with backslashes in characters" "$(jq -r 'select(.record == 0) | .fields[0].value' <<<"$OUT")" "許功蓋"
    exit_is "what was decoded wrongly is read" 0 dyetrace decode garbled.csv --json --records
    is "named" "$(jq -r 'select(.unit) | .mojibake' <<<"$OUT")" "utf-8 as gbk"
    is "and mended" "$(jq -r 'select(.record == 0) | .fields[0].mended' <<<"$OUT")" "张三丰收"

    mkdir in && cp a.csv in/ && printf '{"n":"x"}\n{"n":"y"}\n' >in/b.jsonl && zip -q -r in.zip in
    exit_is "each part of an archive is told" 0 dyetrace decode in.zip --json
    is "with its layout" "$(jq -r '"\(.part) \(.layout) \(.records)"' <<<"$OUT" | sort | tr '\n' ';')" \
        "in/a.csv delimited 2;in/b.jsonl json 2;"
    exit_is "standard input is a file too" 0 sh -c 'dyetrace decode - <a.csv'
    exit_is "a file that is not there is an error" 3 dyetrace decode absent.csv
    one_line_error "in one line, with its name" 'absent\.csv'
    exit_is "so is none at all" 2 dyetrace decode
    printf 'c1\tmobile\t17412345678\n' >list.tsv
    dyetrace index build --from-list list.tsv -o list.idx
    exit_is "a value in UTF-16 is found" 0 dyetrace scan --index list.idx --json wide.csv
    is "at the place that it was read from" "$(jq -r '"\(.offset) \(.length)"' <<<"$OUT")" \
        "$(dyetrace decode wide.csv --json --records | jq -r 'select(.record == 0) | .fields[1] | "\(.start) \(.length)"')"

    # The small child that says what is plain, and the decoder, each alone.
    for left_out in decoder sniffer; do
        mkdir "without-$left_out" && cp "$BUILD_DIR"/bin/dyetrace{,-scan,-sniffer,-decoder} "without-$left_out/"
        rm "without-$left_out/dyetrace-$left_out"
    done
    zip -q a.zip a.csv
    exit_is "a plain file needs no decoder" 0 without-decoder/dyetrace scan --index list.idx a.csv
    exit_is "an archive does" 3 without-decoder/dyetrace scan --index list.idx a.zip
    one_line_error "in one line" "the decoder can't be started"
    exit_is "without a sniffer a plain file is left to it" 0 without-sniffer/dyetrace scan --index list.idx a.csv
    exit_is "and so is an archive" 0 without-sniffer/dyetrace scan --index list.idx a.zip
    printf '\1\2\3\4\5\6\7\10\16\17 17412345678 \20\21\22\23\24\25\26\27\376\377\376\200' >odd.bin
    exit_is "of an unknown format what stands there is found" 0 dyetrace scan --index list.idx odd.bin
    like "and its part is told to be partly read" "$ERR" 'format: unknown'
    exit_is "a sniffer is started by no person" 2 "$BUILD_DIR/bin/dyetrace-sniffer" </dev/null

    [ "$TAP_FAILED" = 0 ] && echo "$TAP_COUNT" >offline.count
)
TAP_COUNT=$(cat offline.count 2>/dev/null || echo 0)
ok "all of that without a home" test -s offline.count

home_new
hospital_new
seed_csv jinan-hospital/his 5 seeded.csv
mobile=$(reveal | jq -rs '.[0].identifiers.mobile')
name=$(reveal | jq -rs '.[0].name')

printf 'a\t%s\t%s\n' "$name" "$mobile" | iconv -f UTF-8 -t UTF-16LE >wide.tsv
exit_is "UTF-16 without a mark is ingested" 0 dyetrace ingest wide.tsv --json
dump=$(jq -r .dump <<<"$OUT")
exit_is "and its canary is found" 0 dyetrace sightings --dump "$dump" --json
is "with its name beside it" "$(jq -r '[.evidence[].kind] | sort | join(" ")' <<<"$OUT")" "mobile name"
is "at a place in its bytes" "$(jq -r '.places[0] | "\(.unit) \(.start) \(.length)"' <<<"$OUT")" "byte $((2 * (3 + ${#name}))) 22"

{
    printf 'x%s' "$name"
    head -c 9000000 /dev/zero | tr '\0' ,
    printf '%s\n1,2\n' "$mobile"
} >long.csv
exit_is "a record longer than a chunk is ingested" 0 dyetrace ingest long.csv --json
is "and told" "$(jq -r '"\(.verdict) \(.reasons[0])"' <<<"$OUT")" "partly limit: record"
# shellcheck disable=SC2031 # the home's own again
sed -i 's/^  record_bytes: 8388608 /  record_bytes: 16777216 /' "$DYETRACE_HOME/dyetrace.yaml"
exit_is "with a longer limit it is decoded again" 0 dyetrace retry --json
is "and read" "$(jq -r '"\(.verdict) \(.reasons[0])"' <<<"$OUT")" "read null"
is "as two records, none counted twice" "$(jq -r .records <<<"$OUT")" 2
is "its canary is found" "$(dyetrace sightings --dump "$(jq -r .dump <<<"$OUT")" --weak --json | jq -r '.evidence[0].kind')" mobile

# What a rendered table's sighting looks like, for a part that a reader of documents would have rendered.
home_sql "UPDATE dyetrace.sighting SET unit = 'cell' WHERE dump_id = '$dump';
    UPDATE dyetrace.sighting_evidence SET row_number = 7, field_number = 3 WHERE length > 0"
same_json "a cell's place is its row and field" "$(dyetrace sightings --dump "$dump" --json | jq -c '.places[0]')" \
    '{"part":"","unit":"cell","row":7,"field":3}'
finish
