#!/usr/bin/env python3
"""Makes hostile inputs: make.py FOLDER. A file a case, and FOLDER/cases.tsv: its name, and what may come of it.

What may come of it: a regular expression that must match the reasons of its parts (joined by ';', "read" for none).
".*" asks only for what is asked of every case: an end, within limits, without a crash, and bytes that add up.
Everything is made here, by Python and 7zz where there is one; nothing is taken from anywhere.
"""
import bz2, gzip, io, lzma, os, random, shutil, struct, subprocess, sys, tarfile, tempfile, zipfile, zlib

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
rng = random.Random(20260101)
cases = []
SLIP = "../../../../../../../../tmp/dye_hostile_slip"
CUT = r"(truncated|damaged|encrypted|unsupported|limit: \w+|read|trailing data|not a file|;)*"


def case(name, data, want=".*"):
    with open(os.path.join(folder, name), "wb") as f:
        f.write(data)
    cases.append((name, "(limit: record;)?(" + want + ")"))  # a bomb of zeros is one long line


def rows(n):
    return b"".join(b"%06d,174%08d,row\n" % (i, rng.randrange(10**8)) for i in range(n))


A, B, C = rows(40), rows(900), rows(5)
FILES = [("a.csv", A), ("dir/b.csv", B), ("c.csv", C)]
ZEROS = b"\0" * (1 << 20)


# ---- archives, as they should be ----

def make_zip(files=FILES, method=zipfile.ZIP_DEFLATED, comment=b""):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, data in files:
            z.writestr(zipfile.ZipInfo(name) if method == 0 else name, data)
        z.comment = comment
    return out.getvalue()


def make_tar(files=FILES, form=tarfile.GNU_FORMAT):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as t:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
    return out.getvalue()


def cpio_entry(name, data, mode=0o100644, namesize=None, size=None):
    raw = name.encode() + b"\0"
    fields = [1, mode, 0, 0, 1, 0, len(data) if size is None else size, 0, 0, 0, 0,
              len(raw) if namesize is None else namesize, 0]
    out = b"070701" + b"".join(b"%08X" % (v & 0xFFFFFFFF) for v in fields) + raw
    out += b"\0" * (-len(out) % 4) + data
    return out + b"\0" * (-len(out) % 4)


def make_cpio(files=FILES):
    return b"".join(cpio_entry(n, d) for n, d in files) + cpio_entry("TRAILER!!!", b"", 0)


def ar_entry(name, data, size=None):
    head = b"%-16s%-12d%-6d%-6d%-8o%-10d`\n" % (name.encode() + b"/", 0, 0, 0, 0o100644,
                                              len(data) if size is None else size)
    return head + data + b"\n" * (len(data) % 2)


def make_ar(files=FILES):
    return b"!<arch>\n" + b"".join(ar_entry(n.replace("/", "_")[:15], d) for n, d in files)


def lha_entry(name, data, packed=None, level=0):
    raw = name.encode()
    body = b"-lh0-" + struct.pack("<IIIBB", len(data) if packed is None else packed, len(data), 0, 0x20, level)
    body += bytes([len(raw)]) + raw + struct.pack("<H", crc16(data))
    return bytes([len(body), sum(body) & 0xFF]) + body + data


def crc16(data):
    crc = 0
    for b in data:
        crc ^= b
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def make_lha(files=FILES):
    return b"".join(lha_entry(n, d) for n, d in files) + b"\0"


def make_cab(files=FILES, cut=0, folder_at=None):
    """Stored, one folder, MS-CAB 1.3."""
    data = b"".join(d for _, d in files)
    entries, at = b"", 0
    for name, d in files:
        entries += struct.pack("<IIHHHH", len(d), at, 0, 0, 0, 0x20) + name.encode() + b"\0"
        at += len(d)
    blocks = [data[i:i + 32768] for i in range(0, len(data), 32768)]
    files_at = 36 + 8
    data_at = files_at + len(entries)
    body = b"".join(struct.pack("<IHH", 0, len(b), len(b)) + b for b in blocks)
    total = data_at + len(body)
    head = b"MSCF" + struct.pack("<IIIIIBBHHHHH", 0, total, 0, files_at, 0, 3, 1, 1, len(files), 0, 1, 0)
    return head + struct.pack("<IHH", data_at if folder_at is None else folder_at, len(blocks), 0) + entries + body


def vint(v):
    out = b""
    while v >= 0x80:
        out += bytes([v & 0x7F | 0x80])
        v >>= 7
    return out + bytes([v])


def rar5_block(body):
    sized = vint(len(body)) + body
    return struct.pack("<I", zlib.crc32(sized)) + sized


def make_rar5(files=FILES, claimed=None):
    """Stored, by the format's published description."""
    out = b"Rar!\x1a\x07\x01\0" + rar5_block(vint(1) + vint(0) + vint(0))
    for name, d in files:
        raw = name.encode()
        size = len(d) if claimed is None else claimed
        body = vint(2) + vint(2) + vint(len(d)) + vint(4) + vint(size) + vint(0o100644)
        body += struct.pack("<I", zlib.crc32(d)) + vint(0) + vint(1) + vint(len(raw)) + raw
        out += rar5_block(body) + d
    return out + rar5_block(vint(5) + vint(0) + vint(0))


