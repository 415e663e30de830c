#!/usr/bin/env python3
"""Makes files/ and want/: small dumps written by the tools that sellers and systems use, and what must be read of each.

It shares no code with what it judges. Run by hand, with the tools of Debian 12 that need_tools names; the files are
committed, so that the test needs none of them. `make.py NAME...` makes only the cases whose names begin so.

A want file is what `records.py` prints: a line `## PART VERDICT [REASON]` for each part, a line `# NAMES` when its
fields have names, then a line for each record, fields parted by tabs (\\t, \\n and \\\\ are escaped). A part that ends with
` *` is there, but what a program writes of itself into it (its version, times) is not compared.
"""
import csv
import datetime
import email.message
import email.policy
import io
import json
import os
import pathlib
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
FILES = HERE / "files"
WANT = HERE / "want"
ONLY = sys.argv[1:]
TMP = pathlib.Path(tempfile.mkdtemp())
MADE = []

# --- people who do not exist: mobiles of ranges that nobody has, area codes that were never assigned ------------------


def resident_id(first17):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first17 + "10X98765432"[sum(int(d) * w for d, w in zip(first17, weights)) % 11]


HEADER = ["姓名", "手机号", "身份证号", "邮箱", "地址"]
ASCII_HEADER = ["xm", "sjh", "sfz", "email", "dz"]
PEOPLE = [
    ["李沐阳", "17420013841", resident_id("11014419900307213"), "muyang.li@example.com", "北京市海淀区学院路37号"],
    ["欧阳若溪", "17435520917", resident_id("32054519851121042"), "ruoxi85@example.net", "江苏省苏州市干将东路8号3幢202室"],
    ["王建国", "17481120356", resident_id("37014619620509311"), "wjg1962@example.org", "山东省济南市历下区文化西路12号"],
    ["阿依古丽·买买提", "17462208813", resident_id("65014719970814562"), "ayigul@example.com", "新疆乌鲁木齐市天山区解放北路5号"],
    ["张䶮", "15410027764", resident_id("44034820011230091"), "zhang.yan@example.net", "广东省深圳市南山区科苑路15号"],
    ["赵敏", "17454410092", resident_id("51014919930625208"), "min.zhao@example.com", "四川省成都市武侯区人民南路四段1号"],
]
PLAIN = [p for p in PEOPLE if "䶮" not in p[0]]  # what GBK, Big5 and old BIFF can write
SHORT = [p[:3] for p in PLAIN]
SHORT_HEADER = HEADER[:3]

# --- saying what must be read ------------------------------------------------------------------------------------------


def escape(value):
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


class Part:
    def __init__(self, path="", rows=(), names=None, verdict="read", reason="", any_rows=False):
        self.path, self.rows, self.names, self.verdict, self.reason = path, rows, names, verdict, reason
        self.any_rows = any_rows

    def text(self):
        lines = ["## " + " ".join(w for w in (self.path or ".", self.verdict, self.reason) if w)]
        if self.any_rows:
            return lines[0] + " *\n"
        if self.names:
            lines.append("# " + "\t".join(map(escape, self.names)))
        lines += ["\t".join(map(escape, row)) for row in self.rows]
        return "\n".join(lines) + "\n"


def case(name, content, *parts):
    """One file of the table; content is bytes, or the path of what a tool wrote."""
    if ONLY and not any(name.startswith(o) for o in ONLY):
        return
    data = content if isinstance(content, bytes) else pathlib.Path(content).read_bytes()
    (FILES / name).write_bytes(data)
    (WANT / (name + ".txt")).write_text("".join(p.text() for p in parts), encoding="utf-8")
    MADE.append(name)


def wanted(*names):
    """Whether a group of slow tools has to run at all."""
    return not ONLY or any(n.startswith(o) or o.startswith(n) for n in names for o in ONLY)


def run(*command, cwd=TMP, data=None, env=None, ok=(0,)):
    done = subprocess.run(command, cwd=cwd, input=data, capture_output=True, env={**os.environ, **(env or {})}, check=False)
    if done.returncode not in ok:
        sys.exit(f"make.py: {command}: {done.returncode}: {done.stderr.decode(errors='replace')[-2000:]}")
    return done.stdout


def scratch(name, data=b""):
    path = TMP / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def iconv(text, charset):
    return run("iconv", "-f", "UTF-8", "-t", charset, data=text.encode())


def lines(rows, delimiter, header=None):
    return "".join(delimiter.join(r) + "\n" for r in ([header] if header else []) + rows)


def csv_text(rows, **options):
    out = io.StringIO()
    csv.writer(out, **options).writerows(rows)
    return out.getvalue()


# --- delimited text ----------------------------------------------------------------------------------------------------


def delimited():
    delimiters = {
        "four-dashes": "----", "three-dashes": "---", "bar": "|", "two-bars": "||", "tab": "\t", "comma": ",",
        "wide-comma": "，", "semicolon": ";", "colon": ":", "two-colons": "::", "hash": " # ", "spaces": "   ",
        "caret": "^", "soh": "\x01", "tilde": "~", "slash": "/",
    }
    for name, d in delimiters.items():
        case(f"text-{name}.txt", lines(PEOPLE, d).encode(), Part(rows=PEOPLE))
        case(f"text-{name}-gb18030.txt", iconv(lines(PEOPLE, d, HEADER), "GB18030"), Part(rows=PEOPLE, names=HEADER))
    case("text-header-pinyin.csv", lines(PEOPLE, ",", ASCII_HEADER).encode(), Part(rows=PEOPLE, names=ASCII_HEADER))
    case("text-header-english.csv", lines(PEOPLE, ",", ["Name", "Phone", "ID Number", "E-mail", "Address"]).encode(),
         Part(rows=PEOPLE, names=["Name", "Phone", "ID Number", "E-mail", "Address"]))
    case("text-crlf.csv", csv_text([HEADER] + PEOPLE).encode(), Part(rows=PEOPLE, names=HEADER))
    case("text-no-last-line-end.csv", lines(PEOPLE, ",").rstrip("\n").encode(), Part(rows=PEOPLE))
    case("text-empty-lines.csv", lines(PEOPLE, ",").replace("\n", "\n\n").encode(), Part(rows=PEOPLE))
    quoted = [[n, m, i, e, f"{a}, \"东门\"\n二层"] for n, m, i, e, a in PEOPLE]
    case("csv-quoted.csv", csv_text([HEADER] + quoted).encode(), Part(rows=quoted, names=HEADER))
    case("csv-quote-all.csv", csv_text([HEADER] + PEOPLE, quoting=csv.QUOTE_ALL).encode(), Part(rows=PEOPLE, names=HEADER))
    case("csv-semicolon-quoted-gbk.csv", iconv(csv_text([HEADER] + PLAIN, delimiter=";", quoting=csv.QUOTE_ALL), "GBK"),
         Part(rows=PLAIN, names=HEADER))
    case("csv-line-breaks-in-fields-gb18030.csv", iconv(csv_text([HEADER] + quoted), "GB18030"),
         Part(rows=quoted, names=HEADER))
    ragged = [PEOPLE[0], PEOPLE[1][:3], PEOPLE[2] + ["已婚", "备注"], PEOPLE[3], PEOPLE[4], PEOPLE[5][:4]]
    case("csv-ragged.csv", lines(ragged, ",", HEADER).encode(), Part(rows=ragged, names=HEADER + ["", ""]))
    excel = [[n, m, "'" + i, e, a] for n, m, i, e, a in PEOPLE]
    case("csv-excel-text-marks.csv", lines(excel, ",", HEADER).encode(), Part(rows=excel, names=HEADER))
    empties = [[n, m, "", "", a] for n, m, i, e, a in PEOPLE]
    case("csv-empty-fields.csv", lines(empties, ",", HEADER).encode(), Part(rows=empties, names=HEADER))
    case("lines-mobiles.txt", lines([[p[1]] for p in PEOPLE], "").encode(), Part(rows=[[p[1]] for p in PEOPLE]))
    md5 = [[run("md5sum", data=p[1].encode()).decode().split()[0]] for p in PEOPLE]
    case("lines-md5.txt", lines(md5, "").encode(), Part(rows=md5))
    glued = [[n + m + i] for n, m, i, e, a in PEOPLE]
    case("lines-glued.txt", lines(glued, "").encode(), Part(rows=glued))
    prose = [[f"客户{n}的电话是{m}，住在{a}。"] for n, m, i, e, a in PEOPLE]
    case("lines-prose.txt", lines(prose, "").encode(), Part(rows=[p[0].split("，") for p in prose]))
    case("empty.txt", b"", Part())


