#!/usr/bin/env python3
"""Keeps the house in order: dependencies point one way and never in a circle, what is done and what
it means live in twin folders, names are declared once, and nothing of a particular machine is in the
tree. Usage: house.py SOURCE_DIRECTORY"""
import collections
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
faults = []

# The floors: room -> rooms it may look into, besides itself.
PURE = ["analysis/statistics", "analysis/theory"]
JUDGED = [*PURE, "analysis/fit", "analysis/verdict"]
LOOPS = ["sim/kernel", "sim/random"]
floors = {
    "analysis/layout": [],
    "analysis/statistics": [],
    "analysis/theory": [],
    "analysis/fit": PURE,
    "analysis/verdict": [*PURE, "analysis/fit"],
    "analysis/findings": [*JUDGED, "sim/random"],
    "analysis/report": [*JUDGED, "analysis/layout"],
    "sim/kernel": [],
    "sim/random": ["sim/kernel"],
    "sim/deck": ["analysis/layout"],
    "sim/data": ["sim/deck"],
    "sim/measure": ["sim/deck", "sim/random", "analysis/statistics", "analysis/verdict",
                    "analysis/layout"],
    "sim/target": [*LOOPS, "sim/deck", "sim/data", *PURE],
    "sim/diffusion": [*LOOPS, "sim/deck", "sim/data", "sim/target", *PURE],
    "sim/experiment": [*LOOPS, "sim/deck", "sim/data", "sim/target", "sim/diffusion", "sim/measure",
                       *JUDGED, "analysis/findings"],
    "sim/record": ["sim/deck", "sim/measure", "analysis/statistics", "analysis/verdict"],
    "sim/validation": ["sim/ensemble", "sim/record", "analysis/statistics", "analysis/verdict",
                       "analysis/findings", "analysis/report"],
    "sim/ensemble": ["sim/record", "sim/measure", "sim/deck", "sim/random", "analysis/statistics",
                     "analysis/verdict", "analysis/layout"],
    "sim/command": ["sim/deck", "sim/data", "sim/target", "sim/experiment", "sim/record",
                    "sim/ensemble", "sim/validation", "analysis/verdict", "analysis/findings",
                    "analysis/report", "analysis/layout"],
}
system = {"mpi.h": ["sim/ensemble", "sim/validation", "sim/command"], "hdf5.h": ["sim/record", "sim/data"], "png.h": ["sim/data"]}


def sources(*folders):
    found = []
    for folder in folders:
        found += [*root.glob(f"{folder}/**/*.hpp"), *root.glob(f"{folder}/**/*.cpp")]
    return sorted(found)


def name(path):
    return path.relative_to(root).as_posix()


def room(path):
    return "/".join(path.split("/")[:2])


def includes(path):
    return re.findall(r'#include [<"]([^>"]+)[>"]', path.read_text())


# Dependencies: into the rooms of the floors only; no circle, whatever the floors say.
graph = collections.defaultdict(set)
for path in sources("sim", "analysis"):
    if name(path) == "sim/main.cpp":
        continue
    here = room(name(path))
    if here not in floors:
        faults.append(f"{name(path)}: {here} is not on the floor plan")
        continue
    for header in includes(path):
        if header in system and here not in system[header]:
            faults.append(f"{name(path)}: includes <{header}>, allowed only in {system[header]}")
        if not header.startswith(("sim/", "analysis/")):
            continue
        there = room(header)
        if there != here:
            graph[here].add(there)
            if there not in floors[here]:
                faults.append(f"{name(path)}: includes {header}; {here} may use {floors[here]}")
        # Experiments know the names of what they measure, and nothing else of its meaning.
        if here == "sim/experiment" and there == "analysis/findings" and "observables.hpp" not in header:
            faults.append(f"{name(path)}: includes {header}; of findings only observables.hpp")
    # A vocabulary may take in another one: `using namespace lattice::observable`.
    if path.suffix == ".hpp" and re.search(r"using namespace (?!\w+::(?:observable|fact|prediction);)",
                                           path.read_text()):
        faults.append(f"{name(path)}: using namespace in a header")


