#!/usr/bin/env bash
# What goes wrong around a run costs neither work nor the truth: signals while it starts, a clock set
# back, segments that cannot be read for the moment, damaged and foreign ones, longer units over a
# finished result, symbolic links for locks, file systems without locks, strange status files,
# unfinished runs under --strict, control characters.
#   faults.sh SYMBREAK SOURCE_DIRECTORY FAULT_SHIM
set -uo pipefail
python=${PYTHON:-/usr/bin/python3}  # has h5py, whatever PATH says
symbreak=$(realpath "$1") source_directory=$(realpath "$2") shim=$(realpath "$3")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=cluster/mpi_env.sh
source "$source_directory/cluster/mpi_env.sh"
cd "$work" || exit 1
deck=$work/toy.ini
sed 's/^delay.*/delay = 0/' "$source_directory/tests/cluster/toy.ini" >"$deck"
escape=$'\x1b'
failures=0
check() {  # check WHAT COMMAND...: the command succeeds
  local what=$1
  shift
  "$@" && return
  echo "FAILED: $what"
  head -n 8 log | sed 's/^/    | /'
  failures=$((failures + 1))
}
same() { "$python" "$source_directory/tests/scripts/same_bits.py" reference/result.h5 "$1/result.h5" >log; }
run() {  # run DIRECTORY [options], with FAULT_... in the environment
  local directory=$1
  shift
  LD_PRELOAD=$shim timeout 60 "$symbreak" run "$deck" --output "$directory" \
    --set run.checkpoint=0.05s "$@" >log 2>&1
}
ends() {  # ends STATUS COMMAND...
  local wanted=$1
  shift
  "$@"
  local status=$?
  [ $status = "$wanted" ] || { echo "status $status, expected $wanted" >>log; return 1; }
}
logged() { "$@" >log 2>&1; }
says() { grep -q -- "$1" log; }
listed() { (cd "$1" && find . -type f -name '*.h5' | sort | xargs -r sha256sum); }
killed_run() {  # a run that was killed when it had published units
  run "$1" --set experiment.delay=5 &
  local shell=$!
  for _ in $(seq 400); do
    grep -q '"units_done": *[1-9]' "$1/status.json" 2>/dev/null && break
    sleep 0.05
  done
  sleep 0.2  # for them to be published
  pkill -KILL -f -- "^$symbreak run $deck --output $1 "
  wait $shell
}

check "the reference run" ends 0 run reference

# --- signals and clocks -------------------------------------------------------------------------
FAULT_SIGNAL=10 check "USR1 while MPI starts ends with status 3" ends 3 run early --set experiment.delay=20
check "it is told" says 'signal USR1'
check "the run is continued" ends 0 run early
check "its bits" same early

FAULT_CLOCK=$work/late run clock --set experiment.delay=100 &
shell=$!
for _ in $(seq 100); do [ -e clock/status.json ] && break; sleep 0.05; done
sleep 0.7
touch late   # the wall clock is set back by ten minutes
sleep 0.3
touch clock/STOP
for _ in $(seq 60); do kill -0 $shell 2>/dev/null || break; sleep 0.1; done
deaf=$(kill -0 $shell 2>/dev/null && echo deaf)
[ -z "$deaf" ] || pkill -KILL -f -- "^$symbreak run $deck --output clock "
wait $shell
[ $? = 3 ] && [ -z "$deaf" ]
check "a clock set back does not make a run deaf to STOP" [ $? = 0 ]

# --- segments -----------------------------------------------------------------------------------
killed_run unreadable
listed unreadable/segments >before
check "a killed run leaves segments" [ -s before ]
for number in 5 13 116; do  # EIO, EACCES, ESTALE
  FAULT_READ=segments/units-:$number check "errno $number on a segment: status 1" ends 1 run unreadable
  check "errno $number: it is told" says 'cannot be read'
  listed unreadable/segments >after
  check "errno $number: nothing was deleted" cmp -s before after
done
FAULT_READ=unreadable/result.h5:5 check "EIO on the result: status 1" ends 1 run unreadable
check "continued when they can be read" ends 0 run unreadable
check "with what they hold" says 'continuing: [1-9]'
check "its bits" same unreadable

killed_run rejected
victim=$(compgen -G "rejected/segments/units-*.h5" | tail -n 1)
{ find rejected; cat rejected/status.json; } >log
check "a killed run leaves a finished segment" [ -n "$victim" ]
cp reference/result.h5 rejected/segments/units-0-00000-000000.h5
printf 'X' | dd of="$victim" bs=1 seek=1500 conv=notrunc 2>/dev/null
damaged=$(sha256sum <"$victim")
check "damaged and foreign segments cost time only" ends 0 run rejected
check "its bits" same rejected
check "a foreign segment is kept" [ -e rejected/segments/rejected/units-0-00000-000000.h5 ]
[ "$(sha256sum 2>/dev/null <"rejected/segments/rejected/$(basename "$victim")")" = "$damaged" ]
check "a damaged segment is kept" [ $? = 0 ]
find rejected/segments -name '*.h5' >log  # is shown where it fails
check "nothing else is kept" [ "$(wc -l <log)" = 2 ]