def charsets():
    for charset in ("GBK", "GB18030", "BIG5"):
        rows = PLAIN
        if charset == "BIG5":
            rows = [["陳國榮", PLAIN[0][1], PLAIN[0][2], PLAIN[0][3], "臺北市大安區羅斯福路四段一號"],
                    ["林淑惠", PLAIN[1][1], PLAIN[1][2], PLAIN[1][3], "高雄市前鎮區中華五路七號"],
                    ["許功蓋", PLAIN[2][1], PLAIN[2][2], PLAIN[2][3], "臺南市東區大學路二十二巷"],
                    ["張淑芬", PLAIN[3][1], PLAIN[3][2], PLAIN[3][3], "新竹市光復路二段一○一號"]]
        for d, n in (("----", "dashes"), ("|", "bar"), ("\t", "tab")):
            case(f"charset-{charset.lower()}-{n}.txt", iconv(lines(rows, d), charset), Part(rows=rows))
    case("charset-utf8-bom.csv", b"\xef\xbb\xbf" + lines(PEOPLE, ",", HEADER).encode(), Part(rows=PEOPLE, names=HEADER))
    for charset, bom in (("UTF-16LE", b"\xff\xfe"), ("UTF-16BE", b"\xfe\xff"), ("UTF-32LE", b"\xff\xfe\0\0"),
                         ("UTF-32BE", b"\0\0\xfe\xff")):
        text = lines(PEOPLE, "\t", HEADER)
        case(f"charset-{charset.lower()}-bom.txt", bom + iconv(text, charset), Part(rows=PEOPLE, names=HEADER))
        case(f"charset-{charset.lower()}.txt", iconv(text, charset), Part(rows=PEOPLE, names=HEADER))
    mixed = b"".join(iconv(lines([p], "----"), "GBK" if k % 2 else "UTF-8") for k, p in enumerate(PLAIN))
    case("charset-mixed.txt", mixed, Part(rows=PLAIN))
    merged = iconv(lines(PLAIN[:3], ","), "GB18030") + lines(PLAIN[3:], ",").encode()
    case("charset-merged.txt", merged, Part(rows=PLAIN))
    case("charset-ascii.txt", lines([p[1:4] for p in PEOPLE], ",").encode(), Part(rows=[p[1:4] for p in PEOPLE]))
    # A name that was UTF-8 and came out through GBK with its broken bytes replaced: nothing brings it back.
    lost = [["锟斤拷锟斤拷", p[1], p[2]] for p in PEOPLE]
    case("charset-lost.txt", lines(lost, "----").encode(), Part(rows=lost))


# --- SQL ---------------------------------------------------------------------------------------------------------------


