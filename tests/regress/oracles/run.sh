#!/usr/bin/env bash
# The kinds against oracles that share nothing with them: run.sh BUILD_DIR [COUNT]. COUNT random values a kind, 50000 by
# default, 1000000 for a thorough run of some minutes; DYE_SEED chooses others. Prints TAP.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
judge=${1:?usage: run.sh BUILD_DIR [COUNT]}/tests/judge
seed=${DYE_SEED:-20261122}
echo "# seed $seed"
# Debian's interpreter is the one that its packages belong to.
exec /usr/bin/python3 "$here/check.py" "$judge" "${2:-50000}" "$seed"
