#!/usr/bin/env bash
# What systems behind the sources must leave alone: a list is made for one of them, its owner filters batches offline, and
# the security team says which of its records touched canaries. What is right is counted from the revealed canaries.
. "$(dirname "$0")/../support/home.sh"

home_new
hospital_new
dyetrace source add jinan-hospital/his/ward --sector hospital >/dev/null
dyetrace source add lixia-courier --sector courier >/dev/null
seed_csv jinan-hospital/his 12 "$SCRATCH/his.csv"
seed_csv jinan-hospital/his/ward 5 "$SCRATCH/ward.csv"
seed_csv lixia-courier 4 "$SCRATCH/courier.csv"
list=$SCRATCH/billing.list key=$SCRATCH/billing.key
make_list() { # NAME ARGUMENT...
    local name=$1
    shift
    dyetrace exclusion make billing --sources jinan-hospital -o "$SCRATCH/$name" --reason 'billing run' "$@"
}

# --- a list -----------------------------------------------------------------------------------------------------------

exit_is "a reason is wanted" 2 dyetrace exclusion make billing --sources jinan-hospital -o "$list" --key "$key"
exit_is "so is a known source" 2 dyetrace exclusion make billing --sources jinan-hospital,nowhere -o "$SCRATCH/x" --key "$key" --reason 'billing run'
one_line_error "which is named" 'nowhere: unknown'
exit_is "a system's first list comes with its key" 2 make_list x
one_line_error "which is said" 'billing gets a key: --key FILE'
ok "what was refused left no file" test ! -e "$SCRATCH/x" -a ! -e "$key"
exit_is "a list is made" 0 make_list billing.list --key "$key" --json
is "of all canaries at and below its source" "$(jq -c '[.system, .canaries]' <<<"$OUT")" '["billing",17]'
is "and is known by its SHA-256" "$(jq -r .list <<<"$OUT")" "$(sha256sum <"$list" | cut -d' ' -f1)"
is "its files are their owner's alone" "$(stat -c %a "$list" "$key" | tr '\n' ' ')" "600 600 "
is "the reading of values is on record, once, with the reason" "$(home_sql "SELECT object, detail ->> 'reason', detail ->> 'sources' FROM dyetrace.audit WHERE event = 'exclusion make'")" \
    "billing|billing run|jinan-hospital"
exit_is "the next list has the same key" 0 make_list again.list --key "$SCRATCH/again.key"
ok "byte for byte" cmp "$key" "$SCRATCH/again.key"
exit_is "another system has another" 0 dyetrace exclusion make clinic --sources jinan-hospital/his/ward -o "$SCRATCH/clinic.list" --key "$SCRATCH/clinic.key" --reason x
ok "which opens nothing else" test "$(cat "$key")" != "$(cat "$SCRATCH/clinic.key")"
exit_is "a list does not replace a file" 3 make_list billing.list

# --- a batch ----------------------------------------------------------------------------------------------------------