def rar4_block(kind, flags, body, data=b""):
    head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head + data


def make_rar4(files=FILES):
    out = b"Rar!\x1a\x07\0" + rar4_block(0x73, 0, b"\0" * 6)
    for name, d in files:
        raw = name.encode()
        body = struct.pack("<IIBIIBBHI", len(d), len(d), 3, zlib.crc32(d), 0, 20, 0x30, len(raw), 0o100644) + raw
        out += rar4_block(0x74, 0x8000, body, d)
    return out + rar4_block(0x7B, 0x4000, b"")


def warc_record(kind, body, mime=b"text/csv", uri=b"http://a.test/x.csv", length=None):
    return (b"WARC/1.0\r\nWARC-Type: " + kind + b"\r\nWARC-Target-URI: " + uri + b"\r\nContent-Type: " + mime +
            b"\r\nContent-Length: " + (b"%d" % len(body) if length is None else length) + b"\r\n\r\n" + body + b"\r\n\r\n")


def http(body, head=b""):
    return b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + body


def make_warc(_=None):
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(A), A)
    return (warc_record(b"response", http(B), b"application/http; msgtype=response") +
            warc_record(b"response", http(chunked, b"Transfer-Encoding: chunked\r\n"), b"application/http") +
            warc_record(b"resource", C))


def run_7zz(*args, files=FILES, ending="7z"):
    with tempfile.TemporaryDirectory() as t:
        for name, d in files:
            os.makedirs(os.path.dirname(os.path.join(t, name)), exist_ok=True)
            with open(os.path.join(t, name), "wb") as f:
                f.write(d)
        out = os.path.join(t, "out." + ending)
        subprocess.run(["7zz", "a", "-bso0", "-bsp0", *args, out, *[n for n, _ in files]], cwd=t, check=True)
        with open(out, "rb") as f:
            return f.read()


formats = {
    "zip": make_zip(), "stored.zip": make_zip(method=zipfile.ZIP_STORED), "tar": make_tar(),
    "pax.tar": make_tar(form=tarfile.PAX_FORMAT), "tar.gz": gzip.compress(make_tar(), mtime=0),
    "gz": gzip.compress(B, mtime=0), "bz2": bz2.compress(B), "xz": lzma.compress(B), "cpio": make_cpio(),
    "ar": make_ar(), "lzh": make_lha(), "cab": make_cab(), "rar5.rar": make_rar5(), "rar4.rar": make_rar4(),
    "warc": make_warc(), "warc.gz": gzip.compress(make_warc(), mtime=0),
}
if shutil.which("7zz"):
    formats["7z"] = run_7zz()
    formats["locked.7z"] = run_7zz("-psecret", "-mhe=on")
    formats["aes.zip"] = run_7zz("-tzip", "-psecret", "-mem=AES256", ending="zip")
    formats["crypto.zip"] = run_7zz("-tzip", "-psecret", ending="zip")
with open("tests/fuzz/corpus/decode/a.csv.Z", "rb") as f:
    formats["Z"] = f.read()
for tool, ending in (("zstd", "zst"), ("lz4", "lz4"), ("lzip", "lz")):
    if shutil.which(tool):
        formats[ending] = subprocess.run([tool, "-q", "-c"], input=B, capture_output=True, check=True).stdout

