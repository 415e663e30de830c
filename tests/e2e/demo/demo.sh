#!/usr/bin/env bash
# The whole of it on one machine: a hospital's and a courier's databases are seeded, three dumps reach the spool as
# resellers would leave them, and the daemon says where each came from. Exits 0 only if all three answers are right.
#
#   demo.sh BUILD_DIR [--keep]
#
# Everyone in it is invented (people.sql). Only what a user has is used: the commands, psql, pg_dump, iconv, zip.
set -euo pipefail
cd "$(dirname "$0")/../../.."
. tests/support/scratch.sh

BUILD_DIR=$(cd "$1" && pwd)
KEEP=${2:-}
PATH=$BUILD_DIR/bin:$PATH
export DYETRACE_HOME=$SCRATCH/home
HERE=tests/e2e/demo
ROWS=100000
CANARIES=200
HOSPITAL=jinan-hospital/his
COURIER=lixia-courier/waybill
STARTED=$(date +%s%N)
WRONG=0

step() {
    local ms=$((($(date +%s%N) - STARTED) / 1000000))
    printf '[%3d.%d s] %s\n' $((ms / 1000)) $((ms % 1000 / 100)) "$*"
}

# quietly COMMAND...: says something only when it fails.
quietly() {
    "$@" >"$SCRATCH/said" 2>&1 || { cat "$SCRATCH/said" >&2; return 3; }
}

# --- the two institutions --------------------------------------------------------------------------------------------

# database NAME FILE SEED: makes and fills a database of the institutions' server.
database() {
    psql -X -q -d "$SERVER dbname=postgres" -c "CREATE DATABASE $1"
    psql -X -q -v ON_ERROR_STOP=1 -v seed="$3" -v rows="$ROWS" -d "$SERVER dbname=$1" -f "$HERE/people.sql" -f "$HERE/$2"
}

# How the seeder reaches them. It is a secret of its zone: the file holds the databases' password.
connectors() {
    local file=$DYETRACE_HOME/zones/seeder/connectors.yaml
    (umask 077 && cat >"$file") <<YAML
connectors:
  - {source: $HOSPITAL, kind: sql, conninfo: "$SERVER dbname=his", table: patients, key: mrn}
  - {source: $COURIER, kind: sql, conninfo: "$SERVER dbname=waybill", table: waybills, key: waybill}
YAML
    chown --reference="$DYETRACE_HOME/zones/seeder" "$file"
}

# --- the three dumps -------------------------------------------------------------------------------------------------

# An insider's export: a fifth of the patients at random, columns in an order of his own, the charset of Excel, zipped.
dump_insider() {
    psql -X -q -d "$SERVER dbname=his" >"$SCRATCH/patients.csv" -c "COPY (
        SELECT name AS 姓名, phone AS 手机号, id_card AS 身份证, address AS 住址, sex AS 性别, birth_date AS 出生日期, mrn AS 病历号
        FROM patients ORDER BY random() LIMIT (SELECT count(*) / 5 FROM patients)) TO STDOUT (FORMAT csv, HEADER)"
    iconv -f UTF-8 -t GB18030 "$SCRATCH/patients.csv" >"$SCRATCH/料.csv"
    (cd "$SCRATCH" && zip -q first.zip 料.csv)
}

# Part of the courier's table as pg_dump writes it, with rows of the first dump beside it to raise the volume.
dump_merged() {
    psql -X -q -d "$SERVER dbname=waybill" -c "CREATE TABLE part AS SELECT * FROM waybills WHERE random() < 0.15"
    PGOPTIONS='' pg_dump -d "$SERVER dbname=waybill" --table=part --no-owner >"$SCRATCH/waybills.sql"
    sed -n '2,5001p' "$SCRATCH/patients.csv" >"$SCRATCH/rows.csv"
    tar -C "$SCRATCH" -czf "$SCRATCH/second.tar.gz" waybills.sql rows.csv
}

# A table of other people, from a place that nobody seeded.
dump_foreign() {
    psql -X -q -d "$SERVER dbname=his" >"$SCRATCH/会员.csv" -c "COPY (
        SELECT name, phone, id_card, address FROM people(30, 20000)) TO STDOUT (FORMAT csv)"
    tar -C "$SCRATCH" -czf "$SCRATCH/third.tar.gz" 会员.csv
}

# spool FILE: the atomic hand-over that a scraper would do, by a rename on the same file system.
spool() {
    cp "$SCRATCH/$1" "$DYETRACE_HOME/.$1.arriving"
    chown --reference="$DYETRACE_HOME/spool" "$DYETRACE_HOME/.$1.arriving"
    mv "$DYETRACE_HOME/.$1.arriving" "$DYETRACE_HOME/spool/$1"
}

# --- what came of it -------------------------------------------------------------------------------------------------

