#!/usr/bin/env bash
# An index from a list, and scanning with it, need no home, no key and no database.
. "$(dirname "$0")/../support/home.sh"

export DYETRACE_HOME=/nonexistent HOME=/nonexistent
cd "$SCRATCH" || exit
printf '%s\t%s\t%s\n' c1 mobile 17421234567 c2 mobile 15498765432 c2 email who@example.org c3 resident_id 37014419900307001X \
    c1 mobile 17421234567 c4 mobile 17421234567 >list.tsv

exit_is "an index is built from a list, repeated values and all" 0 dyetrace index build --from-list list.tsv -o list.idx
is "nothing is said of values that can be found" "$ERR" ""
ok "without making a home" test ! -e /nonexistent

printf 'nobody,13800000000\n张三,17421234567,x\n' >a.csv
exit_is "a file with a hit answers yes" 0 dyetrace scan --index list.idx --json a.csv
is "each canary that has the value is a hit" "$(jq -r .canary <<<"$OUT" | sort | tr '\n' ' ')" "c1 c4 "
same_json "a hit says kind, form, part and where" "$(jq -c 'select(.canary == "c1") | [.kind, .form, .part, .offset, .length]' <<<"$OUT")" \
    "[\"mobile\",\"plain\",\"\",$(grep -b -o 17421234567 a.csv | cut -d: -f1),11]"

printf '%s\t%s\t%s\n' c1 mrn A-1234 c1 mrn 9000000001 c1 plate '鲁A·12345' c1 passport E00000001 c2 bank_card '6212 3456 7890 1234 569' >kinds.tsv
exit_is "a list may have values of every kind" 0 dyetrace index build --from-list kinds.tsv -o kinds.idx
one_line_error "and says how many no scan will find" 'finds: 1$'
printf '鲁A12345,A-1234\ne00000001\n6212345678901234569\n' >kinds.csv
exit_is "passports and cards are found" 0 dyetrace scan --index kinds.idx --json kinds.csv
is "and what is short or only corroborates is not" "$(jq -r .kind <<<"$OUT" | tr '\n' ' ')" "passport bank_card "

printf 'nobody,13800000000\n' >b.csv
exit_is "a file without a hit answers no" 1 dyetrace scan --index list.idx --json b.csv
is "and prints nothing" "$OUT" ""
exit_is "several files are told apart by their name" 0 dyetrace scan --index list.idx --json b.csv a.csv
is "which stands before the part" "$(jq -r .part <<<"$OUT" | sort -u)" "a.csv"
mkdir -p folder/below && cp a.csv folder/below/ && cp b.csv folder/ && ln -s ../a.csv folder/link.csv
exit_is "a directory stands for the files in it" 0 dyetrace scan --index list.idx --json folder
is "which are told apart by their path" "$(jq -r .part <<<"$OUT" | sort -u)" "folder/below/a.csv"
one_line_error "and a link in it is told to be skipped" 'folder/link\.csv: skipped'
exit_is "a file that is not there keeps no other out" 3 dyetrace scan --index list.idx --json absent.csv a.csv
is "of which the hits are told" "$(jq -r .part <<<"$OUT" | sort -u)" "a.csv"
one_line_error "and it is named" 'absent\.csv: No such file'
odd=$(printf 'a\033[2J\n\277.csv') && cp a.csv "$odd"
exit_is "a file whose name is no text is one too" 0 dyetrace scan --index list.idx --json b.csv "$odd"
is "and its name is written out" "$(jq -r .part <<<"$OUT" | sort -u)" 'a%1b[2J%0a%bf.csv'
mkdir much && (cd much && split -l 1 -a 3 - part. < <(seq 400; cat ../a.csv))
exit_is "more files than a process may hold are looked through" 0 bash -c "ulimit -n 30 && exec dyetrace scan --index list.idx --json much"
is "to the last of them" "$(jq -r .canary <<<"$OUT" | sort | tr '\n' ' ')" "c1 c4 "
# More than a pipe holds, so that the scan has begun when the waiting does.
yes '' | head -n 200000 >blank
on_a_terminal() {
    script -qec "(cat a.csv blank; sleep 0.3) | dyetrace scan --index list.idx - $1" /dev/null </dev/null
}
like "on a terminal it says how far it is" "$(on_a_terminal '>hits')" 'scan: [0-9]+ MB, [0-9]+ MB/s'
is "unless its hits come there" "$(on_a_terminal '' | grep -c 'MB/s')" 0
exit_is "standard input is a file too" 0 sh -c 'dyetrace scan --index list.idx --json - <a.csv'
is "with the same hits" "$(jq -r .canary <<<"$OUT" | sort | tr '\n' ' ')" "c1 c4 "

