#!/usr/bin/env bash
# The first screen of the README, played through: run, analyze, report, the Python snippet.
#   tutorial.sh SYMBREAK SOURCE_DIRECTORY
set -euo pipefail
python=${PYTHON:-/usr/bin/python3}  # has h5py, whatever PATH says
symbreak=$(realpath "$1") source_directory=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=cluster/mpi_env.sh
source "$source_directory/cluster/mpi_env.sh"
cd "$work"
deck=$source_directory/inputs/tutorial/two_deltas.ini

timeout 60 mpirun -q -n 2 "$symbreak" run "$deck" >log 2>&1 || { cat log; exit 1; }
"$symbreak" analyze --strict runs/two_deltas || { echo "a verdict of the tutorial fails"; exit 1; }
"$symbreak" run "$deck" --output one_rank >/dev/null
"$python" "$source_directory/tests/scripts/same_bits.py" runs/two_deltas/result.h5 one_rank/result.h5

page=$("$symbreak" report runs/two_deltas)
[ -s "$page" ] || { echo "no report page"; exit 1; }
if grep -nE '(src|href)="https?:' "$page"; then echo "the page needs the network"; exit 1; fi

# The Python block on results of the README runs as it is printed.
sed -n '/^## Reading a result$/,/^## On a cluster$/p' "$source_directory/README.md" |
  sed -n '/^```python$/,/^```$/p' | sed '/^```/d' >snippet.py
PYTHONPATH=$source_directory/analysis/python SYMBREAK=$symbreak "$python" snippet.py >table
head -n 2 table
grep -q 61 table || [ "$(wc -l <table)" = 62 ] ||
  { echo "the README's snippet printed no table of 61 points"; exit 1; }
