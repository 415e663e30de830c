#!/usr/bin/env bash
# Data bases, mails, web pages and PDFs, made by the programs that people make them with, are read by the sandboxed
# decoder: what its readers need of the world is loaded before it gives the world up.
. "$(dirname "$0")/../support/home.sh"

export DYETRACE_HOME=/nonexistent HOME=$SCRATCH
cd "$SCRATCH" || exit
data=$OLDPWD/tests/data
printf '%s\t%s\t%s\n' c1 mobile 17421234567 c2 mobile 15498765432 >list.tsv
dyetrace index build --from-list list.tsv -o list.idx || bail "an index can be built"

python3 - <<'PY' || bail "the files can be made"
import email.message, mailbox, sqlite3
db = sqlite3.connect("base.db")
db.execute("CREATE TABLE 客户 (id INTEGER PRIMARY KEY, 姓名 TEXT, 电话 INTEGER)")
db.executemany("INSERT INTO 客户 VALUES (?, ?, ?)", [(i, "张三", 13900000000 + i) for i in range(5000)] + [(9999, "李四", 17421234567)])
db.execute("CREATE TABLE w (phone TEXT PRIMARY KEY, x) WITHOUT ROWID")
db.execute("INSERT INTO w VALUES ('15498765432', NULL)")
db.execute("CREATE VIEW v AS SELECT * FROM w")
db.commit()
mail = email.message.EmailMessage()
mail["From"], mail["Subject"], mail["Date"] = "a@example.org", "客户名单", "Mon, 02 Jan 2023 10:00:00 +0800"
mail.set_content("见附件\n")
mail.add_attachment("姓名,电话\n李四,17421234567\n".encode("gbk"), maintype="text", subtype="csv", filename="名单.csv")
mail.add_attachment(open("base.db", "rb").read(), maintype="application", subtype="octet-stream", filename="客户.db")
open("mail.eml", "wb").write(mail.as_bytes())
box = mailbox.mbox("box.mbox")
box.add(mail)
box.add(mail)
box.flush()
open("page.xls", "wb").write("<html><meta charset=gbk><table><tr><td>李四<td>&#49;7421234567</table></html>".encode("gbk"))
open("list.xml", "wb").write('<?xml version="1.0" encoding="GBK"?><l><p><n>李四</n><t>17421234567</t></p><p><n>王五</n><t>15498765432</t></p></l>'.encode("gbk"))
open("print.html", "w").write("<html><body>李四 17421234567<p style='page-break-before:always'>15498765432</body></html>")
PY
parts() { jq -r '"\(.canary) \(.part)"' <<<"$OUT" | sort | tr '\n' ','; }

exit_is "a data base of SQLite is read" 0 dyetrace scan --index list.idx --json base.db
is "each table a part, a view none" "$(parts)" "c1 客户,c2 w,"
gzip -k base.db
exit_is "compressed too" 0 dyetrace scan --index list.idx --json base.db.gz
is "with the same parts" "$(parts)" "c1 客户,c2 w,"
exit_is "a mail is read" 0 dyetrace scan --index list.idx --json mail.eml
is "with what hangs on it" "$(parts)" "c1 名单.csv,c1 客户.db/客户,c2 客户.db/w,"
zip -q mails.zip box.mbox
exit_is "a mailbox in an archive is read" 0 dyetrace scan --index list.idx --json mails.zip
is "a mail after the other" "$(parts)" "c1 box.mbox/1/名单.csv,c1 box.mbox/1/客户.db/客户,c1 box.mbox/2/名单.csv,c1 box.mbox/2/客户.db/客户,c2 box.mbox/1/客户.db/w,c2 box.mbox/2/客户.db/w,"
exit_is "a web page that calls itself a workbook is read" 0 dyetrace scan --index list.idx --json page.xls
is "its entities too" "$(parts)" "c1 ,"
exit_is "XML in GBK is read" 0 dyetrace scan --index list.idx --json list.xml
is "record by record" "$(parts)" "c1 ,c2 ,"

chromium --headless --no-sandbox --disable-gpu --no-pdf-header-footer --print-to-pdf=print.pdf print.html >chromium.log 2>&1 ||
    bail "a PDF can be printed" "$(tail -n 3 chromium.log)"
exit_is "the text of a PDF is read" 0 dyetrace scan --index list.idx --json print.pdf
is "on all pages" "$(parts)" "c1 ,c2 ,"
zip -q print.zip print.pdf
exit_is "in an archive too" 0 dyetrace scan --index list.idx --json print.zip
is "below its name" "$(parts)" "c1 print.pdf,c2 print.pdf,"

gzip -dc "$data/access2000.mdb.gz" >base.mdb
exit_is "a data base of Access is read" 1 dyetrace scan --index list.idx --stats base.mdb
is "all of it" "$(grep -c 'partly\|unread' <<<"$ERR")" 0
like "which is its rows" "$ERR" 'scan: 1[0-9][0-9] bytes'
# libmdb is no library for hostile input: whatever it does, the scan ends with an answer or a verdict.
python3 - <<'PY'
import random
random.seed(7)
whole = open("base.mdb", "rb").read()
for i in range(40):
    p = bytearray(whole)
    for _ in range(60):
        p[random.randrange(4096, len(p))] = random.choice((0, 1, 0x7f, 0x80, 0xff, random.randrange(256)))
    open("bad%02d.mdb" % i, "wb").write(p)
PY
odd=$(for f in bad*.mdb; do timeout 60 dyetrace scan --index list.idx "$f" >/dev/null 2>err.txt; [ $? -le 1 ] || echo "$f: $(head -n 1 err.txt)"; done)
is "forty damaged ones end with an answer" "$odd" ""
cut=$(head -c 20000 base.db | dyetrace scan --index list.idx - 2>&1 >/dev/null)
like "half a data base is partly read" "$cut" '客户: partly: truncated'
finish
