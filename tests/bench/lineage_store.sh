#!/usr/bin/env bash
# bench_lineage_store in a home of its own. usage: lineage_store.sh BUILD [DUMPS]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=$(cd "$1" && pwd)
shift
# shellcheck source=tests/support/scratch.sh
. tests/support/scratch.sh
export DYETRACE_HOME=$SCRATCH/home PATH=$build/bin:$PATH
SCRATCH_ENDS+=("DYETRACE_HOME=$DYETRACE_HOME dyetrace down")
dyetrace init >/dev/null 2>"$SCRATCH/init" || { cat "$SCRATCH/init" >&2; exit 3; }
"$build/bench/bench_lineage_store" "$(dyetrace status --json | jq -r .conninfo)" "$@" 2>"$SCRATCH/log" || {
    code=$?
    grep -v 'event=lineage ' "$SCRATCH/log" >&2 || true
    exit "$code"
}
