#!/usr/bin/env bash
# Networks of one's own with the example workers: the decks that know their answers agree on one, two
# and three ranks with the same bits, and fail when the network is wrong by 2 %; `experiment = samples`
# and masked input agree with a few lines of numpy; what networks predict is converted without error.
#   networks.sh SYMBREAK SOURCE_DIRECTORY
set -uo pipefail
symbreak=$(realpath "$1") source_directory=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=cluster/mpi_env.sh
source "$source_directory/cluster/mpi_env.sh"
for folder in $(dirname "$(command -v python3)") /usr/bin; do
  "$folder/python3" -c 'import numpy' 2>/dev/null && export PATH="$folder:$PATH" && break
done
python3 -c 'import numpy' 2>/dev/null || { echo "skipped: no python3 with numpy here"; exit 77; }
cd "$work" || exit 1
failures=0
fail() { echo "FAILED: $1"; failures=$((failures + 1)); }

python3 "$source_directory/tests/scripts/worker_conversions.py" "$source_directory" || fail conversions
python3 "$source_directory/tests/scripts/samples_numpy.py" "$symbreak" || fail "samples against numpy"
python3 "$source_directory/tests/scripts/masked_input_numpy.py" "$symbreak" "$source_directory" || fail "masked input against numpy"

small="--set sampling.walkers=64 --set sampling.blocks=2 --set sampling.replicas=3"
# agrees DECK [--set ...]: all verdicts, on one rank and the same bits on two and three.
agrees() {
  local deck=$1 name; shift
  name=$(basename "$deck" .ini)
  for ranks in 1 2 3; do
    # shellcheck disable=SC2086
    mpirun -q -n $ranks "$symbreak" run "$source_directory/inputs/$deck" $small "$@" \
      --output "$name.$ranks" >log 2>&1 || { fail "$name on $ranks ranks"; cat log; return; }
    "$symbreak" analyze --json --strict "$name.$ranks" >"$name.$ranks.json" || {
      fail "$name on $ranks ranks disagrees"; "$symbreak" analyze "$name.$ranks"; return; }
  done
  cmp -s "$name.1.json" "$name.2.json" && cmp -s "$name.1.json" "$name.3.json" ||
    fail "$name: other bits on other numbers of ranks"
  echo "$name agrees: $("$symbreak" analyze "$name.1" | grep -m 1 'predictions* agree')"
}
# fails DECK WRONG-ARGUMENTS: with full statistics, a verdict disagrees.
fails() {
  local name; name=$(basename "$1" .ini)
  "$symbreak" run "$source_directory/inputs/$1" --set "target.arguments=$2" --output "$name.wrong" \
    >log 2>&1 || { fail "$name.wrong does not run"; cat log; return; }
  "$symbreak" analyze --strict "$name.wrong" >wrong.txt
  [ $? = 4 ] && grep -q ' NO ' wrong.txt || { fail "$name: wrong by 2 % and nothing disagrees"; cat wrong.txt; }
}
agrees tutorial/my_network.ini
agrees validation/network_two_deltas.ini
agrees validation/network_dataset.ini
agrees validation/network_patches.ini
agrees validation/network_guidance.ini
fails tutorial/my_network.ini "16 0.5 1 0.8 1.02"
fails validation/network_two_deltas.ini "1.02"
fails validation/network_dataset.ini "1.02 jacobian"
fails validation/network_patches.ini "24 3 1.02 jacobian"
fails validation/network_guidance.ini "16 1 1 0.5 1.02"
[ "$failures" = 0 ] && echo "networks: exact scores agree, wrong ones do not"
exit "$((failures > 0))"