def mariadb():
    if not wanted("sql-mysqldump", "sql-mysql"):
        return
    base = TMP / "mariadb"
    shutil.rmtree(base, ignore_errors=True)
    base.mkdir()
    os.chmod(TMP, 0o755)
    user = ["--user=mysql"] if os.geteuid() == 0 else []
    if user:
        shutil.chown(base, "mysql")
    run("mariadb-install-db", "--no-defaults", f"--datadir={base}/data", "--auth-root-authentication-method=normal", *user)
    server = subprocess.Popen(["mariadbd", "--no-defaults", f"--datadir={base}/data", f"--socket={base}/s", "--skip-networking",
                               *user], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    client = ["mariadb", "--no-defaults", f"--socket={base}/s", "-uroot", "--default-character-set=utf8mb4"]
    try:
        for _ in range(200):
            if subprocess.run(["mariadb-admin", "--no-defaults", f"--socket={base}/s", "-uroot", "ping"], capture_output=True,
                              check=False).returncode == 0:
                break
            subprocess.run(["sleep", "0.1"], check=True)
        tricky = [[n, m, i, f"{a}\\b's \"x\"\n), (';"] for n, m, i, e, a in PEOPLE]
        sql = "CREATE DATABASE d CHARACTER SET utf8mb4; USE d;" \
              "CREATE TABLE people (name varchar(40), mobile varchar(20), id_no char(18), email varchar(60), addr text);" \
              "CREATE TABLE tricky (id int, name varchar(40), mobile bigint, id_no char(18), note text, x blob);"

        def literal(v):
            return "'" + v.replace("\\", "\\\\").replace("'", "''") + "'"

        for p in PEOPLE:
            sql += "INSERT INTO people VALUES (" + ",".join(map(literal, p)) + ");"
        for k, t in enumerate(tricky):
            sql += f"INSERT INTO tricky VALUES ({k + 1}," + ",".join(map(literal, t)) + ",NULL);"
        run(*client, data=sql.encode())
        names = ["name", "mobile", "id_no", "email", "addr"]
        tricky_names = ["id", "name", "mobile", "id_no", "note", "x"]
        tricky_rows = [[str(k + 1), *t, ""] for k, t in enumerate(tricky)]
        dump = ["mariadb-dump", "--no-defaults", f"--socket={base}/s", "-uroot"]
        case("sql-mysqldump.sql", run(*dump, "d", "people"), Part(rows=PEOPLE, names=names))
        case("sql-mysqldump-complete.sql", run(*dump, "--complete-insert", "d", "people"), Part(rows=PEOPLE, names=names))
        case("sql-mysqldump-single-rows.sql", run(*dump, "--skip-extended-insert", "d", "people"),
             Part(rows=PEOPLE, names=names))
        case("sql-mysqldump-no-create.sql", run(*dump, "--no-create-info", "d", "people"), Part(rows=PEOPLE))
        case("sql-mysqldump-replace.sql", run(*dump, "--replace", "d", "people"), Part(rows=PEOPLE, names=names))
        case("sql-mysqldump-gbk.sql", run(*dump, "--default-character-set=gbk", "d", "people"),
             Part(rows=[[p[0].replace("䶮", "?"), *p[1:]] for p in PEOPLE], names=names))
        case("sql-mysqldump-tricky.sql", run(*dump, "--hex-blob", "d", "tricky"), Part(rows=tricky_rows, names=tricky_names))
        xml = run(*dump, "--xml", "--skip-comments", "d", "people").decode()
        xml = "".join(line + "\n" for line in xml.splitlines() if "<options " not in line)  # it has the time in it
        case("sql-mysqldump.xml", xml.encode(),
             Part(rows=[["d"], ["people"], ["name varchar(40) YES NULL"], ["mobile varchar(20) YES NULL"],
                        ["id_no char(18) YES NULL"], ["email varchar(60) YES NULL"], ["addr text YES NULL"], ["people"]] +
                  PEOPLE, names=names))
        case("sql-mysql-batch.tsv", run(*client, "-B", "-e", "SELECT * FROM d.people"), Part(rows=PEOPLE, names=names))
        case("sql-mysql-table.html", run(*client, "-H", "-e", "SELECT * FROM d.people"),
             Part(rows=PEOPLE, names=names))
    finally:
        server.terminate()
        server.wait()


def postgresql():
    if not wanted("sql-pg"):
        return
    base = TMP / "pg"
    shutil.rmtree(base, ignore_errors=True)
    base.mkdir()
    os.chmod(TMP, 0o755)
    as_pg = []
    if os.geteuid() == 0:
        shutil.chown(base, "postgres")
        as_pg = ["runuser", "-u", "postgres", "--"]
    binaries = sorted(pathlib.Path("/usr/lib/postgresql").iterdir())[-1] / "bin"
    run(*as_pg, binaries / "initdb", "-D", base / "data", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-U", "postgres", cwd="/")
    run(*as_pg, binaries / "pg_ctl", "-D", base / "data", "-w", "-l", base / "log", "-o", f"-k {base} -c listen_addresses=",
        "start", cwd="/")
    try:
        psql = [*as_pg, "psql", "-h", base, "-U", "postgres", "-qAt", "-v", "ON_ERROR_STOP=1"]
        tricky = [[str(k + 1), p[0], p[1], f"{p[4]}\tb\\c\n'x'"] for k, p in enumerate(PEOPLE)]

        def literal(v):
            return "'" + v.replace("'", "''") + "'"

        sql = "CREATE TABLE people (name text, mobile text, id_no text, email text, addr text);" \
              "CREATE TABLE tricky (id int, name text, mobile bigint, note text, gone date);"
        for p in PEOPLE:
            sql += "INSERT INTO people VALUES (" + ",".join(map(literal, p)) + ");"
        for t in tricky:
            sql += "INSERT INTO tricky VALUES (" + ",".join(map(literal, t)) + ",NULL);"
        run(*psql, data=sql.encode(), cwd="/")
        names = ["name", "mobile", "id_no", "email", "addr"]
        dump = [*as_pg, "pg_dump", "-h", base, "-U", "postgres", "postgres"]
        case("sql-pg-copy.sql", run(*dump, "-t", "people", cwd="/"), Part(rows=PEOPLE, names=names))
        case("sql-pg-copy-tricky.sql", run(*dump, "-t", "tricky", cwd="/"),
             Part(rows=[[*t, ""] for t in tricky], names=["id", "name", "mobile", "note", "gone"]))
        case("sql-pg-inserts.sql", run(*dump, "--inserts", "-t", "people", cwd="/"), Part(rows=PEOPLE, names=names))
        case("sql-pg-column-inserts.sql", run(*dump, "--column-inserts", "-t", "people", cwd="/"),
             Part(rows=PEOPLE, names=names))
        case("sql-pg-rows-per-insert.sql", run(*dump, "--rows-per-insert=4", "-t", "tricky", cwd="/"),
             Part(rows=[[*t, ""] for t in tricky], names=["id", "name", "mobile", "note", "gone"]))
        case("sql-pg-gb18030.sql", run(*dump, "-E", "GB18030", "-t", "people", cwd="/"), Part(rows=PEOPLE, names=names))
        case("sql-pg-copy.csv", run(*psql, "-c", "COPY people TO STDOUT WITH (FORMAT csv, HEADER)", cwd="/"),
             Part(rows=PEOPLE, names=names))
        case("sql-pg-copy.txt", run(*psql, "-c", "COPY people TO STDOUT", cwd="/"), Part(rows=PEOPLE))
        case("sql-pg-unaligned.txt", run(*as_pg, "psql", "-h", base, "-U", "postgres", "-qA", "-P", "footer=off", "-c",
                                         "SELECT * FROM people", cwd="/"), Part(rows=PEOPLE, names=names))
        case("sql-pg-rows.jsonl", run(*psql, "-c", "SELECT row_to_json(p) FROM people p", cwd="/"),
             Part(rows=PEOPLE, names=names))
        case("sql-pg-array.json", run(*psql, "-c", "SELECT json_agg(p) FROM people p", cwd="/"),
             Part(rows=PEOPLE, names=names))
        case("sql-pg.html", run(*as_pg, "psql", "-h", base, "-U", "postgres", "-qH", "-P", "footer=off", "-c",
                                "SELECT * FROM people", cwd="/"), Part(rows=PEOPLE, names=names))
        case("sql-pg.xml", run(*psql, "-c", "SELECT table_to_xml('people', true, false, '')", cwd="/"),
             Part(rows=PEOPLE, names=names))
        case("sql-pg-both-tables.sql.gz", run("gzip", "-nc", data=run(*dump, cwd="/")),
             Part(rows=PEOPLE + [[*t, ""] for t in tricky], names=names))
    finally:
        run(*as_pg, binaries / "pg_ctl", "-D", base / "data", "-m", "fast", "stop", cwd="/")


def sqlite():
    names = ["name", "mobile", "id_no", "email", "addr"]
    path = TMP / "s.db"

    def fresh(*statements):
        path.unlink(missing_ok=True)
        db = sqlite3.connect(path)
        for s in statements:
            db.execute(s)
        return db

    db = fresh("CREATE TABLE people (name TEXT, mobile INTEGER, id_no TEXT, email TEXT, addr TEXT)")
    db.executemany("INSERT INTO people VALUES (?,?,?,?,?)", PEOPLE)
    db.commit()
    case("sqlite-integers.db", path, Part("people", PEOPLE, names))
    for mode in ("csv", "tabs", "json", "html", "insert", "list", "quote"):
        text = run("sqlite3", path, "-header", "-cmd", f".mode {mode}", "SELECT * FROM people")
        part = Part(rows=PEOPLE, names=names)
        if mode == "html":
            part = Part("", PEOPLE, names)
        if mode == "quote":
            part = Part(rows=PEOPLE, names=names)
        case(f"sqlite-mode-{mode}.txt", text, part)
    case("sqlite-dump.sql", run("sqlite3", path, ".dump"), Part(rows=PEOPLE, names=names))
    db.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT, score REAL, raw BLOB)")
    db.execute("INSERT INTO notes VALUES (7, '第一行\n第二行', 2.5, X'0102')")
    db.execute("INSERT INTO notes VALUES (9, NULL, NULL, CAST('17420013841' AS BLOB))")
    db.commit()
    case("sqlite-two-tables.db", path, Part("people", PEOPLE, names),
         Part("notes", [["7", "第一行 第二行", "2.5"], ["9", "", "", "17420013841"]], ["id", "text", "score", "raw"]))
    db.close()
    db = fresh("PRAGMA encoding = 'UTF-16le'", "PRAGMA page_size = 512",
               "CREATE TABLE t (k TEXT PRIMARY KEY, v TEXT) WITHOUT ROWID")
    db.executemany("INSERT INTO t VALUES (?,?)", [(p[1], p[4] * 30) for p in PEOPLE])
    db.commit()
    db.close()
    case("sqlite-utf16-without-rowid.db", path, Part("t", sorted([p[1], p[4] * 30] for p in PEOPLE), ["k", "v"]))


# --- JSON --------------------------------------------------------------------------------------------------------------


def json_files():
    names = ["name", "mobile", "id_no", "email", "addr"]
    people = [dict(zip(names, p)) for p in PEOPLE]
    want = Part(rows=PEOPLE, names=names)
    case("json-lines.jsonl", "".join(json.dumps(p, ensure_ascii=False) + "\n" for p in people).encode(), want)
    case("json-lines-escaped.jsonl", "".join(json.dumps(p) + "\n" for p in people).encode(), want)
    case("json-array.json", json.dumps(people, ensure_ascii=False).encode(), want)
    case("json-array-escaped.json", json.dumps(people).encode(), want)
    case("json-array-indented.json", json.dumps(people, ensure_ascii=False, indent=4).encode(), want)
    case("json-jq.json", run("jq", ".", data=json.dumps(people).encode()), want)
    case("json-jq-compact.json", run("jq", "-c", ".[]", data=json.dumps(people).encode()), want)
    case("json-jq-tab-gb18030.json", iconv(run("jq", "--tab", ".", data=json.dumps(people).encode()).decode(), "GB18030"), want)
    case("json-concatenated.json", "".join(json.dumps(p, ensure_ascii=False) for p in people).encode(), want)
    case("json-in-data.json", json.dumps({"code": 0, "data": people}, ensure_ascii=False).encode(), want)
    numbers = [{"name": p[0], "mobile": int(p[1]), "ok": True} for p in PEOPLE]
    case("json-numbers.jsonl", "".join(json.dumps(p, ensure_ascii=False) + "\n" for p in numbers).encode(),
         Part(rows=[[p[0], p[1], "true"] for p in PEOPLE], names=["name", "mobile", "ok"]))
    elastic = [{"_index": "users", "_id": str(k), "_source": p} for k, p in enumerate(people)]
    case("json-elasticsearch.jsonl", "".join(json.dumps(p, ensure_ascii=False) + "\n" for p in elastic).encode(),
         Part(rows=[["users", str(k), *p] for k, p in enumerate(PEOPLE)],
              names=["_index", "_id"] + names))
    mongo = [{"_id": {"$oid": f"65a1b2c3d4e5f60718293a{k:02x}"}, **p} for k, p in enumerate(people)]
    case("json-mongoexport.json", "".join(json.dumps(p, ensure_ascii=False, separators=(",", ":")) + "\n" for p in mongo).encode(),
         Part(rows=[[f"65a1b2c3d4e5f60718293a{k:02x}", *p] for k, p in enumerate(PEOPLE)], names=["_id"] + names))
    arrays = [names] + PEOPLE
    case("json-arrays.json", json.dumps(arrays, ensure_ascii=False).encode(), Part(rows=arrays))
    nested = [{"name": p[0], "contact": {"mobile": p[1], "mails": [p[3], "x" + p[3]]}, "id_no": p[2]} for p in PEOPLE]
    case("json-nested.json", json.dumps(nested, ensure_ascii=False).encode(),
         Part(rows=[[p[0], p[1], p[3], "x" + p[3], p[2]] for p in PEOPLE],
              names=["name", "mobile", "mails", "mails", "id_no"]))
    case("json-utf16le-bom.json", b"\xff\xfe" + iconv(json.dumps(people, ensure_ascii=False), "UTF-16LE"), want)


# --- containers --------------------------------------------------------------------------------------------------------


def containers():
    text = lines(PEOPLE, ",", HEADER).encode()
    inner = Part("人员.csv", PEOPLE, HEADER)
    bare = Part(rows=PEOPLE, names=HEADER)
    for tool, end in ((["gzip", "-nc"], "gz"), (["bzip2", "-c"], "bz2"), (["xz", "-c"], "xz"), (["zstd", "-qc"], "zst"),
                      (["lz4", "-qc"], "lz4"), (["lzip", "-c"], "lz"), (["lzma", "-c"], "lzma")):
        case(f"stream-{end}.csv.{end}", run(*tool, data=text), bare)
    two = run("gzip", "-nc", data=text[:200]) + run("gzip", "-nc", data=text[200:])
    case("stream-two-members.csv.gz", two, bare)
    case("stream-xz-crc32-blocks.xz", run("xz", "-c", "--check=crc32", "--block-size=200", data=text), bare)
    case("stream-zst-no-size.zst", run("zstd", "-qc", "--no-content-size", "--no-check", data=text), bare)
    folder = TMP / "c"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "人员.csv").write_bytes(text)
    (folder / "b.txt").write_bytes(lines(PLAIN, "----").encode())
    both = (inner, Part("b.txt", PLAIN))
    order = ["人员.csv", "b.txt"]
    by_name = both[::-1]  # 7-Zip sorts

    def archive(name, *command, parts=both, env=None):
        out = TMP / name
        out.unlink(missing_ok=True)
        run(*command, cwd=folder, env=env)
        case(name, out, *parts)

    archive("zip-deflate.zip", "zip", "-qX", TMP / "zip-deflate.zip", *order)
    archive("zip-store.zip", "zip", "-qX0", TMP / "zip-store.zip", *order)
    archive("zip-bzip2.zip", "zip", "-qX", "-Z", "bzip2", TMP / "zip-bzip2.zip", *order)
    case("zip-streamed.zip", run("zip", "-q", "-", *order, cwd=folder), *both)
    archive("zip-7zz.zip", "7zz", "a", "-bd", TMP / "zip-7zz.zip", *order, parts=by_name)
    archive("zip-7zz-lzma.zip", "7zz", "a", "-bd", "-mm=LZMA", TMP / "zip-7zz-lzma.zip", *order, parts=by_name)
    locked = (Part("人员.csv", verdict="unread", reason="encrypted"), Part("b.txt", verdict="unread", reason="encrypted"))
    archive("zip-zipcrypto.zip", "zip", "-qX", "-P", "secret-9", TMP / "zip-zipcrypto.zip", *order, parts=locked)
    archive("zip-aes.zip", "7zz", "a", "-bd", "-psecret-9", "-mem=AES256", TMP / "zip-aes.zip", *order, parts=locked[::-1])
    for method in ("LZMA", "LZMA2", "PPMd", "BZip2", "Deflate", "Copy"):
        archive(f"7z-{method.lower()}.7z", "7zz", "a", "-bd", f"-m0={method}", TMP / f"7z-{method.lower()}.7z", *order, parts=by_name)
    archive("7z-not-solid.7z", "7zz", "a", "-bd", "-ms=off", TMP / "7z-not-solid.7z", *order, parts=by_name)
    for form in ("gnu", "ustar", "pax", "v7"):
        archive(f"tar-{form}.tar", "tar", f"--format={form}", "-cf", TMP / f"tar-{form}.tar", *order)
    archive("tar-gz.tgz", "tar", "-czf", TMP / "tar-gz.tgz", *order)
    archive("tar-xz.tar.xz", "tar", "-cJf", TMP / "tar-xz.tar.xz", *order)
    archive("tar-zst.tar.zst", "tar", "--zstd", "-cf", TMP / "tar-zst.tar.zst", *order)
    archive("tar-7zz.tar", "7zz", "a", "-bd", TMP / "tar-7zz.tar", *order, parts=by_name)
    names = "".join(n + "\n" for n in order).encode()
    case("cpio-newc.cpio", run("cpio", "-o", "-H", "newc", "--quiet", cwd=folder, data=names), *both)
    case("cpio-odc.cpio", run("cpio", "-o", "-H", "odc", "--quiet", cwd=folder, data=names), *both)
    archive("ar.a", "ar", "rcD", TMP / "ar.a", "b.txt", parts=(Part("b.txt", PLAIN),))
    (folder / "a.csv").write_bytes(text)
    cab = (Part("a.csv", PEOPLE, HEADER), Part("b.txt", PLAIN))
    archive("cab-gcab.cab", "gcab", "-c", "-z", TMP / "cab-gcab.cab", "a.csv", "b.txt", parts=cab)
    archive("lha.lzh", "jlha", "aq", TMP / "lha.lzh", "a.csv", "b.txt", parts=cab)
    iso = TMP / "iso.iso"
    run("xorriso", "-as", "mkisofs", "-quiet", "-J", "-R", "-o", iso, folder / "a.csv", folder / "b.txt")
    case("iso-joliet.iso.xz", run("xz", "-9c", data=iso.read_bytes()), *cab)
    # What Windows in China writes: names in CP936 without the flag that says UTF-8.
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        info = zipfile.ZipInfo("placeholder.csv", (2024, 1, 1, 0, 0, 0))
        z.writestr(info, text)
    gbk = "客户资料.csv".encode("gbk")
    data = out.getvalue().replace(b"placeholder.csv", gbk + b"x" * (15 - len(gbk)))
    case("zip-cp936-name.zip", data, Part(gbk.decode("gbk") + "x" * (15 - len(gbk)), PEOPLE, HEADER))
    (folder / "in.tar.gz").write_bytes(run("tar", "-cz", "a.csv", cwd=folder))
    archive("nested.zip", "zip", "-qX", TMP / "nested.zip", "in.tar.gz", "b.txt",
            parts=(Part("in.tar.gz/a.csv", PEOPLE, HEADER), Part("b.txt", PLAIN)))
    (folder / "in.zip").write_bytes(run("zip", "-qX", "-", "in.tar.gz", cwd=folder))
    archive("nested-thrice.7z", "7zz", "a", "-bd", TMP / "nested-thrice.7z", "in.zip",
            parts=(Part("in.zip/in.tar.gz/a.csv", PEOPLE, HEADER),))
    picture = run("python3", "-c", "import zlib,struct,sys\n"
                  "c=lambda t,d: struct.pack('>I',len(d))+t+d+struct.pack('>I',zlib.crc32(t+d))\n"
                  "sys.stdout.buffer.write(b'\\x89PNG\\r\\n\\x1a\\n'+c(b'IHDR',struct.pack('>IIBBBBB',1,1,8,0,0,0,0))"
                  "+c(b'IDAT',zlib.compress(b'\\0\\0'))+c(b'IEND',b''))")
    (folder / "p.png").write_bytes(picture)
    archive("zip-with-picture.zip", "zip", "-qX", TMP / "zip-with-picture.zip", "p.png", "b.txt",
            parts=(Part("p.png", verdict="unread", reason="format: image"), Part("b.txt", PLAIN)))
    case("picture.png", picture, Part(verdict="unread", reason="format: image"))
    (folder / "empty").touch()
    archive("zip-empty-file.zip", "zip", "-qX", TMP / "zip-empty-file.zip", "empty", "b.txt",
            parts=(Part("empty"), Part("b.txt", PLAIN)))
    os.symlink("/etc/hostname", folder / "link")
    archive("tar-link.tar", "tar", "-cf", TMP / "tar-link.tar", "link", "b.txt",
            parts=(Part("link", verdict="unread", reason="not a file"), Part("b.txt", PLAIN)))
    whole = run("gzip", "-nc", data=text)
    case("stream-cut.csv.gz", whole[:-9], Part(rows=PEOPLE, names=HEADER, verdict="partly", reason="truncated"))
    case("zip-in-gz.gz", run("gzip", "-nc", data=(TMP / "zip-deflate.zip").read_bytes()), *both)
    record = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + text
    warc = (b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://example.com/p.csv\r\nWARC-Date: 2024-01-01T00:00:00Z\r\n"
            b"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\nContent-Type: application/http;msgtype=response\r\n"
            b"Content-Length: " + str(len(record)).encode() + b"\r\n\r\n" + record + b"\r\n\r\n")
    case("warc-response.warc", warc, Part("http://example.com/p.csv", PEOPLE, HEADER))


