#!/usr/bin/env bash
# Every deck is valid (`check`), and with `run` as third argument is also run and analyzed strictly;
# its analysis has a verdict on every quantity that expected_verdicts.txt lists for it.
#   decks.sh SYMBREAK SOURCE_DIRECTORY [run]
# Decks on data that is not there are skipped with a message.
set -uo pipefail
symbreak=$(realpath "$1") source_directory=$(realpath "$2") mode=${3:-check}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=cluster/mpi_env.sh
source "$source_directory/cluster/mpi_env.sh"
cd "$work" || exit 1
failures=0
expected=$source_directory/tests/scripts/expected_verdicts.txt
# missing RUN DECK: what is listed for a deck and has no verdict.
missing() {
  "$symbreak" analyze --json "$1" >analysis.json || return 1
  python3 - analysis.json "$2" "$expected" <<'EOF'
import json
import sys
listed = dict(line.rstrip("\n").split(": ", 1) for line in open(sys.argv[3]) if line[0] != "#")
with open(sys.argv[1]) as file:
    found = {row["quantity"] for row in json.load(file)["verdicts"]}
print(*[q for q in listed[sys.argv[2]].split() if q not in found])
EOF
}
for deck in "$source_directory"/inputs/*/*.ini; do
  name=$(basename "$deck" .ini) kind=$(basename "$(dirname "$deck")")
  if [ "$kind" != production ] && ! grep -q "^$kind/$name: " "$expected"; then
    echo "FAILED: $name has no line in $expected"; failures=$((failures + 1))
  fi
  if ! "$symbreak" check --quick "$deck" >log 2>&1; then
    if grep -q 'SYMBREAK_DATA\|target\.[a-z]*: there is no file\|no file matches' log; then
      echo "skipped: $name: $(head -n 1 log)"
      continue
    fi
    echo "FAILED: check $name"; cat log; failures=$((failures + 1)); continue
  fi
  if [ "$mode" != run ] || [ "$kind" = production ]; then continue; fi
  start=$SECONDS lost=
  if mpirun -q -n 2 "$symbreak" run "$deck" >log 2>&1 &&
     "$symbreak" analyze --strict "runs/$name" >analysis 2>&1 &&
     lost=$(missing "runs/$name" "$kind/$name") && [ -z "$lost" ]; then
    echo "$name: $((SECONDS - start)) s, $(grep -m 1 'predictions* agree' analysis)"
  elif grep -q "No module named '\(numpy\|torch\)'" log; then
    echo "skipped: $name: $(grep -m1 'No module named' log)"
  else
    echo "FAILED: $name after $((SECONDS - start)) s${lost:+; no verdicts on: $lost}"
    tail -n 5 log; cat analysis; failures=$((failures + 1))
  fi
done
exit "$((failures > 0))"
