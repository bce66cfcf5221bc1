#!/usr/bin/env bash
# `validate`: one seed, several seeds on two ranks, continued after a stop, a label; a deck whose
# answer is wrong on purpose (a first-order step that is far too long) is found and named.
#   validate.sh SYMBREAK SOURCE_DIRECTORY
set -uo pipefail
symbreak=$(realpath "$1") source_directory=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=cluster/mpi_env.sh
source "$source_directory/cluster/mpi_env.sh"
cd "$work" || exit 1
fail() { echo "FAILED: $1"; cat log; exit 1; }
mkdir -p inputs/validation
deck() {  # deck NAME SAMPLER STEPS
  cat >"inputs/validation/$1.ini" <<EOF
[run]
name = $1
seed = 3
[target]
kind = deltas
preset = two_deltas
[forward]
clock = brownian
[experiment]
kind = u_turn
sampler = $2
steps = $3
t = 0.7, 1.5
[sampling]
walkers = 256
blocks = 4
replicas = 4
EOF
}
deck good bridge_heun 100
"$symbreak" validate >log 2>&1 || fail "one good deck, its own seed"
grep -q 'class_kept .* 2/2 ' log || fail "the row of class_kept"
grep -q '^1 of 1 decks' log || fail "the count"
mpirun -q -n 2 "$symbreak" validate --seeds 12 >log 2>&1 || fail "twelve seeds on two ranks"
grep -q '^12 independent z' log || fail "one z a run"
[ -f runs/validation/good/seed_12/result.h5 ] || fail "results are kept"
"$symbreak" validate --seeds 12 >again 2>&1 || fail "a second time"
diff <(sed 's/^good .*//' log) <(sed 's/^good .*//' again) || fail "the same table from what is there"
# A run that has ended holds nothing: many of them fit into few open files.
deck many bridge_heun 4
sed -i 's/^walkers.*/walkers = 2/; s/^blocks.*/blocks = 1/; s/^replicas.*/replicas = 2/' inputs/validation/many.ini
(ulimit -n 64 && "$symbreak" validate many --seeds 70 >log 2>&1)
grep -q 'overlap_identity .*/140 ' log || fail "seventy runs with 64 open files"
rm inputs/validation/many.ini
# Too few steps of first order, whose cost no prediction states (that of u_turn would).
cat >inputs/validation/wrong.ini <<EOF
[run]
name = wrong
seed = 3
[target]
kind = gaussian_mixture
means = symmetric
m = 1
std = 1
dimension = 1
[forward]
clock = brownian
[experiment]
kind = guided_generation
sampler = bridge
steps = 6
weight = 1
[sampling]
walkers = 256
blocks = 4
replicas = 4
EOF
"$symbreak" validate wrong --seeds 12 >log 2>&1
[ $? = 4 ] || fail "status 4 for six steps of first order"
grep -q 'NO$' log || fail "the quantity is named"
"$symbreak" validate nonsense >log 2>&1
[ $? = 2 ] && grep -q "no deck of .* has 'nonsense'.*u_turn" log || fail "an unknown label"
"$symbreak" validate --seeds none >log 2>&1
[ $? = 2 ] || fail "--seeds none"
"$symbreak" validate --decks nowhere >log 2>&1
[ $? = 2 ] || fail "no such folder"
echo "validate: tables, seeds, labels, errors as they should be"
