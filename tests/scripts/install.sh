#!/usr/bin/env bash
# What `cmake --install` puts into a prefix works from there, on its own: the program, a deck of the
# installed ones, the report, validation decks, the helpers in Python, the documentation.
# Usage: install.sh BUILD_DIRECTORY
set -euo pipefail
build=$(cd "$1" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cmake --install "$build" --prefix "$scratch/usr" >"$scratch/log" || { cat "$scratch/log"; exit 1; }
cd "$scratch"
program=$scratch/usr/bin/symbreak share=$scratch/usr/share
"$program" --version | grep -q '^symbreak '
"$program" run "$share/symbreak/inputs/tutorial/two_deltas.ini" >log 2>&1 || { cat log; exit 1; }
"$program" analyze runs/two_deltas --strict | grep -q '7 of 7 predictions agree'
if command -v gnuplot >/dev/null; then
  test -s "$("$program" report runs/two_deltas)"
fi
# Validation decks and Python helpers are looked for where the program is installed.
"$program" validate no_such_label >log 2>&1 && { echo "validate ran a deck that is not there"; exit 1; }
grep -q 'no_such_label' log || { cat log; exit 1; }
test -s "$share/symbreak/analysis/python/symbreak_worker.py"
test -s "$share/symbreak/analysis/python/symbreak.py"
for file in README.md CITATION.cff physics.md; do test -s "$share/doc/symbreak/$file"; done
if find "$scratch/usr" -name '__pycache__' -o -name '*.pt' | grep .; then exit 1; fi
echo "installed: $(find "$scratch/usr" -type f | wc -l) files, and they work"