# --- office ------------------------------------------------------------------------------------------------------------


def soffice(source, target, filter_name=""):
    out = TMP / "soffice"
    out.mkdir(exist_ok=True)
    to = target + (":" + filter_name if filter_name else "")
    run("soffice", f"-env:UserInstallation=file://{TMP}/profile", "--headless", "--convert-to", to, "--outdir", out, source)
    return out / (pathlib.Path(source).stem + "." + target)


# Tables on paper are lines of text; what was printed of them was compared with the page by eye.
PDF_CALC = """
people
姓名         手机号         身份证号               邮箱
李沐阳        17420013841 11014419900307213X muyang.li@example.com
欧阳若溪       17435520917 320545198511210423 ruoxi85@example.net
王建国        17481120356 370146196205093112 wjg1962@example.org
阿依古丽·买买提   17462208813 650147199708145620 ayigul@example.com
张䶮         15410027764 440348200112300910 zhang.yan@example.net
赵敏         17454410092 510149199306252089 min.zhao@example.com
Page 1
people
地址
北京市海淀区学院路37号
江苏省苏州市干将东路8号3幢202室
山东省济南市历下区文化西路12号
新疆乌鲁木齐市天山区解放北路5号
广东省深圳市南山区科苑路15号
四川省成都市武侯区人民南路四段1号
Page 2
"""
PDF_CHROMIUM = """
姓名        手机号           身份证号                   邮箱                  地址
李沐阳        17420013841 11014419900307213X muyang.li@example.com 北京市海淀区学院路37号
江苏省苏州市干将东路8号3幢
欧阳若溪       17435520917 320545198511210423 ruoxi85@example.net
202室
山东省济南市历下区文化西路
王建国        17481120356 370146196205093112 wjg1962@example.org
12号
阿依古丽·买                                                           新疆乌鲁木齐市天山区解放北
17462208813 650147199708145620 ayigul@example.com
买提                                                               路5号
四川省成都市武侯区人民南路
赵敏         17454410092 510149199306252089 min.zhao@example.com
四段1号
"""