# --- longer units over a finished result ----------------------------------------------------------
points() { "$symbreak" analyze "$1" --json | "$python" -c '
import json, sys
analysis = json.load(sys.stdin)
print(len(analysis["points"]), analysis.get("complete_points"))'; }
cp -r reference longer
before=$(sha256sum <longer/result.h5)
check "longer units may be stopped" ends 3 run longer --set sampling.blocks=60 --set experiment.delay=10 --walltime 3s
check "the finished result stays" [ "$(sha256sum <longer/result.h5)" = "$before" ]
check "all of it" [ "$(points longer)" = "3 3" ]
logged "$symbreak" analyze longer
check "an analysis says that a longer run is under way" says 'longer units are under way'
check "shorter again: refused" ends 2 run longer --set sampling.blocks=40
check "stopped and continued once more" ends 3 run longer --set sampling.blocks=60 --set experiment.delay=10 --walltime 3s
check "what was done counts" says 'continuing: '
check "the finished result still stays" [ "$(sha256sum <longer/result.h5)" = "$before" ]
check "until the new one is complete" ends 0 run longer --set sampling.blocks=60
check "which takes its place" [ ! -e longer/next.h5 ] 
check "with other units" [ "$(sha256sum <longer/result.h5)" != "$before" ]
check "a run of longer units from the start" ends 0 run fresh --set sampling.blocks=60
"$python" "$source_directory/tests/scripts/same_bits.py" fresh/result.h5 longer/result.h5 >log
check "has the same bits" [ $? = 0 ]

# --- locks ----------------------------------------------------------------------------------------
mkdir linked
echo mine >victim
ln -s ../victim linked/lock
check "a symbolic link for a lock is refused" ends 1 run linked
check "by name" says 'symbolic link'
check "and what it points to is whole" [ "$(cat victim)" = mine ]
export FAULT_NO_FLOCK=1
run unlocked --set experiment.delay=20 &
shell=$!
for _ in $(seq 100); do [ -e unlocked/status.json ] && break; sleep 0.05; done
mv log first_log
check "without flock a second run is kept out too" ends 2 run unlocked
check "with the name of the first" says "another run is going on here (process [0-9]* on $(hostname)"
pkill -KILL -f -- "^$symbreak run $deck --output unlocked "
wait $shell
check "a dead one is taken over from" ends 0 run unlocked
check "with a word about locks" says 'has no locks'
check "and leaves no lock" [ ! -e unlocked/lock.held ]
check "its bits" same unlocked
echo "process 1 on elsewhere job 0 restart 0" >unlocked/lock.held
check "a holder on another host is believed" ends 2 run unlocked
touch -d '10 minutes ago' unlocked/lock.held
check "until it has been silent for long" ends 0 run unlocked
echo "process 1 on elsewhere job 77 restart 0" >unlocked/lock.held
SLURM_JOB_ID=77 SLURM_RESTART_COUNT=1 check "a requeued job takes over from itself" ends 0 run unlocked
unset FAULT_NO_FLOCK

# --- what is unfinished is said -------------------------------------------------------------------
check "a run is stopped" ends 3 run stopped --set experiment.delay=40 --walltime 1s
check "--strict fails on an unfinished run" ends 4 logged "$symbreak" analyze stopped --strict
check "which is told" says 'unfinished: [1-3] of 3 points lack'
check "JSON has the count" [ "$(points stopped | cut -d' ' -f1)" = 3 ]
check "not all are complete" [ "$(points stopped | cut -d' ' -f2)" != 3 ]
run other --set run.seed=2
logged "$symbreak" merge merged stopped other
check "a merge says what is unfinished" says 'lack work units'
check "--strict fails on a merge of an unfinished run" ends 4 logged "$symbreak" analyze merged --strict

# --- status files and terminals -------------------------------------------------------------------
mkdir strange
for content in '{}' '{"heartbeat":"x","pid":"y","state":7}' '{"heartbeat":1,"pid":-1,"state":"running"}' \
  '{"heartbeat":1e308,"units":-3,"ranks":-1,"run":null}' '{"heartbeat":1,"state":"running","pid":1e30}'; do
  echo "$content" >strange/status.json
  check "status reads $content" ends 0 logged "$symbreak" status strange
  check "status --json reads $content" ends 0 logged "$symbreak" status strange --json
done
for content in '' '[1]' '{' 'null'; do
  echo "$content" >strange/status.json
  check "status refuses '$content'" ends 2 logged "$symbreak" status strange
done
echo '{"run":"\u001b]0;gone\u0007\u009b31m","state":"\u001b[2J","host":"\u001b[1m"}' >strange/status.json
logged "$symbreak" status strange
check "status shows no control characters" [ "$(tr -d '\n' <log | grep -c "$escape")" = 0 ]
check "nor those of eight bits" [ "$(LC_ALL=C grep -c $'\xc2\x9b' log)" = 0 ]
logged "$symbreak" analyze "no${escape}[31m"
check "messages show no control characters" [ "$(grep -c "$escape" log)" = 0 ]
mkdir "dark${escape}[31m"
logged "$symbreak" run "$deck" --output "dark${escape}[31m"
check "nor does a run" [ "$(grep -c "$escape" log)" = 0 ]

[ $failures = 0 ] || { echo "$failures failed"; exit 1; }
