#!/usr/bin/env bash
# Contacts: one call is a lead, a series above the controls' rate is evidence, and a sink that leaks is told from a source.
. "$(dirname "$0")/../support/home.sh"

home_new
hospital_new 20000
dyetrace source add lixia-courier/waybill --sector courier --population 5000 >/dev/null
seed_csv jinan-hospital/his 30 "$SCRATCH/a.csv"
seed_csv lixia-courier/waybill 30 "$SCRATCH/b.csv"
dyetrace canary controls --count 40 >/dev/null
reveal jinan-hospital/his | jq -r '[.canary, .identifiers.mobile] | @tsv' >"$SCRATCH/hospital.tsv"
reveal lixia-courier/waybill | jq -r '[.canary, .identifiers.mobile] | @tsv' >"$SCRATCH/courier.tsv"
reveal | jq -r 'select(.source == null) | [.canary, .identifiers.mobile] | @tsv' >"$SCRATCH/controls.tsv"
# All lines are watched for half a year; the sources' were planted five months ago.
home_sql "UPDATE dyetrace.canary SET created_at = now() - interval '180 days';
    UPDATE dyetrace.placement SET planted_at = now() - interval '150 days'" >/dev/null
ago() { # DAYS [SECONDS]
    date -u -d "$1 days ago ${2:-0} seconds" +%Y-%m-%dT%H:%M:%SZ
}
mobile() { # FILE NUMBER
    sed -n "$2p" "$SCRATCH/$1.tsv" | cut -f2
}
verdict() { # SOURCE
    dyetrace contact list --source "$1" --json | jq -r .verdict
}

exit_is "without contacts there is nothing to say" 0 dyetrace contact list --json
is "of any source" "$OUT" ""
exit_is "a call is noted" 0 dyetrace contact add --to "$(mobile hospital 1)" --channel call --at "$(ago 20)" --from 13912345678
is "one call is a lead" "$(verdict jinan-hospital/his)" lead
exit_is "it can be noted by the canary's id, in another spelling of the caller's number" 0 \
    dyetrace contact add --canary "$(cut -f1 "$SCRATCH/hospital.tsv" | head -n 1)" --channel call --at "$(ago 20 600)" --from '+86 139-1234-5678'
is "a call-back is no second contact" "$(dyetrace contact list --json | jq -c '[.source, .contacts, .verdict]')" '["jinan-hospital/his",1,"lead"]'
exit_is "the same again is known" 0 dyetrace contact add --to "$(mobile hospital 1)" --channel call --at "$(ago 20)" --from 13912345678
exit_is "a number that is no canary's is not stored" 2 dyetrace contact add --to 13912345678 --channel call --at "$(ago 3)"
one_line_error "and not repeated" 'no canary'
exit_is "a call to come is refused" 2 dyetrace contact add --to "$(mobile hospital 1)" --channel call --at "$(ago -3)"
exit_is "so is what is no channel" 2 dyetrace contact add --to "$(mobile hospital 1)" --channel fax --at "$(ago 3)"

{
    echo to,channel,at,from
    for i in {1..20}; do echo "$(mobile hospital "$i"),$([ $((i % 3)) = 0 ] && echo sms || echo call),$(ago 10 $((i * 60))),150000000$i"; done
    for i in 3 17; do echo "$(mobile controls "$i"),call,$(ago 30 $((i * 60))),0531-8000$i"; done
    echo "13999999999,call,$(ago 9),1"
} >"$SCRATCH/contacts.csv"
exit_is "a series is imported" 0 dyetrace contact import "$SCRATCH/contacts.csv" --json
same_json "what reached canaries of it" "$OUT" '{"stored":22,"known":0,"others":1}'
exit_is "again" 0 dyetrace contact import "$SCRATCH/contacts.csv" --json
same_json "it is known" "$OUT" '{"stored":0,"known":22,"others":1}'
LIST=$(dyetrace contact list --json)
is "a series above the controls' rate is evidence" "$(jq -c '[.source, .verdict, .contacts, .lines_reached, .lines]' <<<"$LIST")" '["jinan-hospital/his","evidence",21,20,30]'
is "beside its baseline" "$(jq -c '[.baseline.controls, .baseline.controls_reached, .baseline.contacts]' <<<"$LIST")" '[40,2,2]'
# 20 of 30 lines and 2 of 40 controls: the hypergeometric tail, from the standard's own counts.
is "its p is at least that of so many lines reached among them all" "$(python3 - "$(jq .p_spread <<<"$LIST")" <<'PY'
import sys
from math import comb
tail = sum(comb(30, j) * comb(40, 22 - j) for j in range(20, 23)) / comb(70, 22)
print(tail <= float(sys.argv[1]) <= 6.01 * tail)
PY
)" True
ok "and counts for both sources" jq -e '.p_value >= 1.99 * ([.p_rate, .p_spread] | max)' <<<"$LIST"
is "a source that nobody called has none" "$(verdict lixia-courier/waybill)" none

