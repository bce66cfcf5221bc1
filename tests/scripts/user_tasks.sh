#!/usr/bin/env bash
# What users come for, in the steps that the README and the tutorials give, and no others:
#   own images -> t_C(N) in the first result and the first figure; own 2-D points -> landscape over
#   time; L x T of an Ising model in one deck; numbers in pandas in three lines; observables and units
#   before running; a folder of PNG images; a picture as file.
#   user_tasks.sh SYMBREAK SOURCE_DIRECTORY
set -euo pipefail
python=${PYTHON:-/usr/bin/python3}
program=$(realpath "$1") source_directory=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
ln -s "$source_directory"/{inputs,cluster,analysis} .
mkdir -p build/release && ln -s "$program" build/release/symbreak
export PATH=$work/build/release:$PATH
unset SYMBREAK_DATA
say() { echo "task: $1"; }
fail() { echo "FAILED: $1"; [ -f log ] && cat log; exit 1; }
# The heading of the first figure of a page.
first_figure() { grep -o '<figure[^>]*>.\{0,200\}' "$1" | head -n 1; }

say "observables and their units before running"
symbreak check inputs/tutorial/two_deltas.ini >log
grep -q '^records' log || fail "check has no list of what is recorded"
grep -q '^time.*measured at' log || fail "check measured no time"
symbreak check --quick inputs/tutorial/two_deltas.ini >log
grep -q '^time.*not measured' log || fail "check --quick measured, or does not say that it did not"
symbreak explain condensation >log
grep -q 'denoising_error' log && grep -q 'squared data unit' log || fail "explain lists no observables"

say "own points in the plane: landscape over time"
printf '1 0.5\n-1 -0.5\n0.9 0.7\n-0.9 -0.7\n' >mine.csv
symbreak run inputs/tutorial/my_points.ini --output runs/points --set target.file=mine.csv >log ||
  fail "run on own points"
symbreak analyze runs/points >log
grep -q '^critical_time' log || fail "no critical time of own points"
symbreak report runs/points >log
grep -qi 'potential\|landscape' runs/points/report/index.html || fail "no landscape on the page"
symbreak export runs/points --observable landscape >landscape.csv
[ "$(cut -d, -f1 landscape.csv | sort -u | wc -l)" -gt 20 ] || fail "no landscape over time"

say "an Ising model, L x T in one deck"
cat >ising.ini <<'DECK'
[run]
name = ising
seed = 1
[target]
kind = ising_lattice
side = 4, 8, 16
temperature = 2, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6
[forward]
clock = brownian
[experiment]
kind = fluctuations
[sampling]
blocks = 4
samples_per_block = 64
replicas = 2
DECK
symbreak run ising.ini >log || fail "run of L x T"
symbreak analyze runs/ising >log
[ "$(grep -c '^critical_time\|^   *[48] ' log)" -ge 3 ] || fail "no critical times of L x T"
symbreak report runs/ising --collapse magnetization_second --crossing binder_cumulant \
  --against temperature >log || fail "no report with a collapse"
first_figure runs/ising/report/index.html | grep -qi 'scaling\|cross' || fail "the collapse is not on top"
[ -e runs/ising/report/plots/scaling_magnetization_second.pdf ] || fail "no picture of the collapse"
grep -q 'Finite-size scaling of magnetization_second' runs/ising/report/index.html || fail "no collapse"
symbreak analyze runs/ising --collapse magnetization_secnd >log 2>&1 && fail "a misspelt number passed"
grep -q "did you mean 'magnetization_second'" log || fail "no nearest spelling"
export PYTHONPATH=$PWD/analysis/python SYMBREAK=$program
symbreak analyze runs/ising --collapse magnetization_second --crossing binder_cumulant \
  --against temperature --json >scaling.json || fail "scaling as JSON"
"$python" - >log 2>&1 <<'PYTHON' || fail "scaling of L x T in Python: other numbers"
import json
import numpy as np
import symbreak
run = symbreak.open("runs/ising")
rows = json.load(open("scaling.json"))["results"]

def same(found, quantity, criterion, axis=None):
    """To rounding; errors to the noise of what is drawn."""
    told = [row for row in rows if row["quantity"] == quantity and row["criterion"] == criterion
            and (axis is None or row["axis"] == axis)]
    assert len(told) == 1, (quantity, criterion, len(told))
    value, error = told[0]["value"], told[0]["error"]
    assert abs(found[0] - value) < 1e-5 * abs(value), (quantity, found, value)
    assert abs(found[1] - error) < 0.2 * error, (quantity, found, error)

