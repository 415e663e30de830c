# shellcheck shell=bash
# Temporary homes of dyetrace, on the binaries of $BUILD_DIR. Sources tap.sh and scratch.sh.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
. tests/support/tap.sh
. tests/support/scratch.sh

BUILD_DIR=$(cd "${1:-build}" && pwd) || exit
PATH=$BUILD_DIR/bin:$PATH
unset XDG_DATA_HOME
export DYETRACE_HOME=$SCRATCH/home

# home_new [DIR]: makes the home, its cluster running, and takes both down at the end.
home_new() {
    export DYETRACE_HOME=${1:-$SCRATCH/home}
    SCRATCH_ENDS+=("DYETRACE_HOME=$DYETRACE_HOME dyetrace down")
    run dyetrace init
    [ "$CODE" = 0 ] || bail "a home can be made" "$OUT $ERR"
    home_port "$DYETRACE_HOME" "$(free_port)"
}

# daemons_up: without them there is nothing to wait for.
daemons_up() {
    run dyetrace up
    [ "$CODE" = 0 ] || bail "the daemons start" "$OUT $ERR"
    pass "the daemons start"
}

home_conninfo() {
    dyetrace status --json | jq -r .conninfo
}

# home_sql SQL: on the home's database, one value a line.
home_sql() {
    PGOPTIONS='-c client_min_messages=warning' psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$(home_conninfo)" -c "$1"
}

# unhex: the bytes that lines of hex on standard input stand for.
unhex() {
    python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))'
}

# hospital_new [POPULATION]: the source jinan-hospital/his.
hospital_new() {
    run dyetrace source add jinan-hospital/his --sector hospital --population "${1:-100000}"
    [ "$CODE" = 0 ] || bail "a source can be added" "$ERR"
}

# seed_csv SOURCE COUNT FILE
seed_csv() {
    run dyetrace seed "$1" --count "$2" --format csv -o "$3"
    [ "$CODE" = 0 ] || bail "$2 canaries can be seeded" "$ERR"
}

# reveal [SOURCE]: the canaries with their values, one object a line.
reveal() {
    dyetrace canary list ${1:+--source "$1"} --reveal --reason "integration test" --json
}

# The numbers of canaries, values and so on that a test compares come from the revealed list, never from dyetrace's own
# count of what it did.

# noise ROWS SEED: CSV rows `name,mobile,resident_id,address` of nobody: prefixes without an operator, IDs that fail
# their check.
noise() {
    awk -v rows="$1" -v seed="$2" '
    BEGIN {
        srand(seed)
        split("142 143 160 161 163 168", prefix, " ")
        split("赵 钱 孙 李 周 吴 郑 王 冯 陈 褚 卫", family, " ")
        split("伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛", given, " ")
        split("7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2", weight, " ")
        for (i = 0; i < rows; i++) {
            id = sprintf("37010%d19%02d%02d%02d%03d", 1 + int(rand() * 5), 40 + int(rand() * 59), 1 + int(rand() * 12),
                         1 + int(rand() * 28), int(rand() * 1000))
            sum = 1
            for (j = 1; j <= 17; j++) sum += substr(id, j, 1) * weight[j]
            printf "%s%s%s,%s%08d,%s%s,济南市历下区文化路%d号\n", family[1 + int(rand() * 12)], given[1 + int(rand() * 15)],
                given[1 + int(rand() * 15)], prefix[1 + int(rand() * 6)], int(rand() * 1e8), id,
                substr("10X98765432", sum % 11 + 1, 1), 1 + int(rand() * 400)
        }
    }'
}

# people ROWS SEED: `noise` whose IDs pass their check, in counties that are none.
people() {
    noise "$1" "$2" | awk -F, -v OFS=, '{
        split("7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2", weight, " ")
        id = substr($3, 1, 4) (44 + NR % 6) substr($3, 7, 11)
        sum = 0
        for (j = 1; j <= 17; j++) sum += substr(id, j, 1) * weight[j]
        $3 = id substr("10X98765432", sum % 11 + 1, 1)
        print
    }'
}

# sightings_of DUMP: what two runs must agree on, sorted; ids of acquisitions and rows are no part of it.
sightings_of() {
    dyetrace sightings --dump "$1" --weak --json | jq -cS '[.canary, .variant, .part, .offset, .bits, .places, .evidence]' | sort
}

# reset_dumps: forgets every dump, and what stands on it, so that the next ingest is a first one.
reset_dumps() {
    home_sql "TRUNCATE dyetrace.dump, dyetrace.work CASCADE" >/dev/null
}

# daemon_pid NAME: of this home's matcher or portal.
daemon_pid() {
    dyetrace status --json | jq -r --arg n "$1" '.daemons | if type == "array" then .[] | select(.name | endswith($n))
        else .[$n] end | .pid // empty'
}

# spool FILE [NAME]: hands a copy of a file over to the daemon, by a rename on the spool's own file system.
spool() {
    local name=${2:-${1##*/}}
    cp "$1" "$DYETRACE_HOME/.arriving"
    chown --reference="$DYETRACE_HOME/spool" "$DYETRACE_HOME/.arriving"
    mv "$DYETRACE_HOME/.arriving" "$DYETRACE_HOME/spool/$name"
}

# dump_of FILE: the id of these bytes, once they are known.
dump_of() {
    local sum
    sum=$(sha256sum <"$1")
    home_sql "SELECT dump_id FROM dyetrace.dump WHERE sha256 = decode('${sum%% *}', 'hex')"
}

is_attributed() {
    [ -n "$(home_sql "SELECT 1 FROM dyetrace.attribution WHERE dump_id = '$(dump_of "$1")'")" ]
}

# rows: of the revealed canaries on standard input, as the columns of `noise`.
rows() {
    jq -r '[.name, .identifiers.mobile, .identifiers.resident_id, .address] | join(",")'
}

# id_of SEVENTEEN_DIGITS: with the check digit. IDs of no county (44 to 49 at the end of its code) are nobody's.
id_of() {
    awk -v id="$1" 'BEGIN {
        split("7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2", weight, " ")
        for (i = 1; i <= 17; i++) sum += substr(id, i, 1) * weight[i]
        print id substr("10X98765432", sum % 11 + 1, 1)
    }'
}
