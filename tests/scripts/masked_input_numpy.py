#!/usr/bin/env python3
"""`experiment = locality` of a network, its input masked, against numpy. A worker of two Gaussian
classes, and one that looks at its own pixel only.  Usage: masked_input_numpy.py SYMBREAK SOURCE_DIRECTORY"""
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

program, source = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
work = pathlib.Path(tempfile.mkdtemp(prefix="masked_input_"))
SIDE, M, STD, WEIGHT, S, RADIUS = 4, 0.5, 1.0, 0.8, 2.0, 2
local = work / "local.py"
local.write_text(f"""#!{sys.executable}
import symbreak_worker
symbreak_worker.serve(lambda x, s: x / (1 + s[:, None]), shape={SIDE * SIDE})
""")
local.chmod(0o755)


def run(name, worker, arguments="unused"):
    (work / f"{name}.ini").write_text(f"""[run]
name = {name}
seed = 1
[target]
kind = network
worker = {worker}
arguments = {arguments}
data = gaussian_mixture
dimension = {SIDE * SIDE}
m = {M}
std = {STD}
weights = {WEIGHT}, {1 - WEIGHT:.1f}
lattice = {SIDE}, {SIDE}
[forward]
clock = brownian
[experiment]
kind = locality
radius = {RADIUS}
t = {S}
[sampling]
walkers = 2048
blocks = 8
replicas = 4
""")
    subprocess.run([program, "run", f"{name}.ini"], cwd=work, check=True, stdout=subprocess.DEVNULL)
    found = json.loads(subprocess.run([program, "analyze", "--json", f"runs/{name}"], cwd=work,
                                      check=True, capture_output=True, text=True).stdout)
    return {row["name"]: row for row in found["observables"]}


def denoise(x):
    odds = np.log(WEIGHT / (1 - WEIGHT)) + 2 * M * x.sum(1, keepdims=True) / (STD**2 + S)
    centre = M * np.tanh(odds / 2)
    return centre + STD**2 / (STD**2 + S) * (x - centre)


rng = np.random.default_rng(3)
SAMPLES = 400_000


def draw():
    label = np.where(rng.random(SAMPLES) < WEIGHT, M, -M)[:, None]
    y = label + STD * rng.standard_normal((SAMPLES, SIDE * SIDE))
    return y, y + np.sqrt(S) * rng.standard_normal(y.shape)


y, x = draw()
_, other = draw()
centre = SIDE // 2 * SIDE + SIDE // 2
rows, columns = np.divmod(np.arange(SIDE * SIDE), SIDE)
away = np.maximum(abs(rows - SIDE // 2), abs(columns - SIDE // 2))
whole, truth = denoise(x)[:, centre], y[:, centre]
found = run("masked", source / "inputs/networks/my_network.py", f"{SIDE * SIDE} {M} {STD} {WEIGHT}")
failed = False


def compare(name, element, values):
    global failed
    row = found[name]
    measured, error = (np.atleast_1d(row[key])[element] for key in ("value", "error"))
    z = (measured - values.mean()) / np.hypot(error, values.std() / SAMPLES**0.5)
    print(f"{name:18s} {element}  {measured:.6f}  numpy {values.mean():.6f}  {z:.2f} sigma")
    failed |= not abs(z) < 4


compare("loss", 0, (whole - truth)**2)
for r in range(RADIUS):
    seen = denoise(np.where(away <= r, x, other))[:, centre]
    compare("error_growth", r, (seen - truth)**2 - (whole - truth)**2)
    compare("outside_response", r, (seen - whole)**2)
found = run("local", local)
for name in ("error_growth", "outside_response"):
    silent = np.max(np.abs(found[name]["value"])) < 1e-15
    print(f"{name:18s} of a network that sees its own pixel only: {found[name]['value']}")
    failed |= not silent
subprocess.run(["rm", "-rf", str(work)], check=True)
sys.exit(failed)
