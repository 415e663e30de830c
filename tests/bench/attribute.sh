#!/usr/bin/env bash
# What is said of attribution, measured: naming, coalitions, reliability and speed; then lineage, extent and the legal
# count, where they are built. Each prints its own bounds; one that is missed fails the whole. usage: attribute.sh BUILD
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=$(cd "$1" && pwd)
failed=0
"$build/bench/bench_attribute" || failed=1
for name in lineage extent; do
    if [ -x "$build/bench/bench_$name" ]; then "$build/bench/bench_$name" || failed=1; fi
done
if [ -x tests/regress/law/run.sh ]; then tests/regress/law/run.sh "$build" || failed=1; fi
exit "$failed"