iconv -f UTF-8 -t GB18030 a.csv >gb.csv
exit_is "GB18030 is read" 0 dyetrace scan --index list.idx --json gb.csv
is "and offsets count its own bytes" "$(jq -r .offset <<<"$OUT" | sort -u)" "$(LC_ALL=C grep -a -b -o 17421234567 gb.csv | cut -d: -f1)"

mkdir -p in && cp a.csv 'in/客户 名单.csv' && tar -czf in.tar.gz -C in '客户 名单.csv' && zip -q out.zip in.tar.gz b.csv
exit_is "archives in archives are opened" 0 dyetrace scan --index list.idx --json out.zip
is "and name their parts" "$(jq -r .part <<<"$OUT" | sort -u)" "in.tar.gz/客户 名单.csv"

for digest in md5 sha1 sha256 sm3; do
    printf '%s\n' "$(printf %s 15498765432 | openssl dgst "-$digest" -r | cut -d' ' -f1)" >"$digest.txt"
    exit_is "a plain $digest is recognised" 0 dyetrace scan --index list.idx --json "$digest.txt"
    is "as that form" "$(jq -r '"\(.canary) \(.kind) \(.form)"' <<<"$OUT")" "c2 mobile $digest"
done
printf 'WHO@Example.ORG;37014419900307001x;+8617421234567\n' >forms.txt
exit_is "case and a country code do not hide a value" 0 dyetrace scan --index list.idx --json forms.txt
is "of any kind" "$(jq -r '"\(.canary) \(.kind)"' <<<"$OUT" | sort | tr '\n' ',')" "c1 mobile,c2 email,c3 resident_id,c4 mobile,"

printf '15498765432\n%s\n' "$(printf %s 15498765432 | openssl dgst -md5 -r | cut -d' ' -f1)" >both.txt
exit_is "an index of plain values alone is built" 0 dyetrace index build --from-list list.tsv --plain -o plain.idx
exit_is "and finds them" 0 dyetrace scan --index plain.idx --json both.txt
is "but no digest" "$(jq -r .form <<<"$OUT" | tr '\n' ' ')" "plain "
seq -f 'c%.0f' 1 20000 | awk '{printf "%s\tmobile\t174%08d\n", $1, 20000000 + NR}' >long.tsv
exit_is "a list that several threads read is built" 0 dyetrace index build --from-list long.tsv --plain -o long.idx
awk -F'\t' '{print $3}' long.tsv >long.txt
exit_is "and all of it is found" 0 dyetrace scan --index long.idx long.txt
is "each as its own canary" "$(cut -f1 <<<"$OUT" | sort -u | wc -l)" 20000
exit_is "an answer that can't be written is an error" 3 bash -c "dyetrace scan --index long.idx long.txt >/dev/full"
one_line_error "in one line" output
sed -e '15000s/mobile/nothing/' -e '16384s/174/1x4/' long.tsv >wrong.tsv
exit_is "of several wrong lines" 2 dyetrace index build --from-list wrong.tsv --plain -o wrong.idx
one_line_error "the first is told" 'line 15000: unknown kind'
{ head -c 8 list.idx; printf '\002'; tail -c +10 list.idx; } >old.idx
exit_is "an index of another version is refused" 3 dyetrace scan --index old.idx a.csv
one_line_error "and says what to do" 'old\.idx: .*build it again'
printf '174212345678\nx17421234567890\n9917421234567\n' >longer.txt
exit_is "a longer number that holds the value is no hit" 1 dyetrace scan --index list.idx --json longer.txt
exit_is "statistics can be asked for" 0 dyetrace scan --index list.idx --stats --json a.csv

printf 'c1\tmobile\n' >short.tsv
printf 'c\262\tmobile\t17421234567\n' >gbk.tsv
exit_is "a canary whose name is no UTF-8 is refused" 2 dyetrace index build --from-list gbk.tsv -o gbk.idx
one_line_error "with its line" 'line 1'
exit_is "an index that is not there is an error" 3 dyetrace scan --index absent.idx gbk.tsv
like "that names it once" "$ERR" '^dyetrace: absent.idx: [^:]*$'
exit_is "a line of the list that is none is refused" 2 dyetrace index build --from-list short.tsv -o short.idx
one_line_error "in one line, with its number" 'short\.tsv.*1'
is "and leaves no half index" "$(ls short.idx 2>/dev/null)" ""
head -c $(($(stat -c %s list.idx) / 2)) list.idx >cut.idx
exit_is "half an index is refused" 3 dyetrace scan --index cut.idx a.csv
one_line_error "in one line" 'cut\.idx'
finish
