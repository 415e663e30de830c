#!/usr/bin/env python3
"""Writes a rar whose files are stored and encrypted, since no free program does: locked_rar.py FORM PASSWORD OUT FILE...

FORM is rar5, rar5-headers (the names are encrypted too) or rar4. By the published descriptions of the formats, with
openssl for AES; what unar makes of it is what it has to be.
"""
import hashlib
import pathlib
import struct
import subprocess
import sys
import zlib

SALT, IV, ROUNDS_LOG2 = bytes(range(16)), bytes(range(16, 32)), 12


def aes(key, iv, data):
    command = ["openssl", "enc", f"-aes-{8 * len(key)}-cbc", "-K", key.hex(), "-iv", iv.hex(), "-nopad"]
    return subprocess.run(command, input=data + b"\0" * (-len(data) % 16), capture_output=True, check=True).stdout


def vint(v):
    out = b""
    while v > 127:
        out, v = out + bytes([v & 127 | 128]), v >> 7
    return out + bytes([v])


def keys5(password):
    made = [hashlib.pbkdf2_hmac("sha256", password.encode(), SALT, (1 << ROUNDS_LOG2) + more) for more in (0, 16, 32)]
    check = bytes(a ^ b ^ c ^ d for a, b, c, d in zip(*(made[2][i:i + 8] for i in (0, 8, 16, 24))))
    return made[0], check + hashlib.sha256(check).digest()[:4]


def rar5(files, password, headers):
    key, check = keys5(password)
    out = b"Rar!\x1a\x07\x01\0"

    def block(body, locked=headers):
        sized = vint(len(body)) + body
        whole = struct.pack("<I", zlib.crc32(sized)) + sized
        return IV + aes(key, IV, whole) if locked else whole

    if headers:
        out += block(vint(4) + vint(0) + vint(0) + vint(1) + bytes([ROUNDS_LOG2]) + SALT + check, False)
    out += block(vint(1) + vint(0) + vint(0))
    for name, data in files:
        packed = aes(key, IV, data)
        record = vint(1) + vint(0) + vint(1) + bytes([ROUNDS_LOG2]) + SALT + IV + check
        extra = vint(len(record)) + record
        raw = name.encode()
        out += block(vint(2) + vint(3) + vint(len(extra)) + vint(len(packed)) + vint(4) + vint(len(data)) + vint(0o100644) +
                     struct.pack("<I", zlib.crc32(data)) + vint(0) + vint(1) + vint(len(raw)) + raw + extra) + packed
    return out + block(vint(5) + vint(0) + vint(0))


def keys4(password, salt):
    seed, sha, iv = password.encode("utf-16-le") + salt, hashlib.sha1(), b""
    for i in range(1 << 18):
        sha.update(seed + struct.pack("<I", i)[:3])
        if i % (1 << 14) == 0:
            iv += sha.copy().digest()[19:]
    return struct.pack("<4I", *struct.unpack(">4I", sha.digest()[:16])), iv


def rar4(files, password):
    salt = SALT[:8]
    key, iv = keys4(password, salt)

    def block(kind, flags, body, data=b""):
        head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
        return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head + data

    out = b"Rar!\x1a\x07\0" + block(0x73, 0, b"\0" * 6)
    for name, data in files:
        packed, raw = aes(key, iv, data), name.encode()
        body = struct.pack("<IIBIIBBHI", len(packed), len(data), 3, zlib.crc32(data), 0, 29, 0x30, len(raw), 0o100644)
        out += block(0x74, 0x8404, body + raw + salt, packed)
    return out + block(0x7B, 0x4000, b"")


def main():
    form, password, target = sys.argv[1:4]
    files = [(pathlib.Path(f).name, pathlib.Path(f).read_bytes()) for f in sys.argv[4:]]
    whole = rar4(files, password) if form == "rar4" else rar5(files, password, form == "rar5-headers")
    pathlib.Path(target).write_bytes(whole)


main()
