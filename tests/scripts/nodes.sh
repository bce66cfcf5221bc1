#!/usr/bin/env bash
# Several nodes on one machine, messages over TCP and no other MPI setting: every node is a host name
# of its own (a UTS namespace), which mpirun's daemons and ranks of that node are started in.
# The same command ends with the bits of one rank on 2 and 3 nodes, after a walltime, a STOP file, a
# signal, and after SIGKILL of a rank, of a daemon, of the whole node of rank 0.
#   nodes.sh SYMBREAK SOURCE_DIRECTORY
#   nodes.sh SYMBREAK SOURCE_DIRECTORY efficiency     measures: nodes against shared memory
#   nodes.sh SYMBREAK SOURCE_DIRECTORY kills COUNT    SIGKILL of anything at any moment, COUNT times
# Needs root for the namespaces; exit status 77 = skipped. Everything runs in a process namespace
# that ends with this script.
set -uo pipefail
skip() { echo "skipped: $1"; exit 77; }
if [ -z "${NODES_TEST_INSIDE:-}" ]; then
  command -v mpirun >/dev/null && command -v unshare >/dev/null || skip "no mpirun or unshare here"
  [ "$(id -u)" = 0 ] || skip "needs root for host names of its own"
  unshare --pid --fork --mount-proc --uts hostname nodea 2>/dev/null || skip "no namespaces here"
  NODES_TEST_INSIDE=1 exec unshare --pid --fork --kill-child=KILL --mount-proc \
    timeout --kill-after=5 "${NODES_TIMEOUT:-270}" bash "$0" "$@"
fi
python=${PYTHON:-/usr/bin/python3}  # has h5py, whatever PATH says
symbreak=$(realpath "$1") source_directory=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
deck=$source_directory/tests/cluster/toy.ini
fail() { echo "FAILED: $1"; tail -n 20 log; exit 1; }
same() {  # same RUN [REFERENCE]
  "$python" "$source_directory/tests/scripts/same_bits.py" "${2:-reference}/result.h5" "$1/result.h5"
}

# mpirun calls this as it would call ssh: [options] HOST COMMAND...
cat >agent <<'AGENT'
#!/bin/bash
while [ "${1#-}" != "$1" ]; do shift; done
name=$1
shift
exec unshare --uts bash -c 'hostname "$1"; eval "$2"' agent "$name" "$*"
AGENT
chmod +x agent
unset "${!OMPI_MCA_@}" "${!PMIX_MCA_@}"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
two=nodea:2,nodeb:1 three=nodea:1,nodeb:2,nodec:1
nodes() {  # nodes HOSTS DIRECTORY [options]: status of mpirun
  local hosts=$1 directory=$2
  shift 2
  timeout 60 mpirun -q --host "$hosts" --oversubscribe --bind-to none \
    --mca plm_rsh_agent "$work/agent" --mca plm_rsh_no_tree_spawn 1 \
    --mca btl_tcp_if_include lo --mca oob_tcp_if_include lo \
    "$symbreak" run "$deck" --output "$directory" --set run.checkpoint=0.05s "$@" >log 2>&1
}
# Processes by node: those that are in the host name of a node.
on() {  # on NODE NAME: process numbers of programs called NAME (any: .)
  local name
  for process in /proc/[0-9]*; do
    name=$(cat "$process/comm" 2>/dev/null) || continue
    [[ $name =~ ^$2 ]] || continue
    [ "$(nsenter --uts="$process/ns/uts" hostname 2>/dev/null)" = "$1" ] && echo "${process#/proc/}"
  done
}
underway() {  # underway DIRECTORY: waits until a run has published something
  for _ in $(seq 200); do
    compgen -G "$1/segments/*.h5" >/dev/null && return
    sleep 0.05
  done
  fail "$1 does not get under way"
}

if [ "${3:-}" = efficiency ]; then
  # Units of one block that sleeps, so that other work on the machine does not count: the seconds
  # of work and assembly on two nodes of two ranks, and on four ranks that share memory, in turn.
  echo "block   units  blocks a unit  nodes [s]  shared memory [s]  ideal [s]  efficiency"
  for case in "30 80 1" "30 8 10" "100 32 1" "300 16 1" "1000 8 1"; do
    read -r delay replicas blocks <<<"$case"
    for repeat in 1 2 3; do
      for hosts in nodea:2,nodeb:2 nodea:4; do
        out=speed-$delay-$blocks-$repeat-$hosts
        nodes $hosts "$out" --set "experiment.delay=$delay" \
          --set "sampling.replicas=$replicas" --set "sampling.blocks=$blocks" || fail "$hosts"
        echo "$hosts $("$symbreak" status "$out" --json | sed -nE 's/.*"seconds": ([0-9.]+).*/\1/p')"
      done
    done | "$python" -c "
import statistics, sys
seconds = {}
for line in sys.stdin:
    hosts, time = line.split()
    seconds.setdefault(hosts, []).append(float(time))
nodes, memory = (statistics.median(seconds[h]) for h in ('nodea:2,nodeb:2', 'nodea:4'))
print(f'{$delay:5d} ms {3 * $replicas:4d} {$blocks:8d} {nodes:14.2f} {memory:14.2f} '
      f'{3 * $replicas * $blocks * $delay / 4000:15.2f} {memory / nodes:10.3f}')"
  done
  exit
