#!/usr/bin/env bash
# bench_scan beside a PostgreSQL of its own, then how long a new canary takes into a daemon. usage: scan.sh BUILD [LAYOUT...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=$(cd "$1" && pwd)
shift
# shellcheck source=tests/support/scratch.sh
. tests/support/scratch.sh
conninfo=$(cluster_new pg)
SCRATCH_ENDS+=("cluster_stop pg")
printf '#!/bin/sh\nexec %q %q "$@"\n' "$PG_BIN/psql" "$conninfo dbname=postgres" >"$SCRATCH/psql"
chmod 700 "$SCRATCH/psql"
export PSQL=$SCRATCH/psql DYE_BUILD_DIR=$build
if [ -x "$build/bench/peer_hyperscan" ]; then export PEER=$build/bench/peer_hyperscan; fi
missed=0
"$build/bench/bench_scan" "$@" || missed=1
tests/bench/hot_add.sh "$build" || missed=1
exit "$missed"
