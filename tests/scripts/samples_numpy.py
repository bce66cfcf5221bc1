#!/usr/bin/env python3
"""`experiment = samples` against numpy on the same arrays. Usage: samples_numpy.py SYMBREAK"""
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

work = pathlib.Path(tempfile.mkdtemp(prefix="samples_numpy_"))
rng = np.random.default_rng(5)
data = rng.standard_normal((300, 8)).astype(np.float32)
train, held = data[:200], data[200:]
files = []
for number, copies in ((10, 0), (100, 30), (1000, 90)):
    x = rng.standard_normal((120, 8)).astype(np.float32)
    x[:copies] = train[rng.integers(0, 200, copies)] + 1e-3 * x[:copies]
    np.save(work / f"checkpoint_{number}.npy", x)
    files.append(x)
np.save(work / "data.npy", data)
(work / "deck.ini").write_text("""[run]
name = samples_numpy
seed = 1
[target]
kind = dataset
file = data.npy
held_out = 100
[forward]
clock = brownian
[experiment]
kind = samples
samples = checkpoint_10.npy, checkpoint_100.npy, checkpoint_1000.npy
level = 0.4
""")
subprocess.run([sys.argv[1], "run", "deck.ini"], cwd=work, check=True, stdout=subprocess.DEVNULL)
found = json.loads(subprocess.run([sys.argv[1], "analyze", "--json", "runs/samples_numpy"], cwd=work,
                                  check=True, capture_output=True, text=True).stdout)


def measured(name, file):
    return next(row["value"] for row in found["observables"]
                if row["name"] == name and row["point"]["experiment.samples"].endswith(file))


def distances(a, b):
    return np.sort(np.linalg.norm(a[:, None].astype(float) - b[None].astype(float), axis=2), axis=1)


def root(matrix):
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T


failed = False
for x, name in zip(files, ("checkpoint_10.npy", "checkpoint_100.npy", "checkpoint_1000.npy")):
    near, null = distances(x, train), distances(held, train)
    own, other = distances(x, train[:100])[:, 0], distances(x, held)[:, 0]
    a, b = x.astype(float), held.astype(float)
    ca, cb = np.cov(a.T), np.cov(b.T)
    frechet = (np.sum((a.mean(0) - b.mean(0))**2) +
               np.trace(ca + cb - 2 * root(root(ca) @ cb @ root(ca))))
    expected = {"memorized": np.mean(near[:, 0] < near[:, 1] / 3),
                "memorized_held_out": np.mean(null[:, 0] < null[:, 1] / 3),
                "own_half": np.mean(own < other), "nearest_distance": near[:, 0].mean() / 8**.5,
                "distance_gap": np.mean((other - own) / (other + own)), "frechet_distance": frechet}
    for quantity, value in expected.items():
        off = abs(measured(quantity, name) - value)
        print(f"{name:20s} {quantity:20s} {value:.6f}  off by {off:.1e}")
        failed |= not off < 1e-6 * (1 + abs(value))
times = [row for row in found["results"] if row["quantity"] == "tau_mem"]
print("tau_mem:", times[0]["value"] if times else "missing")
failed |= not times

# The same samples in the features and by the classes of a worker.
worker = work / "worker.py"
worker.write_text(f"""#!{sys.executable}
import symbreak_worker
symbreak_worker.serve(lambda x, s: x, shape=8, features=lambda x: x[:, :3] ** 2,
                      classify=lambda x: x[:, 0] > 0.5, classes=2)
""")
worker.chmod(0o755)
np.savetxt(work / "labels.csv", (data[:, 0] > 0.5).astype(int), fmt="%d")
(work / "features.ini").write_text((work / "deck.ini").read_text().replace("kind = dataset", """kind = network
worker = worker.py
classify = worker
labels = labels.csv""").replace("samples_numpy", "features").replace("level", "space = features\nlevel"))
subprocess.run([sys.argv[1], "run", "features.ini"], cwd=work, check=True, stdout=subprocess.DEVNULL)
found = json.loads(subprocess.run([sys.argv[1], "analyze", "--json", "runs/features"], cwd=work,
                                  check=True, capture_output=True, text=True).stdout)
for x, name in zip(files, ("checkpoint_10.npy", "checkpoint_100.npy", "checkpoint_1000.npy")):
    a, b = x[:, :3].astype(float)**2, held[:, :3].astype(float)**2
    ca, cb = np.cov(a.T), np.cov(b.T)
    frechet = (np.sum((a.mean(0) - b.mean(0))**2) +
               np.trace(ca + cb - 2 * root(root(ca) @ cb @ root(ca))))
    share = np.mean(x[:, 0] > 0.5)
    off = (abs(measured("frechet_distance", name) - frechet),
           abs(measured("class_occupation", name)[1] - share))
    print(f"{name:20s} features: Frechet {frechet:.6f}, share of class 1 {share:.6f}, off by {off}")
    failed |= not max(off) < 1e-6 * (1 + frechet)
subprocess.run(["rm", "-rf", str(work)], check=True)
sys.exit(failed)
