#!/usr/bin/env bash
# What no compiler looks at: scripts, C formatting, manual pages, whitespace.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
. tests/support/tap.sh

while read -r script; do
    ok "shellcheck has nothing to say about $script" shellcheck "$script"
    ok "$script can be executed" test -x "$script"
done < <(git ls-files | while read -r file; do
    [ -f "$file" ] && head -c 2 "$file" | grep -q '^#!' && head -n 1 "$file" | grep -qE '\b(ba)?sh\b' && echo "$file"
done)

# Libraries of scripts have no first line to go by.
for library in tests/support/*.sh; do
    ok "shellcheck has nothing to say about $library" shellcheck "$library"
done

unformatted() {
    git ls-files '*.c' '*.h' | xargs -r clang-format --dry-run 2>&1 | grep -E 'clang-format-violations' | cut -d: -f1 | sort -u
}
is "every C file is as clang-format writes it" "$(unformatted)" ""

for page in config/packaging/man/*.[1-8]; do
    [ -f "$page" ] || continue
    is "mandoc has no warning about $page" "$(mandoc -T lint -W warning "$page" 2>&1)" ""
done

is "no line of a text file ends in white space" "$(git grep -InE '[[:blank:]]+$' -- ':!tests/fuzz/corpus' ':!tests/data' ':!tests/regress/decode/files' ':!tests/regress/decode/want' ':!portal/web/dist' ':!*.want' ':!*/dist/*')" ""
is "the top level holds what the layout says and no other folder" \
    "$(git ls-tree -d --name-only HEAD | grep -v '^\.' | tr '\n' ' ')" "config docker libtrace schema services tests "
finish
