#!/usr/bin/env bash
# What another program decrypts: PDF and rar. The right password opens them, a wrong one does not, and none can be read
# off the list of processes while they are read.
. "$(dirname "$0")/../support/home.sh"

for program in unar lsar pdftotext qpdf; do
    if ! command -v $program >/dev/null; then
        skip "passwords" "$program is not installed"
        finish
    fi
done
support=$PWD/tests/support
cd "$SCRATCH" || exit
word='Gè-9917 "x' # not only letters
printf '%s\n' wrong "$word" >words.txt
printf '李沐阳,17420013841\n赵敏,17454410092\n' >a.csv
printf 'x,17435520917\n' >名单.csv

seen() { jq -r '"\(.part) \(.verdict) \(.reason) \(.records)"' <<<"$OUT" | sort | paste -sd';'; }
for form in rar5 rar5-headers; do
    python3 "$support/locked_rar.py" $form "$word" $form.rar a.csv 名单.csv || bail "a $form can be made"
    exit_is "$form: read by the password" 0 dyetrace decode $form.rar --json --password-file words.txt
    is "$form: all of it" "$(seen)" "a.csv read  2;名单.csv read  1"
    exit_is "$form: tried with a wrong one" 0 dyetrace decode $form.rar --json --password wrong
    unread="a.csv unread encrypted 0;名单.csv unread encrypted 0"
    [ $form != rar5-headers ] || unread=" unread encrypted 0"
    is "$form: unread, encrypted" "$(seen)" "$unread"
    run dyetrace decode $form.rar --json
    is "$form: so without any" "$(seen)" "$unread"
done
zip -q0 rars.zip rar5.rar
run dyetrace decode rars.zip --json --password-file words.txt
is "in an archive too" "$(seen)" "rar5.rar/a.csv read  2;rar5.rar/名单.csv read  1"
# The unar of Debian 12 derives another key for this one than the format says; others may not.
python3 "$support/locked_rar.py" rar4 "$word" rar4.rar a.csv || bail "a rar4 can be made"
run dyetrace decode rar4.rar --json --password-file words.txt
like "an older rar is read, or said to be encrypted" "$(seen)" '^a.csv (read  2|unread encrypted 0)$'

# PDFs of many lines of text, and what encrypts them.
python3 - 2 small.pdf 250 large.pdf <<'PY' || bail "PDFs can be made"
import sys
text = "BT /F1 8 Tf 20 800 Td " + "(17420013841 0123456789 0123456789 0123456789) Tj 0 -1 Td " * 700 + "ET"


def make(pages, path):
    objects = ["<</Type/Catalog/Pages 2 0 R>>",
               "<</Type/Pages/Kids[%s]/Count %d>>" % (" ".join("%d 0 R" % (i + 5) for i in range(pages)), pages),
               "<</Length %d>>stream\n%s\nendstream" % (len(text), text), "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    objects += ["<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R/Resources<</Font<</F1 4 0 R>>>>>>"] * pages
    body, places, size = "%PDF-1.4\n", [], len(objects) + 1
    for i, o in enumerate(objects):
        places.append("%010d 00000 n \n" % len(body))
        body += "%d 0 obj%s\nendobj\n" % (i + 1, o)
    table = "xref\n0 %d\n0000000000 65535 f \n" % size + "".join(places)
    table += "trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    open(path, "w").write(body + table)


make(int(sys.argv[1]), sys.argv[2])
make(int(sys.argv[3]), sys.argv[4])
PY
for size in small large; do
    qpdf --encrypt "$word" Owner-77 256 -- $size.pdf $size-locked.pdf || bail "a PDF can be encrypted"
done
first() { jq -r 'select(.verdict) | "\(.part) \(.verdict) \(.reason)"' <<<"$OUT"; }
run dyetrace decode small-locked.pdf --json --password-file words.txt
is "a PDF is read by its password" "$(first)" " read "
run dyetrace decode small-locked.pdf --json --password Owner-77
is "or by its owner's" "$(first)" " read "
run dyetrace decode small-locked.pdf --json --password wrong
is "not by a wrong one" "$(first)" " unread encrypted"

# While a helper runs, stopped by nobody reading what it writes, no command line has the word.
yes '赵敏,17454410092,0123456789' | head -c 40000000 >big.csv
python3 "$support/locked_rar.py" rar5 "$word" big.rar big.csv || bail "a large rar can be made"
printf '%s\n' "$word" >word.txt
words_of() { # PID: its command line, a word a line
    { tr '\0' '\n' <"/proc/$1/cmdline"; } 2>/dev/null
}
watch_processes() { # FILE PROGRAM PLACES
    local pid="" lines
    mkfifo pipe
    dyetrace decode "$1" --records --json --password-file word.txt >pipe 2>/dev/null &
    local reader=$!
    exec 9<pipe
    for _ in $(seq 400); do
        pid=$(pgrep -x "$2" -n) && words_of "$pid" | grep -qx '\*' && break
        sleep 0.05
    done
    ok "$2 runs" test -n "$pid"
    lines=$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n')
    is "its place on the command line is taken" "$(words_of "$pid" | grep -c '^\*$')" "$3"
    ok "and there are command lines to look at" grep -qx "$2" <<<"$lines"
    is "none of them has the password" "$(grep -cF "$word" <<<"$lines")" 0
    is "nor the environment, which nobody else may read anyway" "$( { tr '\0' '\n' <"/proc/$pid/environ"; } 2>/dev/null | grep -cF "$word")" 0
    exec 9<&-
    kill "$reader" 2>/dev/null
    wait "$reader" 2>/dev/null
    rm pipe
}
watch_processes big.rar unar 1
watch_processes large-locked.pdf pdftotext 2
finish
