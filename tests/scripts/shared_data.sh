#!/usr/bin/env bash
# What the ranks of a node read from the same file they hold once, and the bits do not know of it:
# numbers, signs, points far from 0, labels and held-out points, on 1, 2 and 3 ranks and two nodes.
#   shared_data.sh SYMBREAK SOURCE_DIRECTORY             the test
#   shared_data.sh SYMBREAK SOURCE_DIRECTORY table       memory of 1, 2, 4 ranks with 60,000 x 784
# Two nodes are host names of their own, as in nodes.sh; without root or namespaces they are left out.
set -uo pipefail
python=${PYTHON:-/usr/bin/python3}  # has numpy and h5py, whatever PATH says
symbreak=$(realpath "$1") source_directory=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
# shellcheck source=cluster/mpi_env.sh
source "$source_directory/cluster/mpi_env.sh"
failures=0
check() {  # check WHAT COMMAND...: the command succeeds
  local what=$1
  shift
  "$@" && return
  echo "FAILED: $what"
  tail -n 5 log | sed 's/^/    | /'
  failures=$((failures + 1))
}
count=3000
[ "${3:-}" != table ] || count=60000
"$python" - $count <<'PY'
import sys
import numpy
random = numpy.random.default_rng(1)
numpy.save("numbers.npy", random.normal(size=(700, 30)).astype("f4"))
numpy.save("signs.npy", random.choice([-1., 1.], size=(700, 70)))
numpy.save("far.npy", random.normal(size=(700, 30)) + 1000)
numpy.save("labels.npy", random.integers(0, 3, 700))
numpy.save("large.npy", random.normal(size=(int(sys.argv[1]), 784)).astype("f4"))
PY
deck() {  # deck NAME [lines of the target]
  local name=$1
  shift
  { printf '[run]\nname = %s\nseed = 3\n[target]\nkind = dataset\nfile = %s.npy\n' "$name" "$name"
    printf '%s\n' "$@"
    printf '[experiment]\nkind = condensation\nt = .1, 1\n'
    printf '[sampling]\nwalkers = 3\nblocks = 3\nreplicas = 4\n'; } >"$name.ini"
}
run() { timeout 100 mpirun -q -n "$1" "$symbreak" run "$2.ini" --output "$3" "${@:4}" >log 2>&1; }
same() { "$python" "$source_directory/tests/scripts/same_bits.py" "$1/result.h5" "$2/result.h5" >log; }

# Kilobytes of a process and of the blocks in it: proportional, where pages are shared.
memory() {  # memory PID: "rss pss blocks_rss blocks_pss"
  awk '/^[0-9a-f]+-/ { block = /memfd:symbreak/ }
       /^Rss:/ { rss += $2; if (block) shared += $2 } /^Pss:/ { pss += $2; if (block) part += $2 }
       END { print rss, pss, shared + 0, part + 0 }' "/proc/$1/smaps"
}
ranks_of() {  # ranks_of DIRECTORY: processes that run in it
  local process
  for process in /proc/[0-9]*; do
    [ "$(cat "$process/comm" 2>/dev/null)" = symbreak ] || continue
    tr '\0' ' ' <"$process/cmdline" 2>/dev/null | grep -q -- "--output $1 " && echo "${process#/proc/}"
  done
}
look() {  # look RANKS DIRECTORY: sums over ranks of what memory() says, once all are at work
  local log=log.$2
  timeout 300 mpirun -q -n "$1" "$symbreak" run large.ini --output "$2" --set sampling.replicas=64 \
    --set sampling.blocks=100000 --walltime 250s >"$log" 2>&1 &
  local shell=$! pid
  until grep -q '"running"' "$2/status.json" 2>/dev/null; do
    kill -0 $shell 2>/dev/null || break
    sleep 0.1
  done
  sleep "${LOOK_AFTER:-3}"
  for pid in $(ranks_of "$2"); do memory "$pid"; done |
    awk '{ rss += $1; pss += $2; shared += $3; part += $4; if ($1 > most) most = $1 }
         END { to = 1024 / 1e6
               printf "%d %.0f %.0f %.0f %.0f %.0f\n", NR, rss * to, most * to, pss * to,
               shared * to, part * to }'
  touch "$2/STOP"
  wait $shell
}
deck large
if [ "${3:-}" = table ]; then
  echo "ranks  sum of RSS [MB]  largest RSS  sum of PSS  of it blocks"
  for ranks in 1 2 4; do
    look $ranks "table$ranks" | awk '{ printf "%5d %16d %12d %11d %13d\n", $1, $2, $3, $4, $6 }'
  done
  exit
fi

deck numbers 'labels = labels.npy' 'select = 0, 2' 'held_out = 20' 'normalisation = standardised'
deck signs
deck far 'held_out = 10'
for name in numbers signs far; do
  check "$name on one rank" run 1 $name $name.1
  for ranks in 2 3; do
    check "$name on $ranks ranks" run $ranks $name $name.$ranks
    check "bits of $name on $ranks ranks" same $name.1 $name.$ranks
  done
done
sed 's/^file.*/file = missing.npy/' numbers.ini >missing.ini
run 2 missing missing
[ $? = 2 ]
check "a missing file is refused by all ranks" [ $? = 0 ]
check "once" [ "$(grep -c 'missing.npy' log)" = 1 ]

if [ "$(id -u)" = 0 ] && unshare --uts hostname nodea 2>/dev/null; then
  cat >agent <<'AGENT'
#!/bin/bash
while [ "${1#-}" != "$1" ]; do shift; done
name=$1
shift
exec unshare --uts bash -c 'hostname "$1"; eval "$2"' agent "$name" "$*"
AGENT
  chmod +x agent
  two_nodes() {
    env -u OMPI_MCA_btl timeout 100 unshare --uts bash -c 'hostname nodea; exec "$@"' - \
      mpirun -q --host nodea:2,nodeb:2 --oversubscribe --bind-to none \
      --mca plm_rsh_agent "$work/agent" --mca plm_rsh_no_tree_spawn 1 \
      --mca btl_tcp_if_include lo --mca oob_tcp_if_include lo \
      "$symbreak" run "$1.ini" --output "$1.nodes" >log 2>&1
  }
  check "two nodes" two_nodes numbers
  check "there were two" grep -q 'on 4 ranks of 2 nodes' log
  check "bits on two nodes" same numbers.1 numbers.nodes
else
  echo "two nodes left out: needs root and namespaces"
fi

read -r ranks _ _ _ rss pss < <(look 3 looked)
megabytes=$((count * (784 * 4 + 8) / 1000000))
echo "a dataset of $megabytes MB on $ranks ranks: $rss MB in their tables, $pss MB in memory"
check "three ranks" [ "$ranks" = 3 ]
check "every rank reads the block" [ "$rss" -ge $((3 * megabytes * 9 / 10)) ]
check "which is held once" [ "$pss" -le $((megabytes * 11 / 10 + 1)) ]
[ $failures = 0 ] || { echo "$failures failed"; exit 1; }
