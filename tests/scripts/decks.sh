#!/usr/bin/env bash
# Every deck is valid (`check`), and with `run` as third argument is also run and analyzed strictly.
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
for deck in "$source_directory"/inputs/*/*.ini; do
  name=$(basename "$deck" .ini)
  if ! "$symbreak" check "$deck" >log 2>&1; then
    if grep -q 'SYMBREAK_DATA' log; then
      echo "skipped: $name: $(grep -m1 SYMBREAK_DATA log)"
      continue
    fi
    echo "FAILED: check $name"; cat log; failures=$((failures + 1)); continue
  fi
  case $deck in */production/*) continue ;; esac
  [ "$mode" = run ] || continue
  start=$SECONDS
  if mpirun -q -n 2 "$symbreak" run "$deck" >log 2>&1 &&
     "$symbreak" analyze --strict "runs/$name" >analysis 2>&1; then
    echo "$name: $((SECONDS - start)) s, $(tail -n 1 analysis)"
  else
    echo "FAILED: $name after $((SECONDS - start)) s"
    tail -n 5 log; cat analysis; failures=$((failures + 1))
  fi
done
exit "$((failures > 0))"
