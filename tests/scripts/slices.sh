#!/usr/bin/env bash
# A run in slices, as tasks of a job array compute it: the run takes in what they have finished, does the
# rest, and has the bits of a run that was never cut.
#   slices.sh SYMBREAK SOURCE_DIRECTORY
set -uo pipefail
python=${PYTHON:-/usr/bin/python3}  # has h5py, whatever PATH says
symbreak=$(realpath "$1") source_directory=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
# shellcheck source=cluster/mpi_env.sh
source "$source_directory/cluster/mpi_env.sh"
deck=$source_directory/tests/cluster/toy.ini
failures=0
check() {  # check WHAT COMMAND...: the command succeeds
  local what=$1
  shift
  "$@" && return
  echo "FAILED: $what"
  tail -n 5 log | sed 's/^/    | /'
  failures=$((failures + 1))
}
run() { timeout 60 "$symbreak" run "$deck" --output "$1" --set experiment.delay=0 "${@:2}" >log 2>&1; }
ends() {  # ends STATUS COMMAND...
  "${@:2}"
  [ $? = "$1" ]
}
same() { "$python" "$source_directory/tests/scripts/same_bits.py" reference/result.h5 "$1/result.h5" >log; }
says() { grep -q -- "$1" log; }

check "the reference" run reference
for slice in 1/3 2/3 3/3; do check "slice $slice" run all --slice $slice; done
check "a slice that is complete has nothing to do" run all --slice 3/3
check "and says so" says 'nothing left to do, 8 units finished'
"$symbreak" status all/slices/* >log
check "status of slices" [ "$(grep -c '8/8\|8 of 8\|done' log)" -ge 3 ]
check "the run takes them in" run all
check "and computes nothing" says 'nothing left to do, 24 units finished'
check "bits of slices together" same all
check "slices are left" [ -e all/slices/2-of-3/result.h5 ]
check "again" run all
check "bits again" same all

check "a slice of five" run some --slice 2/5
timeout 60 "$symbreak" run "$deck" --output some --set experiment.delay=100 --slice 3/5 --walltime 2s >log 2>&1
[ $? = 3 ]
check "a slice that is stopped" [ $? = 0 ]
check "a slice of another seed" run other --slice 4/5 --set run.seed=2
cp -r other/slices/4-of-5 some/slices/
check "the run takes in what there is" run some
check "and does the rest" says '^done in'
check "but not what is another run's" says 'slice 4-of-5 is of another deck'
check "bits of slices and the rest" same some

for wrong in 0/3 4/3 1 a/b 1/ /3 1/3x -1/3; do
  check "--slice '$wrong' is refused" ends 2 run wrong --slice="$wrong"
  check "with an example" says '3/8'
done
"$symbreak" check "$deck" >log
check "what to ask Slurm for" says '#SBATCH --ntasks=1 --time=0-00:0[0-9]:00 --mem-per-cpu='
[ $failures = 0 ] || { echo "$failures failed"; exit 1; }
