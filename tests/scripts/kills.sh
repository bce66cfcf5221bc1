#!/usr/bin/env bash
# Whatever happens to a run, the same command ends with the bits of an undisturbed one:
# 1, 2, 3 and 4 ranks; 20 kills at random moments, each resumed on another number of ranks; STOP
# file, walltime, signals; a changed deck and a second start are refused.
#   kills.sh SYMBREAK SOURCE_DIRECTORY
set -uo pipefail
python=${PYTHON:-/usr/bin/python3}  # has h5py, whatever PATH says
symbreak=$(realpath "$1") source_directory=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=cluster/mpi_env.sh
source "$source_directory/cluster/mpi_env.sh"
cd "$work" || exit 1
deck=$source_directory/tests/cluster/toy.ini
RANDOM=20230531  # reproducible moments
fail() { echo "FAILED: $1"; tail -n 5 log; exit 1; }
same() { "$python" "$source_directory/tests/scripts/same_bits.py" reference/result.h5 "$1/result.h5"; }
run() {  # run RANKS DIRECTORY [options]: status of mpirun
  local ranks=$1 directory=$2
  shift 2
  timeout 120 mpirun -q -n "$ranks" "$symbreak" run "$deck" --output "$directory" \
    --set run.checkpoint=0.05s "$@" >log 2>&1
}

run 1 reference --set experiment.delay=0 || fail "reference"
for ranks in 2 3 4; do
  run $ranks "ranks$ranks" --set experiment.delay=0 || fail "$ranks ranks"
  same "ranks$ranks" || fail "bits on $ranks ranks"
done

kills=0
victim=killed_$$  # no other run of this test is hit
while [ $kills -lt 20 ]; do
  run $((kills % 3 + 1)) "$victim" --set experiment.delay=3 &
  shell=$!
  sleep "$("$python" -c "print(0.45 + $RANDOM / 32768 * 0.5)")"
  case $((kills % 4)) in
    0) pkill -KILL -f -- "symbreak run $deck --output $victim" ;;  # all
    1) pkill -KILL -o -f -- "^$symbreak run $deck --output $victim" ;;                 # one rank
    2) pkill -KILL -o -f -- "mpirun -q .*--output $victim" ;;                          # mpirun
    3) pkill -TERM -o -f -- "mpirun -q .*--output $victim" ;;                          # politely
  esac
  wait $shell
  pkill -KILL -f -- "symbreak run $deck --output $victim"
  kills=$((kills + 1))
done
run 2 "$victim" --set experiment.delay=0 || fail "resume after $kills kills"
same "$victim" || fail "bits after $kills kills"
grep -q continuing log && echo "resumed: $(grep continuing log)"

run 2 stopped --set experiment.delay=10 --walltime 0.3s
[ $? = 3 ] || fail "walltime ends with status 3"
touch stopped/STOP  # removed at the next start
run 3 stopped --set experiment.delay=20 &
shell=$!
until grep -q '"running"' stopped/status.json; do sleep 0.05; done
touch stopped/STOP
wait $shell
[ $? = 3 ] || fail "STOP ends with status 3"
"$symbreak" analyze stopped >/dev/null || fail "a stopped run can be analyzed"
run 1 stopped --set experiment.mean=1 && fail "a changed deck is refused"
grep -q 'experiment.mean' log || fail "the refusal shows the difference"
run 2 stopped --set experiment.delay=20 &
shell=$!
sleep 0.9
timeout 20 "$symbreak" run "$deck" --output stopped --set run.checkpoint=0.05s --set experiment.delay=20 \
  >second 2>&1
[ $? = 2 ] || fail "a second start is refused: $(cat second)"
pkill -USR1 -o -f -- "^$symbreak run $deck --output stopped"
wait $shell
[ $? = 3 ] || fail "USR1 ends with status 3"
run 4 stopped --set experiment.delay=0 || fail "resume of the stopped run"
same stopped || fail "bits after stops"
