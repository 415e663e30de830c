#!/usr/bin/env bash
# The legal count of a dump that was ingested, held against what went into it, and a case about it.
. "$(dirname "$0")/../support/home.sh"

home_new
hospital_new 10000
seed_csv jinan-hospital/his 20 "$SCRATCH/seeded.csv"
mkdir "$SCRATCH/dump"
people 300 7 >"$SCRATCH/rows.csv"
reveal | head -n 6 | rows >"$SCRATCH/canaries.csv"
{
    echo "姓名,手机号,身份证号,家庭住址,诊断"
    cat "$SCRATCH/rows.csv" "$SCRATCH/canaries.csv" | awk '{print $0 ",感冒"}'
} >"$SCRATCH/dump/patients.csv"
awk -F, '{print $1 "," $2}' "$SCRATCH/rows.csv" | head -n 200 | { echo "姓名,手机号" && cat; } >"$SCRATCH/dump/callers.csv"
cut -d, -f2 "$SCRATCH/rows.csv" | head -n 150 >"$SCRATCH/dump/bare.txt"
(cd "$SCRATCH/dump" && zip -q ../dump.zip ./*)
run dyetrace ingest "$SCRATCH/dump.zip" --acquired-at 2026-01-09T09:00:00Z --json
dump=$(jq -r .dump <<<"$OUT")
is "the canaries' rows are found" "$(jq .sightings <<<"$OUT")" 6

# --- count ------------------------------------------------------------------------------------------------------------

exit_is "a dump is counted" 0 dyetrace count "$dump" --key rows --json
counted=$OUT
of() { jq -c "$1" <<<"$counted"; }
is "it is one object" "$(wc -l <<<"$counted")" 1
is "that says that it is a reference" "$(of '[.dump, .law, .reference]')" "[\"$dump\",\"cn\",true]"
is "rows are as found" "$(of '[.vector.raw, .vector.bare_phone, .vector.canary_rows]')" '[656,150,6]'
is "what identifies nobody is the bare numbers" "$(of .vector.unidentified)" 150
is "patients are class B, without the canaries; callers class C" \
    "$(of '.scores[] | select(.key == "rows") | [.A, .B, .C, .score, .level, .insider_level]')" '[0,300,200,3200,"none","serious"]'
is "by what is certain, too: a diagnosis is health data" "$(of '[.certain.B, .certain.C]')" '[300,200]'
is "each column has its class" \
    "$(of '[.columns[] | select(.part == "patients.csv") | [.name, .class]]')" \
    '[["姓名","C"],["手机号","C"],["身份证号","B"],["家庭住址","C"],["诊断","B"]]'
is "with the article that gives it" "$(of '.columns[] | select(.name == "诊断") | [.information, .article, .certainty]')" \
    '["health","Fa Shi [2017] 10 Art. 5(1)(4)","H"]'
is "what was left out is told with its article" "$(of '[.excluded[] | [.why, .records, .article, .certainty]]')" \
    '[["canary",6,"Fa Shi [2017] 10 Art. 11(3)","H"],["identifies-nobody",150,"Fa Shi [2017] 10 Art. 1","M"]]'
is "sensitive items are to be proven one by one" "$(of '[.proof[] | [.information, .items]]')" '[["health",300]]'
is "with where they stand" "$(of '[.proof[0].places[] | [.part, .column, .items]]')" '[["patients.csv","诊断",306]]'
is "the notice of a leak is due at once" "$(of '[.notices[] | [.name, .deadline]]')" '[["notice","2026-01-09T09:00:00Z"]]'
is "or from when it was known" "$(dyetrace count "$dump" --known-at 2026-02-02 --json | jq -r '.notices[0].deadline')" 2026-02-02T00:00:00Z

phones=$(cat "$SCRATCH/rows.csv" "$SCRATCH/canaries.csv" | cut -d, -f2 | sort -u | wc -l)
for key in mobile name+mobile; do
    is "distinct by $key is what sort and uniq say" "$(of ".vector.distinct[\"$key\"]")" "{\"n\":$phones,\"exact\":true}"
done
is "what counts by names and numbers is exact, less the canaries" \
    "$(of '.scores[] | select(.key == "name+mobile") | [.exact, .records]')" "[true,$((phones - 6))]"
is "what counts by numbers is an estimate, since bare rows have one" "$(of '.scores[] | select(.key == "mobile") | .exact')" false
is "unasked, it goes by what enough records have, exactly" "$(dyetrace count "$dump" --json | jq -r .key)" name+mobile
run dyetrace count "$dump" --key rows
like "people are told in words" "$OUT" '法律计数\(参考\).*裸号.*\* rows +500 +0 +300 +200 +3200  none; by an insider serious.*to be proven item by item: 300 of health'
exit_is "a dump that is none is an error" 2 dyetrace count d0123456789abcdef
exit_is "so is a key that is none" 2 dyetrace count "$dump" --key iris
one_line_error "with its reason" 'iris'

# --- laws -------------------------------------------------------------------------------------------------------------

cp tests/regress/law/lawland.yaml "$SCRATCH/lawland.yaml"
chmod 644 "$SCRATCH/lawland.yaml"
is "another country is another file" "$(dyetrace count "$dump" --law "$SCRATCH/lawland.yaml" --json | jq -c '[.law, .key, (.scores[] | select(.key == "rows") | [.A, .B, .C, .score])]')" \
    '["lawland","rows",[0,0,500,500]]'
mkdir "$DYETRACE_HOME/law"
sed 's/^law: lawland/law: ours/' "$SCRATCH/lawland.yaml" >"$DYETRACE_HOME/law/ours.yaml"
chmod -R a+rX "$DYETRACE_HOME/law"
sed -i "s/^  rules: .*/  rules: 'ours'/" "$DYETRACE_HOME/dyetrace.yaml"
is "the home says which" "$(dyetrace count "$dump" --json | jq -r .law)" ours
sed -i 's/weight: 20/weight: heavy/' "$DYETRACE_HOME/law/ours.yaml"
exit_is "a mistake in it is an error of the environment" 3 dyetrace count "$dump"
one_line_error "with its place" 'ours.yaml:7:'
is "a law can be named" "$(dyetrace count "$dump" --law cn --json | jq -r .law)" cn
sed -i "s/^  rules: .*/  rules: 'cn'/" "$DYETRACE_HOME/dyetrace.yaml"

# --- cases ------------------------------------------------------------------------------------------------------------

exit_is "a case is opened" 0 dyetrace case add clinic --title "patients of January"
exit_is "once" 2 dyetrace case add clinic
exit_is "with persons by pseudonym" 0 dyetrace case person clinic nurse --insider
exit_is "never by a number" 2 dyetrace case person clinic 17420013841
exit_is "or a name" 2 dyetrace case person clinic 张伟
act() { exit_is "$1" 0 dyetrace case act clinic "${@:2}"; }
act "what was obtained is put down" nurse obtained --dump "$dump" --when 2026-01-05
act "and what was sold to whom" nurse sold --dump "$dump" --to studio --when 2026-01-06T10:00:00+08:00 --income 800.50
act "and sold on" studio sold --dump "$dump" --to insurer --records 100 --income 900
act "and put down by mistake" studio sold --dump "$dump" --to insurer --income 90000 --json
mistaken=$(jq .act <<<"$OUT")
exit_is "nothing was sold tomorrow" 2 dyetrace case act clinic nurse sold --dump "$dump" --when 2999-01-01
one_line_error "which is said" 'a time to come'
exit_is "nobody deals with themselves" 2 dyetrace case act clinic nurse sold --dump "$dump" --to nurse
exit_is "about a dump that is none" 2 dyetrace case act clinic nurse sold --dump d0123456789abcdef --to studio
exit_is "an act is voided with a reason" 0 dyetrace case void clinic "$mistaken" --reason "of another case"
exit_is "and only once" 2 dyetrace case void clinic "$mistaken" --reason again
exit_is "the case is counted" 0 dyetrace case count clinic --key rows --json
counted=$OUT
is "a line a person" "$(of .person | sort | xargs)" "insurer nurse studio"
is "the nurse sold what was obtained in service" \
    "$(of 'select(.person == "nurse") | [.B, .C, .score, .in_duty.score, .in_duty.income, .level, .reached[0].test]')" \
    '[300,200,3200,3200,"800.50","serious","insider"]'
is "not counted twice" "$(of 'select(.person == "nurse") | [.steps[] | select(.why == "resold") | [.records, .article]]')" \
    '[[500,"Fa Shi [2017] 10 Art. 11(1)"]]'
is "the studio is below the thresholds, which is said with a mark" \
    "$(of 'select(.person == "studio") | [.C, .level, .income, .below.article, .below.certainty]')" \
    '[100,"none","900.00","Public Security Administration Punishments Law Art. 56","M"]'
is "who only received did nothing that is put down" "$(of 'select(.person == "insurer") | [.acted, .level]')" '[false,"none"]'
run dyetrace case count clinic --key rows
like "people are told in words" "$OUT" 'nurse, insider: serious 情节严重.*resold 500.*Art\. 11\(1\).*serious by insider: .*Art\. 5\(1\)\(8\).*Not computed'
# 100 of the patients and a canary as a file of their own.
{ sed -n 1,101p "$SCRATCH/dump/patients.csv" && tail -n 1 "$SCRATCH/dump/patients.csv"; } >"$SCRATCH/extract.csv"
extract=$(dyetrace ingest "$SCRATCH/extract.csv" --json | jq -r .dump)
dyetrace case add resale >/dev/null
dyetrace case act resale broker obtained --dump "$dump" >/dev/null
dyetrace case act resale broker sold --dump "$extract" --to shop >/dev/null
is "what was sold as an extract was obtained once" \
    "$(dyetrace case count resale --json | jq -c 'select(.acted) | [.B + .C, (.steps[] | select(.why == "resold") | .records)]')" "[$((phones - 6)),100]"
is "the case can be shown" "$(dyetrace case show clinic --json | jq -c '[.case, (.persons | length), (.acts | length), .acts[3].voided, .acts[1].when]')" \
    '["clinic",3,4,"of another case","2026-01-06T02:00:00Z"]'
is "and listed" "$(dyetrace case list --json | head -n 1)" '{"case" : "clinic", "title" : "patients of January", "acts" : 3}'
exit_is "an unknown case is an error" 2 dyetrace case count nowhere

# --- who did it, and what is kept ---------------------------------------------------------------------------------------

is "counts and changes are audited" \
    "$(home_sql "SELECT string_agg(DISTINCT event, ',' ORDER BY event) FROM dyetrace.audit WHERE event ~ '^(case|count)'")" \
    "case act,case add,case count,case person,case void,count"
exit_is "in the chain" 0 dyetrace audit verify
is "no value is kept with a case" "$(home_sql "SELECT row_to_json(a)::text FROM dyetrace.case_act a UNION ALL SELECT detail::text FROM dyetrace.audit" |
    grep -o -F -f <(tr ',' '\n' <"$SCRATCH/rows.csv" | sort -u) | head -3)" ""
is "without a home a case in a file is counted" \
    "$(env -u DYETRACE_HOME HOME=/nonexistent dyetrace case count --file tests/regress/law/cases/insider-half.yaml --json | head -n 1 | jq -r .level)" serious
finish
