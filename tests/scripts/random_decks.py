#!/usr/bin/env python3
"""Decks that nobody wrote: pairs of an experiment and a target drawn from `symbreak explain matrix`, with one or
two random keys, any clock, a sweep and few samples, on files of odd data too. Keys that a refusal asks for are
added, keys that it does not want are taken out. What `check` accepts must run, on four seeds, and be analysed; rows
whose mean z is far from 0 are printed, for a reader to judge (few steps have some that are no faults).
  random_decks.py SYMBREAK [SECONDS] [SEED]
"""
import collections
import functools
import importlib.util
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

symbreak = os.path.realpath(sys.argv[1])
seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 60
seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
draw = random.Random(seed)
SEEDS = 4
worker = pathlib.Path(__file__).resolve().parents[2] / "inputs/networks/my_network.py"
os.chdir(tempfile.mkdtemp())


def table(name, rows):
    pathlib.Path(name).write_text("".join(",".join(map(str, row)) + "\n" for row in rows))


normal = [[round(draw.gauss(0, 1), 4) for _ in range(6)] for _ in range(23)]
spins = [[draw.choice([-1, 1]) for _ in range(5)] for _ in range(23)]  # some of them several times
table("points.csv", normal)
table("twins.csv", normal[:15] + normal[:8])
table("far.csv", [[x + 1e4 for x in row] for row in normal])
table("small.csv", [[x * 1e-6 for x in row[:4]] + [0, 1e-6] for row in normal])
table("pixels.csv", [[draw.choice([0, 0, 0, 17, 128, 255]) for _ in range(9)] for _ in range(23)])
table("spins.csv", spins)
table("labels.csv", [[k % 2] for k in range(23)])
TABLES = ["points.csv", "twins.csv", "far.csv", "small.csv", "pixels.csv", "spins.csv"]
pathlib.Path("images.csv").write_text(  # of 7 x 7 pixels
    "".join(",".join(draw.choice("01") for _ in range(49)) + "\n" for _ in range(9)))
pathlib.Path("bonds.csv").write_text(
    "".join(f"{i},{(i + 1) % 7},{draw.gauss(0.3, 0.5):.3f}\n" for i in range(7)))

NUMBERS = {"t": "0.2, 0.6, 1", "n": "3, 20", "a": "0.5, 1, 2", "fields": "0.05, 0.2, 0.8", "side": "4, 5",
           "dimension": "5", "temperature": "1.5, 2.269", "coupling": "0.5, 1", "couplings": "0.2, 0.6",
           "patterns": "2", "rate": "0.5", "noise": "0.2", "features": "20", "file": "points.csv",
           "samples": "points.csv", "t_start": "0.5, 2", "strength": "0.1"}
FILES = {"image_patches": {"file": "images.csv", "patch": "3"}, "couplings": {"file": "bonds.csv"},
         "network": {"worker": str(worker), "arguments": "5 0.5 1 0.8", "data": "gaussian_mixture",
                     "dimension": "5", "m": "0.5", "std": "1", "weights": "0.8, 0.2",
                     "classify": "data"}}
CLOCKS = [{}, {"sigma": "1.7"}, {"clock": "ornstein_uhlenbeck"}, {"clock": "ddpm"},
          {"clock": "ddpm", "beta_min": "0.5", "beta_max": "12"}]
absent = {"network"} if importlib.util.find_spec("numpy") is None else set()
STATISTICS = {"walkers": [2, 17, 64], "blocks": [1, 3, 8], "replicas": [1, 4], "disorder_samples": [2, 4],
              "samples_per_block": [16], "batch": [16]}


def said(*words, limit=120):
    """Status and words. Workers want Debian's python3, which has numpy."""
    done = subprocess.run([symbreak, *words], capture_output=True, text=True, timeout=limit,
                          env={**os.environ, "PATH": "/usr/bin:" + os.environ["PATH"]})
    return done.returncode, done.stdout + done.stderr


def pairs():
    lines = said("explain", "matrix")[1].splitlines()
    names = dict(re.findall(r"([a-z])=(\w+)", " ".join(lines)))
    letters = lines[0].split()
    for line in lines[1:]:
        words = line.split()
        if len(words) == len(letters) + 1 and set(words[1:]) <= {"x", "."} and words[0] != "toy":
            for letter, mark in zip(letters, words[1:]):
                if mark == "x" and names[letter] not in absent:
                    yield words[0], names[letter]


@functools.cache
def keys(kind):
    """(section, key) -> its line in `explain`."""
    section, found = "", {}
    for line in said("explain", kind)[1].splitlines():
        if named := re.match(r"\[(\w+)\]", line):
            section = named[1]
        elif described := re.match(r"  ([a-z_]+): (.*)", line):
            found[section, described[1]] = described[2]
    return found


