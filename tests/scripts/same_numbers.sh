#!/usr/bin/env bash
# The decks whose results of format version 2 are stored are run again: the results of today hold
# the same numbers, bit for bit, also when a stored result is continued and when it is merged.
#   same_numbers.sh SYMBREAK SOURCE_DIRECTORY
set -uo pipefail
python=${PYTHON:-/usr/bin/python3}  # has h5py, whatever PATH says
symbreak=$(realpath "$1") source_directory=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
fail() { echo "FAILED: $1"; tail -n 5 log; exit 1; }
same() { "$python" "$source_directory/tests/scripts/same_numbers.py" "$1" "$2"; }
for deck in "$source_directory"/tests/formats/schema_2/*.ini; do
  name=$(basename "$deck" .ini)
  stored=${deck%.ini}.h5
  "$symbreak" run "$deck" --output "$name" >log 2>&1 || fail "$name runs"
  same "$stored" "$name/result.h5" || fail "$name: the numbers of format 2"
  mkdir "old_$name" && cp "$stored" "old_$name/result.h5" && cp "$deck" "old_$name/deck.ini"
  "$symbreak" run "$deck" --output "old_$name" --set sampling.replicas=5 >log 2>&1 \
    || fail "$name of format 2 is continued"
  "$symbreak" run "$deck" --output "new_$name" --set sampling.replicas=5 >log 2>&1 \
    || fail "$name with more replicas"
  same "old_$name/result.h5" "new_$name/result.h5" || fail "$name: continued from format 2"
done
