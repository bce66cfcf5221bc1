#!/usr/bin/env bash
# A real one-node Slurm on loopback: the job script saves on USR1, ends with status 3, requeues
# itself, continues, and the result has the bits of an uninterrupted run. So have an array of slices and
# a job whose rank was killed; a job that fails again and again is given up.
#   slurm.sh SYMBREAK_PROGRAM SOURCE_DIRECTORY
# Needs root and the packages slurmctld slurmd slurm-client munge; exit status 77 = skipped.
# Everything runs in private namespaces, so nothing of it outlives this script.
set -euo pipefail
python=${PYTHON:-/usr/bin/python3}  # has h5py, whatever PATH says
skip() { echo "skipped: $1"; exit 77; }
if [ -z "${SLURM_TEST_INSIDE:-}" ]; then
  [ "$(id -u)" = 0 ] || skip "needs root for private namespaces"
  for program in munged slurmctld slurmd sbatch unshare ip mpirun; do
    command -v "$program" >/dev/null || skip "$program is not installed"
  done
  unshare --net --pid --fork --mount --uts --ipc true 2>/dev/null || skip "no namespaces here"
  SLURM_TEST_INSIDE=1 exec timeout --kill-after=5 280 unshare --net --pid --fork --kill-child=KILL \
    --mount-proc --uts --mount --ipc bash "$0" "$@"
fi

program=$(realpath "$1") source_directory=$(realpath "$2")
hostname node0
ip link set lo up
ip address add 127.0.0.2/8 dev lo  # name resolution wants an address besides 127.0.0.1
work=$(mktemp -d)
hosts=$work/hosts
printf '127.0.0.1 localhost node0\n' >"$hosts"
mount --bind "$hosts" /etc/hosts
mount -t tmpfs -o size=256m tmpfs /dev/shm
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT

# --- Slurm, without systemd or cgroups ------------------------------------------------------------
mkdir -p "$work"/{munge,state,spool,log}
chmod 700 "$work/munge"
export SLURM_CONF=$work/slurm.conf
(umask 077; head -c 128 /dev/urandom >"$work/munge/key")
cat >"$SLURM_CONF" <<CONF
ClusterName=test
SlurmctldHost=node0(127.0.0.1)
SlurmctldPort=26817
SlurmdPort=26818
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket,cred_expire=5
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=1,sched_interval=2,bf_interval=2
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MailProg=/bin/true
ReturnToService=2
JobRequeue=1
KillWait=5
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmdParameters=config_overrides
NodeName=node0 NodeAddr=127.0.0.1 CPUs=2 RealMemory=1000 State=UNKNOWN
PartitionName=main Nodes=node0 Default=YES MaxTime=INFINITE State=UP
CONF
munged --foreground --force --num-threads=2 --key-file="$work/munge/key" \
  --socket="$work/munge.socket" --pid-file="$work/munge/pid" --seed-file="$work/munge/seed" \
  --log-file="$work/log/munged" >"$work/log/munged.out" 2>&1 &
for _ in $(seq 50); do [ -S "$work/munge.socket" ] && break; sleep 0.1; done
slurmctld -D -c >"$work/log/slurmctld" 2>&1 &
slurmd -D -c >"$work/log/slurmd" 2>&1 &
idle=
for _ in $(seq 100); do
  [ "$(timeout 2 sinfo -h -o %t 2>/dev/null || true)" = idle ] && { idle=1; break; }
  sleep 0.2
done
[ -n "$idle" ] || { tail -n 20 "$work"/log/*; echo "Slurm did not come up"; exit 1; }

# --- the job --------------------------------------------------------------------------------------
cp "$source_directory/tests/cluster/toy.ini" "$work/toy.ini"
export SYMBREAK=$program SYMBREAK_ENV=$source_directory/cluster/mpi_env.sh
cd "$work"
# shellcheck source=cluster/mpi_env.sh
source "$SYMBREAK_ENV"
"$program" run toy.ini --set experiment.delay=0 --output "$work/reference" >/dev/null

script=$source_directory/cluster/slurm/run.sbatch
state_of() { scontrol -o show job "$1" | grep -o 'JobState=[A-Z_]*' | head -n 1 | cut -d= -f2; }
ended() {  # ended JOB: its last state, when it is one
  local state
  for _ in $(seq 500); do
    state=$(state_of "$1" || true)
    case $state in COMPLETED | FAILED | CANCELLED | TIMEOUT | NODE_FAIL) break ;; esac
    sleep 0.2
  done
  echo "$state"
}
underway() {  # underway DIRECTORY: waits until a unit is finished
  local done
  for _ in $(seq 200); do
    done=$("$program" status "$1" --json 2>/dev/null |
      "$python" -c 'import json,sys; print(json.load(sys.stdin).get("units_done", 0))' 2>/dev/null || true)
    [ "${done:-0}" -ge 1 ] && return
    sleep 0.2
  done
}
fail() { cat "$work"/symbreak-*.out; echo "FAILED: $1"; exit 1; }
same() {
  "$python" "$source_directory/tests/scripts/same_bits.py" "$work/reference/result.h5" "$1/result.h5" ||
    fail "bits of $1"
}

# Saved on USR1, requeued, continued.
job=$(sbatch --parsable --ntasks=2 --time=5 "$script" toy.ini --output "$work/job")
echo "submitted job $job"
underway "$work/job"
scancel --signal=USR1 --batch "$job"
state=$(ended "$job")
[ "$state" = COMPLETED ] || fail "the job ended as '$state'"
grep -q 'restart 1' "$work/symbreak-$job.out" || fail "the job was not requeued"
grep -q 'ended with status 3' "$work/symbreak-$job.out" || fail "no status 3"
same "$work/job"

# An array of slices, then the run itself, which has nothing left to compute. Beside it a job that fails
# whenever it starts.
printf '#!/bin/sh\nexit 1\n' >broken
chmod +x broken
bad=$(SYMBREAK=$work/broken SYMBREAK_ATTEMPTS=1 sbatch --parsable --ntasks=1 --time=5 "$script" \
  toy.ini --output bad --set experiment.delay=0)
array=$(sbatch --parsable --array=1-2 --ntasks=1 --time=5 "$script" toy.ini --output "$work/array" \
  --slice %a/2 --set experiment.delay=1)
for task in 1 2; do
  state=$(ended "${array}_$task")
  [ "$state" = COMPLETED ] || fail "task $task of the array ended as '$state'"
done
"$program" status "$work"/array/slices/*
"$program" run toy.ini --output "$work/array" --set experiment.delay=0 | tee gathered
grep -q 'nothing left to do' gathered || fail "slices leave something to do"
same "$work/array"
state=$(ended "$bad")
[ "$state" = FAILED ] || fail "a job that always fails ended as '$state'"
grep -q 'giving up' "$work/symbreak-$bad.out" || fail "a job that always fails is tried for ever"
[ "$(grep -c 'ended with status 1' "$work/symbreak-$bad.out")" = 2 ] || fail "one more attempt"

# A rank is killed.
job=$(sbatch --parsable --ntasks=2 --time=5 "$script" toy.ini --output "$work/killed")
underway "$work/killed"
sleep 1.2  # a checkpoint
pkill -KILL -f -- "^$program run toy.ini --output $work/killed" || fail "nobody to kill"
state=$(ended "$job")
[ "$state" = COMPLETED ] || fail "the killed job ended as '$state'"
grep -q 'trying again' "$work/symbreak-$job.out" || fail "a killed rank is no reason to try again"
grep -q 'continuing' "$work/symbreak-$job.out" || fail "nothing of the killed job was kept"
same "$work/killed"
