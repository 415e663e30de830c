#!/usr/bin/env python3
"""Reads what `dyetrace decode --json --records` prints, and prints it as the want file has it (make.py): with ` *` and
without its records where WANT has a part so. usage: records.py WANT"""
import json
import sys


def escape(value):
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        any_rows = {line[:-3] for line in f if line.startswith("## ") and line.endswith(" *\n")}
    records, names = [], []
    for line in sys.stdin:
        o = json.loads(line)
        if "verdict" not in o:
            here = [f.get("name") or "" for f in o["fields"]]
            names = here if len(here) > len(names) else names
            records.append([f["value"] for f in o["fields"]])
            continue
        head = "## " + " ".join(w for w in (o["part"] or ".", o["verdict"], o["reason"]) if w)
        if head in any_rows:
            print(head + " *")
        else:
            print(head)
            if any(names):
                print("# " + "\t".join(map(escape, names)))
            for r in records:
                print("\t".join(map(escape, r)))
        records, names = [], []


main()
