#!/usr/bin/env python3
"""Reads what `dyetrace decode --json --records` prints, and prints it as the want files have it (make.py)."""
import json
import sys


def escape(value):
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def main():
    records, names = [], None
    for line in sys.stdin:
        o = json.loads(line)
        if "verdict" in o:
            print("## " + " ".join(w for w in (o["part"] or ".", o["verdict"], o["reason"]) if w))
            if names and any(names):
                print("# " + "\t".join(map(escape, names)))
            for r in records:
                print("\t".join(map(escape, r)))
            records, names = [], None
            continue
        here = [f.get("name") or "" for f in o["fields"]]
        if names is None or len(here) > len(names):
            names = here
        records.append([f["value"] for f in o["fields"]])


main()
