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

# Distances in features: of 2 x they are four times those of x, within four standard errors (other keys,
# other random numbers; an error is a thirtieth of it, a factor of 2 is 16 away); without any, a refusal.
cat >seen.py <<'EOF'
import sys
import symbreak_worker
symbreak_worker.serve(lambda x, s: x / (1.5 + s[:, None]), shape=3,
                      features=(lambda x: 2 * x) if sys.argv[1] == "two" else None)
EOF
for kind in generation late_start fast_samplers; do
  printf '[run]\nname = seen\nseed = 3\n[target]\nkind = network\nworker = seen.py\narguments = two\ndata = gaussian_mixture\n'"\
"'dimension = 3\nm = 1\n[forward]\nclock = brownian\n[experiment]\nkind = %s\nsteps = 6\n'"\
"'[sampling]\nwalkers = 50\nblocks = 30\nreplicas = 2\n' "$kind" >seen.ini
  for space in coordinates features; do
    "$symbreak" run seen.ini --set experiment.space=$space --output "seen.$kind.$space" >log 2>&1 &&
      "$symbreak" export "seen.$kind.$space" --bins --observable wasserstein_2_excess >"$kind.$space.csv" ||
      { fail "$kind in $space"; cat log; }
  done
  python3 - "$kind" <<'EOF' || fail "$kind: distances in features"
import csv, sys
rows = [[float(row["value"]) for row in csv.DictReader(open(f"{sys.argv[1]}.{space}.csv"))]
        for space in ("coordinates", "features")]
def mean_and_error(x):
    mean = sum(x) / len(x)
    return mean, (sum((y - mean) ** 2 for y in x) / (len(x) - 1) / len(x)) ** 0.5
(a, da), (b, db) = map(mean_and_error, rows)
gap, error = b - 4 * a, (16 * da**2 + db**2) ** 0.5
assert 0 < error < 0.5 * a and abs(gap) < 4 * error, (a, da, b, db)
EOF
  "$symbreak" run seen.ini --set experiment.space=features --set target.arguments=none --output none >log 2>&1
  [ $? = 2 ] && grep -q "sees no features" log || { fail "$kind of a worker without features"; cat log; }
done

# Two workers of one unit, side by side: one is the solvable patch model, the other softens by
# s/(1 + s), which is 1/11 at the last noise.
python3 - <<'EOF'
import numpy as np
np.savetxt("images.csv", np.random.default_rng(1).normal(size=(8, 576)), fmt="%.3f", delimiter=",")
EOF
cat >gaussian.py <<'EOF'
#!/usr/bin/env python3
import os
import sys
import time
import symbreak_worker
open("starts.txt", "a").write("x")
said = sys.argv[-1]
def denoise(x, s):
    assert said != "fails", "as it was told"
    time.sleep(float(os.environ.get("SLOW", "0")))
    return x / (1 + s[:, None, None])
symbreak_worker.serve(denoise, shape=(24, 24), jacobian=lambda x, s, v: denoise(v, s), weights=said)
EOF
cp "$source_directory/inputs/networks/uniform_patches.py" .
chmod +x gaussian.py uniform_patches.py
cat >two.ini <<'EOF'
[run]
name = two
seed = 4
checkpoint = 1 s
[target]
kind = network
worker = uniform_patches.py
arguments = 24 3 1 jacobian
lattice = 24, 24
data = dataset
file = images.csv
[forward]
clock = brownian
[experiment]
kind = three_way
scores = model, network
model_patch = 3
workers = gaussian.py
steps = 40
records = 21
s_start = 1000
s_end = 0.1
[sampling]
walkers = 4
replicas = 6
EOF
orphans() {  # whether workers that were started from here run
  sleep 1
  for entry in /proc/[0-9]*/cmdline; do
    { tr "\0" " " <"$entry"; } 2>/dev/null | grep -q "$work/.*\.py" && return 0
  done
  return 1
}
for ranks in 1 2 3; do
  rm -f starts.txt
  mpirun -q -n $ranks "$symbreak" run "$work/two.ini" --output "two.$ranks" >log 2>&1 ||
    { fail "two workers on $ranks ranks"; cat log; }
  [ "$(grep -c '^starts ' log)" = 2 ] || fail "both workers are said to start"
  [ "$(wc -c <starts.txt)" = "$ranks" ] || fail "the second worker started more than once a rank"
  orphans && fail "workers are left of $ranks ranks"
  "$symbreak" analyze --json "two.$ranks" >"two.$ranks.json"
