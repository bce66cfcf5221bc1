#!/usr/bin/env bash
# From a clone to a first result: installs what is missing, builds a release, runs the two-delta
# tutorial on all cores, prints its verdicts and writes the report page.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
bash cluster/install.sh build
echo "building (some minutes the first time)"
bash cluster/build.sh build/release -DSYMBREAK_TESTS=OFF
# shellcheck source=cluster/mpi_env.sh
source cluster/mpi_env.sh
symbreak=build/release/symbreak
# mpi_env.sh sets OMP_NUM_THREADS = 1, which nproc would take for the number of cores.
mpirun -q -n "$(env -u OMP_NUM_THREADS nproc)" "$symbreak" run inputs/tutorial/two_deltas.ini
echo
"$symbreak" analyze runs/two_deltas
page=$("$symbreak" report runs/two_deltas)
echo
echo "report: $root/$page   (open it in a browser)"
echo "next:   symbreak explain; symbreak check inputs/tutorial/mnist_memorization.ini"