def circle(start):
    """A way from a room back to itself, or nothing."""
    stack, seen = [[start]], set()
    while stack:
        way = stack.pop()
        for there in sorted(graph[way[-1]]):
            if there == start:
                return way + [start]
            if there not in seen:
                seen.add(there)
                stack.append(way + [there])
    return []


for start in sorted(graph):
    if way := circle(start):
        faults.append("circle: " + " -> ".join(way))

# Twin houses.
kinds = {side: {p.name for p in (root / side).iterdir() if p.is_dir() and p.name != "common"}
         for side in ("sim/experiment", "analysis/findings")}
for kind in sorted(kinds["sim/experiment"] ^ kinds["analysis/findings"]):
    faults.append(f"kind {kind}: only on one side of sim/experiment and analysis/findings")
for kind in sorted(kinds["sim/experiment"]):
    if f'kind.name = "{kind}"' not in (root / f"sim/experiment/{kind}/experiment.cpp").read_text():
        faults.append(f"kind {kind}: has another name in decks")
    for needed in (f"sim/experiment/{kind}/experiment.cpp", f"sim/experiment/{kind}/simulation.cpp",
                   f"sim/experiment/{kind}/simulation.hpp",
                   f"analysis/findings/{kind}/observables.hpp",
                   f"analysis/findings/{kind}/findings.cpp",
                   f"tests/unit/experiment/{kind}.cpp", f"tests/unit/findings/{kind}.cpp"):
        if not (root / needed).exists():
            faults.append(f"kind {kind}: lacks {needed}")
kMost = 30
for side in ("sim", "analysis", "tests"):
    for folder in [root / side, *(p for p in (root / side).rglob("*") if p.is_dir())]:
        count = sum(p.suffix in (".cpp", ".hpp") for p in folder.iterdir())
        if count > kMost:
            faults.append(f"{name(folder)}: {count} files in one folder, at most {kMost}")

# What is done says nothing of what it means, and no experiment knows a target by name.
targets = set(re.findall(r'family\.name = "(\w+)"',
                         "".join(p.read_text() for p in sources("sim/target"))))
for path in sources("sim"):
    text = path.read_text()
    if room(name(path)) not in ("sim/command", "sim/validation") and re.search(r"\bFindings\b|\bVerdict\b", text):
        faults.append(f"{name(path)}: judges; verdicts belong to analysis/findings")
    if name(path).startswith("sim/experiment/"):
        for word in re.findall(r'"target\.kind"\)? *[!=]= *"|== "(\w+)"', text):
            if word in targets or word == "":
                faults.append(f"{name(path)}: asks for the target '{word}' by name")

# Names of what is measured are made in one place.
for path in sources("sim", "analysis"):
    if path.name.endswith("observables.hpp") or name(path) == "analysis/verdict/name.hpp":
        continue
    for made in re.findall(r'\b(?:Observable|Fact|Prediction)Name *\w* *[({] *"(\w+)"',
                           path.read_text()):
        faults.append(f"{name(path)}: makes the name '{made}' outside an observables.hpp")

# One name, one type: two headers of a folder share a namespace.
defined = {}
for header in sources("sim", "analysis"):
    if header.suffix != ".hpp":
        continue
    for found in re.findall(r"^(?:struct|class) (?:alignas\([^)]*\) |\[\[[^]]*\]\] )?(\w+)[^;]*?\{",
                            header.read_text(), flags=re.M):
        other = defined.setdefault((header.parent, found), header)
        if other != header:
            faults.append(f"{name(header)}: {found} is also defined in {other.name}")
# CTest splits names at semicolons, and half a name selects no test.
for path in sources("tests"):
    for found in re.findall(r'TEST_CASE\(\s*"([^"]*;[^"]*)"', path.read_text()):
        faults.append(f"{name(path)}: semicolon in the name of the test '{found}'")

print("\n".join(faults) or f"{len(floors)} rooms, no circle, {len(kinds['sim/experiment'])} kinds")
sys.exit(bool(faults))
