#!/usr/bin/env bash
# Copies of one table that differ, so that holders who join can be told.
. "$(dirname "$0")/../support/home.sh"

home_new
BRANCHES=
for branch in b1 b2 b3 b4 b5 b6; do
    dyetrace source add "chain/$branch" --sector hospital --population 20000
    BRANCHES=$BRANCHES${BRANCHES:+,}chain/$branch
done
run dyetrace source add small/copy --sector hospital --population 300
run dyetrace source add small/other --sector hospital --population 5000

# ---- what is refused ----
exit_is "a plan that can't reach its epsilon is refused" 2 \
    dyetrace seed --shared --sources small/copy,small/other --colluders 2 --epsilon 1e-3 -o "$SCRATCH/no"
one_line_error "with the numbers" '2 colluders of 2 holders at epsilon 0.001 want [0-9]+ canaries that survive.*31 are possible'
exit_is "or where the user allows too few" 2 \
    dyetrace seed --shared --sources "$BRANCHES" --colluders 2 --epsilon 1e-3 --count 100 -o "$SCRATCH/no"
exit_is "more colluders than holders" 2 dyetrace seed --shared --sources "$BRANCHES" --colluders 7 --epsilon 1e-3 -o "$SCRATCH/no"
exit_is "one holder" 2 dyetrace seed --shared --sources chain/b1 --colluders 1 --epsilon 1e-3 -o "$SCRATCH/no"
exit_is "a holder twice" 2 dyetrace seed --shared --sources chain/b1,chain/b1 --colluders 1 --epsilon 1e-3 -o "$SCRATCH/no"
absent() { [ ! -e "$1" ]; }
ok "and then nothing is written" absent "$SCRATCH/no"
is "or registered" "$(home_sql 'SELECT count(*) FROM dyetrace.canary')" 0

# ---- copies ----
# The key, and with it the code, is another in each run. At an epsilon of 1e-3, and a plan for half of the rows against a
# leak that keeps four fifths of them, the two who join below are both missed in one run of 50,000, and somebody else is
# named in one of 12,000, as epsilon allows. At 1e-6 it was none of 60,000 simulated, and is no more than that by design.
exit_is "shared canaries are seeded" 0 \
    dyetrace seed --shared --sources "$BRANCHES" --colluders 2 --epsilon 1e-6 --survival 0.5 -o "$SCRATCH/copies" --json
planted=$(jq .canaries <<<"$OUT")
ok "within 1.3 times pi^2/2 c^2 ln(n/epsilon) surviving" awk -v m="$planted" \
    'BEGIN { b = 4.934802 * 4 * log(6 / 1e-6); exit !(m * 0.5 >= b && m * 0.5 <= 1.3 * b) }'
is "each holder has a file of its own" "$(cd "$SCRATCH/copies" && echo *)" \
    "chain_b1.csv chain_b2.csv chain_b3.csv chain_b4.csv chain_b5.csv chain_b6.csv"
is "for nobody else to read" "$(stat -c %a "$SCRATCH"/copies/* | sort -u)" 600
is "with a row a canary" "$(wc -l <"$SCRATCH/copies/chain_b4.csv")" $((planted + 1))
exit_is "files that are there are not replaced" 3 \
    dyetrace seed --shared --sources "$BRANCHES" --colluders 1 --epsilon 1e-2 -o "$SCRATCH/copies"
is "and nothing is registered then" "$(home_sql 'SELECT count(*) FROM dyetrace.code')" 1

dyetrace canary list --reveal --reason 'integration test' --json >"$SCRATCH/all"
is "every holder has every canary once" "$(jq -r '[.source, .canary] | join(" ")' "$SCRATCH/all" | sort -u | wc -l)" $((6 * planted))
is "both variants are in use" "$(jq -r .variant "$SCRATCH/all" | sort -u | xargs)" "A B"
both=$(jq -r '[.canary, .variant] | join(" ")' "$SCRATCH/all" | sort -u | cut -d' ' -f1 | uniq -d | wc -l)
ok "many canaries in both" test "$both" -gt $((planted / 4))
is "a canary is one person in both" \
    "$(jq -r '[.canary, .name, .sex, .birth, .address] | join("|")' "$SCRATCH/all" | sort -u | wc -l)" "$planted"
# Every identifier of a (canary, variant) is nobody else's.
jq -r '. as $c | .identifiers[] | [., $c.canary + $c.variant] | join(" ")' "$SCRATCH/all" | sort -u >"$SCRATCH/values"
is "no identifier stands for two variants" "$(cut -d' ' -f1 "$SCRATCH/values" | uniq -d | wc -l)" 0
is "the file of a holder has the values of its variants" \
    "$(jq -r 'select(.source == "chain/b2") | .identifiers.mobile' "$SCRATCH/all" | sort | sha256sum)" \
    "$(grep -oE '\b1[3-9][0-9]{9}\b' "$SCRATCH/copies/chain_b2.csv" | sort | sha256sum)"