for ending, whole in formats.items():
    locked = "locked" in ending or ending in ("aes.zip", "crypto.zip")
    case("whole." + ending, whole, r"(encrypted;?)+" if locked else "read")
    for eighth in (1, 3, 5, 7):
        case(f"cut{eighth}." + ending, whole[:len(whole) * eighth // 8], CUT)
    case("cut-last." + ending, whole[:-1], CUT)
    for k in range(3):
        at = rng.randrange(4, len(whole))
        case(f"flip{k}." + ending, whole[:at] + bytes([whole[at] ^ 1 << rng.randrange(8)]) + whole[at + 1:], CUT)
    case("smashed." + ending, whole[:16] + b"\xff" * 24 + whole[40:], CUT + "|.*")
    case("zeroed." + ending, whole[:12] + b"\0" * 200 + whole[212:], CUT + "|.*")
    case("twice." + ending, whole + whole)
    case("tail." + ending, whole + b"\n\x01rest" * 100, ".*" if ending.endswith("rar") else ".*(damaged|truncated|trailing data).*")

# ---- bombs: they end by a limit ----
bomb = gzip.compress(ZEROS * 128, mtime=0)
case("bomb.gz", bomb, "limit: ratio")
case("bomb.bz2", bz2.compress(ZEROS * 64), "limit: ratio")
case("bomb.xz", lzma.compress(ZEROS * 128, preset=1), "limit: ratio")
case("bomb.zip", make_zip([("zeros", ZEROS * 64)]), "limit: ratio")
case("bomb.gz.gz", gzip.compress(bomb, mtime=0), "limit: ratio")
case("bomb.tar.xz", lzma.compress(make_tar([("zeros", ZEROS * 64)]), preset=1), "limit: ratio")
case("bomb.zip.zip", make_zip([(f"{i}.zip", make_zip([("zeros", ZEROS * 8)])) for i in range(16)]), "(.*;)?limit: ratio")
wide = make_zip([("zeros", ZEROS)])
for level in range(4):
    wide = make_zip([(f"{level}-{i}.zip", wide) for i in range(16)])
case("bomb-wide.zip", wide, "(.*;)?limit: (ratio|output|entries)")
for kind, pack in (("gz", lambda d: gzip.compress(d, mtime=0)), ("xz", lzma.compress), ("bz2", bz2.compress),
                   ("zip", lambda d: make_zip([("in", d)])), ("tar", lambda d: make_tar([("in", d)])),
                   ("cpio", lambda d: make_cpio([("in", d)])), ("rar", lambda d: make_rar5([("in", d)])),
                   ("cab", lambda d: make_cab([("in", d)]))):
    deep = C
    for _ in range(30):
        deep = pack(deep)
    case("deep." + kind, deep, "limit: depth")
case("members.gz", gzip.compress(b"x\n", mtime=0) * 100000, "read")
case("empty-members.gz", gzip.compress(b"", mtime=0) * 200000, "read")
case("streams.bz2", bz2.compress(b"x\n") * 3000, ".*")
case("many.zip", make_zip([(f"{i}", b"") for i in range(6000)]), "limit: entries")
case("many.tar", make_tar([(f"{i}", b"") for i in range(6000)]), "limit: entries")
case("many.cpio", make_cpio([(f"{i}", b"") for i in range(6000)]), "limit: entries")
case("folders.tar", make_tar([(f"{i}/", b"") for i in range(6000)]), ".*limit: entries")

def overlapping(n):
    """One local file that n entries of the directory point to."""
    one = make_zip([("a", ZEROS * 4)])
    end = one.rindex(b"PK\x05\x06")
    at = one.index(b"PK\x01\x02")
    directory = one[at:end] * n
    return one[:at] + directory + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, n, n, len(directory), at, 0)
case("overlapping.zip", overlapping(500))

def nested_locals(n):
    """Local headers that lie in the data of the one before, which quotes them as stored."""
    body = gzip.compress(ZEROS * 2, mtime=0)
    for i in range(n):
        name = b"%d" % i
        body = b"PK\x03\x04" + struct.pack("<HHHHHIIIHH", 10, 0, 0, 0, 0x21, zlib.crc32(body), len(body), len(body),
                                           len(name), 0) + name + body
    return body
case("quoting.zip", nested_locals(40), "limit: depth.*|.*truncated.*|.*damaged.*")
def sparse(real):
    t = tarfile.TarInfo("holes")
    t.size, t.type = 512, tarfile.GNUTYPE_SPARSE
    head = bytearray(t.tobuf(tarfile.GNU_FORMAT))
    head[386:398], head[398:410] = b"%011o\0" % (real - 512), b"%011o\0" % 512
    head[482], head[483:495] = 0, b"%011o\0" % real
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head) + b"x" * 512 + b"\0" * 1024
case("holes.tar", sparse(1 << 32), "limit: (ratio|output)")

# ---- names that lead elsewhere ----
elsewhere = {"up": SLIP, "absolute": "/tmp/dye_hostile_slip", "windows": "C:\\tmp\\dye_hostile_slip",
             "unc": "\\\\host\\share\\x", "dot": ".", "dots": "..", "slash": "/", "nothing": "", "newline": "a\nb",
             "bell": "a\x07b", "bidi": "a\u202ecsv.exe", "long": "n" * 5000, "deep": "d/" * 2000 + "f",
             "space": " ", "device": "/dev/null", "proc": "/proc/self/mem"}
for what, name in elsewhere.items():
    case(f"name-{what}.tar", make_tar([(name, C)]))
    if name:
        case(f"name-{what}.zip", make_zip([(name, C)]))
case("name-nul.zip", make_zip([("aXb", C)]).replace(b"aXb", b"a\0b"))
case("name-nul.tar", make_tar([("aXb", C)]).replace(b"aXb", b"a\0b", 1))
case("name-latin.zip", make_zip([("aXYb", C)]).replace(b"aXYb", b"a\xff\xfeb"), "read")
case("name-up.cpio", make_cpio([(SLIP, C)]), "read")
case("name-up.rar", make_rar5([(SLIP, C)]))
case("name-up.cab", make_cab([(SLIP, C)]))
case("name-up.lzh", make_lha([(SLIP, C)]))
import warnings
warnings.simplefilter("ignore")
case("same-name.zip", make_zip([("a", C)] * 1000), "read")
case("same-name.tar", make_tar([("a", C)] * 1000), "read")

def linked(kind, target, name="l"):
    t = tarfile.TarInfo(name)
    t.type, t.linkname = kind, target
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        tar.addfile(t)
        after = tarfile.TarInfo(name + "/dye_hostile_slip")
        after.size = len(C)
        tar.addfile(after, io.BytesIO(C))
    return out.getvalue()
