#!/usr/bin/env bash
# Installs what is missing, builds with warnings as errors, runs every test.
#   bash tests/run.sh [ctest arguments]     e.g. bash tests/run.sh -L exact
# Long validations: bash tests/run.sh -L long      Slurm: bash tests/run.sh -L cluster
# Tests of the tests: bash tests/run.sh -L mutants
# Data: tests that need MNIST look in SYMBREAK_DATA (colon-separated) and say when they skip.
set -euo pipefail
export PATH=/usr/bin:$PATH  # h5py belongs to Debian's own python3
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bash "$root/cluster/install.sh" test slurm
bash "$root/cluster/build.sh" "$root/build/test" -DSYMBREAK_WERROR=ON
# shellcheck source=cluster/mpi_env.sh
source "$root/cluster/mpi_env.sh"
[ $# -gt 0 ] || set -- -LE 'long|mutants'
cd "$root/build/test"
jobs=$(($(env -u OMP_NUM_THREADS nproc) + 1))  # some tests wait most of their time
ctest --output-on-failure --no-tests=error --timeout 600 -j "$jobs" "$@"
