#!/usr/bin/env bash
# The ledger of migrations: forward only, and a file that was applied is never another one later.
. "$(dirname "$0")/../support/home.sh"

home_new
count=$(git ls-files schema/migrations/ | wc -l)
is "every migration is in the ledger, in order" "$(home_sql 'SELECT name FROM dyetrace.migration ORDER BY applied_at, name' | sed 's/\.sql$//')" \
    "$(git ls-files schema/migrations/ | sed 's,.*/,,; s/\.sql$//')"
is "the ledger holds the checksum of the file" "$(home_sql 'SELECT sha256 FROM dyetrace.migration ORDER BY name')" \
    "$(cat /dev/null; for f in schema/migrations/*.sql; do sha256sum <"$f" | cut -d' ' -f1; done)"
exit_is "a second init changes nothing" 0 dyetrace init
is "in the ledger neither" "$(home_sql 'SELECT count(*) FROM dyetrace.migration')" "$count"

last=$(home_sql 'SELECT name FROM dyetrace.migration ORDER BY name DESC LIMIT 1')
sum=$(home_sql "SELECT sha256 FROM dyetrace.migration WHERE name = '$last'")
home_sql "UPDATE dyetrace.migration SET sha256 = repeat('0', 64) WHERE name = '$last'" >/dev/null
exit_is "a file that is another than the one applied is refused" 3 dyetrace init
one_line_error "in one line, with its name" "${last%.sql}"
home_sql "UPDATE dyetrace.migration SET sha256 = '$sum' WHERE name = '$last'" >/dev/null
exit_is "and accepted when it is the same again" 0 dyetrace init

home_sql "INSERT INTO dyetrace.migration (name, sha256) VALUES ('9999_from_the_future', repeat('1', 64))" >/dev/null
exit_is "a ledger that is ahead of the program is refused" 3 dyetrace init
one_line_error "in one line, with its name" 9999_from_the_future
exit_is "and seen by doctor" 3 dyetrace doctor --json
like "with its name" "$(jq -r 'select(.check == "schema") | .says' <<<"$OUT")" 9999_from_the_future
home_sql "DELETE FROM dyetrace.migration WHERE name = '9999_from_the_future'" >/dev/null

home_sql "DELETE FROM dyetrace.migration WHERE name = '$last'" >/dev/null
exit_is "one that is behind is seen by doctor" 3 dyetrace doctor
like "who says what to do" "$OUT" 'schema +lacks 1 migrations of this program; dyetrace init'
home_sql "INSERT INTO dyetrace.migration (name, sha256) VALUES ('$last', '$sum'); ALTER TABLE dyetrace.contact RENAME TO another" >/dev/null
exit_is "a verb whose tables are not there says why that may be" 3 dyetrace contact list
one_line_error "in one line" 'another version; dyetrace init'
home_sql "ALTER TABLE dyetrace.another RENAME TO contact" >/dev/null

for i in 1 2 3 4; do dyetrace init >"$SCRATCH/init.$i" 2>&1 & done
wait
is "inits at the same time get in nobody's way" "$(cat "$SCRATCH"/init.? | grep -c '^dyetrace:')" 0
is "what is created is in the project's own schema" \
    "$(home_sql "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")" 0
is "a definer's function has its search path pinned" "$(home_sql "SELECT proname FROM pg_proc
    WHERE pronamespace = 'dyetrace'::regnamespace AND prosecdef AND NOT coalesce(proconfig @> '{\"search_path=pg_catalog, pg_temp\"}', false)")" ""
finish