# ---- a flow: what is planted in the hospital is in the courier's system too ----
run dyetrace source flow jinan-hospital/his lixia-courier/waybill
LIST=$(dyetrace contact list --json)
is "who holds the lines by a flow is told of beside it, and neither alone" "$(jq -c '[.source, .verdict, .lines_reached, .lines, .own.lines, .own.contacts, .own.others]' <<<"$LIST" | sort)" \
    '["jinan-hospital/his","open",20,30,0,0,["lixia-courier/waybill"]]
["lixia-courier/waybill","lead",20,60,30,0,["jinan-hospital/his"]]'
like "as text too" "$(dyetrace contact list)" '0 of its lines no other source holds: 0 contacts, 0 lines reached, p 1\.00e\+00; the others are held by lixia-courier/waybill'
run dyetrace source flow jinan-hospital/his lixia-courier/waybill --until 2020-01-01
is "a flow that had ended by then leaves the evidence" "$(verdict jinan-hospital/his)" evidence

# ---- shared canaries: their numbers are of several holders ----
run dyetrace source add copies/a --sector hospital --population 5000
run dyetrace source add copies/b --sector hospital --population 5000
dyetrace seed --shared --sources copies/a,copies/b --colluders 1 --epsilon 1e-2 -o "$SCRATCH/copies" >/dev/null
run dyetrace contact add --to "$(reveal copies/a | jq -r .identifiers.mobile | head -n 1)" --channel call --at "$(ago 0)"
exit_is "a contact with a shared canary is no source's" 0 dyetrace contact list --json
is "of those that hold it" "$(jq -r .source <<<"$OUT")" jinan-hospital/his
like "and that is said" "$ERR" '^dyetrace: contact list: 1 with shared canaries are not counted'

# The numbers' own list leaks: controls are called as well.
{
    echo to,channel,at,from
    for file in courier controls; do
        n=$(wc -l <"$SCRATCH/$file.tsv")
        for ((i = 1; i <= n; i += 2)); do echo "$(mobile $file "$i"),call,$(ago 5 $((i * 30))),160000$i"; done
    done
} >"$SCRATCH/sink.csv"
dyetrace contact import "$SCRATCH/sink.csv" >/dev/null
is "where controls are called as often, the sink has leaked" "$(verdict lixia-courier/waybill)" sink

printf 'to,channel,at\n%s,call,yesterday\n%s,post,2026-01-01\n' "$(mobile hospital 4)" "$(mobile hospital 4)" >"$SCRATCH/bad.csv"
before=$(home_sql 'SELECT count(*) FROM dyetrace.contact')
exit_is "a file with bad rows is refused" 2 dyetrace contact import "$SCRATCH/bad.csv"
is "each by its line and why" "$OUT" "$(printf '%s\n' 'line 2: at: a time such as 2026-05-01T08:00:00Z is wanted' 'line 3: channel: call, sms, email or parcel is wanted')"
is "and nothing of it is stored" "$(home_sql 'SELECT count(*) FROM dyetrace.contact')" "$before"
printf 'number,when\n1,2\n' >"$SCRATCH/columns.csv"
exit_is "so is one with other columns" 2 dyetrace contact import "$SCRATCH/columns.csv"
one_line_error "which are named" 'canary or to, channel, at'
is "no caller stands in the database" "$(pg_dump -d "$(home_conninfo)" | grep -cE '13912345678|1500000001|0531-8000')" 0
is "and no number of a canary" "$(pg_dump -d "$(home_conninfo)" | grep -cFf <(cut -f2 "$SCRATCH/hospital.tsv"))" 0
like "imports are on record" "$(home_sql "SELECT string_agg(DISTINCT event, ' ') FROM dyetrace.audit WHERE event ~ '^contact'")" 'contact add contact import'

# Two dumps of one table, neither of which says where it comes from.
exit_is "no size follows from dumps that nothing is known of" 2 dyetrace estimate d0000000000000000 d0000000000000001
one_line_error "which is said" 'd0000000000000000: unknown'
finish
