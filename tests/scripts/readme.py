#!/usr/bin/env python3
"""The README's key tables are those of the program: every block between
<!-- keys: NAME --> and <!-- end --> is the output of `symbreak explain NAME --markdown`.
Usage: readme.py SYMBREAK README [--write]"""
import pathlib
import re
import subprocess
import sys

program, readme = sys.argv[1], pathlib.Path(sys.argv[2])


def table(match):
    name = match.group(1)
    words = [program, "explain", "--markdown"] + ([] if name == "common" else [name])
    text = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return f"<!-- keys: {name} -->\n{text.strip()}\n<!-- end -->"


before = readme.read_text()
after, count = re.subn(r"<!-- keys: (\w+) -->\n.*?<!-- end -->", table, before, flags=re.S)
if "--write" in sys.argv:
    readme.write_text(after)
elif after != before:
    sys.exit("README.md: the key tables are out of date: run tests/scripts/readme.py with --write")
print(f"{count} tables")
sys.exit(count == 0)