fi

"$symbreak" run "$deck" --output reference --set experiment.delay=0 >log 2>&1 || fail "reference"
if [ "${3:-}" = kills ]; then
  RANDOM=20230531
  for ((kill = 1; kill <= $4; kill++)); do
    hosts=$([ $((RANDOM % 2)) = 0 ] && echo $two || echo $three)
    nodes "$hosts" random --set experiment.delay=20 &
    shell=$!
    sleep "$("$python" -c "print(0.3 + $RANDOM / 32768 * 3)")"  # start, work, or the end
    node=node$(printf 'a\nb\nc\n' | shuf -n 1 --random-source=<(yes $RANDOM))
    victims=$(on $node 'symbreak|orted')
    case $((RANDOM % 3)) in
      0) victims=$(head -n 1 <<<"$victims") ;;   # one process of a node
      1) ;;                                      # the node
      2) victims=$(on nodea 'symbreak|orted') ;; # the node of rank 0
    esac
    # shellcheck disable=SC2086
    [ -z "$victims" ] || kill -KILL $victims 2>/dev/null
    wait $shell
    status=$?
    [ $status != 124 ] || fail "kill $kill: a job hangs"
    [ $status != 2 ] || fail "kill $kill: refused"
    for _ in $(seq 100); do
      [ -z "$(on nodea symbreak)$(on nodeb symbreak)$(on nodec symbreak)" ] && break
      sleep 0.1
    done
    [ $((kill % 10)) != 0 ] || echo "$kill kills"
    ! grep -q damaged log || fail "kill $kill: a damaged segment"
    if [ $status = 0 ]; then  # it was done: from the start
      same random || fail "bits after kill $kill"
      rm -rf random
    fi
  done
  nodes $three random --set experiment.delay=0 || fail "resume after $4 kills"
  grep continuing log
  same random || fail "bits after $4 kills"
  exit
fi
nodes $two two --set experiment.delay=1 || fail "two nodes"
grep -q 'on 3 ranks of 2 nodes' log || fail "a run says on how many nodes it is"
same two || fail "bits on two nodes"
nodes $three three --set experiment.delay=3 || fail "three nodes"
grep -q 'on 4 ranks of 3 nodes' log || fail "a run says on how many nodes it is"
same three || fail "bits on three nodes"
# Longer units go on where they ended on other nodes.
nodes $two three --set experiment.delay=2 --set sampling.blocks=60 || fail "longer units"
grep -q 'they go on where they ended' log || fail "longer units start over"
"$symbreak" run "$deck" --output longer --set experiment.delay=0 --set sampling.blocks=60 >log 2>&1
same three longer || fail "bits of longer units"

nodes $two stopped --set experiment.delay=40 --walltime 1s
[ $? = 3 ] || fail "a walltime ends with status 3"
grep -q 'walltime reached' log || fail "a walltime is told"
for way in STOP USR1; do
  nodes $three stopped --set experiment.delay=40 &
  shell=$!
  until grep -q '"running"' stopped/status.json; do sleep 0.05; done
  sleep 0.5
  case $way in
    STOP) touch stopped/STOP ;;
    USR1) kill -USR1 "$(on nodec symbreak | head -n 1)" ;;  # told to one rank far from rank 0
  esac
  wait $shell
  status=$?
  [ $status = 3 ] || fail "$way ends with status 3, not $status"
  grep -q "stopped (.* $way)" log || fail "$way is told"
done

kills=0
for way in rank_of_a rank_of_b daemon_of_b daemon_of_a node_of_rank_0; do
  rm -f killed/segments/*.h5
  nodes $two killed --set experiment.delay=10 &
  shell=$!
  underway killed
  sleep 0.2
  case $way in
    rank_of_a) victims=$(on nodea symbreak | head -n 1) ;;
    rank_of_b) victims=$(on nodeb symbreak) ;;
    daemon_of_b) victims=$(on nodeb orted) ;;
    daemon_of_a) victims=$(on nodea orted) ;;
    node_of_rank_0) victims=$(on nodea .) ;;
  esac
  [ -n "$victims" ] || fail "$way: nobody to kill"
  # shellcheck disable=SC2086
  kill -KILL $victims
  wait $shell
  status=$?
  [ $status != 0 ] && [ $status != 124 ] || fail "$way: mpirun ended with status $status"
  for _ in $(seq 100); do  # the rest of a broken job ends by itself
    [ -z "$(on nodea symbreak)$(on nodeb symbreak)" ] && break
    sleep 0.1
  done
  [ -z "$(on nodea symbreak)$(on nodeb symbreak)" ] || fail "$way: ranks live on"
  kills=$((kills + 1))
done
nodes $three killed --set experiment.delay=0 || fail "resume after $kills kills"
grep -q continuing log || fail "nothing of the killed runs was kept"
echo "resumed: $(grep continuing log)"
same killed || fail "bits after $kills kills"
nodes $two stopped --set experiment.delay=0 || fail "resume of the stopped run"
same stopped || fail "bits after stops"
