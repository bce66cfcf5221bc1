#!/usr/bin/env bash
# Stored results of format version 2 become results of today by being merged, alone: with the same
# numbers, bit for bit. Given a program of then, decks are run by both, too.
#   same_numbers.sh SYMBREAK SOURCE_DIRECTORY [OLD_SYMBREAK DECK...]
set -uo pipefail
python=${PYTHON:-/usr/bin/python3}  # has h5py, whatever PATH says
symbreak=$(realpath "$1") source_directory=$(realpath "$2")
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED: $1"; tail -n 5 "$work/log"; exit 1; }
same() { "$python" "$source_directory/tests/scripts/same_numbers.py" "$1" "$2"; }
for stored in "$source_directory"/tests/formats/schema_2/*.h5; do
  name=$(basename "$stored" .h5)
  mkdir "$work/$name" && cp "$stored" "$work/$name/result.h5"
  "$symbreak" merge "$work/now_$name" "$work/$name" >"$work/log" 2>&1 || fail "$name is merged"
  same "$stored" "$work/now_$name/result.h5" || fail "$name: the numbers of format 2"
done
[ $# -gt 1 ] || exit 0
old=$(realpath "$1")
shift
for deck in "$@"; do
  name=$(basename "$deck" .ini)
  "$old" run "$deck" --output "$work/then_$name" >"$work/log" 2>&1 || fail "$name then"
  "$symbreak" run "$deck" --output "$work/today_$name" >"$work/log" 2>&1 || fail "$name today"
  echo -n "$name: "
  same "$work/then_$name/result.h5" "$work/today_$name/result.h5" || fail "$name"
  "$symbreak" run "$deck" --output "$work/then_$name" --set sampling.replicas=5 >"$work/log" 2>&1 \
    && "$symbreak" run "$deck" --output "$work/today_$name" --set sampling.replicas=5 \
      >"$work/log" 2>&1 || continue  # has no replicas
  same "$work/then_$name/result.h5" "$work/today_$name/result.h5" || fail "$name, continued"
done
