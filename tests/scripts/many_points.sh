#!/usr/bin/env bash
# Many points cost what their numbers do: disk, memory, time of check, run and analyze.
#   many_points.sh SYMBREAK [POINTS]
set -uo pipefail
python=${PYTHON:-/usr/bin/python3}
symbreak=$(realpath "$1") points=${2:-3000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
fail() { echo "FAILED: $1"; tail -n 5 log | cut -c 1-400; exit 1; }
cat >deck.ini <<EOF
[run]
name = toy
seed = 7
[target]
kind = deltas
[experiment]
kind = toy
mean = lin(0, 1, $points)
delay = 0
[sampling]
samples = 10
blocks = 2
replicas = 1
EOF
# measured NAME COMMAND...: CPU seconds and peak memory in kB, in files of these names
measured() {
  local name=$1
  shift
  "$python" - "$@" >"$name" 2>log <<'PY'
import resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stdout=open("out", "w"), stderr=sys.stderr).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{used.ru_utime + used.ru_stime:.2f} {used.ru_maxrss}")
sys.exit(status)
PY
}
# below WHAT MEASURED LIMIT
below() {
  echo "$1: $2, at most $3"
  "$python" -c "import sys; sys.exit(not float('$2') <= float('$3'))" || fail "$1"
}
limit() { "$python" -c "print(round($1, 2))"; }

measured check "$symbreak" check deck.ini || fail "check"
[ "$(wc -l <out)" -le 20 ] || fail "what check says is short"
predicted=$(sed -nE 's/.*disk +([0-9.]+) ([kMG]B).*/\1 \2/p' out)
echo "check predicts $predicted"
below "seconds of check" "$(cut -d' ' -f1 check)" "$(limit "1 + 3e-4 * $points")"
measured run "$symbreak" run deck.ini || fail "run"
below "seconds of run" "$(cut -d' ' -f1 run)" "$(limit "2 + 1.5e-3 * $points")"
below "memory of run, kB" "$(cut -d' ' -f2 run)" "$(limit "100e3 + 5 * $points")"
below "bytes of result" "$(stat -c %s runs/toy/result.h5)" "$(limit "3e5 + 3000 * $points")"
measured analyze "$symbreak" analyze runs/toy || fail "analyze"
below "seconds of analyze" "$(cut -d' ' -f1 analyze)" "$(limit "2 + 6e-4 * $points")"
below "memory of analyze, kB" "$(cut -d' ' -f2 analyze)" "$(limit "100e3 + 20 * $points")"
below "characters of the closing line" "$(tail -n 1 out | wc -c)" 300
rows=$("$python" -c "
import h5py
with h5py.File('runs/toy/result.h5') as file:
    print(len(file['observables/value/mean'][:]), len(file['points/keys/experiment.mean'][:]))")
[ "$rows" = "$points $points" ] || fail "one row a point: $rows"