OWN = Part("properties", any_rows=True)  # what a program says of itself


def office():
    if not wanted("xls-", "xlsx", "ods", "doc", "odt", "dbf", "pdf", "html-libreoffice", "rtf", "txt-libreoffice", "fods"):
        return
    import openpyxl
    import xlsxwriter
    import xlwt
    typed_names = ["姓名", "手机号", "身份证号", "出生", "登记", "金额", "在册"]
    day = datetime.date(1990, 3, 7)
    moment = datetime.datetime(2024, 5, 6, 7, 8, 9)
    typed = [[p[0], int(p[1]), p[2], day, moment, 12.5, True] for p in PEOPLE]
    typed_rows = [[p[0], p[1], p[2], "1990-03-07", "2024-05-06 07:08:09", "12.5", "TRUE"] for p in PEOPLE]

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "客户"
    for row in [HEADER] + PEOPLE:
        sheet.append(row)
    other = book.create_sheet("类型")
    for row in [typed_names] + typed:
        other.append(row)
    hidden = book.create_sheet("藏")
    hidden.sheet_state = "veryHidden"
    hidden["C5"] = PEOPLE[0][1]
    path = TMP / "openpyxl.xlsx"
    book.save(path)
    sheets = (Part("客户", PEOPLE, HEADER), Part("类型", typed_rows, typed_names), Part("藏", [["", "", PEOPLE[0][1]]]), OWN)
    case("xlsx-openpyxl.xlsx", path, *sheets)

    path = TMP / "xlsxwriter.xlsx"
    for options, name in (({}, "shared"), ({"constant_memory": True}, "inline"), ({"date_1904": True}, "1904"),
                          ({"use_zip64": True}, "zip64")):
        book = xlsxwriter.Workbook(str(path), options)
        dates = book.add_format({"num_format": "yyyy-mm-dd"})
        times = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet = book.add_worksheet("表1")
        for c, n in enumerate(typed_names):
            sheet.write_string(0, c, n)
        for r, row in enumerate(typed):
            sheet.write_string(r + 1, 0, row[0])
            sheet.write_number(r + 1, 1, row[1])
            sheet.write_string(r + 1, 2, row[2])
            sheet.write_datetime(r + 1, 3, datetime.datetime(1990, 3, 7), dates)
            sheet.write_datetime(r + 1, 4, row[4], times)
            sheet.write_number(r + 1, 5, row[5])
            sheet.write_boolean(r + 1, 6, row[6])
        book.close()
        case(f"xlsx-xlsxwriter-{name}.xlsx", path, Part("表1", typed_rows, typed_names), OWN)
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    sheet.write_rich_string(0, 0, bold, "李", "沐阳 ", bold, PEOPLE[0][1])
    sheet.write_formula(1, 0, "=A1&\"x\"", None, "由公式得")
    sheet.write_number(2, 3, 110144199003072138.0)
    sheet.write_number(4, 0, 1.38e-5)
    sheet.write_comment(0, 0, "批注 " + PEOPLE[1][1])
    book.close()
    # An ID as a number has lost its tail in the book itself.
    case("xlsx-odd-cells.xlsx", path, Part("Sheet1", [["李沐阳 " + PEOPLE[0][1]], ["由公式得"],
                                                      ["", "", "", "110144199003072100"], ["0.0000138"]]), OWN,
         Part("xl/drawings/vmlDrawing1.vml", any_rows=True), Part("comments1.xml", [["A1", "批注 " + PEOPLE[1][1]]]))

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("客户")
    for r, row in enumerate([HEADER] + PEOPLE):
        for c, v in enumerate(row):
            sheet.write(r, c, v)
    sheet = book.add_sheet("类型")
    dates = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    times = xlwt.easyxf(num_format_str="yyyy-mm-dd hh:mm:ss")
    for c, n in enumerate(typed_names):
        sheet.write(0, c, n)
    for r, row in enumerate(typed):
        for c, v in enumerate(row):
            sheet.write(r + 1, c, v, *([dates] if c == 3 else [times] if c == 4 else []))
    path = TMP / "xlwt.xls"
    book.save(str(path))
    case("xls-xlwt.xls", path, Part("客户", PEOPLE, HEADER), Part("类型", typed_rows, typed_names), OWN)

    table = scratch("people.csv", csv_text([HEADER] + PEOPLE).encode())
    in_filter = "CSV:44,34,76,1,1/2/2/2/3/2/4/2/5/2"  # all columns as text

    def convert(target, filter_name=""):
        out = TMP / "soffice"
        out.mkdir(exist_ok=True)
        run("soffice", f"-env:UserInstallation=file://{TMP}/profile", "--headless", f"--infilter={in_filter}", "--convert-to",
            target + (":" + filter_name if filter_name else ""), "--outdir", out, table)
        return out / f"people.{target}"

    one = Part("people", PEOPLE, HEADER)
    thumbnail = Part("Thumbnails/thumbnail.png", verdict="unread", reason="format: image")
    case("xlsx-libreoffice.xlsx", convert("xlsx"), one, OWN)
    case("xlsx-libreoffice-strict.xlsx", convert("xlsx", "Calc Office Open XML"), one, OWN)
    case("ods-libreoffice.ods", convert("ods"), one, OWN, Part("styles.xml", any_rows=True), thumbnail)
    case("xls-libreoffice.xls", convert("xls", "MS Excel 97"), one, OWN)
    case("html-libreoffice-calc.html", convert("html"), Part("", PEOPLE, HEADER))
    case("pdf-libreoffice-calc.pdf", convert("pdf"), Part("", [[w] for w in PDF_CALC.strip("\n").split("\n")]))
    plain = scratch("plain.csv", csv_text([ASCII_HEADER] + PLAIN).encode())
    out = TMP / "soffice"
    run("soffice", f"-env:UserInstallation=file://{TMP}/profile", "--headless", f"--infilter={in_filter}", "--convert-to",
        "dbf:dBase:76", "--outdir", out, plain)
    case("dbf-libreoffice.dbf", out / "plain.dbf", Part("", PLAIN, [n.upper() for n in ASCII_HEADER]))

    import docx
    document = docx.Document()
    document.add_paragraph("客户名单")
    grid = document.add_table(rows=0, cols=3)
    for p in [SHORT_HEADER] + SHORT:
        cells = grid.add_row().cells
        for c, v in zip(cells, p):
            c.text = v
    document.add_paragraph("电话 " + PEOPLE[4][1])
    path = TMP / "docx.docx"
    document.save(str(path))
    # What stands first is taken for a header: it has no number, the others do.
    rows = [SHORT_HEADER, *SHORT, ["电话 " + PEOPLE[4][1]]]
    case("docx-python.docx", path, Part("document", rows, ["客户名单", "", ""]), OWN, Part("customXml/item1.xml", any_rows=True),
         Part("customXml/itemProps1.xml", any_rows=True),
         Part("docProps/thumbnail.jpeg", verdict="unread", reason="format: image"))
    prose = scratch("prose.txt", ("客户名单\n" + "".join(f"{n} {m}\n" for n, m, *_ in PEOPLE)).encode())
    prose_rows = [[f"{n} {m}"] for n, m, *_ in PEOPLE]
    title = ["客户名单"]
    case("docx-libreoffice.docx", soffice(prose, "docx", "MS Word 2007 XML"), Part("document", prose_rows, title), OWN)
    case("odt-libreoffice.odt", soffice(prose, "odt"), Part("content", prose_rows, title), OWN, thumbnail,
         Part("styles.xml", any_rows=True))
    case("doc-libreoffice.doc", soffice(prose, "doc", "MS Word 97"), Part("document", prose_rows, title))
    case("pdf-libreoffice-writer.pdf", soffice(prose, "pdf"), Part("", [title] + prose_rows))


