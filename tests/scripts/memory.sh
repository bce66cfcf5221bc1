#!/usr/bin/env bash
# The peak memory that `check` predicts is what a run takes, within 30 %.
#   memory.sh SYMBREAK DECK [LIMIT_MB]
set -euo pipefail
python=${PYTHON:-/usr/bin/python3}  # has h5py, whatever PATH says
symbreak=$1 deck=$2 limit=${3:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
predicted=$("$symbreak" check "$deck" 2>"$work/log") || {
  grep -q SYMBREAK_DATA "$work/log" && { echo "skipped: $(head -n 1 "$work/log")"; exit 77; }
  cat "$work/log"; exit 1
}
predicted=$(sed -nE 's/.*memory[^0-9]*([0-9.]+) MB.*/\1/p' <<<"$predicted" | head -n 1)
measured=$("$python" - "$symbreak" "$deck" "$work/run" <<'PY'
import resource, subprocess, sys
subprocess.run([sys.argv[1], "run", sys.argv[2], "--output", sys.argv[3]], check=True,
               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000)
PY
)
echo "predicted $predicted MB, measured $measured MB"
"$python" -c "
import sys
predicted, measured = $predicted, $measured
sys.exit(abs(predicted / measured - 1) > 0.3 or measured > float('${limit:-inf}'))"
