#!/usr/bin/env bash
# Which dump's rows come from which: reposts, subsets and merges are told, whatever was done to the rows.
. "$(dirname "$0")/../support/home.sh"
. tests/support/kill.sh

home_new
hospital_new

# Made-up people: noise() writes name,mobile,resident_id,address, of IDs that are none.
noise 20000 1 | awk '{ print $0 ",u" NR "x@post.invalid" }' >"$SCRATCH/original.csv"
shuf --random-source="$SCRATCH/original.csv" "$SCRATCH/original.csv" | awk -F, '{ print $3 "----" $1 "----+86 " $2 }' >"$SCRATCH/repost.txt"
awk -F, 'NR % 40 == 7 { print $5 }' "$SCRATCH/original.csv" >"$SCRATCH/mails.txt"
awk 'NR % 76 == 1' "$SCRATCH/original.csv" | head -n 261 | awk -F, '{ print substr($2, 1, 3) "-" substr($2, 4, 4) "-" substr($2, 8) }' >"$SCRATCH/few.txt"
noise 9000 2 >"$SCRATCH/second.csv"
{ cut -d, -f1,2 "$SCRATCH/second.csv"; head -n 12000 "$SCRATCH/original.csv" | cut -d, -f1,2; head -n 3000 "$SCRATCH/second.csv" | cut -d, -f1,2; } |
    shuf --random-source="$SCRATCH/original.csv" | iconv -f UTF-8 -t GB18030 >"$SCRATCH/merged.csv"
noise 5000 3 >"$SCRATCH/other.csv"
awk -F, '{ print $1 "," substr($2, 1, 3) "****" substr($2, 8) }' "$SCRATCH/original.csv" >"$SCRATCH/masked.csv"

day() {
    dyetrace ingest "$SCRATCH/$1" --acquired-at "2026-03-0$2T08:00:00Z" --seller "$3" --json
}
exit_is "the original is ingested" 0 day original.csv 1 alpha
exit_is "a repost of its rows, in another order and shape" 0 day repost.txt 2 beta
exit_is "261 phones of it" 0 day few.txt 3 gamma
exit_is "and 500 of its e-mail addresses" 0 day mails.txt 3 gamma
exit_is "a second source" 0 day second.csv 4 delta
exit_is "a merge of both, with repeated rows, in another charset" 0 day merged.csv 5 epsilon
exit_is "another dump" 0 day other.csv 6 zeta
exit_is "one of masked phones" 0 day masked.csv 7 eta
for name in original.csv repost.txt few.txt mails.txt second.csv merged.csv other.csv masked.csv; do
    declare "${name%%.*}=$(dump_of "$SCRATCH/$name")"
done
lineage() {
    dyetrace lineage "$@" --json
}
told() {
    lineage "$1" | jq -r --arg d "$1" --arg o "$2" 'select(.dump == $d and .other == $o) | [.relation, .parent, .common] | join(" ")'
}
# shellcheck disable=SC2154 # declared above
{
    distinct=$(cut -d, -f2 "$SCRATCH/original.csv" | sort -u | wc -l)
    is "the repost is the same" "$(told "$repost" "$original")" "same true $distinct"
    is "the phones are a subset of what they were taken from" "$(told "$few" "$original")" "subset true 261"
    is "of the repost too, which is not named again" "$(told "$few" "$repost")" "subset false 261"
    is "so are the addresses" "$(told "$mails" "$original")" "subset true 500"
    is "which the repost does not have any more" "$(told "$mails" "$repost")" ""
    is "the merge has the second source in it" "$(told "$merged" "$second")" "merge true $(cut -d, -f2 "$SCRATCH/second.csv" | sort -u | wc -l)"
    is "and most of the original" "$(told "$merged" "$original" | cut -d' ' -f1,2)" "merge true"
    is "and no other parent" "$(lineage "$merged" | jq -r --arg d "$merged" 'select(.dump == $d and .parent) | .other' | wc -l)" 2
    is "other people are unrelated" "$(lineage "$other")" ""
    is "masked phones say nothing" "$(lineage "$masked")" ""
    is "the earliest ancestor of the merge is known" "$(lineage "$merged" | jq -r --arg d "$merged" 'select(.dump == $d) | .ancestor' | sort -u)" "$original"
    is "and who sold what" "$(lineage "$merged" | jq -c --arg d "$merged" --arg o "$second" 'select(.dump == $d and .other == $o) | [.sellers, .other_sellers]')" '[["epsilon"],["delta"]]'
    is "the sets count the distinct" "$(home_sql "SELECT distinct_n FROM dyetrace.identifier_set WHERE dump_id = '$original' AND kind = 'mobile'")" "$distinct"
    is "whatever the phones look like" "$(home_sql "SELECT count(DISTINCT distinct_n) FROM dyetrace.identifier_set WHERE dump_id IN ('$original', '$repost') AND kind IN ('mobile', 'name+mobile') GROUP BY kind")" $'1\n1'
    is "and what was seen before" "$(home_sql "SELECT string_agg(kind || ' ' || (seen_before = distinct_n), ', ' ORDER BY kind) FROM dyetrace.identifier_set WHERE dump_id = '$repost' AND kind <> 'uscc'")" "mobile true, name+mobile true"
    is "in the first nothing" "$(home_sql "SELECT sum(seen_before) FROM dyetrace.identifier_set WHERE dump_id = '$original'")" 0
    exit_is "a graph is drawn" 0 dyetrace lineage --dot
    is "of the resale" "$(grep -c -e '->' <<<"$OUT")" 5
    exit_is "a table" 0 dyetrace lineage "$few"
    ok "for people" grep -q "$few subset" <<<"$OUT"
}
exit_is "a dump that is not there has none" 2 dyetrace lineage d0000000000000000
one_line_error "in a line" 'd[0-9a-f]+: unknown'

