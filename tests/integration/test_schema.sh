#!/usr/bin/env bash
# schema/tests/*.sql (pgTAP) on the database of a fresh home: roles, rights, row-level security.
. "$(dirname "$0")/../support/home.sh"

home_new
home_sql 'CREATE EXTENSION pgtap SCHEMA public' >/dev/null 2>"$SCRATCH/err" || bail "pgTAP can be installed" "$(cat "$SCRATCH/err")"
found=
for file in schema/tests/*.sql; do
    [ -f "$file" ] || continue
    found=1
    name=$(basename "$file" .sql)
    psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$(home_conninfo)" -f "$file" >"$SCRATCH/tap" 2>"$SCRATCH/err"
    ended=$?
    seen=0
    while IFS= read -r line; do
        case $line in
        ok*) pass "$name: ${line#ok * - }" ;;
        "not ok"*) fail "$name: ${line#not ok * - }" "$(grep '^#' "$SCRATCH/tap")" ;;
        *) continue ;;
        esac
        seen=$((seen + 1))
    done <"$SCRATCH/tap"
    is "$name runs to its end" "$ended" 0
    is "$name keeps its plan" "$seen" "$(sed -n 's/^1\.\.//p' "$SCRATCH/tap" | head -n 1)"
    [ ! -s "$SCRATCH/err" ] || diag "$(cat "$SCRATCH/err")"
done
is "there are tests of the schema" "$found" 1
finish
