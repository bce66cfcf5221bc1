#!/usr/bin/env python3
"""sim/record/README.md describes what the program writes: every path of result files, key of the JSON and
column of the tables is a row there, and every row is found in what these decks write; and every kind of
experiment has its section in analysis/theory/README.md, with all its parts and known sources.
Usage: reference.py SYMBREAK SOURCE_DIRECTORY        ends with status 77 (skipped) without h5py"""
import csv
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import h5py
except ImportError:
    h5py = None

program, source = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
faults = []
# Between them: sweeps, arrays, facts, predictions, keys that some points do not have, several shapes.
DECKS = {
    "toy": ("tests/formats/schema_3/toy.ini", []),
    "clock": ("inputs/validation/entropy_clock_two_deltas.ini",
              ["sampling.walkers=64", "sampling.blocks=4", "sampling.replicas=2"]),
    "two_deltas": ("inputs/tutorial/two_deltas.ini", []),
    "mixed": ("inputs/validation/rem_condensation.ini",
              ["target.M=20,50", "sampling.disorder_samples=400", "sampling.batch=50"]),
}


def run(*words):
    done = subprocess.run([str(program), *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"symbreak {' '.join(map(str, words))}: {done.stderr[-500:]}")
    return done.stdout


def rows(name):
    """The first two columns of a table between comments."""
    block = re.search(rf"<!-- {name} -->\n(.*?)<!-- end -->", reference, re.S).group(1)
    return [re.findall(r"(?<!\\)\|\s*(.*?)\s*(?=(?<!\\)\|)", line)[:2]
            for line in block.splitlines()[2:]]


def compare(what, written, described, optional=()):
    for path in sorted(written - described):
        faults.append(f"{what}: {path} is written, and not described")
    for path in sorted(described - written - set(optional)):
        faults.append(f"{what}: {path} is described, and was never written")


def hdf5_paths(file):
    """Paths with names that differ between runs as <name>, with the kind of each."""
    found = {}

    def general(path):
        path = re.sub(r"^(/(?:observables|facts|predictions))/[^/@]+", r"\1/<name>", path)
        return re.sub(r"^(/points/(?:keys|present))/.+", r"\1/<key>", path)

    def kind(dtype):
        return {"f": "float", "u": "uint", "i": "int"}.get(dtype.kind, "text")

    def add(name, item):
        base = general("/" + name if name else "")
        if isinstance(item, h5py.Dataset):
            found.setdefault(base, set()).add(kind(item.dtype))
        for attribute, value in item.attrs.items():
            free = base in ("/performance", "/provenance")
            path = (base or "/") + "@" + ("<name>" if free else attribute)
            text = isinstance(value, (str, bytes))
            found.setdefault(path, set()).add("text" if text else kind(value.dtype))

    with h5py.File(file) as content:
        add("", content)
        content.visititems(add)
    return found


def json_paths(value, path=""):
    # What is named by the run itself: keys of points and axes.
    if path.endswith((".point", ".axis", ".value", ".error", ".dof", ".tau_int", ".ess", ".values")):
        return {path.lstrip(".")}
    if isinstance(value, dict):
        return set().union(*(json_paths(item, f"{path}.{key}") for key, item in value.items())) or {path}
    if isinstance(value, list):
        return set().union(*(json_paths(item, path + "[]") for item in value)) if value else set()
    return {path.lstrip(".")}


def header(text, keys):
    first = next(csv.reader(io.StringIO(text, newline="")))
    return ["<key>" if column in keys else column for column in first]


def unique(columns):
    return [c for i, c in enumerate(columns) if i == 0 or not c == columns[i - 1] == "<key>"]


def guide():
    """The guide to the physics: a section for each experiment, whose sources are in the bibliography."""
    text = (source / "analysis/theory/README.md").read_text(encoding="utf-8")
    kinds = re.findall(r"^\| `(\w+)`", run("explain", "experiment", "--markdown"), re.M)
    if len(kinds) < 20:
        faults.append(f"only {len(kinds)} experiments are explained")
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## )", text, re.M | re.S))
    bibliography = set(re.findall(r"^\| \[([\w-]+)\] \| .*(?:doi:10\.\d+/|arXiv:)", text, re.M))
    for kind in kinds:
        if kind not in sections:
            faults.append(f"analysis/theory/README.md: experiment '{kind}' has no section")
            continue
        for part in ("Measured", "Formula", "Source", "Fails when"):
            if f"**{part}.**" not in sections[kind]:
                faults.append(f"analysis/theory/README.md: '{kind}' does not say: {part}")
        for folder in re.findall(r"`([\w/]+(?:\.hpp|/))`", sections[kind]):
            if not (source / "analysis/theory" / folder).exists():
                faults.append(f"analysis/theory/README.md: '{kind}': no {folder}")
    for key in set(re.findall(r"(?<!\w)\[([A-Z][\w-]*)\](?!\()", text)) - bibliography:
        faults.append(f"analysis/theory/README.md: [{key}] is not in the bibliography")
    for kind in set(sections) - set(kinds) - {"Conventions", "Bibliography"}:
        faults.append(f"analysis/theory/README.md: '{kind}' is no experiment")
    return len(kinds)


reference = (source / "sim/record/README.md").read_text(encoding="utf-8")
described = {path.strip("`"): kind for path, kind in rows("hdf5")}
kinds = guide()
os.chdir(tempfile.mkdtemp())
paths, keys, tables = {}, set(), {}
for name, (deck, settings) in DECKS.items():
    sets = [word for setting in settings for word in ("--set", setting)]
    run("run", source / deck, *sets, "--output", name)
    if h5py is not None:
        for path, types in hdf5_paths(pathlib.Path(name, "result.h5")).items():
            paths.setdefault(path, set()).update(types)
    analysis = json.loads(run("analyze", name, "--json"))
    keys |= json_paths(analysis)
    swept = {key for point in analysis["points"] for key in point["point"]}
    axes = {key for result in analysis["results"] for key in (*result["point"], *result["axis"])}
    tables.setdefault("analyze --csv", []).append(header(run("analyze", name, "--csv"), axes))
    tables.setdefault("export", []).append(header(run("export", name), swept))
    tables.setdefault("export --bins", []).append(header(run("export", name, "--bins"), swept))
run("run", source / DECKS["toy"][0], "--set", "run.seed=7", "--output", "other")
run("report", "toy", "other", "--output", "both")
swept = {key for result in json.loads(run("analyze", "toy", "--json"))["results"]
         for key in (*result["point"], *result["axis"])}
tables["report A B"] = [header(pathlib.Path("both/differences.csv").read_text(), swept)]

# Where points differ in text, unit or the keys that they have: in no deck that runs in seconds.
if h5py is not None:
    compare("result.h5", set(paths), set(described),
            optional=("/observables/<name>/unit", "/observables/<name>/text", "/points/present/<key>"))
    for path in paths.keys() & described.keys():
        said = described[path]
        allowed = {"number": {"float", "uint", "int"}, "number or text": {"float", "uint", "text"}}
        if not paths[path] <= allowed.get(said, {said}):
            faults.append(f"result.h5: {path} is {paths[path]}, described as {said}")
compare("JSON", keys, {path.strip("`") for path, _ in rows("json")}, optional=())
for name, columns in rows("csv"):
    wanted = re.findall(r"`([^`]+)`", columns)
    for found in tables[name.strip("`")]:
        if unique(found) != [c for c in wanted if c != "<key>" or "<key>" in found]:
            faults.append(f"{name}: columns {unique(found)}, described as {wanted}")
print("\n".join(faults) if faults else
      f"{len(described)} paths, {len(keys)} keys, {len(tables)} tables, {kinds} experiments are described")
if h5py is None and not faults:
    print("skipped: no h5py (Debian: apt install python3-h5py), result files were not looked at")
    sys.exit(77)
sys.exit(bool(faults))
