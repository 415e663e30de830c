#!/usr/bin/env bash
# Files made by real tools, and the exact records that must be read of each: `dyetrace decode` against want/.
# usage: run.sh BUILD [NAME...]
set -u
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 3
dyetrace=$(cd "../../.." && cd "$1" && pwd)/bin/dyetrace
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0 failed=0
for want in want/*.txt; do
    name=$(basename "$want" .txt)
    [ $# = 0 ] || [[ " $* " == *" $name "* ]] || continue
    n=$((n + 1))
    "$dyetrace" decode --json --records "files/$name" 2>"$work/messages" </dev/null | python3 records.py "$want" >"$work/got" 2>>"$work/messages"
    if diff -u --label "$want" --label "what was read" "$want" "$work/got" >"$work/diff"; then
        echo "ok $n - $name is read as it was written"
    else
        failed=$((failed + 1))
        echo "not ok $n - $name is read as it was written"
        head -n 40 "$work/diff" "$work/messages" | sed 's/^/# /'
    fi
done
echo "1..$n"
[ "$failed" = 0 ]
