#!/usr/bin/env bash
# How many canaries a source needs, and where they are missing.
. "$(dirname "$0")/../support/home.sh"

home_new
for branch in b1 b2 b3 b4 b5 b6; do
    dyetrace source add "chain/$branch" --sector hospital --population 4000
done

exit_is "a plan is made" 0 dyetrace plan chain --sale 261 1287 --leak-fraction 0.1 --power 0.95,0.5 --json
is "its strata are the branches, whose population is known" "$(jq -r .source <<<"$OUT" | xargs)" \
    "chain/b1 chain/b2 chain/b3 chain/b4 chain/b5 chain/b6"
# d = 1 - 0.05^(1/261) = 0.011412; K = 4000 d / (1 - d) = 46.2
is "261 rows of 4,000 ask for 47 canaries" \
    "$(jq -c 'select(.source == "chain/b3") | .targets[] | select(.sale == 261 and .power == 0.95) | .needed' <<<"$OUT")" 47
is "a tenth of a table asks for 29" \
    "$(jq -c 'select(.source == "chain/b3") | .targets[] | select(.leak_fraction == 0.1 and .power == 0.95) | .needed' <<<"$OUT")" 29
is "every size is answered at every power" "$(jq -c 'select(.source == "chain/b3") | .targets | length' <<<"$OUT")" 6
is "nothing is planted, so all fall short" "$(jq -c '[.planted, .below, .short]' <<<"$OUT" | sort -u)" '[0,true,47]'
sizes=$(jq -c .targets <<<"$OUT")
exit_is "options may be repeated, before the source as well" 0 dyetrace plan --sale 261 --power 0.95 --sale=1287 --power 0.5 --leak-fraction 0.1 chain --json
is "and ask for the same" "$(jq -c .targets <<<"$OUT")" "$sizes"
exit_is "the same as text" 0 dyetrace plan chain/b1 --sale 261
like "says what is needed" "$OUT" 'sale of 261 rows .*needs +47'
like "and what falls short" "$OUT" 'below target by 47'
exit_is "a plan wants a size" 2 dyetrace plan chain
exit_is "and a number" 2 dyetrace plan chain --sale many
exit_is "and a source" 2 dyetrace plan nowhere --sale 10
run dyetrace source add vague --sector hospital
exit_is "no size of sale can be planned for where no population is known" 2 dyetrace plan vague --sale 10
exit_is "but a fraction can" 0 dyetrace plan vague --leak-fraction 0.01 --json
is "1 % asks for 299" "$(jq -c '[.needed, .population]' <<<"$OUT")" '[299,null]'

seed_csv chain/b5 47 "$SCRATCH/b5.csv"
exit_is "a plan counts what is planted" 0 dyetrace plan chain/b5 --sale 261 --json
is "and says that it is enough" "$(jq -c '[.planted, .below, .short]' <<<"$OUT")" '[47,false,0]'
ok "with the power that it has" test "$(jq -c '.targets[0].reached >= 0.95' <<<"$OUT")" = true
finish
