#!/usr/bin/env bash
# The matcher sees hostile bytes, so it must not be able to make personas: neither by its program, nor by an open file,
# nor by its rights in the database.
. "$(dirname "$0")/../support/home.sh"

home_new
hospital_new
seed_csv jinan-hospital/his 5 "$SCRATCH/seeded.csv"
daemons_up
noise 100 1 >"$SCRATCH/leak.csv"
spool "$SCRATCH/leak.csv"
ok "the matcher has read a key and a dump" eventually 30 is_attributed "$SCRATCH/leak.csv"
pid=$(daemon_pid matcher)

# The process keeps its files from others of the same user, so only root can look.
look() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}
if look true 2>/dev/null; then
    files=$(look sh -c "for p in $pid \$(pgrep -P $pid); do ls -l /proc/\$p/fd; cat /proc/\$p/maps; done")
    like "its open files can be seen" "$files" 'socket:'
    is "no process of it has a file of the seeder's zone open or mapped" "$(grep -E 'zones/seeder|persona' <<<"$files")" ""
    is "it is not root" "$(look awk '/^Uid:/ { print ($2 == 0 || $3 == 0 || $4 == 0) }' "/proc/$pid/status")" 0
    is "it can gain no privileges" "$(look awk '/^NoNewPrivs:/ { print $2 }' "/proc/$pid/status")" 1
    persona=$(look cat "$DYETRACE_HOME/zones/seeder/persona.key")
    is "neither its environment nor its command line holds the key" \
        "$(look cat "/proc/$pid/environ" "/proc/$pid/cmdline" | tr '\0' '\n' | grep -cF "$persona")" 0
else
    skip "no process of it has a file of the seeder's zone open or mapped" "needs root to look"
fi

strings_of() {
    grep -a -o -E '[[:print:]]{5,}' "$BUILD_DIR/bin/$1"
}
ok "the seeder's program names the persona key" grep -qx persona <(strings_of dyetrace-seeder)
is "the matcher's does not" "$(strings_of dyetrace-matcher | grep -x persona)" ""
is "nor do those that look through files" "$(for program in dyetrace-scan dyetrace-decoder dyetrace-sniffer; do strings_of $program; done | grep -xE 'persona|sketch|audit')" ""
is "what decodes can't speak to a database" "$(ldd "$BUILD_DIR/bin/dyetrace-decoder" "$BUILD_DIR/bin/dyetrace-scan" | grep -c libpq)" 0
is "what says that a file is plain loads the C library and what makes its sandbox" \
    "$(ldd "$BUILD_DIR/bin/dyetrace-sniffer" | awk '$1 ~ /^lib/ {print $1}' | sort | tr '\n' ' ')" "libc.so.6 libseccomp.so.2 "
is "nor does the portal's" "$(strings_of dyetrace-portal | grep -xE 'persona|index|sketch')" ""
is "the matcher is connected, under no other role than its own" "$(home_sql "SELECT DISTINCT pg_has_role(r.oid, 'dyetrace_matcher', 'MEMBER')
    AND NOT r.rolsuper AND NOT pg_has_role(r.oid, 'dyetrace_seeder', 'MEMBER')
    FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid WHERE a.application_name = 'dyetrace-matcher'")" t

# --- rights in the database ------------------------------------------------------------------------------------------

allowed() {
    home_sql "SELECT c.relname || ' ' || p FROM pg_class c, unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE}'::text[]) p
        WHERE c.relnamespace = 'dyetrace'::regnamespace AND c.relkind IN ('r', 'p') AND relname ~ '$2'
        AND (has_table_privilege('dyetrace_$1', c.oid, p) OR p IN ('INSERT', 'UPDATE') AND has_any_column_privilege('dyetrace_$1', c.oid, p))
        ORDER BY 1" | tr '\n' ' '
}
is "the matcher's role can only read the registry" "$(allowed matcher '^(owner|source|epoch|canary|fingerprint|placement)$')" \
    "canary SELECT epoch SELECT fingerprint SELECT owner SELECT placement SELECT source SELECT "
is "it can't touch the Merkle log, the audit, nor sessions" "$(allowed matcher '^(log_|audit|portal_|migration)')" ""
is "the seeder's role can't see a dump" "$(allowed seeder '^(dump|acquisition|part|chunk|sighting|attribution|work)')" ""
is "the portal's role can't see the registry's values" "$(allowed portal '^(canary|fingerprint|placement|key_check|log_|audit|portal_)')" ""
is "the portal's role writes no table" "$(allowed portal . | grep -oE '[a-z_]+ (INSERT|UPDATE|DELETE|TRUNCATE)')" ""
is "no role of a zone is a superuser or bypasses row-level security" \
    "$(home_sql "SELECT count(*) FROM pg_roles WHERE rolname ~ '^(dyetrace_)?(seeder|matcher|portal|auditor|alerter)' AND (rolsuper OR rolbypassrls OR rolcreaterole)")" 0
finish