for what, kind in (("sym", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE), ("char", tarfile.CHRTYPE),
                   ("block", tarfile.BLKTYPE), ("fifo", tarfile.FIFOTYPE), ("odd", b"Z")):
    case(f"link-{what}.tar", linked(kind, "/tmp"), "not a file" if what != "odd" else ".*")
case("link.cpio", cpio_entry("l", b"/tmp", 0o120777) + cpio_entry("l/dye_hostile_slip", C) + cpio_entry("TRAILER!!!", b"", 0),
     "not a file")
case("device.cpio", cpio_entry("d", b"", 0o20666) + cpio_entry("TRAILER!!!", b"", 0), "not a file")

# ---- headers that can't be ----
def tar_with(**fields):
    h = bytearray(make_tar([("a", C)]))
    for at, raw in fields.values():
        h[at:at + len(raw)] = raw
    h[148:156] = b" " * 8
    h[148:156] = b"%06o\0 " % sum(h[:512])
    return bytes(h)
case("size-huge.tar", tar_with(size=(124, b"77777777777\0")), "truncated|damaged")
case("size-binary.tar", tar_with(size=(124, b"\x80" + b"\0" * 3 + b"\x7f" + b"\xff" * 7)), ".*")
case("size-negative.tar", tar_with(size=(124, b"\xff" * 12)), ".*")
case("size-letters.tar", tar_with(size=(124, b"lots of it\0 ")), ".*")
case("pax-size.tar", tarfile.TarInfo.create_pax_global_header({"size": "99999999999999999999"}) + make_tar(), ".*")
case("pax-path.tar", tarfile.TarInfo.create_pax_global_header({"path": "p" * 900000}) + make_tar(), ".*")
case("pax-junk.tar", tarfile.TarInfo.create_pax_global_header({"GNU.sparse.map": "1,2,3,4,x", "GNU.sparse.major": "9"}) +
     make_tar(), ".*")
def zip_with(at, raw, where=b"PK\x03\x04", data=None):
    z = bytearray(data or make_zip())
    i = z.index(where) + at
    z[i:i + len(raw)] = raw
    return bytes(z)
for method in (1, 6, 9, 12, 14, 93, 95, 96, 97, 98, 99, 0xFFFF):
    case(f"method-{method}.zip", zip_with(8, struct.pack("<H", method)), ".*(unsupported|damaged|encrypted|truncated).*")
case("size-huge.zip", zip_with(18, b"\xff\xff\xff\x7f" * 2), ".*(truncated|damaged).*")
case("size-zip64.zip", zip_with(18, b"\xff" * 8), ".*")
case("name-length.zip", zip_with(26, b"\xff\xff"), ".*")
case("extra-length.zip", zip_with(28, b"\xff\xff"), ".*")
case("flag-locked.zip", zip_with(6, b"\x01\0"), ".*encrypted.*")
case("flag-strong.zip", zip_with(6, b"\x41\0"), ".*encrypted.*")
case("flag-descriptor.zip", zip_with(6, b"\x08\0"), ".*")
case("end-count.zip", zip_with(8, b"\xff\xff\xff\xff", b"PK\x05\x06"), ".*")
case("comment.zip", make_zip(comment=b"password: " + b"w o r d s " * 6000), "read")
case("end-only.zip", b"PK\x05\x06" + b"\0" * 18, "read")
case("start-only.zip", b"PK\x03\x04", "truncated|damaged")
SEVEN = b"7z\xbc\xaf\x27\x1c\0\x04"
def seven(offset, size, rest=b""):
    start = struct.pack("<QQI", offset, size, zlib.crc32(rest))
    return SEVEN + struct.pack("<I", zlib.crc32(start)) + start + rest
case("nothing.7z", seven(0, 0), "read|damaged|truncated")
case("far.7z", seven(1 << 62, 100), ".*(damaged|truncated|unsupported).*")
case("big.7z", seven(0, 1 << 62), ".*(damaged|truncated|unsupported).*")
case("loop.7z", seven(0, 12, b"\x17\x06" + b"\xff" * 10), ".*(damaged|truncated|unsupported).*")
case("counts.7z", seven(0, 40, b"\x01\x05\xff" + b"\xff" * 8 + b"\x0e\xff" + b"\xff" * 27), ".*(damaged|truncated|unsupported|limit).*")
case("start-only.7z", SEVEN, "truncated|damaged")

def locked_rar5(extra, size=None):
    body = vint(2) + vint(3) + vint(len(extra) if size is None else size) + vint(32) + vint(0) + vint(20) + vint(0o644) + vint(0) + vint(1) + vint(1) + b"a"
    return b"Rar!\x1a\x07\x01\0" + rar5_block(vint(1) + vint(0) + vint(0)) + rar5_block(body + extra) + b"x" * 32 + rar5_block(vint(5) + vint(0) + vint(0))


