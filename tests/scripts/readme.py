#!/usr/bin/env python3
"""The documentation's tables are those of the program: in README.md every block between
<!-- explain: NAME --> and <!-- end --> is the output of `symbreak explain NAME --markdown`, and
inputs/keys.md is the whole of `symbreak explain --markdown`.
Usage: readme.py SYMBREAK SOURCE_DIRECTORY [--write]"""
import pathlib
import re
import subprocess
import sys

program, source = sys.argv[1], pathlib.Path(sys.argv[2])


def explain(*name):
    words = [program, "explain", "--markdown", *name]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()


def block(match):
    return f"<!-- explain: {match.group(1)} -->\n{explain(match.group(1))}\n<!-- end -->"


readme = source / "README.md"
text, count = re.subn(r"<!-- explain: (\w+) -->\n.*?<!-- end -->", block, readme.read_text(),
                      flags=re.S)
keys = ("# Every key of a deck\n\nMade by `symbreak explain --markdown`; the same texts are printed "
        "by `symbreak explain KIND`.\n\n" + explain() + "\n")
stale = []
for path, wanted in {readme: text, source / "inputs" / "keys.md": keys}.items():
    if "--write" in sys.argv:
        path.write_text(wanted)
    elif not path.exists() or path.read_text() != wanted:
        stale.append(path.name)
if stale:
    sys.exit(f"{', '.join(stale)}: out of date: run tests/scripts/readme.py with --write")
print(f"{count} tables and every key")
sys.exit(count == 0)
