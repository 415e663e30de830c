# shellcheck shell=bash
# What the tests that kill share.

now_ms() {
    echo $(($(date +%s%N) / 1000000))
}

sleep_ms() {
    sleep "$(($1 / 1000)).$(printf %03d $(($1 % 1000)))"
}

# big_dump FILE: enough rows to be killed in, the canaries spread among them, in a stream that can't be sought in.
big_dump() {
    local block=$SCRATCH/block
    noise 60000 1 >"$block"
    reveal jinan-hospital/his | rows >"$SCRATCH/canaries.csv"
    for i in 0 1 2 3 4 5 6 7 8 9; do
        cat "$block"
        sed -n "$((i * 20 + 1)),$((i * 20 + 20))p" "$SCRATCH/canaries.csv"
        cat "$block"
    done | gzip -1 >"$1"
    rm "$block"
}
