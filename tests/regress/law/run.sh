#!/usr/bin/env bash
# Worked cases of the legal count, written from the articles: run.sh BUILD_DIR. A case is a file that `case count --file`
# reads, with what must come of it in its comments: a line `# want PERSON: ...` each, or `# error: REGEX`; `# law: FILE`
# counts by another law. Prints TAP, a line a case.
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:?usage: run.sh BUILD_DIR}" && pwd) || exit 2

# What a person's object says, in the words of the want lines; who did nothing is not asked about.
# shellcheck disable=SC2016
summary='def short: sub("Fa Shi \\[2017\\] 10 "; "");
def listed: if length == 0 then "-" else join(", ") end;
select(.acted) | "\(.person): A=\(.A) B=\(.B) C=\(.C) score=\(.score) duty=\(.in_duty.score) income=\(.income) profit=\(.profit) level=\(.level)"
+ " by=" + ([.reached[] | .level + ":" + (.articles | map(short) | join("+"))] | unique | listed)
+ " left=" + ([.steps[] | select(.why != "counted") | "\(.dump)/\(.why):\(.records)@\(.article | short)"] | unique | listed)
+ " below=" + (if .below then "\(.below.article) (\(.below.certainty))" else "-" end)'

number=0
failed=0
for file in "$here"/cases/*.yaml; do
    number=$((number + 1))
    law=$(sed -n 's/^# law: //p' "$file")
    error=$(sed -n 's/^# error: //p' "$file")
    want=$(sed -n 's/^# want //p' "$file" | sort)
    seen=$("$build/bin/dyetrace" case count --file "$file" --json ${law:+--law "$here/$law"} 2>&1)
    status=$?
    name=$(basename "$file" .yaml)
    right=false
    if [ -n "$error" ]; then
        want="an error like /$error/"
        if [ "$status" != 0 ] && grep -qE "$error" <<<"$seen"; then right=true; fi
    elif [ "$status" = 0 ]; then
        seen=$(jq -r "$summary" <<<"$seen" | sort)
        if [ -n "$want" ] && [ "$seen" = "$want" ]; then right=true; fi
    fi
    if $right; then
        echo "ok $number - ${name//-/ }"
    else
        failed=$((failed + 1))
        echo "not ok $number - ${name//-/ }"
        printf '#   seen:   %s\n#   wanted: %s\n' "${seen//$'\n'/$'\n#           '}" "${want//$'\n'/$'\n#           '}"
    fi
done
echo "1..$number"
echo "# $((number - failed)) of $number cases as the articles say"
[ "$failed" = 0 ] && [ "$number" -ge 30 ]