# attributed FILE: waits for the daemon, which nobody asks, and prints the dump's id.
attributed() {
    local sha256 id=
    sha256=$(sha256sum <"$SCRATCH/$1")
    for _ in $(seq 300); do
        id=$(psql -X -q -A -t -d "$CONNINFO" -c "SELECT dump_id FROM dyetrace.attribution JOIN dyetrace.dump USING (dump_id)
            WHERE sha256 = decode('${sha256%% *}', 'hex')")
        [ -z "$id" ] || break
        sleep 0.1
    done
    [ -n "$id" ] || { echo "dyetrace: demo: $1 was not attributed within 30 s" >&2; return 1; }
    echo "$id"
}

# present SOURCE FILE: how many of the source's canaries really are in the file, by their mobile numbers.
present() {
    grep -o -w -F -f <(dyetrace canary list --source "$1" --reveal --reason "demo: count what is in the dump" --json |
        jq -r .identifiers.mobile) "$2" | sort -u | wc -l
}

# check FILE VERDICT SET PARENTS [SOURCE TRUE_ROWS TRUE_CANARIES]...
check() {
    local file=$1 want id got
    want=$(jq -cn --arg v "$2" --argjson s "$3" --argjson p "$4" '[$v, ($s | sort), $p]')
    shift 4
    id=$(attributed "$file") || { WRONG=1; return 0; }
    dyetrace attribute "$id" --json >"$SCRATCH/attribution.json"
    step "$file is dump $id"
    printf '           sightings    %s canaries in %s places\n' \
        "$(dyetrace sightings --dump "$id" --json | jq -r .canary | sort -u | wc -l)" \
        "$(dyetrace sightings --dump "$id" --json | wc -l)"
    jq -r '"           verdict      \(.verdict)", (.parents[] | "           rows from    \(.), an earlier dump: what that showed adds nothing here")' \
        "$SCRATCH/attribution.json"
    jq -r '.sources[] | select(.seen > 0) | [.source, .seen, .planted, .log10_lr, .p_value, .leaked.estimate, .leaked.low, .leaked.high] | @tsv' \
        "$SCRATCH/attribution.json" | while IFS=$'\t' read -r source seen planted lr p estimate low high; do
        printf '           %s\n' "$source"
        printf '             %d of %d planted seen, log10 LR %.1f, p-value %.1g, leaked about %d rows (%d to %d)\n' \
            "$seen" "$planted" "$lr" "$p" "$estimate" "$low" "$high"
    done
    while [ $# -gt 0 ]; do
        printf '           in truth     %s: %s rows, %s canaries among them\n' "$1" "$2" "$3"
        [ "$(dyetrace sightings --dump "$id" --source "$1" --json | jq -r .canary | sort -u | wc -l)" = "$3" ] || {
            printf '           WRONG        %s: not all canaries of it were seen\n' "$1"
            WRONG=1
        }
        shift 3
    done
    got=$(jq -c '[.verdict, (.set | sort), .parents]' "$SCRATCH/attribution.json")
    if [ "$got" = "$want" ]; then
        printf '           right        %s\n' "$got"
    else
        printf '           WRONG        %s, and should be %s\n' "$got" "$want"
        WRONG=1
    fi
}

how_to_look() {
    cat <<TEXT

The home is kept, with its daemons and the institutions' server. To look at it:
    export DYETRACE_HOME=$DYETRACE_HOME PATH=$BUILD_DIR/bin:\$PATH
    dyetrace status
    dyetrace sightings --source $COURIER
    the page: http://$(dyetrace status --json | jq -r .portal)/  with a token; dyetrace token --help says how to make one
    psql -d "$CONNINFO"
    psql -d "$SERVER dbname=his"
To end it:
    dyetrace down; kill \$(head -n 1 $SCRATCH/server/data/postmaster.pid); rm -rf $SCRATCH

TEXT
    dyetrace status
}

# --- the play --------------------------------------------------------------------------------------------------------

if [ "$KEEP" = --keep ]; then
    trap - EXIT INT TERM
    step "keeping everything in $SCRATCH"
fi
step "making a server for the two institutions"
SERVER=$(cluster_new server)
SCRATCH_ENDS+=("cluster_stop server")

step "filling the hospital's system with $ROWS invented patients and their visits"
database his his.sql 10
step "filling the courier's system with $ROWS invented waybills"
database waybill waybill.sql 20

step "making a home for dyetrace"
SCRATCH_ENDS+=("dyetrace down")
quietly dyetrace init
home_port "$DYETRACE_HOME" "$(free_port)"
CONNINFO=$(dyetrace status --json | jq -r .conninfo)
quietly dyetrace source add "$HOSPITAL" --sector hospital --population "$ROWS"
quietly dyetrace source add "$COURIER" --sector courier --population "$ROWS"
connectors

step "planting $CANARIES canaries in each"
quietly dyetrace plant "$HOSPITAL" --count "$CANARIES"
quietly dyetrace plant "$COURIER" --count "$CANARIES"
step "$(psql -X -A -t -d "$SERVER dbname=his" -c 'SELECT count(*) FROM patients') patients and" \
    "$(psql -X -A -t -d "$SERVER dbname=waybill" -c 'SELECT count(*) FROM waybills') waybills now"

step "starting the daemons"
quietly dyetrace up

step "first dump: an insider exports a fifth of the patients; reordered, recoded to GB18030, zipped, left in the spool"
dump_insider
spool first.zip
first=$(attributed first.zip) || exit 1
step "second dump: pg_dump of part of the waybills, packed with 5,000 rows of the first to raise the volume"
dump_merged
spool second.tar.gz
step "third dump: 20,000 people from elsewhere"
dump_foreign
spool third.tar.gz

check first.zip attributed "[\"$HOSPITAL\"]" '[]' \
    "$HOSPITAL" $(($(wc -l <"$SCRATCH/patients.csv") - 1)) "$(present "$HOSPITAL" "$SCRATCH/patients.csv")"
check second.tar.gz attributed "[\"$COURIER\"]" "[\"$first\"]" \
    "$HOSPITAL" 5000 "$(present "$HOSPITAL" "$SCRATCH/rows.csv")" \
    "$COURIER" "$(psql -X -A -t -d "$SERVER dbname=waybill" -c 'SELECT count(*) FROM part')" "$(present "$COURIER" "$SCRATCH/waybills.sql")"
check third.tar.gz not-covered '[]' '[]'

if [ "$WRONG" = 0 ]; then step "all three are right"; else step "not all three are right"; fi
[ "$KEEP" != --keep ] || how_to_look
exit "$WRONG"