# What a dump comes from has spoken already: a repost adds nothing, a merge what is new in it.
exit_is "a second source is there" 0 dyetrace source add jinan-courier/app --sector courier --population 100000
seed_csv jinan-hospital/his 40 "$SCRATCH/hospital.csv"
seed_csv jinan-courier/app 40 "$SCRATCH/courier.csv"
reveal >"$SCRATCH/revealed.jsonl"
rows_of() {
    jq -c --arg s "$1" 'select(.source == $s)' "$SCRATCH/revealed.jsonl" | rows
}
# They stood there for a day when the first of these was acquired.
home_sql "UPDATE dyetrace.placement SET planted_at = planted_at - interval '1 day'" >/dev/null
at=$(date -u -d '-1 hour' +%Y-%m-%dT%H)
hour() {
    dyetrace ingest "$SCRATCH/$1" --acquired-at "$at:0$2:00Z" --json
}
{ noise 6000 31; rows_of jinan-hospital/his; } | shuf --random-source="$SCRATCH/original.csv" >"$SCRATCH/leak.csv"
shuf --random-source="$SCRATCH/leak.csv" "$SCRATCH/leak.csv" | awk -F, '{ print $2 "|" $1 }' >"$SCRATCH/leak_again.txt"
{ head -n 4000 "$SCRATCH/leak.csv"; noise 5000 32; rows_of jinan-courier/app; } >"$SCRATCH/leak_and_more.csv"
exit_is "a leak" 0 hour leak.csv 1
exit_is "is reposted" 0 hour leak_again.txt 2
exit_is "and merged with another" 0 hour leak_and_more.csv 3
for name in leak.csv leak_again.txt leak_and_more.csv; do
    declare "${name%%.*}=$(dump_of "$SCRATCH/$name")"
done
said() {
    dyetrace attribute "$@" --json | jq -r '[.verdict, (.set | sort | join("+")), (.parents | join("+"))] | join(" ")'
}
# shellcheck disable=SC2154 # declared above
{
    is "the leak names its source" "$(said "$leak")" "attributed jinan-hospital/his "
    ok "the repost shows canaries" test "$(dyetrace sightings --dump "$leak_again" --json | wc -l)" -gt 30
    is "and names nobody, but what it comes from" "$(said "$leak_again")" "insufficient  $leak"
    is "the merge names what is new in it alone" "$(said "$leak_and_more")" "attributed jinan-courier/app $leak"
    is "the leak of the repost is all three, and both sources'" "$(said "$leak_again" --leak)" "attributed jinan-courier/app+jinan-hospital/his $leak"
    is "which are told" "$(dyetrace attribute "$leak_again" --leak --json | jq -r '.leak | sort | join(" ")')" \
        "$(printf '%s\n' "$leak" "$leak_again" "$leak_and_more" | sort | paste -sd ' ')"
    is "and the repost keeps its own" "$(home_sql "SELECT verdict FROM dyetrace.attribution WHERE dump_id = '$leak_again'")" insufficient
    exit_is "a table says so too" 0 dyetrace attribute "$leak_again"
    ok "what it comes from" grep -q "its rows come from $leak" <<<"$OUT"

    # The repost turns up again, with an earlier date than the leak's: now it is the first, and speaks.
    exit_is "the repost was on offer before" 0 dyetrace ingest "$SCRATCH/leak_again.txt" --acquired-at "$at:00:30Z" --json
    is "so it names the source" "$(said "$leak_again")" "attributed jinan-hospital/his "
    is "and what was the leak adds nothing" "$(home_sql "SELECT verdict FROM dyetrace.attribution WHERE dump_id = '$leak'")" insufficient
}

