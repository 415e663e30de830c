#!/usr/bin/env bash
# A leak as an office program keeps it, through the sandboxed child: numbers that were phones, a hidden sheet, a book in
# an archive. openpyxl writes the books.
. "$(dirname "$0")/../support/home.sh"

home_new
hospital_new
seed_csv jinan-hospital/his 12 "$SCRATCH/seeded.csv"
/usr/bin/python3 - "$SCRATCH" <<'PYTHON' || bail "openpyxl writes a book" "it does not"
import csv, sys, openpyxl
folder = sys.argv[1]
rows = list(csv.DictReader(open(folder + '/seeded.csv', encoding='utf-8-sig')))
def number(v):
    return int(v) if v.isdigit() and len(v) <= 15 else v
def book(name, rows, hidden):
    b = openpyxl.Workbook()
    s = b.active
    s.title = '名单'
    for row in rows if not hidden else []:
        s.append([number(v) for v in row.values()])
    h = b.create_sheet('旧')
    h.sheet_state = 'veryHidden'
    for at, row in enumerate(rows if hidden else []):
        for column, v in enumerate(row.values()):
            h.cell(row=10 * at + 5, column=column + 3, value=number(v))
    b.save(folder + '/' + name)
book('open.xlsx', rows[:5], False)
book('hidden.xlsx', rows[5:], True)
PYTHON
(cd "$SCRATCH" && zip -q inner.zip hidden.xlsx)

exit_is "a book is ingested" 0 dyetrace ingest "$SCRATCH/open.xlsx" --json
is "its canaries are seen, phones that became numbers too" "$(jq .sightings <<<"$OUT")" 5
is "and all of it was read" "$(jq -r .verdict <<<"$OUT")" read
exit_is "a book in an archive is ingested" 0 dyetrace ingest "$SCRATCH/inner.zip" --json
is "its hidden sheet too" "$(jq .sightings <<<"$OUT")" 7
dump=$(jq -r .dump <<<"$OUT")
exit_is "sightings say where" 0 dyetrace sightings --dump "$dump" --json
is "by its sheet" "$(jq -sr "[.[].part] | unique | join(\" \")" <<<"$OUT")" "hidden.xlsx/旧"
is "by row and field" "$(jq -sr "[.[].places[].unit] | unique | join(\" \")" <<<"$OUT")" cell
exit_is "what was cut off is partly read" 0 bash -c "head -c \$((\$(stat -c %s '$SCRATCH/open.xlsx') - 200)) '$SCRATCH/open.xlsx' >'$SCRATCH/cut.xlsx' && dyetrace ingest '$SCRATCH/cut.xlsx' --json"
is "and its rows are there" "$(jq .sightings <<<"$OUT")" 5
exit_is "a book under a password that nobody gave is ingested" 0 dyetrace ingest tests/fuzz/corpus/office/agile.xlsx --json
same_json "and is said to be encrypted" "$(jq -c '[.verdict, .reasons]' <<<"$OUT")" '["unread",["encrypted"]]'
exit_is "text of old Word is ingested" 0 dyetrace ingest tests/fuzz/corpus/office/a.doc --json
same_json "and read, but for a stream that no reader knows" "$(jq -c '[.verdict, .reasons]' <<<"$OUT")" \
    '["partly",["Data: format: unknown"]]'
finish