reveal >"$SCRATCH/revealed.jsonl"
{
    echo 'bill,name,手机号,resident_id,mrn'
    awk 'BEGIN { for (i = 0; i < 250; i++) printf "N%d,\"李测试, %d\",1600001%04d,,%d\r\n", i, i, i, 1000000 + i }'
    jq -r 'select(.source // "" | startswith("jinan-hospital")) | ["H" + .canary, .name, .identifiers.mobile, .identifiers.resident_id, .identifiers.mrn] | join(",")' "$SCRATCH/revealed.jsonl"
    jq -r 'select(.source == "lixia-courier") | ["K" + .canary, .name, .identifiers.mobile, "", ""] | join(",")' "$SCRATCH/revealed.jsonl"
} >"$SCRATCH/batch.csv"
canaries=$(grep -c '^H' "$SCRATCH/batch.csv")
is "the test has rows of all canaries" "$canaries" 17
away() { # as its owner does: without a home
    DYETRACE_HOME=$SCRATCH/nowhere "$@"
}
filter() { # BATCH ARGUMENT...
    local batch=$1
    shift
    away dyetrace exclusion filter --list "$list" --key "$key" --columns 手机号=mobile "$@" "$batch"
}
exit_is "a batch is filtered without a home" 0 filter "$SCRATCH/batch.csv" --kept "$SCRATCH/kept.csv" --removed "$SCRATCH/removed.csv" --json
is "and counted" "$(jq -c '[.rows, .kept, .removed, .disputed, .unreadable, .run]' <<<"$OUT")" '[271,254,17,0,0,1]'
ok "kept are all rows but the canaries of its sources, byte for byte" diff <(grep -v '^H' "$SCRATCH/batch.csv") "$SCRATCH/kept.csv"
ok "removed are those" diff <(grep '^H\|^bill' "$SCRATCH/batch.csv") "$SCRATCH/removed.csv"
is "what it writes is its owner's alone" "$(stat -c %a "$SCRATCH/kept.csv" "$key.log" | tr '\n' ' ')" "600 600 "
exit_is "a result is never written over" 3 filter "$SCRATCH/batch.csv" --kept "$SCRATCH/kept.csv"

iconv -f UTF-8 -t GB18030 "$SCRATCH/batch.csv" | sed 's/,16000010003,/,１６０００,/' >"$SCRATCH/gbk.csv"
exit_is "a batch in GB18030 too, its header named in UTF-8" 0 filter "$SCRATCH/gbk.csv" --kept "$SCRATCH/kept-gbk.csv"
ok "and stays what it was" diff <(grep -av '^H' "$SCRATCH/gbk.csv") "$SCRATCH/kept-gbk.csv"

one=$(grep -m 1 '^H' "$SCRATCH/batch.csv")
{ head -n 1 "$SCRATCH/batch.csv" && grep -m 60 '^N' "$SCRATCH/batch.csv" && echo "$one"; } >"$SCRATCH/small.csv"
exit_is "a small batch is refused" 2 filter "$SCRATCH/small.csv" --kept "$SCRATCH/kept-small.csv"
one_line_error "with how many persons are wanted" 'at least 100 different persons .* has 61'
ok "and answers nothing" test ! -e "$SCRATCH/kept-small.csv" -a -z "$OUT"
{ head -n 1 "$SCRATCH/batch.csv" && for _ in {1..200}; do echo "$one"; done; } >"$SCRATCH/same.csv"
exit_is "one person two hundred times is one" 2 filter "$SCRATCH/same.csv"
one_line_error "as it says" 'has 1$'

other=$(id_of 37014719910101002)
sed "s/^\(H[^,]*,[^,]*,[^,]*\),[^,]*,.*/\1,$other,/" "$SCRATCH/batch.csv" >"$SCRATCH/disputed.csv"
exit_is "a row with another's ID is no canary's" 0 filter "$SCRATCH/disputed.csv" --json --kept "$SCRATCH/kept-disputed.csv"
is "but disputed, and kept" "$(jq -c '[.removed, .disputed]' <<<"$OUT")|$(grep -c '^H' "$SCRATCH/kept-disputed.csv")" '[0,17]|17'
like "and told" "$ERR" '17 rows agree .* the first is on line 252'
exit_is "which --strict ends with 1" 1 filter "$SCRATCH/disputed.csv" --strict
exit_is "a column that nobody named hides no canary" 2 away dyetrace exclusion filter --list "$list" --key "$key" "$SCRATCH/disputed.csv"
one_line_error "by its number" "column 3, which nobody named, holds a canary's mobile"
exit_is "a column that there is not is no name" 2 filter "$SCRATCH/batch.csv" --columns phone=mobile
exit_is "a file that is no table is none" 2 filter "$SCRATCH/billing.list"

# --- keys and files ---------------------------------------------------------------------------------------------------

