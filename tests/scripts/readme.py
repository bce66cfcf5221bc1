#!/usr/bin/env python3
"""The documentation's tables are those of the program and its decks: in README.md every block between
<!-- explain: NAME --> and <!-- end --> is the output of `symbreak explain NAME --markdown`;
inputs/README.md is the list of the decks with the first sentence of each, and the whole of
`symbreak explain --markdown`.
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


def title(deck):
    """The first sentence of the comment on top of a deck."""
    lines = []
    for line in deck.read_text().splitlines():
        if not line.startswith("#") or not line.strip("# "):
            break
        lines.append(line.strip("# "))
    return re.match(r".*?[.?](?=\s+[A-Z(]|$)|.*", " ".join(lines)).group(0)


def decks():
    text = ""
    for folder in ("tutorial", "validation", "production"):
        text += f"\n## {folder}\n\n| deck | what it shows |\n|---|---|\n"
        for deck in sorted((source / "inputs" / folder).glob("*.ini")):
            text += f"| [`{deck.stem}`]({folder}/{deck.name}) | {title(deck)} |\n"
    return text


readme = source / "README.md"
text, count = re.subn(r"<!-- explain: (\w+) -->\n.*?<!-- end -->", block, readme.read_text(),
                      flags=re.S)
reference = ("# Decks\n\nEach deck is a document: what it shows, the source, the expected numbers, the "
             "cost, a comment on every key.\n" + decks() + "\n# Every key of a deck\n\nMade by "
             "`symbreak explain --markdown`; `symbreak explain KIND` prints the same.\n\n"
             + explain() + "\n")
stale = []
for path, wanted in {readme: text, source / "inputs" / "README.md": reference}.items():
    if "--write" in sys.argv:
        path.write_text(wanted)
    elif not path.exists() or path.read_text() != wanted:
        stale.append(str(path.relative_to(source)))
if stale:
    sys.exit(f"{', '.join(stale)}: out of date: run tests/scripts/readme.py with --write")
print(f"{count} tables, every deck, every key")
sys.exit(count == 0)
