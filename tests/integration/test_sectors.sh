#!/usr/bin/env bash
# Every sector of this program seeds, and so does one that a user writes; who a canary is stays, whatever changes later.
. "$(dirname "$0")/../support/home.sh"

home_new
names=$(find config/sectors -name '*.yaml' -printf '%f\n' | sed 's/\.yaml$//' | sort)
is "there are fifteen sectors" "$(wc -w <<<"$names")" 15
bad=
for name in $names; do
    dyetrace source add "all/$name" --sector "$name" >/dev/null &&
        dyetrace seed "all/$name" --count 20 --format csv -o "$SCRATCH/$name.csv" || bad+=" $name"
    [ "$(tail -n +2 "$SCRATCH/$name.csv" | wc -l)" -ge 20 ] || bad+=" $name(rows)"
done
is "each of them seeds" "$bad" ""
reveal >"$SCRATCH/revealed.jsonl"
is "no value occurs twice among them" "$(jq -r '.identifiers[]' "$SCRATCH/revealed.jsonl" | sort | uniq -d)" ""
is "mothers to be are women" "$(jq -r 'select(.source == "all/maternity") | .sex' "$SCRATCH/revealed.jsonl" | sort -u)" F
is "what was written is what is revealed" \
    "$(jq -r 'select(.source == "all/telecom") | .identifiers | [.mobile, .resident_id] | join(",")' "$SCRATCH/revealed.jsonl" | sort)" \
    "$(tail -n +2 "$SCRATCH/telecom.csv" | awk -F, '{print $1 "," $3}' | sort)"

mkdir -p "$DYETRACE_HOME/sectors"
cat >"$DYETRACE_HOME/sectors/gym.yaml" <<YAML
sector: gym
table: members
population: {age: {18-30: 3, 31-60: 1}, region: [3701]}
columns:
  - {name: phone, kind: mobile}
  - {name: name, kind: name}
  - {name: address, kind: address}
  - {name: joined, what: date, from: 1, to: 90}
  - {name: visit, what: date, after: joined, to: 9}
YAML
exit_is "a user's sector is known" 0 dyetrace source add gym/east --sector gym
seed_csv gym/east 40 "$SCRATCH/gym.csv"
is "its people live where it says" "$(tail -n +2 "$SCRATCH/gym.csv" | cut -d, -f3 | grep -vc '^山东省济南市')" 0
is "no visit is before joining" "$(tail -n +2 "$SCRATCH/gym.csv" | awk -F, '$5 != "" && $5 < $4' | wc -l)" 0
is "they are revealed as they were written" "$(reveal gym/east | jq -r '[.identifiers.mobile, .name, .address] | join(",")' | sort)" \
    "$(tail -n +2 "$SCRATCH/gym.csv" | cut -d, -f1-3 | sort)"
home_sql "UPDATE dyetrace.source SET sector = 'school' WHERE path = 'gym/east'"
is "and still are when the source's sector is another" "$(reveal gym/east | jq -r .identifiers.mobile | sort)" \
    "$(tail -n +2 "$SCRATCH/gym.csv" | cut -d, -f1 | sort)"
sed -i 's/after: joined/after: join/' "$DYETRACE_HOME/sectors/gym.yaml"
exit_is "a mistake is an error of the environment" 3 dyetrace source add gym/west --sector gym
one_line_error "with its place" 'gym.yaml:9:'
finish
