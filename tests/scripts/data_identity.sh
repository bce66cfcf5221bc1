#!/usr/bin/env bash
# A run knows its data by what they hold, not by their name: other contents between stop and resume,
# or between runs that are merged, are refused with both hashes; a copy that was moved, touched or
# compressed otherwise is the same, bit for bit.
#   data_identity.sh SYMBREAK SOURCE_DIRECTORY
set -uo pipefail
python=${PYTHON:-/usr/bin/python3}
symbreak=$(realpath "$1") source_directory=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
fail() { echo "FAILED: $1"; cat log; exit 1; }
"$python" - <<'EOF'
import h5py, numpy
numbers = numpy.random.default_rng(1)
for name in "ab":
    numpy.savetxt(f"{name}.csv", numbers.normal(size=(200, 4)), delimiter=",")
    data = numbers.normal(size=(200, 4))
    for filters in ({}, {"compression": "gzip"}):
        with h5py.File(f"{name}{len(filters)}.h5", "w") as file:
            file.create_dataset("points", data=data, **filters)
EOF
cat >deck.ini <<'EOF'
[run]
name = mix
seed = 5
[target]
kind = dataset
file = data.csv
[forward]
clock = brownian
[experiment]
kind = condensation
t = 0.5
[sampling]
walkers = 64
blocks = 8
replicas = 4
EOF
run() { "$symbreak" run deck.ini "$@" >log 2>&1; }
cp a.csv data.csv
run --output reference || fail "reference"
run --output half --set sampling.replicas=2 || fail "half of the units"
cp b.csv data.csv
run --output half
[ $? = 2 ] || fail "other data are refused"
grep -Eq 'target.file: data.csv has other contents than the run began with \([0-9a-f]{16} -> [0-9a-f]{16}\)' log ||
  fail "with both hashes"
run --output other --set run.seed=6 || fail "other data, other run"
"$symbreak" merge merged reference other >log 2>&1
[ $? = 2 ] && grep -q 'target.file' log || fail "no merge of runs on other data"
mkdir elsewhere && cp a.csv elsewhere/points.csv
run --output half --set target.file=elsewhere/points.csv || fail "a moved copy continues"
"$python" - <<'EOF' || fail "with the same bits"
import h5py, sys
def numbers(name):
    found = {}
    with h5py.File(name) as file:
        file["observables"].visititems(lambda path, item: found.update(
            {path: item[()].tobytes()}) if hasattr(item, "dtype") else None)
    return found
sys.exit(numbers("reference/result.h5") != numbers("half/result.h5") or not numbers("half/result.h5"))
EOF
run --output packed --set target.file=a0.h5 --set sampling.replicas=2 || fail "HDF5"
run --output packed --set target.file=a1.h5 || fail "the same numbers, compressed"
run --output packed --set target.file=b1.h5
[ $? = 2 ] || fail "other numbers of the same shape"
echo "data identity: contents decide, names do not"