LOCK = vint(48) + vint(1) + vint(0) + vint(1) + b"\x18" + b"s" * 44  # 2^24 rounds
for name, data in (("locked", locked_rar5(LOCK)), ("locked-second", locked_rar5(vint(2) + vint(9) + b"x" + LOCK)), ("locked-cut", locked_rar5(LOCK)[:60]),
                   ("extra-endless", locked_rar5(b"\xff" * 64)), ("extra-0", locked_rar5(b"\0" * 4000)), ("extra-beyond", locked_rar5(LOCK, 1 << 40)),
                   ("extra-long", locked_rar5(LOCK * 2000)), ("locked-head", b"Rar!\x1a\x07\x01\0" + rar5_block(vint(4) + vint(0) + vint(0) + vint(1) + b"\x18" + b"s" * 28) + b"x" * 999)):
    case(f"rar5-{name}.rar", data, "encrypted|" + CUT if name.startswith("locked") else ".*")
case("vint.rar", b"Rar!\x1a\x07\x01\0" + b"\0" * 4 + b"\xff" * 200, ".*")
case("size-huge.rar", make_rar5(claimed=1 << 60), ".*")
case("empty.rar", b"Rar!\x1a\x07\x01\0", "truncated|damaged|read")
case("empty4.rar", b"Rar!\x1a\x07\0", "truncated|damaged|read")
case("length-0.rar", b"Rar!\x1a\x07\0" + b"\0\0\x74\0\x80\0\0" * 50, ".*")
case("loop.rar", b"Rar!\x1a\x07\0" + rar4_block(0x73, 0, b"\0" * 6) + rar4_block(0x7A, 0x8000, b"\0" * 4) * 100, ".*")
case("folder-far.cab", make_cab(folder_at=0x7FFFFFFF), ".*")
case("folder-self.cab", make_cab(folder_at=0), ".*")
case("name-0.cpio", cpio_entry("a", C, namesize=0), ".*")
case("name-huge.cpio", cpio_entry("a", C, namesize=0xFFFFFFFF), ".*")
case("size-huge.cpio", cpio_entry("a", C, size=0xFFFFFFFF), ".*(truncated|damaged).*")
case("no-end.cpio", cpio_entry("a", C), ".*")
case("size-huge.ar", b"!<arch>\n" + ar_entry("a", C, size=9999999999), ".*")
case("names.ar", b"!<arch>\n" + ar_entry("/", b"\xff" * 40) + ar_entry("/99999999999", C), ".*")
case("level-2.lzh", b"\0\0-lh5-" + b"\xff" * 8 + b"\0" * 4 + b"\x20\x02" + b"\0" * 40, ".*")
case("packed-huge.lzh", lha_entry("a", C, packed=0xFFFFFFF0), ".*")
for what, length in (("negative", b"-1"), ("huge", b"99999999999999999999999"), ("words", b"many"), ("missing", b"")):
    case(f"length-{what}.warc", warc_record(b"resource", C, length=length), ".*(damaged|truncated).*")
for what, size in (("huge", b"ffffffffffffffff"), ("over", b"1" + b"0" * 30), ("negative", b"-5"), ("words", b"xyz")):
    body = http(size + b"\r\n" + C + b"\r\n0\r\n\r\n", b"Transfer-Encoding: chunked\r\n")
    case(f"chunk-{what}.warc", warc_record(b"response", body, b"application/http"), ".*(damaged|truncated).*")