exit_is "another system's key opens nothing" 3 away dyetrace exclusion filter --list "$list" --key "$SCRATCH/clinic.key" "$SCRATCH/batch.csv"
one_line_error "and says so" 'made for another key'
cp "$list" "$SCRATCH/flipped.list"
middle=$(($(stat -c %s "$list") / 2))
was=$(od -An -tu1 -j "$middle" -N 1 "$list") # a fixed byte would stand there already in one run of 256
printf '%b' "\\x$(printf %02x $((was ^ 1)))" | dd of="$SCRATCH/flipped.list" bs=1 seek="$middle" conv=notrunc 2>/dev/null
exit_is "a changed byte is found" 3 away dyetrace exclusion filter --list "$SCRATCH/flipped.list" --key "$key" "$SCRATCH/batch.csv"
one_line_error "and told from a wrong key" 'flipped\.list: .*damaged'
exit_is "so is half a file" 3 away dyetrace exclusion filter --list <(head -c 5000 "$list") --key "$key" "$SCRATCH/batch.csv"
chmod 644 "$key"
exit_is "a key that others can read is none" 3 filter "$SCRATCH/batch.csv"
chmod 600 "$key"
ends=$(($(date +%s) + 10)) # so far off that a slow machine makes the list before
until=$(date -u -d "@$ends" +%FT%TZ)
exit_is "a list ends at a time" 0 make_list brief.list --expires "$until"
exit_is "one that is over can't be asked for" 2 make_list over.list --expires 2020-01-01
while [ "$(date +%s)" -le "$ends" ]; do sleep 0.1; done
exit_is "and then filters nothing" 3 away dyetrace exclusion filter --list "$SCRATCH/brief.list" --key "$key" "$SCRATCH/batch.csv"
one_line_error "and says since when" "expired at $until"

# --- the record of runs -----------------------------------------------------------------------------------------------

exit_is "every run is on record" 0 away dyetrace exclusion log --key "$key" "$key.log"
is "with what it counted, those refused too" "$(jq -c '[.run, .result, .rows, .removed]' <<<"$OUT" | sed -n '1p;4p' | tr '\n' ' ')" '[1,"done",271,17] [4,"refused",61,0] '
is "by the batch's SHA-256" "$(jq -r .batch <<<"$OUT" | head -n 1)" "$(sha256sum <"$SCRATCH/batch.csv" | cut -d' ' -f1)"
sed '2d' "$key.log" >"$SCRATCH/cut.log"
exit_is "a line that is gone is missed" 1 away dyetrace exclusion log --key "$key" "$SCRATCH/cut.log"
one_line_error "at its place" 'cut\.log: line 2: '
exit_is "a run that can't be put on record gives no answer" 3 filter "$SCRATCH/batch.csv" --log "$SCRATCH/cut.log" --kept "$SCRATCH/kept-cut.csv"
ok "nor a file" test ! -e "$SCRATCH/kept-cut.csv"

# --- a report ---------------------------------------------------------------------------------------------------------

report() { # RESULTS ARGUMENT...
    local results=$1
    shift
    dyetrace exclusion report --list "$list" --key "$key" --columns 手机号=mobile --record bill --reason 'audit of billing' "$@" "$results"
}
sed 's/^N7,.*/N7,,masked,,/' "$SCRATCH/batch.csv" >"$SCRATCH/billed.csv"
exit_is "a report says what was touched" 0 report "$SCRATCH/billed.csv" --json
printf '%s\n' "$OUT" >"$SCRATCH/report.jsonl"
is "which is the canaries' rows, each with its canary" "$(jq -r 'select(.verdict == "touched") | .record + " " + .canary' "$SCRATCH/report.jsonl" | sort)" \
    "$(grep '^H' "$SCRATCH/batch.csv" | sed 's/^H\([^,]*\),.*/H\1 \1/' | sort)"