# What a stolen set gives away.
home_sql "SELECT encode(image, 'hex') FROM dyetrace.identifier_set" | unhex >"$SCRATCH/images"
ok "there are images to search" test "$(stat -c %s "$SCRATCH/images")" -gt 100000
is "no value stands in them" "$(cut -d, -f2,3 "$SCRATCH/original.csv" | tr , '\n' | head -n 2000 | grep -a -o -F -f - "$SCRATCH/images" | wc -l)" 0

# An original that comes in last, but was acquired first.
noise 3000 5 >"$SCRATCH/late.csv"
head -n 2000 "$SCRATCH/late.csv" >"$SCRATCH/early_sale.csv"
exit_is "a sale is ingested" 0 day early_sale.csv 8 theta
exit_is "and what it was taken from, which is older" 0 day late.csv 7 iota
sale=$(dump_of "$SCRATCH/early_sale.csv")
late=$(dump_of "$SCRATCH/late.csv")
is "is its parent" "$(told "$sale" "$late" | cut -d' ' -f1,2)" "subset true"
exit_is "the sale turns up with an earlier date" 0 dyetrace ingest "$SCRATCH/early_sale.csv" --acquired-at 2026-03-06T08:00:00Z --json
is "now it is the first" "$(told "$late" "$sale" | cut -d' ' -f1,2)" "superset true"
is "and has no parent any more" "$(told "$sale" "$late")" ""

# Killed anywhere, an ingest leaves whole sets: those of an undisturbed one.
noise 60000 9 >"$SCRATCH/block"
for i in 0 1 2 3 4 5 6 7; do
    cat "$SCRATCH/block" <(noise 30000 "2$i")
done | gzip -1 >"$SCRATCH/big.csv.gz"
big=d$(sha256sum <"$SCRATCH/big.csv.gz" | cut -c 1-16)
sets() {
    home_sql "SELECT string_agg(kind || ' ' || distinct_n || ' ' || persons_n || ' ' || md5(image) || ' '
                  || (SELECT count(*) || ' ' || coalesce(bit_xor(x.hash), 0) FROM dyetrace.identifier_sample x WHERE x.set_no = s.set_no), ', ' ORDER BY kind)
              FROM dyetrace.identifier_set s WHERE dump_id = '$big'"
}
started=$(now_ms)
exit_is "a large dump is ingested undisturbed" 0 dyetrace ingest "$SCRATCH/big.csv.gz" --json
took=$(($(now_ms) - started))
undisturbed=$(sets)
chunks=$(home_sql "SELECT count(*) FROM dyetrace.chunk WHERE dump_id = '$big'")
diag "undisturbed: $took ms, $chunks chunks, $undisturbed"
ok "and has sets of phones, and of names with them" grep -q 'mobile.*name+mobile' <<<"$undisturbed"
midway=0
for i in 1 2 3 4; do
    reset_dumps
    setsid dyetrace ingest "$SCRATCH/big.csv.gz" --json >/dev/null 2>&1 </dev/null &
    victim=$!
    # By the clock, and by what is done: a loaded machine is faster or slower than it was.
    case $i in
    1 | 4) sleep_ms $((took * (2 * i - 1) / 8)) ;;
    *) soon "(SELECT count(*) FROM dyetrace.chunk) >= $((chunks * (2 * i - 1) / 8))" ;;
    esac
    kill -9 -- -"$victim" 2>/dev/null
    wait "$victim" 2>/dev/null
    left=$(home_sql "SELECT count(*) FROM dyetrace.chunk")
    [ "$left" = 0 ] || [ "$(home_sql "SELECT state FROM dyetrace.dump WHERE dump_id = '$big'")" = complete ] || midway=$((midway + 1))
    exit_is "killed at moment $i, with $left chunks done, it goes on" 0 dyetrace ingest "$SCRATCH/big.csv.gz" --json
    is "with the same sets" "$(sets)" "$undisturbed"
done
ok "some of the kills fell between the first chunk and the last" test "$midway" -ge 1
finish
