#!/usr/bin/env bash
# One command for unlike machines: the launcher chooses among programs, ranks that run different ones
# are refused, and an instruction that the machine does not know ends with a sentence.
#   processors.sh SYMBREAK SOURCE_DIRECTORY LAUNCHER
set -uo pipefail
symbreak=$(realpath "$1") source_directory=$(realpath "$2") launcher=$(realpath "$3")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
# shellcheck source=cluster/mpi_env.sh
source "$source_directory/cluster/mpi_env.sh"
unset SYMBREAK_MARCH
failures=0
expect() {  # expect STATUS TEXT COMMAND...: its exit status, and a text among its words
  local status=$1 text=$2
  shift 2
  "$@" >log 2>&1
  local got=$?
  [ $got = "$status" ] && grep -q -- "$text" log && return
  echo "FAILED ($got, expected $status and '$text'): $*"
  sed 's/^/    | /' log
  failures=$((failures + 1))
}

# The launcher, with programs that say who they are.
mkdir -p here/bin here/libexec/symbreak
cp "$launcher" here/bin/symbreak
expect 1 'no symbreak-x86-64-v3 or -v4 in' here/bin/symbreak
level() { printf '#!/bin/sh\necho "%s $*"\n' "$2" >"$1/symbreak-$2" && chmod +x "$1/symbreak-$2"; }
level here/libexec/symbreak x86-64-v3
if grep -q avx2 /proc/cpuinfo; then
  expect 0 'x86-64-v3 run a b' here/bin/symbreak run a b
  level here/bin x86-64-v4
  best=x86-64-v3
  grep -q avx512vl /proc/cpuinfo && grep -q avx512bw /proc/cpuinfo && best=x86-64-v4
  expect 0 "$best run" here/bin/symbreak run
  expect 0 'x86-64-v3 run' env SYMBREAK_MARCH=x86-64-v3 here/bin/symbreak run
  expect 0 "programs for x86-64-v4, x86-64-v3; here: $best" here/bin/symbreak --version
  ln -s "$PWD/here/bin/symbreak" linked
  expect 0 "$best run" ./linked run
  [ $best = x86-64-v4 ] || expect 2 'runs no program for x86-64-v4, which SYMBREAK_MARCH asks for' \
    env SYMBREAK_MARCH=x86-64-v4 here/bin/symbreak run
fi
expect 2 'SYMBREAK_MARCH = haswell: there is no such program; expected one of: ' \
  env SYMBREAK_MARCH=haswell here/bin/symbreak run

# Ranks of two programs: the same one with another word in its provenance.
sed 's/-march=/-MARCH=/g' "$symbreak" >other && chmod +x other
deck=$source_directory/tests/cluster/toy.ini
expect 2 'rank 1 on .*-MARCH=' timeout 60 mpirun -n 1 "$symbreak" run "$deck" --output run : \
  -n 1 ./other run "$deck" --output run
[ ! -e run ] || { echo "FAILED: refused ranks left a directory"; failures=$((failures + 1)); }

# An illegal instruction.
timeout 60 "$symbreak" run "$deck" --output killed --set experiment.delay=5 >log 2>&1 &
program=$!
sleep 1
pkill -ILL -P $program 2>/dev/null || kill -ILL $program
wait $program
status=$?
if [ $status != 2 ] || ! grep -q 'lacks an instruction of the program' log; then
  echo "FAILED: SIGILL ended with $status"
  sed 's/^/    | /' log
  failures=$((failures + 1))
fi
[ $failures = 0 ] && echo "all checks passed"
exit $((failures > 0))