def value(text):
    if words := re.match(r"one of ([\w, ]+);", text):
        return draw.choice(words[1].split(", "))
    if least := re.match(r"an integer from (\d+)", text):
        return str(int(least[1]) + draw.choice([0, 1, 5, 20]))
    return str(draw.choice([1e-6, 0.1, 0.5, 1, 2, 3.7, 1e6])) if "a number" in text else None


def mended(deck, refusal):
    """Whether something was done about what a refusal says."""
    before = json.dumps(deck)
    for line in refusal.splitlines():
        if lacking := re.search(r"\[(\w+)\] lacks the required key '(\w+)'; allowed: (.*)", line):
            section, key, allowed = lacking.groups()
            deck[section][key] = NUMBERS.get(key) or value(allowed) or ""
            if key == "t" and draw.random() < 0.2:
                deck[section][key] = "1e-9, 1, 1e9"
        elif needed := re.search(r"(\w+)\.(\w+) \(default\): .* needs", line):
            deck[needed[1]].setdefault(needed[2], NUMBERS.get(needed[2], "5"))
        elif unwanted := re.search(r"key '(\w+)' is used|unknown key '(\w+)'|: \w+\.(\w+)[:,]", line):
            name = next(filter(None, unwanted.groups()))
            for section in deck.values():
                if name != "kind":
                    section.pop(name, None)
        elif "no disorder" in line or "use sampling.replicas" in line:
            deck["sampling"].pop("disorder_samples", None)
    return json.dumps(deck) != before


faults, ran, refused = [], 0, 0
possible = list(pairs())
assert len(possible) > 200, "explain matrix is not understood"
begin = time.time()
number = 0
while time.time() - begin < seconds:
    number += 1
    experiment, target = draw.choice(possible)
    known = {**keys(experiment), **keys(target)}
    deck = {"target": {"kind": target, **FILES.get(target, {})}, "forward": dict(draw.choice(CLOCKS)),
            "experiment": {"kind": experiment}, "sampling": {}}
    for (section, key), text in known.items():
        if section == "sampling" and key in STATISTICS:
            deck["sampling"][key] = str(draw.choice(STATISTICS[key]))
    loose = [(at, text) for at, text in known.items()
             if at[0] in ("target", "experiment") and at[1] not in deck[at[0]]]
    if target == "dataset":
        deck["target"]["file"] = draw.choice(TABLES)
        if draw.random() < 0.5:
            deck["target"]["labels"] = "labels.csv"
    for (section, key), text in draw.sample(loose, min(len(loose), draw.choice([0, 1, 2]))):
        if (found := value(text)) is not None:
            deck[section][key] = found
    if any(key == "steps" for _, key in known):
        deck["experiment"].setdefault("steps", "40")
    file = f"{number}_{experiment}_{target}.ini"
    try:
        for _ in range(8):
            pathlib.Path(file).write_text(
                f"[run]\nname = run{number}\nseed = {number}\n" +
                "".join(f"[{section}]\n" + "".join(f"{key} = {text}\n" for key, text in of.items())
                        for section, of in deck.items()))
            status, told = said("check", "--quick", file)
            if status != 2 or not mended(deck, told):
                break
        if status == 2:
            refused += 1
            continue
        pulls = collections.defaultdict(list)
        for run in [f"run{number}_{again}" for again in range(SEEDS)] if status == 0 else []:
            status, told = said("run", file, "--quiet", "--walltime", "20 s", "--output", run,
                                "--set", f"run.seed={draw.randrange(10**6)}")
            if status != 0:
                break
            ran += 1
            status, told = said("analyze", run, "--strict")
            if status not in (0, 4):
                break
            status, told = said("analyze", run, "--json")
            for row in json.loads(told)["verdicts"]:
                if row["z"] is not None:
                    name = (row["quantity"], row.get("criterion", ""), str(row["point"]), str(row.get("axis", "")))
                    pulls[name].append(row["z"])
            shutil.rmtree(run)
        for row, z in pulls.items():
            if len(z) == SEEDS and abs(sum(z)) / len(z) ** 0.5 > 5:
                print(f"  {file}: {' '.join(row)}: z = {', '.join(f'{each:.1f}' for each in z)}", flush=True)
        if status == 3 or (status == 2 and "the worker" in told):  # `check` does not start it
            continue
        if status != 0:
            faults.append((file, status, told.strip().splitlines()[-1:]))
    except subprocess.TimeoutExpired as late:
        print(f"  {file}: {late.cmd[1]} took longer than {late.timeout:.0f} s")
print(f"{number} decks of seed {seed}: {ran} runs analysed, {refused} refused")
for file, status, told in faults:
    print(f"FAILED: {file}: status {status}: {told}\n{pathlib.Path(file).read_text()}")
assert ran >= number, "hardly any deck was accepted"
sys.exit(bool(faults))