# --- the binary workbook: nothing on Debian writes one, so it is written here, and read back by LibreOffice -------------


def xlsb_record(number, body=b""):
    kind = bytes([number]) if number < 128 else bytes([number & 127 | 128, number >> 7])
    size, n = b"", len(body)
    while n > 127:
        size, n = size + bytes([n & 127 | 128]), n >> 7
    return kind + size + bytes([n]) + body


def xlsb_string(text):
    return struct.pack("<I", len(text.encode("utf-16-le")) // 2) + text.encode("utf-16-le")


def xlsb_value(value, strings):
    """The record's number (in its form that names the column) and its value, as [MS-XLSB] 2.4 has them."""
    if value is None:
        return 1, b""
    if isinstance(value, bool):
        return 4, bytes([value])
    if isinstance(value, tuple):  # (record, bytes): as it stands
        return value
    if isinstance(value, float):
        return 5, struct.pack("<d", value)
    if isinstance(value, int):
        if -(1 << 29) <= value < 1 << 29:
            return 2, struct.pack("<i", value << 2 | 2)
        return 5, struct.pack("<d", value)
    if value.startswith("="):  # a formula whose value was text
        return 8, xlsb_string(value[1:]) + struct.pack("<HII", 0, 0, 0)
    if value not in strings:
        strings.append(value)
    return 7, struct.pack("<I", strings.index(value))


def xlsb_sheet(rows, strings, short=False, tail=b""):
    """rows: of cells, each a value or (style, value)."""
    out = xlsb_record(129) + xlsb_record(145)
    for r, row in enumerate(rows):
        if not any(c is not None for c in row):
            continue
        out += xlsb_record(0, struct.pack("<IIHBBBI", r, 0, 300, 0, 0, 0, 0))
        before = None  # the first one says where it is
        for c, cell in enumerate(row):
            style, value = cell if isinstance(cell, list) else (0, cell)
            if value is None and style == 0:
                continue
            number, body = xlsb_value(value, strings)
            if short and before == c - 1 and 1 <= number <= 7:
                # the short form has real numbers where the long one has (2.3): blank, RK, error, bool, real, text, shared
                out += xlsb_record(number + 11, struct.pack("<I", style) + body)
            else:
                out += xlsb_record(number, struct.pack("<II", c, style) + body)
            before = c
    return out + xlsb_record(146) + tail + xlsb_record(130)


def xlsb_book(path, sheets, date_1904=False, comments=()):
    """sheets: (name, state, rows, short, tail)"""
    rels = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    kinds = "application/vnd.ms-excel."
    strings, members = [], {}
    book = xlsb_record(131) + xlsb_record(153, struct.pack("<III", int(date_1904), 124226, 0)) + xlsb_record(143)
    links = types = ""
    for k, (name, state, rows, short, tail) in enumerate(sheets, 1):
        book += xlsb_record(156, struct.pack("<II", state, k) + xlsb_string(f"rId{k}") + xlsb_string(name))
        members[f"xl/worksheets/sheet{k}.bin"] = xlsb_sheet(rows, strings, short, tail)
        links += f'<Relationship Id="rId{k}" Type="{rels}/worksheet" Target="worksheets/sheet{k}.bin"/>'
        types += f'<Override PartName="/xl/worksheets/sheet{k}.bin" ContentType="{kinds}worksheet"/>'
    book += xlsb_record(144) + xlsb_record(132)
    links += f'<Relationship Id="rId90" Type="{rels}/styles" Target="styles.bin"/>' \
             f'<Relationship Id="rId91" Type="{rels}/sharedStrings" Target="sharedStrings.bin"/>'
    types += f'<Override PartName="/xl/styles.bin" ContentType="{kinds}styles"/>' \
             f'<Override PartName="/xl/sharedStrings.bin" ContentType="{kinds}sharedStrings"/>'
    if comments:
        body = xlsb_record(628) + xlsb_record(630) + xlsb_record(632, xlsb_string("甲")) + xlsb_record(631) + xlsb_record(633)
        for row, column, text in comments:
            body += xlsb_record(635, struct.pack("<IIIII16x", 0, row, row, column, column)) + \
                xlsb_record(637, b"\0" + xlsb_string(text)) + xlsb_record(636)
        members["xl/comments1.bin"] = body + xlsb_record(634) + xlsb_record(629)
        members["xl/worksheets/_rels/sheet1.bin.rels"] = \
            f'<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{rels}/comments" Target="../comments1.bin"/>' \
            "</Relationships>"
        types += f'<Override PartName="/xl/comments1.bin" ContentType="{kinds}comments"/>'

    def xf(parent, fmt):
        return xlsb_record(47, struct.pack("<HHHHHBBBBH", parent, fmt, 0, 0, 0, 0, 0, 0, 0, 0))

    members["xl/workbook.bin"] = book
    members["xl/styles.bin"] = xlsb_record(278) + xlsb_record(615, struct.pack("<I", 1)) + \
        xlsb_record(44, struct.pack("<H", 164) + xlsb_string("yyyy-mm-dd hh:mm:ss")) + xlsb_record(616) + \
        xlsb_record(611, struct.pack("<I", 1)) + \
        xlsb_record(43, struct.pack("<HHHHBBBB8B", 220, 0, 400, 0, 0, 2, 134, 0, 7, 0, 0, 0, 0, 0, 0, 255) + b"\0" +
                    xlsb_string("宋体")) + xlsb_record(612) + \
        xlsb_record(626, struct.pack("<I", 1)) + xf(0xFFFF, 14) + xlsb_record(627) + \
        xlsb_record(617, struct.pack("<I", 3)) + xf(0, 0) + xf(0, 14) + xf(0, 164) + xlsb_record(618) + xlsb_record(279)
    members["xl/sharedStrings.bin"] = xlsb_record(159, struct.pack("<II", len(strings), len(strings))) + \
        b"".join(xlsb_record(19, b"\0" + xlsb_string(s)) for s in strings) + xlsb_record(160)
    members["xl/_rels/workbook.bin.rels"] = f'<Relationships xmlns="{package}">{links}</Relationships>'
    members["_rels/.rels"] = f'<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{rels}/officeDocument"' \
        ' Target="xl/workbook.bin"/></Relationships>'
    members["[Content_Types].xml"] = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">' \
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' \
        f'<Default Extension="bin" ContentType="{kinds}sheet.binary.macroEnabled.main"/>{types}</Types>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name in ["[Content_Types].xml", "_rels/.rels"] + [m for m in members if m not in ("[Content_Types].xml", "_rels/.rels")]:
            data = members[name]
            z.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), data.encode() if isinstance(data, str) else data,
                       zipfile.ZIP_DEFLATED)


