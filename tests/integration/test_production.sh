#!/usr/bin/env bash
# What a home in production demands before canaries go into a live system.
. "$(dirname "$0")/../support/home.sh"

home_new
sed -i 's/^\( *environment:\).*/\1 production/' "$DYETRACE_HOME/dyetrace.yaml"
like "the home is in production" "$(grep environment: "$DYETRACE_HOME/dyetrace.yaml")" 'environment: production'
server=$(cluster_new server) || bail "a server for the hospital starts" "$(cat "$SCRATCH/server.log")"
SCRATCH_ENDS+=("cluster_stop server")
psql -X -q -d "$server dbname=postgres" -c 'CREATE DATABASE his' -c 'CREATE DATABASE trial'
for db in his trial; do
    psql -X -q -v ON_ERROR_STOP=1 -d "$server dbname=$db" -v seed=1 -v rows=50 -f tests/e2e/demo/people.sql -f tests/e2e/demo/his.sql
done
(umask 077 && cat >"$DYETRACE_HOME/zones/seeder/connectors.yaml" <<YAML
connectors:
  - {source: hospital/his, kind: sql, conninfo: "$server dbname=his", table: patients, key: mrn}
  - {source: hospital/trial, kind: sql, conninfo: "$server dbname=trial", table: patients, key: mrn}
YAML
)
chown --reference="$DYETRACE_HOME/zones/seeder" "$DYETRACE_HOME/zones/seeder/connectors.yaml"
placed() {
    home_sql "SELECT count(*) FROM dyetrace.placement JOIN dyetrace.source USING (source_id) WHERE path = '$1'"
}

exit_is "a source is declared as what it is" 0 dyetrace source add hospital/his --sector hospital --environment production
exit_is "and so is the one to try on" 0 dyetrace source add hospital/trial --sector hospital --environment staging
exit_is "a source is nothing else" 2 dyetrace source add hospital/x --sector hospital --environment live

# --- values -----------------------------------------------------------------------------------------------------------

exit_is "even staging wants values that are nobody's" 2 dyetrace plant hospital/trial --count 2
one_line_error "and says which have no pool" 'a pool or --no-hit REF for mobile, resident_id, mrn$'
seq 16000000000 16000000099 >"$SCRATCH/sims.txt"
dyetrace pool import "$SCRATCH/sims.txt" --kind mobile --no-hit CERT-1 >/dev/null
exit_is "a pool covers its kind alone" 2 dyetrace plant hospital/trial --count 2
one_line_error "so the others are still named" 'for resident_id, mrn$'
exit_is "a no-hit reference covers them" 0 dyetrace plant hospital/trial --count 2 --no-hit CERT-2
is "and is on record" "$(home_sql "SELECT detail ->> 'no_hit' FROM dyetrace.audit WHERE event = 'commit'")" CERT-2

# --- the live system --------------------------------------------------------------------------------------------------

exit_is "a live system wants more" 2 dyetrace plant hospital/his --count 3 --no-hit CERT-2
one_line_error "all of which is said at once" 'approval.*withdrawal from staging.*dry run'
exit_is "seeding by hand too" 2 dyetrace seed hospital/his --count 3 --no-hit CERT-2 -o "$SCRATCH/records.csv"
one_line_error "but for the dry run" 'approval.*withdrawal from staging that worked$'
is "nothing was placed there" "$(placed hospital/his)" 0
exit_is "an approval says who, and what was looked at" 2 dyetrace source approve hospital/his --by 'Dr Wang' --ref DOC-7
one_line_error "all of it" 'downstream-checked is missing'
exit_is "one above a source covers it" 0 dyetrace source approve hospital --by 'Dr Wang' --ref DOC-7 --downstream-checked 'billing, insurance,disease reporting' --front-desk PROC-3
is "and is kept" "$(home_sql "SELECT approved_by, reference, array_to_string(downstream, '/'), front_desk FROM dyetrace.source_approval")" \
    'Dr Wang|DOC-7|billing/insurance/disease reporting|PROC-3'
exit_is "a withdrawal is proven where it harms nobody" 0 dyetrace withdraw --all
is "so the table to try on is as it was" "$(psql -X -A -t -d "$server dbname=trial" -c 'SELECT count(*) FROM patients')" 50
exit_is "what is left to do" 2 dyetrace plant hospital/his --count 3 --no-hit CERT-2
one_line_error "is the dry run" 'production wants a dry run'
exit_is "which can be had" 0 dyetrace plant hospital/his --count 3 --dry-run
exit_is "and then canaries stand in the live system" 0 dyetrace plant hospital/his --count 3 --no-hit CERT-2
is "as many as were wanted" "$(psql -X -A -t -d "$server dbname=his" -c 'SELECT count(*) FROM patients')" 53
is "with the pool's mobiles" "$(psql -X -A -t -d "$server dbname=his" -c "SELECT count(*) FROM patients WHERE phone ~ '^160000000[0-9][0-9]$'")" 3
exit_is "seeding by hand passes as well" 0 dyetrace seed hospital/his --count 2 --no-hit CERT-2 -o "$SCRATCH/records.csv"

# --- override ---------------------------------------------------------------------------------------------------------

dyetrace source add other/his --sector courier --environment production --owner other
exit_is "an override wants a reason" 2 dyetrace seed other/his --count 1 --override -o "$SCRATCH/forced.csv"
one_line_error "in words" 'reason'
exit_is "with one it goes on" 0 dyetrace seed other/his --count 1 --override --reason 'drill 5' -o "$SCRATCH/forced.csv"
like "and stays on record with what was missing" "$(home_sql "SELECT detail FROM dyetrace.audit WHERE event = 'override' AND object = 'other/his'")" 'approval.*drill 5|drill 5.*approval'
dyetrace source add third/his --sector courier
exit_is "a source that is declared as nothing can be seeded by hand" 0 dyetrace seed third/his --count 1 --no-hit CERT-3 -o "$SCRATCH/third.csv"
like "with a warning" "$ERR" 'neither staging nor production'
is "which is on record with what was not asked for" "$(home_sql "SELECT object, detail ->> 'verb', detail ->> 'missing' FROM dyetrace.audit WHERE event = 'undeclared'")" \
    'third/his|seed|an approval (source approve); canaries in a staging source first'
exit_is "a connector asks for them all the same" 2 dyetrace plant third/his --count 1 --no-hit CERT-3
one_line_error "before it writes into a source that may be live" 'approval.*staging source first.*dry run'
exit_is "but not without values that are nobody's" 2 dyetrace seed third/his --count 1 -o "$SCRATCH/fourth.csv"

# --- another's source --------------------------------------------------------------------------------------------------

before=$(home_sql "SELECT s FROM dyetrace.source s WHERE path = 'other/his'")
exit_is "another owner's source is not changed" 2 dyetrace source add other/his --sector hospital --population 9 --environment staging
one_line_error "and the message says whose it is" 'other/his: it belongs to other; --owner'
is "in nothing" "$(home_sql "SELECT s FROM dyetrace.source s WHERE path = 'other/his'")" "$before"
exit_is "its owner changes it" 0 dyetrace source add other/his --sector courier --population 9 --owner other

exit_is "taking everything out again lists what no connector reaches" 1 dyetrace withdraw --all --json
is "which a person loaded" "$(jq -r '.remains' <<<"$OUT" | sort | uniq -c | tr -s ' ')" ' 2 no connector'
finish