is "the biases are on record" "$(home_sql "SELECT count(*) FROM dyetrace.code_position WHERE bias > 0 AND bias < 1")" "$planted"
is "a leaf of the log a placement" "$(home_sql 'SELECT size FROM dyetrace.log_head ORDER BY size DESC LIMIT 1')" $((6 * planted))
# 0.92 is expected of six holders, and 0.87 to 0.95 was seen in three million codes.
is "variant B goes with its bias" "$(home_sql "SELECT corr(p.share, j.bias) > 0.75 FROM dyetrace.code_position j JOIN
    (SELECT canary_id, avg((variant = 'B')::int) AS share FROM dyetrace.placement GROUP BY 1) p USING (canary_id)")" t

# ---- a leak of one copy ----
{ noise 2000 3; jq -c 'select(.source == "chain/b5")' "$SCRATCH/all" | rows; } | shuf --random-source=<(yes) >"$SCRATCH/leak.csv"
exit_is "a copy that leaked is ingested" 0 dyetrace ingest "$SCRATCH/leak.csv" --json
dump=$(jq -r .dump <<<"$OUT")
dyetrace sightings --dump "$dump" --json >"$SCRATCH/seen"
is "all its canaries are seen, in its variants" "$(jq -r '[.canary, .variant] | join(" ")' "$SCRATCH/seen" | sort | sha256sum)" \
    "$(jq -r 'select(.source == "chain/b5") | [.canary, .variant] | join(" ")' "$SCRATCH/all" | sort | sha256sum)"
is "the holders of a variant are told together" \
    "$(jq -c 'select(.sources) | select((.sources | index("chain/b5")) == null)' "$SCRATCH/seen" | wc -l)" 0
ok "most are held by several" test "$(jq -c 'select(.sources)' "$SCRATCH/seen" | wc -l)" -gt $((planted / 2))
exit_is "the copy is attributed" 0 dyetrace attribute "$dump" --json
is "to its holder alone" "$(jq -c '[.verdict, .set, .undecided]' <<<"$OUT")" '["attributed",["chain/b5"],[]]'
is "whose every variant agrees" \
    "$(jq -c '.sources[] | select(.source == "chain/b5") | [.seen, .shared.of - .shared.agree]' <<<"$OUT")" "[$planted,0]"
ok "by a p-value over all holders" test "$(jq '.sources[] | select(.source == "chain/b5") | .shared.p_value < 1e-9' <<<"$OUT")" = true
is "the others' agree in some" "$(jq -c '[.sources[] | select(.source | startswith("chain/b")) | select(.shared.agree < .shared.of)] | length' <<<"$OUT")" 5
is "what is above is listed, and not named" "$(jq -r '.sources[] | select(.source == "chain") | .posterior > 0.99' <<<"$OUT")" true
exit_is "the same as text" 0 dyetrace attribute "$dump"
like "says how the copies agree" "$OUT" "chain/b5 .*copies agree in [0-9]+ of [0-9]+"

# ---- two holders who join: every row from the copy of one of them, and a fifth of the rows lost ----
{ noise 2000 4; jq -c 'select(.source == "chain/b2" or .source == "chain/b6")' "$SCRATCH/all" |
    jq -sc 'group_by(.canary) | to_entries[] | select((.key + 1) % 5 != 0) | .value[(.key + 1) % 2]' | rows; } >"$SCRATCH/joined.csv"
exit_is "what they made of their copies is ingested" 0 dyetrace ingest "$SCRATCH/joined.csv" --json
exit_is "and attributed" 0 dyetrace attribute "$(jq -r .dump <<<"$OUT")" --json
is "to members of the coalition alone" "$(jq -c '[.set[] | select(. != "chain/b2" and . != "chain/b6")] | length' <<<"$OUT")" 0
ok "to one of them at least" test "$(jq '.set | length' <<<"$OUT")" -ge 1

# ---- rows that too few hold ----
# Five that most holders have in the variant of the copy: of any five, so rare ones do say whose they are in one run of
# 3,000, and rightly.
common=$(jq -s 'group_by([.canary, .variant]) | map(select(length >= 4 and any(.source == "chain/b5"))) | [.[:5][][0].canary]' "$SCRATCH/all")
{ noise 500 5; jq -c --argjson c "$common" 'select(.source == "chain/b5" and (.canary | IN($c[])))' "$SCRATCH/all" | rows; } >"$SCRATCH/few.csv"
run dyetrace ingest "$SCRATCH/few.csv" --json
exit_is "five rows of a copy are asked about" 0 dyetrace attribute "$(jq -r .dump <<<"$OUT")" --json
is "and are insufficient" "$(jq -c '[.verdict, .set]' <<<"$OUT")" '["insufficient",[]]'
finish