def as_libreoffice_reads(path):
    """The first sheet's rows, by a program that knows the format from elsewhere."""
    out = soffice(path, "csv", "Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,1")
    text = next(p for p in out.parent.iterdir() if p.name.startswith(path.stem + "-") or p.name == path.stem + ".csv")
    rows = list(csv.reader(io.StringIO(text.read_text(encoding="utf-8"))))
    text.unlink()
    return rows


def xlsb():
    if not wanted("xlsb"):
        return
    day, moment = 32939.0, 45418.0 + (7 * 3600 + 8 * 60 + 9) / 86400  # 1990-03-07, 2024-05-06 07:08:09
    names = ["姓名", "手机号", "身份证号", "出生", "登记", "金额", "在册"]
    typed = [[p[0], int(p[1]), p[2], [1, day], [2, moment], 12.5, True] for p in PEOPLE]
    typed_rows = [[p[0], p[1], p[2], "1990-03-07", "2024-05-06 07:08:09", "12.5", "TRUE"] for p in PEOPLE]
    path = TMP / "book.xlsb"

    def checked(rows, wanted_rows):
        got = as_libreoffice_reads(path)
        if [r[:2] for r in got[-len(rows):]] != [r[:2] for r in wanted_rows]:
            sys.exit(f"make.py: LibreOffice reads {path.name} as {got}")

    xlsb_book(path, [("客户", 0, [HEADER] + PEOPLE, False, b""), ("类型", 0, [names] + typed, False, b""),
                     ("藏", 2, [[None]] * 4 + [[None, None, PEOPLE[0][1]]], False, b"")])
    checked(PEOPLE, PEOPLE)
    case("xlsb-shared.xlsb", path, Part("客户", PEOPLE, HEADER), Part("类型", typed_rows, names),
         Part("藏", [["", "", PEOPLE[0][1]]]))
    xlsb_book(path, [("表1", 0, [names] + [[r[0], r[1], r[2], [1, day - 1462], [2, moment - 1462], *r[5:]] for r in typed], False,
                      b"")], date_1904=True)
    case("xlsb-1904.xlsb", path, Part("表1", typed_rows, names))
    text = [[(6, xlsb_string(v)) for v in p] for p in [HEADER] + PEOPLE]
    xlsb_book(path, [("文本", 0, text, False, b"")])
    checked(PEOPLE, PEOPLE)
    case("xlsb-inline.xlsb", path, Part("文本", PEOPLE, HEADER))
    xlsb_book(path, [("短", 0, [HEADER] + PEOPLE, True, b""), ("短类型", 0, [names] + typed, True, b"")])
    checked(PEOPLE, PEOPLE)
    case("xlsb-short-cells.xlsb", path, Part("短", PEOPLE, HEADER), Part("短类型", typed_rows, names))
    odd = [["=由公式得 " + PEOPLE[1][1]], [(9, struct.pack("<d", 17420013841) + struct.pack("<HII", 0, 0, 0))],
           [(2, struct.pack("<i", 1250 << 2 | 3)), (3, b"\x2a"), (10, b"\0" + struct.pack("<HII", 0, 0, 0))],
           [(62, b"\x01" + xlsb_string("李" + PEOPLE[0][1]) + struct.pack("<IHH", 1, 0, 0))],
           [None, None, None, 110144199003072138.0]]
    headers = xlsb_record(479, struct.pack("<H", 0) + xlsb_string("&C页眉 " + PEOPLE[2][1]) + struct.pack("<5I", *[0xFFFFFFFF] * 5)) + \
        xlsb_record(480)
    xlsb_book(path, [("杂", 0, odd, False, headers)], comments=[(0, 0, "批注 " + PEOPLE[3][1]), (1, 27, "又")])
    case("xlsb-odd-cells.xlsb", path,
         Part("杂", [["由公式得 " + PEOPLE[1][1]], ["17420013841"], ["12.5", "#N/A", "FALSE"], ["李" + PEOPLE[0][1]],
                    ["", "", "", "110144199003072140"]]),  # the nearest double's, not Excel's 15 digits
         Part("comments1.bin", [["A1", "批注 " + PEOPLE[3][1]], ["AB2", "又"]]),
         Part("properties", [["page header: &C页眉 " + PEOPLE[2][1]], ["comment by: 甲"]]))


