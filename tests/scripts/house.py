#!/usr/bin/env python3
"""Keeps the house in order: dependencies point one way, targets and kernels know neither MPI nor
HDF5, and nothing of a particular machine is in the tree. Usage: house.py SOURCE_DIRECTORY"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
# folder -> folders it may include (besides itself)
analysis = ["analysis/statistics", "analysis/fit", "analysis/theory", "analysis/verdict"]
allowed = {
    "analysis/statistics": [],
    "analysis/fit": ["analysis/statistics"],
    "analysis/theory": [],
    "analysis/verdict": ["analysis/statistics"],
    "analysis/report": ["analysis/verdict", "analysis/statistics"],
    "sim/random": ["sim/kernel"],
    "sim/kernel": [],
    "sim/deck": [],
    "sim/target": ["sim/kernel", "sim/random", "sim/deck", "analysis/theory", "sim/data/read_array.hpp"],
    "sim/diffusion": ["sim/deck", "sim/random", "sim/target", "sim/kernel"],
    "sim/experiment": ["sim/target", "sim/diffusion", "sim/random", "sim/deck"] + analysis,
    "sim/record": ["sim/deck", "sim/experiment"] + analysis,
    "sim/ensemble": ["sim/record", "sim/experiment", "sim/deck", "sim/random", "sim/target",
                     "sim/diffusion"] + analysis,
}
forbidden = {"mpi.h": ["sim/ensemble", "sim/main.cpp"],
             "hdf5.h": ["sim/record", "sim/main.cpp"]}
faults = []
for source in sorted([*root.glob("sim/**/*.?pp"), *root.glob("analysis/**/*.?pp")]):
    name = source.relative_to(root).as_posix()
    folder = "/".join(name.split("/")[:2])
    text = source.read_text()
    for header in re.findall(r'#include [<"]([^>"]+)[>"]', text):
        if header in forbidden and not any(name.startswith(f) for f in forbidden[header]):
            faults.append(f"{name}: includes <{header}>, allowed only in {forbidden[header]}")
        if header.startswith(("sim/", "analysis/")) and name != "sim/main.cpp":
            target = "/".join(header.split("/")[:2])
            if folder not in allowed:
                faults.append(f"{name}: folder {folder} is not in the map of dependencies")
            elif target != folder and target not in allowed[folder] and header not in allowed[folder]:
                faults.append(f"{name}: includes {header}, but {folder} may only use "
                              f"{allowed[folder]}")
    if source.suffix == ".hpp" and "using namespace" in text:
        faults.append(f"{name}: using namespace in a header")
# One name, one type: two headers of a folder share a namespace.
defined = {}
for header in sorted([*root.glob("sim/*/*.hpp"), *root.glob("analysis/*/*.hpp")]):
    for name in re.findall(r"^(?:struct|class) (?:alignas\([^)]*\) |\[\[[^]]*\]\] )?(\w+)[^;]*?\{", header.read_text(), flags=re.M):
        other = defined.setdefault((header.parent, name), header)
        if other != header:
            faults.append(f"{header.relative_to(root)}: {name} is also defined in {other.name}")
# CTest splits names at semicolons, and half a name selects no test.
for source in sorted(root.glob("tests/**/*.cpp")):
    for name in re.findall(r'TEST_CASE\(\s*"([^"]*;[^"]*)"', source.read_text()):
        faults.append(f"{source.relative_to(root)}: semicolon in the name of the test '{name}'")
print("\n".join(faults) or "dependencies point one way")
sys.exit(bool(faults))