done
cmp -s two.1.json two.2.json && cmp -s two.1.json two.3.json || fail "two workers: other bits"
python3 - <<'EOF' || fail "two workers: what they are known to be"
import json
rows = {row["quantity"]: row for row in json.load(open("two.1.json"))["results"]}
model, patches, gaussian = (rows[f"{name}_softest"] for name in ("model", "network", "network_2"))
assert abs(gaussian["value"] - 1 / 11) < 1e-9, gaussian
apart = abs(model["value"] - patches["value"]) / (model["error"] ** 2 + patches["error"] ** 2) ** 0.5
assert apart < 5, (model, patches)
EOF
SLOW=0.01 mpirun -q -n 2 "$symbreak" run "$work/two.ini" --output two.stopped >log 2>&1 & runner=$!
for _ in $(seq 200); do ls two.stopped/segments/* >/dev/null 2>&1 && break; sleep 0.1; done
orphans || fail "no workers are seen of a run that is under way"
kill -TERM $runner; wait $runner
orphans && fail "workers are left of a run that was stopped"
mpirun -q -n 3 "$symbreak" run "$work/two.ini" --output two.stopped >log 2>&1 || { fail "two workers continue"; cat log; }
"$symbreak" analyze --json two.stopped >two.stopped.json
cmp -s two.1.json two.stopped.json || fail "two workers, stopped and continued: other bits"
"$symbreak" run "$work/two.ini" --set "target.arguments=24 3 1 fails" --output two.fails >log 2>&1
[ $? = 1 ] && grep -q 'gaussian.py.*as it was told\|as it was told' log || { fail "the second worker fails"; cat log; }
orphans && fail "workers are left where the second failed"
"$symbreak" run "$work/two.ini" --set experiment.workers=no_such.py --output two.missing >log 2>&1
[ $? = 2 ] && grep -q "there is no file 'no_such.py'" log || { fail "a second worker that is not there"; cat log; }

# One worker with other weights: variances 1, 2, 3; what the weights hold is part of the run.
cat >by_weights.py <<'EOF'
import sys
import symbreak_worker
variance = float(open(sys.argv[1]).read())
def denoise(x, s):
    return variance * x / (variance + s[:, None, None])
symbreak_worker.serve(denoise, shape=(24, 24), jacobian=lambda x, s, v: denoise(v, s))
EOF
for v in 1 2 3; do echo $v >v$v; done
sed 's/^worker = .*/worker = by_weights.py\ncheckpoint = v1/; s/^workers = .*/checkpoints = v2, v3/' \
  two.ini >weights.ini
"$symbreak" run "$work/weights.ini" --output weights >log 2>&1 || { fail "three checkpoints"; cat log; }
"$symbreak" analyze --json weights >weights.json
python3 - <<'EOF' || fail "three checkpoints: what they are known to be"
import json
rows = {row["quantity"]: row["value"] for row in json.load(open("weights.json"))["results"]}
for name, variance in ("network", 1), ("network_2", 2), ("network_3", 3):
    assert abs(rows[f"{name}_softest"] - 0.1 / (variance + 0.1)) < 1e-9, (name, rows)
EOF
echo 4 >v3
"$symbreak" run "$work/weights.ini" --output weights >log 2>&1
[ $? = 2 ] && grep -q checkpoints log || { fail "a checkpoint that has changed"; cat log; }

[ "$failures" = 0 ] && echo "networks: exact scores agree, wrong ones do not"
exit "$((failures > 0))"