case("no-header-end.warc", warc_record(b"response", b"HTTP/1.1 200 OK\r\nX: y", b"application/http"), ".*damaged.*|.*truncated.*")
case("header-huge.warc", b"WARC/1.0\r\nWARC-Type: resource\r\n" + b"X: y\r\n" * 5000 + b"Content-Length: 1\r\n\r\nx", ".*damaged.*")
case("line-huge.warc", b"WARC/1.0\r\nWARC-Type: resource\r\nX: " + b"y" * (1 << 22) + b"\r\nContent-Length: 2\r\n\r\nxy\r\n\r\n", "read")
case("bomb.warc", warc_record(b"response", http(bomb), b"application/http"), "limit: ratio")
case("brotli.warc", warc_record(b"response", http(b"\x0b\x02\x80", b"Content-Encoding: br\r\n"), b"application/http"), "format: brotli")
case("name-endless.gz", b"\x1f\x8b\x08\x08\0\0\0\0\0\xff" + b"n" * (1 << 20), "truncated|damaged")
case("extra.gz", b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\xff\xff" + b"x" * 100, "truncated|damaged")
case("method.gz", b"\x1f\x8b\x08\xff" + b"\xff" * 500, ".*(truncated|damaged).*")
case("crc.gz", formats["gz"][:-8] + b"\0" * 8, "damaged")
case("dictionary.xz", b"\xfd7zXZ\0\0\x04" + b"\xff" * 100, ".*(truncated|damaged).*")
case("window.zst", b"\x28\xb5\x2f\xfd\0\xf8" + b"\xff" * 100, ".*(truncated|damaged|limit: memory|unsupported).*")
case("skipping.zst", b"\x50\x2a\x4d\x18\xff\xff\xff\xff", ".*")
case("disk.iso", b"\0" * 32768 + b"\x01CD001\x01\0" + b"\xff" * 4000, ".*")
case("disk-cut.iso", b"\0" * 32768 + b"\x01CD001", ".*")
case("nothing", b"", "read")
case("one", b"x", "read")
for i in range(8):
    case(f"noise{i}", rng.randbytes(1 << (8 + i)))


# ---- text, and what is rendered ----

ROW = b"a,17420000001,b\n"
case("line-100mb.txt", b"17420000001," * (100 * (1 << 20) // 12), "limit: record")
case("line-100mb-letters.txt", b"a" * (100 << 20), "limit: record")
case("quote-open-50mb.csv", b'a,"' + ROW * (50 * (1 << 20) // len(ROW)), ".*")
case("quotes.csv", b'"' * (4 << 20), ".*")
case("quotes-odd.csv", (b'"' * 99 + b",") * 40000, ".*")
case("delimiters.csv", b"," * (6 << 20) + b"\n", ".*")
case("columns-20000.csv", b",".join(b"c%d" % i for i in range(20000)) + b"\n" + b"1," * 20000 + b"\n", "read")
case("nuls.txt", b"\0" * (2 << 20), ".*")
case("nuls-between.csv", ROW.replace(b",", b"\0,\0") * 20000, ".*")
case("carriage-returns.txt", ROW.replace(b"\n", b"\r") * 100000, "read")
case("line-ends-mixed.txt", (ROW + ROW[:-1] + b"\r\n" + ROW[:-1] + b"\r" + b"\n\r\n\n") * 5000, "read")
case("line-ends-only.txt", b"\n" * (4 << 20), "read")
case("field-ends.txt", b"\x1f" * (1 << 20) + b"\n\x0c" * 1000, ".*")
case("marks.txt", b"\xef\xbb\xbf" * 100000, ".*")
for name, bom in (("utf16le", b"\xff\xfe"), ("utf16be", b"\xfe\xff"), ("utf32le", b"\xff\xfe\0\0"), ("utf32be", b"\0\0\xfe\xff")):
    case(f"{name}-bom-alone.txt", bom, ".*")
    case(f"{name}-odd.txt", bom + b"\x31\0" * 4001 + b"\x31", ".*")
    case(f"{name}-surrogates.txt", bom + b"\x00\xd8" * 50000, ".*")
    case(f"{name}-beyond.txt", bom + b"\xff\xff\xff\xff" * 50000, ".*")
case("gb18030-cut.txt", (b"\xd5\xc5\xc8\xfd,1\n" * 5000) + b"\x81\x30\x81", "read")
case("gb18030-fours.txt", b"\x81\x30\x81\x30" * 100000 + b"\n", ".*")
case("utf8-overlong.txt", b"\xc0\x80\xe0\x80\x80\xf0\x80\x80\x80\n" * 20000, ".*")
case("utf8-beyond.txt", b"\xf7\xbf\xbf\xbf\n" * 20000, ".*")
for name, text in (
    ("arrays", b"[" * 10**6), ("arrays-closed", b"[" * 10**6 + b"]" * 10**6), ("objects", b'{"a":' * 10**6),
    ("objects-closed", b'{"a":' * 500000 + b"1" + b"}" * 500000), ("closing", b"[" + b"]" * 10**6),
    ("string-open", b'[{"a":"' + b"x" * (20 << 20)), ("escapes", b'[{"a":"' + b"\\u12" * 10**6), ("backslashes", b'{"a":"' + b"\\" * 10**6),
    ("number", b'[{"a":' + b"9" * 10**7 + b"}]"), ("commas", b"[" + b"," * 10**6 + b"]"), ("keys", b'[{' + b'"k":1,' * 10**6 + b'"k":1}]'),
    ("names", b'[{' + b",".join(b'"%d":1' % i for i in range(200000)) + b"}]"), ("words", b"{" + b"true false null " * 10**5),
    ("surrogates", b'[{"a":"' + b"\\ud800" * 10**5 + b'"}]'), ("lines-broken", b'{"a":1\n' * 10**5)):
    case(f"json-{name}.json", text, ".*")
INSERT = b"INSERT INTO `t` VALUES "
for name, text in (
    ("parentheses", INSERT + b"(" * 10**6), ("rows-open", INSERT + b"(1,'a'),(2,'b" * 300000), ("quote-open", INSERT + b"('" + b"x" * (20 << 20)),
    ("backslashes", INSERT + b"('" + b"\\" * 10**6 + b"');\n"), ("columns", b"CREATE TABLE `t` (" + b"`c` int,\n" * 50000 + b"`z` int);\n" + INSERT + b"(1);\n"),
    ("copy-open", b"COPY public.t (a, b) FROM stdin;\n" + b"1\t2\n" * 200000), ("copy-wide", b"COPY t (" + b"a," * 20000 + b"b) FROM stdin;\n" + b"1\t" * 20000 + b"\n\\.\n"),
    ("inserts", INSERT + b"(1);\n" + INSERT * 50000), ("comments", b"-- x\n/*" * 100000 + INSERT + b"(1)"), ("hex", INSERT + b"(0x" + b"f" * 10**7 + b");\n")):
    case(f"sql-{name}.sql", text, ".*")
case("vcard-folds.vcf", b"BEGIN:VCARD\nNOTE:" + b"\n x" * 10**6, ".*")
case("vcard-open.vcf", b"BEGIN:VCARD\nFN:x\n" * 100000, ".*")
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(12)) + b"]><l><r>&m;</r></l>"
QUADRATIC = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "' + b"x" * 50000 + b'">]><l>' + b"<r>&a;</r>" * 20000 + b"</l>"
for name, text in (
    ("laughs", LAUGHS), ("quadratic", QUADRATIC), ("external", b'<?xml version="1.0"?><!DOCTYPE l SYSTEM "file:///etc/passwd" [<!ENTITY e SYSTEM "file:///etc/passwd">]><l><r>&e;</r></l>'),
    ("deep", b'<?xml version="1.0"?>' + b"<a>" * 10**5), ("deep-closed", b'<?xml version="1.0"?>' + b"<a>" * 50000 + b"</a>" * 50000),
    ("attributes", b'<?xml version="1.0"?><l><r ' + b" ".join(b'a%d="1"' % i for i in range(50000)) + b"/></l>"),
    ("children", b'<?xml version="1.0"?><l><r>' + b"".join(b"<c%d>1</c%d>" % (i, i) for i in range(50000)) + b"</r></l>"),
    ("text", b'<?xml version="1.0"?><l><r>' + b"x" * (20 << 20) + b"</r></l>"), ("name", b'<?xml version="1.0"?><' + b"n" * (4 << 20) + b"/>"),
    ("cut", b'<?xml version="1.0"?><l><r>1</r><r'), ("comment-open", b'<?xml version="1.0"?><l><!--' + b"x" * (1 << 20))):
    case(f"xml-{name}.xml", text, ".*")
for name, text in (
    ("deep", b"<html>" + b"<div>" * 10**6), ("tables", b"<html>" + b"<table><tr><td>" * 10**5), ("spans", b"<html><table>" + b'<tr><td colspan="999999999" rowspan="999999999">1</td></tr>' * 2000),
    ("cells", b"<html><table><tr>" + b"<td>1" * 10**6), ("entities", b"<html><p>" + b"&#x10ffff;&amp" * 10**5), ("attributes", b"<html><p " + b'a="b" ' * 10**6),
    ("open", b"<html><p title='" + b"x" * (20 << 20)), ("scripts", b"<html>" + b"<script>" * 10**5), ("comments", b"<html>" + b"<!--" * 10**6), ("angles", b"<html>" + b"<" * 10**6)):
    case(f"html-{name}.html", text, ".*")
MIME = b"From: a@example.com\nTo: b@example.com\nMIME-Version: 1.0\n"
for name, text in (
    ("nested", MIME + b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (i, i) for i in range(3000))),
    ("parts", MIME + b'Content-Type: multipart/mixed; boundary="x"\n\n' + b"--x\n\nrow\n" * 20000), ("boundary", MIME + b'Content-Type: multipart/mixed; boundary="' + b"x" * 100000 + b'"\n\n--x\n'),
    ("headers", MIME + b"X: y\n" * 10**6), ("header", MIME + b"X: " + b"y" * (20 << 20) + b"\n\nbody\n"), ("folded", MIME + b"X:" + b"\n y" * 10**6),
    ("words", MIME + b"Subject: " + b"=?utf-8?B?" * 10**5 + b"\n\nbody\n"), ("base64", MIME + b"Content-Transfer-Encoding: base64\n\n" + b"!=A" * 10**6),
    ("quoted", MIME + b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=" * 10**6), ("messages", (b"From a Mon Jan  1 00:00:00 2024\n" + MIME + b"\nx\n\n") * 4000)):
    case(f"mail-{name}.eml", text, ".*")
for name, text in (("base64", b"QUJDRA==" * 100000), ("percent", b"%41%" * 100000), ("percent-deep", b"%2525" * 200000), ("quoted", b"=E5=BC=A0=" * 100000)):
    case(f"wrapped-{name}.txt", text, ".*")
case("pdf-nothing.pdf", b"%PDF-1.7\n" + b"\xff" * 100000, ".*")
case("pdf-loop.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\ntrailer<</Root 1 0 R>>\n", ".*")
for records, size in ((0xFFFFFFFF, 20), (5, 0xFFFF), (0, 1)):
    dbf = struct.pack("<4BIHH20x", 3, 26, 1, 1, records, 32 + 32 + 1, size) + b"NAME".ljust(11, b"\0") + b"C" + b"\0" * 4 + b"\xff" + b"\0" * 15 + b"\r"
    case(f"dbf-{records:x}-{size:x}.dbf", dbf + b" abc" * 100, ".*")

SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
RELS = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="%s"/></Relationships>'
BOOK = b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>'


def xlsx(rows, extra=()):
    return make_zip([("[Content_Types].xml", TYPES), ("_rels/.rels", RELS % (b"officeDocument", b"xl/workbook.xml")), ("xl/workbook.xml", BOOK),
                     ("xl/_rels/workbook.xml.rels", RELS % (b"worksheet", b"worksheets/sheet1.xml")), ("xl/worksheets/sheet1.xml", SHEET % rows), *extra])


STRINGS = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="4294967295" uniqueCount="4294967295">%s</sst>'
for name, data in (
    ("far", xlsx(b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>')),
    ("far-rows", xlsx(b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (i * 1000 + 1, i * 1000 + 1) for i in range(1000)))),
    ("beyond", xlsx(b'<row r="99999999999"><c r="ZZZZZZ99999999999"><v>1</v></c></row>')), ("backwards", xlsx(b'<row r="9"><c r="C9"><v>1</v></c><c r="A9"><v>2</v></c></row><row r="3"><c r="A3"><v>3</v></c></row>')),
    ("strings", xlsx(b'<row r="1"><c r="A1" t="s"><v>4294967294</v></c></row>', [("xl/sharedStrings.xml", STRINGS % b"<si><t>a</t></si>")])),
    ("numbers", xlsx(b'<row r="1"><c r="A1"><v>1e308</v></c><c r="B1"><v>-1e-308</v></c><c r="C1"><v>nan</v></c><c r="D1"><v>' + b"9" * 10**6 + b"</v></c></row>")),
    ("open", xlsx(b"<row><c><v>" * 100000)), ("laughs", xlsx(b"").replace(SHEET, LAUGHS)), ("text", xlsx(b'<row><c t="inlineStr"><is><t>' + b"x" * (30 << 20) + b"</t></is></c></row>")),
    ("itself", xlsx(b"", [("xl/embeddings/a.xlsx", xlsx(b"", [("xl/embeddings/a.xlsx", xlsx(b""))]))]))):
    case(f"xlsx-{name}.xlsx", data, ".*")
CORPUS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../fuzz/corpus")


def xlsb(sheet, strings=b"", book=None, styles=b""):
    if book is None:
        book = b"\x9c\x01\x16" + struct.pack("<II", 0, 1) + wide("r1") + wide("s")
    return make_zip([("_rels/.rels", RELS % (b"officeDocument", b"xl/workbook.bin")), ("xl/workbook.bin", book),
                     ("xl/_rels/workbook.bin.rels", RELS % (b"worksheet", b"worksheets/sheet1.bin")),
                     ("xl/sharedStrings.bin", strings), ("xl/styles.bin", styles), ("xl/worksheets/sheet1.bin", sheet)])


def wide(text):
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


ROW, CELL = b"\0\x04\0\0\0\0", struct.pack("<II", 0, 0)
for name, data in (
        ("cut", xlsb(ROW + b"\x06\x20" + CELL)), ("endless-number", xlsb(b"\xff" * 1000)), ("endless-size", xlsb(b"\0\xff\xff\xff\xff\xff")),
        ("huge-record", xlsb(ROW + b"\x06\xff\xff\xff\x7f" + CELL)), ("zeros", xlsb(ZEROS * 64)), ("rows", xlsb(ROW * 10**6)),
        ("string-beyond", xlsb(ROW + b"\x06\x0e" + CELL + struct.pack("<I", 2**32 - 2) + b"a\0")),
        ("far", xlsb(b"\0\x04\xff\xff\x0f\0" + b"\x06\x0e" + struct.pack("<II", 16383, 0) + wide("x"))),
        ("beyond", xlsb(b"\0\x04\xff\xff\xff\xff" + b"\x06\x0e" + struct.pack("<II", 2**32 - 1, 0) + wide("x"))),
        ("short-first", xlsb(b"\x10\x0c" + CELL[:4] + struct.pack("<d", 1))), ("empty-cells", xlsb(ROW + b"".join(bytes([i, 0]) for i in range(1, 19)) * 9)),
        ("not-there", xlsb(ROW + b"\x07\x0c" + CELL + struct.pack("<I", 2**32 - 1))), ("nothing", xlsb(b"")), ("no-book", xlsb(ROW, book=b"")),
        ("names", xlsb(ROW, book=(b"\x9c\x01\x16" + struct.pack("<II", 0, 1) + wide("r1") + wide("s")) * 20000)),
        ("styles", xlsb(ROW, styles=b"\xe9\x04\0" + b"\x2f\x04\0\0\x0e\0" * 100000)), ("numbers", xlsb(ROW + b"\x05\x10" + CELL + b"\xff" * 8)),
        ("long-string", xlsb(ROW + b"\x06\x8c\x80\x80\x0a" + CELL + struct.pack("<I", 10 << 20) + b"a\0" * (10 << 20))),
        ("strings", xlsb(ROW, strings=(b"\x13\x85\x80\x08" + b"\0" + struct.pack("<I", 1 << 16) + b"x\0" * (1 << 16)) * 600))):
    case(f"xlsb-{name}.xlsb", data, ".*")

for name in ("sqlite/kinds.db", "sqlite/utf16.db", "office/libreoffice.xls", "office/a.doc", "office/libreoffice.ods", "office/openpyxl.xlsx"):
    with open(os.path.join(CORPUS, name), "rb") as f:
        good = f.read()
    flat = name.replace("/", "-")
    for k in range(5):
        bad = bytearray(good)
        for _ in range(30):
            bad[rng.randrange(len(bad))] = rng.randrange(256)
        case(f"smashed{k}-{flat}", bytes(bad), ".*")
    case(f"half-{flat}", good[:len(good) // 2], ".*")

with open(os.path.join(folder, "cases.tsv"), "w") as f:
    for name, want in cases:
        f.write(f"{name}\t{want}\n")
print(len(cases))
