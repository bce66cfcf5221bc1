#!/usr/bin/env python3
"""Tables that users bring: numbers on a line, some of them nearly alike; clumps in a plane with close pairs
of unlike class; the line far from 0. Every kind that judges their law runs on them with its defaults, on six
seeds, and the mean z of every row must be that of a normal deviate.  odd_data.py SYMBREAK
|mean z| sqrt(6) > 4.5 has a false-alarm rate of 7e-6 a row, 1e-3 for all. Ends of trajectories taken for the
datum next to them had 8 to 12 here, quadratures around 0 more than 100."""
import collections
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

symbreak = os.path.realpath(sys.argv[1])
os.chdir(tempfile.mkdtemp())
draw = random.Random(5)
SEEDS = range(50, 56)
KINDS = {"u_turn": "t = 0.2, 1, 5", "speciation": "t = 0.2, 1, 5", "commitment": "t = 0.2, 1, 5",
         "late_start": "t_start = 0.5, 2", "condensation": "t = 0.2, 1\nclones = reverse",
         "generation": "", "entropy_clock": ""}


def write(name, rows, labels):
    pathlib.Path(f"{name}.csv").write_text("".join(",".join(f"{x:.6f}" for x in row) + "\n" for row in rows))
    pathlib.Path(f"{name}_labels.csv").write_text("".join(f"{label}\n" for label in labels))


line = [[draw.gauss(0, 1)] for _ in range(31)]
write("line", line, [k % 2 for k in range(31)])
write("far", [[x + 1e4] for x, in line], [k % 2 for k in range(31)])
centres = [draw.choice([(0, 0), (3, 1), (-1, 4)]) for _ in range(60)]
clumps = [[a + draw.gauss(0, 0.5), b + draw.gauss(0, 0.5)] for a, b in centres]
clumps += [[a + 1e-3, b] for a, b in clumps[:10]]
write("clumps", clumps, [k % 3 for k in range(60)] + [(k + 1) % 3 for k in range(10)])

faults, rows = [], 0
for table in ("line", "far", "clumps"):
    for kind, keys in KINDS.items():
        pulls = collections.defaultdict(list)
        for seed in SEEDS:
            pathlib.Path("deck.ini").write_text(
                f"[run]\nname = r{seed}_{table}_{kind}\nseed = {seed}\n[target]\nkind = dataset\nfile = {table}.csv\n"
                f"labels = {table}_labels.csv\n[forward]\n[experiment]\nkind = {kind}\n{keys}\n"
                "[sampling]\nwalkers = 128\nblocks = 8\n" + ("replicas = 4\n" if kind != "condensation" else ""))
            subprocess.run([symbreak, "run", "deck.ini", "--quiet"], check=True)
            said = subprocess.run([symbreak, "analyze", f"runs/r{seed}_{table}_{kind}", "--json"], check=True,
                                  capture_output=True, text=True).stdout
            for row in json.loads(said)["verdicts"]:
                if row["z"] is not None:
                    where = {**row["point"], "axis": str(row.get("axis", ""))}
                    pulls[row["quantity"], row.get("criterion", ""), json.dumps(where)].append(row["z"])
        for name, z in pulls.items():
            rows += 1
            mean = sum(z) / len(z) ** 0.5
            if abs(mean) > 4.5 and len(z) > 2:
                faults.append(f"{table}, {kind}, {name}: {mean:.1f} of {[round(each, 1) for each in z]}")
print(f"{rows} rows")
print("\n".join(faults))
assert rows > 60
sys.exit(bool(faults))