is "by all that agreed" "$(jq -c 'select(.verdict == "touched").kinds' "$SCRATCH/report.jsonl" | sort -u | head -n 1)" '["mobile","resident_id","mrn"]'
is "a row that says nothing is not passed over" "$(jq -r 'select(.verdict == "unreadable").record' "$SCRATCH/report.jsonl")" N7
is "the sum is that of the file" "$(tail -n 1 "$SCRATCH/report.jsonl" | jq -c '[.records, .touched, .canaries, .untouched, .unreadable, .covers, .placements, .missing]')" '[271,17,17,253,1,true,17,0]'
is "by its SHA-256 and the list's" "$(tail -n 1 "$SCRATCH/report.jsonl" | jq -r '.results + .list')" \
    "$(sha256sum <"$SCRATCH/billed.csv" | cut -d' ' -f1)$(sha256sum <"$list" | cut -d' ' -f1)"
is "the audit has the report's own" "$(home_sql "SELECT detail ->> 'report', object, detail ->> 'touched' FROM dyetrace.audit WHERE event = 'exclusion report'")" \
    "$(sha256sum <"$SCRATCH/report.jsonl" | cut -d' ' -f1)|billing|17"
is "and their SM3" "$(tail -n 1 "$SCRATCH/report.jsonl" | jq -r '.results_sm3 + " " + .list_sm3')" \
    "$(openssl dgst -sm3 -r <"$SCRATCH/billed.csv" | cut -d' ' -f1) $(openssl dgst -sm3 -r <"$list" | cut -d' ' -f1)"
exit_is "with --all it has every record" 0 report "$SCRATCH/billed.csv" --json --all
is "each once" "$(jq -r 'select(.record).record' <<<"$OUT" | sort)" "$(tail -n +2 "$SCRATCH/billed.csv" | cut -d, -f1 | sort)"
exit_is "people read a table" 0 report "$SCRATCH/gbk.csv"
like "that says the same" "$OUT" '271 records: 17 touched 17 canaries, 254 touched none'
like "and what the list covered" "$OUT" 'covers   all: 17 placements'
home_sql "DELETE FROM dyetrace.exclusion_list WHERE system = 'clinic'"
exit_is "a list that this home did not make proves nothing" 2 dyetrace exclusion report --list "$SCRATCH/clinic.list" --key "$SCRATCH/clinic.key" --record bill --reason x "$SCRATCH/billed.csv"
one_line_error "and is named" 'clinic\.list: not a list of this home'
exit_is "an old list still tells of its time" 0 dyetrace exclusion report --list "$SCRATCH/brief.list" --key "$key" --columns 手机号=mobile --record bill --reason x --json "$SCRATCH/billed.csv"
is "and that it has expired" "$(tail -n 1 <<<"$OUT" | jq -c '[.touched, .expired]')" '[17,true]'
ok "the audit chain holds" dyetrace audit verify

# --- the next list ----------------------------------------------------------------------------------------------------

gone=$(jq -r 'select(.source == "jinan-hospital/his/ward").canary' "$SCRATCH/revealed.jsonl" | sort)
burned=$(jq -r 'select(.source == "jinan-hospital/his").canary' "$SCRATCH/revealed.jsonl" | head -n 1)
home_sql "UPDATE dyetrace.placement SET state = 'withdrawn', withdrawn_at = now() WHERE source_id = (SELECT source_id FROM dyetrace.source WHERE path = 'jinan-hospital/his/ward')"
dyetrace canary burn "$burned" --reason 'given out' >/dev/null
seed_csv jinan-hospital/his 2 "$SCRATCH/late.csv"
is "what a list lacks by now is said" "$(dyetrace exclusion list --json | jq -c 'select(.system == "billing") | [.canaries, .lacking]')" '[17,2]'
is "the doctor tells of one that has expired" "$(dyetrace doctor --json | jq -r 'select(.check == "exclusion").says')" 'the list of billing has expired'
exit_is "the next list" 0 make_list next.list --new-key --key "$SCRATCH/next.key" --json
is "is without what was withdrawn or burned, and with what came" "$(jq .canaries <<<"$OUT")" 13
ok "and a new key is another" test "$(cat "$key")" != "$(cat "$SCRATCH/next.key")"
is "the doctor is content with it" "$(dyetrace doctor --json | jq -r 'select(.check == "exclusion") | .says, .mend')" $'the list of billing has all\nnull'
exit_is "it says so of a batch" 0 away dyetrace exclusion filter --list "$SCRATCH/next.list" --key "$SCRATCH/next.key" --columns 手机号=mobile --kept "$SCRATCH/kept-next.csv" "$SCRATCH/batch.csv"
is "kept now are those that left it" "$(grep '^H' "$SCRATCH/kept-next.csv" | cut -d, -f1 | sort)" "$(printf '%s\n' "$gone" "$burned" | sed 's/^/H/' | sort)"
exit_is "the old list still covers its own time" 0 report "$SCRATCH/billed.csv" --json
home_sql "UPDATE dyetrace.exclusion_list SET sources = '{jinan-hospital,lixia-courier}' WHERE sha256 = decode('$(sha256sum <"$list" | cut -d' ' -f1)', 'hex')"
exit_is "a list that lacks a placement of its time proves nothing" 1 report "$SCRATCH/billed.csv" --json
is "and says how many" "$(tail -n 1 <<<"$OUT" | jq -c '[.covers, .placements, .missing]')" '[false,21,4]'