# --- mail, web, paper --------------------------------------------------------------------------------------------------


def mail():
    body = "".join(f"{n} {m}\n" for n, m, *_ in PLAIN)
    attached = lines(PEOPLE, ",", HEADER).encode()
    headers = [["From", "甲 <a@example.com>"], ["To", "b@example.com"], ["Subject", "客户名单"],
               ["Date", "Mon, 01 Jan 2024 08:00:00 +0800"]]
    for charset, encoding in (("utf-8", "base64"), ("utf-8", "quoted-printable"), ("utf-8", "8bit"), ("gb18030", "base64"),
                              ("gbk", "quoted-printable")):
        message = email.message.EmailMessage(policy=email.policy.SMTP)
        for name, value in headers:
            message[name] = value
        message.set_content(body, charset=charset, cte=encoding)
        case(f"eml-{charset}-{encoding}.eml", message.as_bytes(),
             Part("", [list(message.keys()), [str(v) for v in message.values()]]), Part("1", [p[:2] for p in PLAIN]))
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    for name, value in headers:
        message[name] = value
    message.set_content("见附件\n", charset="utf-8")
    message.add_attachment(attached, maintype="text", subtype="csv", filename="客户.csv")
    message.add_attachment(run("gzip", "-nc", data=attached), maintype="application", subtype="gzip", filename="b.csv.gz")
    data = message.as_bytes()  # which settles the boundary
    case("eml-attachments.eml", data, Part("", [list(message.keys()), [str(v) for v in message.values()]]),
         Part("1", [["见附件"]]),
         Part("客户.csv", PEOPLE, HEADER), Part("b.csv.gz", PEOPLE, HEADER))
    import mailbox
    path = TMP / "box.mbox"
    path.unlink(missing_ok=True)
    box = mailbox.mbox(str(path))
    for k in range(2):
        small = email.message.EmailMessage()
        small["From"] = "a@example.com"
        small["Subject"] = f"名单{k}"
        small.set_content(f"{PLAIN[k][0]} {PLAIN[k][1]}\n", cte="base64")
        box.add(small)
    box.flush()
    head = ["From", "From", "Subject", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"]
    from_lines = [line[5:] for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("From ")]
    case("mbox-python.mbox", path,
         *[p for k in range(2)
           for p in (Part(f"{k + 1}", [head, [from_lines[k], "a@example.com", f"名单{k}", 'text/plain; charset="utf-8"', "base64", "1.0"]]),
                     Part(f"{k + 1}/1", [PLAIN[k][:2]]))])


def vcards():
    if not wanted("vcard"):
        return
    import vobject
    text = ""
    for n, m, i, e, a in PEOPLE:
        card = vobject.vCard()
        card.add("fn").value = n
        card.add("n").value = vobject.vcard.Name(family=n[0], given=n[1:])
        card.add("tel").value = m
        card.add("email").value = e
        card.add("note").value = a * 6
        text += card.serialize()
    # The library writes its properties by name, and folds long lines.
    rows = [["3.0", e, n, f"{n[0]};{n[1:]};;;", a * 6, m] for n, m, i, e, a in PEOPLE]
    case("vcard-vobject.vcf", text.encode(), Part(rows=rows, names=["VERSION", "EMAIL", "FN", "N", "NOTE", "TEL"]))


def web():
    page = "<html><head><meta charset=\"%s\"></head><body><table><tr>" + "".join(f"<th>{h}</th>" for h in HEADER) + "</tr>" + \
        "".join("<tr>" + "".join(f"<td>{v}</td>" for v in p) + "</tr>" for p in PLAIN) + "</table></body></html>\n"
    part = Part("", PLAIN, HEADER)
    case("html-gbk.html", iconv(page % "gbk", "GBK"), part)
    case("html-as.xls", iconv(page % "gb2312", "GBK"), part)
    entities = "".join(f"&#{ord(c)};" if ord(c) > 127 else c for c in page % "utf-8")
    case("html-entities.html", entities.encode(), part)
    if wanted("html-chromium", "pdf-chromium"):
        source = scratch("page.html", (page % "utf-8").encode())
        chromium = ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={TMP}/chromium"]
        case("html-chromium-dom.html", run(*chromium, "--dump-dom", source.as_uri()), part)
        out = TMP / "page.pdf"
        run(*chromium, f"--print-to-pdf={out}", "--no-pdf-header-footer", source.as_uri())
        case("pdf-chromium.pdf", out, Part("", [[w] for w in PDF_CHROMIUM.strip("\n").split("\n")]))


GROUPS = (delimited, charsets, sqlite, json_files, containers, mail, vcards, web, mariadb, postgresql, office, xlsb)


def main():
    FILES.mkdir(exist_ok=True)
    WANT.mkdir(exist_ok=True)
    for group in GROUPS:
        before = len(MADE)
        group()
        print(f"{group.__name__}: {len(MADE) - before}", flush=True)
    print(f"{len(MADE)} files")


try:
    main()
finally:
    shutil.rmtree(TMP, ignore_errors=True)