found = run.collapse("magnetization_second", "temperature", "side")
for name, quantity in [("critical", "critical_temperature"), ("inverse_nu", "inverse_nu"),
                       ("exponent", "exponent")]:
    same(found[name], quantity, "collapse of magnetization_second")

def curve(side):
    """U4 at every temperature, jackknife of 32 blocks a unit."""
    at = np.unique(run.table("energy")["target.temperature"].astype(float))
    value, error, dof = [], [], []
    for T in at:
        rows = [run.bins(name, side=side, temperature=T).reshape(64, -1).mean(axis=1)
                for name in ("magnetization_square", "magnetization_fourth")]
        m2, m4 = rows
        n = len(m2)
        binder = lambda m2, m4: 1 - m4 / (3 * m2 ** 2)
        left = binder((m2.sum() - m2) / (n - 1), (m4.sum() - m4) / (n - 1))
        value.append(n * binder(m2.mean(), m4.mean()) - (n - 1) * left.mean())
        error.append(np.sqrt((n - 1) * left.var()))
        kurtosis = ((left - left.mean()) ** 4).mean() / left.var() ** 2 - 3
        few = kurtosis > 3 * np.sqrt(24 / n)  # blocks that make the error
        dof.append((0.5 if n / (kurtosis + 3) < 1.5 else 2 / (2 / (n - 1) + kurtosis / n))
                   if few else n - 1)
    return at, np.array(value), np.array(error), np.array(dof)

for small, large in [(4, 8), (8, 16)]:
    same(symbreak.crossing(curve(small), curve(large)), "critical_temperature",
         "crossing of binder_cumulant", {"target.side": small, "larger side": large})
PYTHON

say "numbers in pandas in three lines"
cat >three.py <<'PYTHON'
import symbreak
table = symbreak.open("runs/ising").table("energy")
print(table.groupby("target.side").value.mean())
PYTHON
if "$python" -c 'import pandas' 2>/dev/null; then
  "$python" three.py >log 2>&1 || fail "three lines"
  grep -q '^8' log || fail "no line of L = 8"
else
  echo "  left out: pandas is not installed"
fi

say "a picture as file"
symbreak report runs/ising >log
ls runs/ising/report/plots/*.svg >log || fail "no picture as file"

[ -e /usr/share/datasets/fashion-mnist ] || {
  echo "skipped: the tasks with images need bash cluster/install.sh data"; exit 77; }
say "own images: t_C(N) in the first result and the first figure"
bash cluster/install.sh data
symbreak run inputs/tutorial/my_images.ini --set target.n=30,100,300 --set sampling.replicas=1 >log ||
  fail "run of images"
symbreak analyze runs/my_images >log
grep -A1 '^result' log | tail -n 1 | grep -q '^collapse_time  *30 ' || fail "t_C(N) is not the first result"
symbreak report runs/my_images >log
first_figure runs/my_images/report/index.html | grep -q 'Collapse time' || {
  first_figure runs/my_images/report/index.html; fail "t_C(N) is not the first figure"; }

say "a folder of PNG images"
"$python" inputs/tutorial/unpack.py 300 photos
symbreak check inputs/tutorial/my_images.ini --set target.file=photos --set target.n=100,200 \
  --set target.held_out=50 >log || fail "check of a folder"
grep -q '300 PNG images' log || fail "check does not say what it found"
symbreak run inputs/tutorial/my_images.ini --output runs/photos --set target.file=photos \
  --set target.n=30,100 --set target.held_out=50 --set sampling.replicas=1 >log || fail "run on a folder"
symbreak analyze runs/photos >log
grep -A1 '^result' log | tail -n 1 | grep -q '^collapse_time' || fail "no collapse time of a folder"
# Renamed and packed otherwise, the pictures are the same run.
mkdir renamed
for class in photos/*; do mv "$class" "renamed/$(basename "$class")"; done
symbreak run inputs/tutorial/my_images.ini --output runs/photos --set target.file=renamed >log ||
  fail "the same images under another name"
grep -q 'nothing left to do' log || fail "it was done again"
echo "every task"
