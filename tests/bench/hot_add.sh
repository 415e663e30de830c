#!/usr/bin/env bash
# How long a canary takes from the database into the index of a running matcher: five are seeded one after the other,
# and the matcher's log says when it has taken each in. From the moment at which `seed` has returned (it was committed
# before), and from that at which it was called. Bound: a second from its return. usage: hot_add.sh BUILD
. "$(dirname "$0")/../support/home.sh"

now_us() {
    echo $(($(date +%s%N) / 1000))
}
exec 3>&1 >/dev/null # what the helpers report is a test's
home_new
hospital_new
daemons_up
behind=() from=()
for i in 1 2 3 4 5; do
    called=$(now_us)
    seed_csv jinan-hospital/his 1 "$SCRATCH/$i.csv"
    returned=$(now_us)
    epoch=$(home_sql 'SELECT max(epoch) FROM dyetrace.epoch')
    until grep -qE "epoch=$epoch( |\$)" "$DYETRACE_HOME/log/matcher.log"; do
        [ $(($(now_us) - returned)) -lt 10000000 ] || bail "the matcher takes epoch $epoch in"
        sleep 0.002
    done
    live=$(now_us)
    # It may have been live before anybody asked.
    behind+=($(((live - returned) / 1000))) from+=($(((live - called) / 1000)))
done
worst=$(printf '%s\n' "${behind[@]}" | sort -n | tail -n 1)
verdict=
[ "$worst" -lt 1000 ] || verdict="  MISSED"
echo "hot add: live at most ${behind[*]} ms after seed has returned, ${from[*]} ms from its call$verdict" >&3
[ -z "$verdict" ]
