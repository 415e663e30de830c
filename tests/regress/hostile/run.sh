#!/usr/bin/env bash
# Hostile inputs against the sandboxed decoder: run.sh BUILD_DIR. TAP; the cases are made afresh each time.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../../.." || exit
BUILD_DIR=${1:-build}
SCRATCH=$(mktemp -d /tmp/dye.XXXXXXXX)
trap 'rm -rf "$SCRATCH"' EXIT
rm -f /tmp/dye_hostile_slip
made=$(python3 tests/regress/hostile/make.py "$SCRATCH/cases") || exit 1
sums() { (cd "$SCRATCH/cases" && sha256sum -- * | sha256sum); }
before=$(sums)
"$BUILD_DIR/tests/hostile" "$SCRATCH/cases" | grep -v "^1\.\."
status=${PIPESTATUS[0]}
n=$((made + 1))
if [ "$(sums)" = "$before" ] && [ ! -e /tmp/dye_hostile_slip ]; then
    echo "ok $n - nothing was written: the folder is as it was, and no name led out of it"
else
    echo "not ok $n - nothing was written: the folder is as it was, and no name led out of it"
    status=1
fi
echo "1..$n"
exit "$status"