seed_csv jinan-hospital/his 1 "$SCRATCH/last.csv"
is "the doctor tells of one that lacks canaries" "$(dyetrace doctor --json | jq -r 'select(.check == "exclusion").says')" 'the list of billing lacks 1 canaries'

# --- copies -----------------------------------------------------------------------------------------------------------

for branch in east west; do dyetrace source add "chain/$branch" --sector courier --population 50000 >/dev/null; done
dyetrace seed --shared --sources chain/east,chain/west --colluders 1 --epsilon 1e-9 -o "$SCRATCH/copies" 2>/dev/null
phones() {
    tail -n +2 "$SCRATCH/copies/chain_$1.csv" | cut -d, -f3 | sort
}
exit_is "of shared canaries" 0 dyetrace exclusion make crm --sources chain/east -o "$SCRATCH/crm.list" --key "$SCRATCH/crm.key" --min-batch 10 --reason x
removed_of() {
    away dyetrace exclusion filter --list "$SCRATCH/crm.list" --key "$SCRATCH/crm.key" --columns phone=mobile,waybill=ignore --json "$SCRATCH/copies/chain_$1.csv" | jq .removed
}
is "a holder's list has the variants that it holds" "$(removed_of east)" "$(phones east | wc -l)"
is "and no others" "$(removed_of west)" "$(comm -12 <(phones east) <(phones west) | wc -l)"

# --- nothing plain ----------------------------------------------------------------------------------------------------

jq -r '.canary, .name, .address, .identifiers[]' "$SCRATCH/revealed.jsonl" | awk 'length >= 6' | sort -u >"$SCRATCH/values"
ok "the search finds a value where one stands" grep -qaFf "$SCRATCH/values" "$SCRATCH/batch.csv"
ok "no list holds a value or an id" sh -c "! grep -qaFf '$SCRATCH/values' '$SCRATCH'/*.list"
jq -r '.name, .address, .identifiers[]' "$SCRATCH/revealed.jsonl" | awk 'length >= 6' | sort -u >"$SCRATCH/values"
ok "nor the record of runs, nor a report, nor a log of the home" sh -c "! cat '$key.log' '$SCRATCH/report.jsonl' '$DYETRACE_HOME'/log/* | grep -qaFf '$SCRATCH/values'"
ok "nor what the database says of lists" sh -c "! psql -X -q -A -t -d '$(home_conninfo)' -c 'TABLE dyetrace.exclusion_list' -c 'TABLE dyetrace.audit' | grep -qaFf '$SCRATCH/values'"

# --- a home in production ---------------------------------------------------------------------------------------------

sed -i 's/^\( *environment:\).*/\1 production/' "$DYETRACE_HOME/dyetrace.yaml"
exit_is "in production a list is made as elsewhere" 0 make_list production.list --json
is "of the same canaries" "$(jq .canaries <<<"$OUT")" 14
finish
