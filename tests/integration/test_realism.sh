#!/usr/bin/env bash
# What a home makes by way of pools, a profile and the database can't be told from the table: the classifier of
# `./run bench realism` and the attacks of `./run bench attacker` judge it. Sectors whose records show no resident ID,
# since those have no pools.
. "$(dirname "$0")/../support/home.sh"

ROWS=8000
CANARIES=1500 # the judge sees by so many, at its chance of 1e-8, a third more hits than there should be, as by 800 at 1e-3
home_new

# judged SECTOR SEED: makes a table of it, has a home follow it, and judges what comes out. Pools made by one seed have
# numbers in common.
judged() {
    local sector=$1 dir=$SCRATCH/$1 kind
    mkdir -p "$dir"
    DYE_SEED=$2 "$BUILD_DIR/bench/realism_judge" make "$sector" "$ROWS" "$CANARIES" "$dir" >/dev/null || bail "a table of $sector is made"
    exit_is "$sector: the source is added" 0 dyetrace source add "$sector/all" --sector "$sector" --owner "$sector"
    exit_is "$sector: a profile is learned" 0 dyetrace source profile "$sector/all" --csv "$dir/table.csv"
    exit_is "$sector: it can be shown" 0 dyetrace source profile "$sector/all" --show
    printf '%s\n' "$OUT" >"$dir/profile.json"
    for kind in mobile waybill; do
        [ -f "$dir/$kind.csv" ] || continue
        exit_is "$sector: a pool of $kind is imported" 0 dyetrace pool import "$dir/$kind.csv" --kind "$kind" --owner "$sector"
    done
    seed_csv "$sector/all" "$CANARIES" "$dir/canaries.csv"
    home_sql "SELECT encode(fp, 'hex') FROM dyetrace.fingerprint" >"$dir/fingerprints"
    is "$sector: there are fingerprints to steal" "$(wc -l <"$dir/fingerprints" | awk '{print ($1 > 1000)}')" 1
    exit_is "$sector: canaries can't be told from rows, nor named from the database" 0 \
        "$BUILD_DIR/bench/realism_judge" judge "$sector" "$dir"
    diag "$OUT"
}

judged courier 20261125
judged e-commerce 20261126

# The judge can fail: with the default spaces, which are public, it does.
rm "$SCRATCH/courier/canaries.csv"
dyetrace source add plain/all --sector courier --owner plain >/dev/null
dyetrace source profile plain/all --csv "$SCRATCH/courier/table.csv" >/dev/null
seed_csv plain/all "$CANARIES" "$SCRATCH/courier/canaries.csv"
exit_is "default spaces are told" 1 "$BUILD_DIR/bench/realism_judge" judge courier "$SCRATCH/courier"
finish
