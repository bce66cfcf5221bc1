#!/usr/bin/env python3
"""What is the number? Small runs of many kinds of decks, and then: no line of analyze, check, status
or explain is wider than the terminal; no number stands in a note alone; text, CSV, JSON and Python
show the same numbers, to the last digit.  Usage: every_number.py SYMBREAK SOURCE_DIRECTORY [DECK]..."""
import csv
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

program, source = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
sys.path.insert(0, str(source / "analysis/python"))
os.environ["SYMBREAK"] = str(program)
import symbreak  # noqa: E402  (where it is, is known now)

# Decks of the tree, cut down to seconds.
SMALL = {
    "tutorial/two_deltas": [],
    "validation/blume_capel_deltas": ["experiment.t=critical(±0.5, 21)"],
    "validation/two_deltas_copies": [
        "experiment.n=256,1024,4096", "experiment.t=critical(±0.2, 15), critical(±0.06, 15)",
        "experiment.isotherm=log(1e-3, 4e-2, 9)", "sampling.blocks=16",
        "sampling.sweeps_per_block=200"],
    "validation/rem_condensation": ["target.M=20,100", "sampling.disorder_samples=4000",
                                    "sampling.batch=250"],
    "validation/collapse_sphere": ["target.n=100,200", "target.dimension=16",
                                   "sampling.disorder_samples=12", "experiment.steps=8"],
    "validation/raya_late_start": ["sampling.walkers=64", "sampling.blocks=4",
                                   "sampling.replicas=2", "experiment.steps=10"],
    "validation/ising2d_critical_time": [
        "target.side=4,8,8,8", "target.temperature=2.26918531421302,2.26918531421302,3,3.5",
        "sampling.samples_per_block=32", "sampling.blocks=8"],
    "validation/u_turn_two_deltas": ["sampling.walkers=32", "sampling.blocks=4",
                                     "sampling.replicas=2", "experiment.steps=10"],
    "validation/guidance_two_deltas": ["sampling.walkers=128", "sampling.replicas=2",
                                       "experiment.steps=12"],
    "validation/rhm": ["target.vocabulary=8,12,16", "target.synonyms=2,3,4", "target.layers=4",
                       "sampling.disorder_samples=4"],
    "validation/patch_langevin": ["target.side=6,9", "sampling.burn_in=20", "sampling.blocks=8",
                                  "sampling.time_per_block=5", "sampling.walkers=4"],
    "validation/curie_weiss_commitment": ["target.dimension=64", "experiment.t=log(12,250,7)",
                                          "sampling.blocks=2", "sampling.replicas=2"],
    "validation/minority_fraction": ["sampling.walkers=128", "sampling.blocks=2",
                                     "sampling.replicas=2", "experiment.schedule=edm",
                                     "experiment.sampler=ddim,ode", "experiment.steps=4,8",
                                     "experiment.start=noise,gaussian"],
    "validation/gaussian_mixture_generation": ["target.dimension=8", "experiment.steps=20",
                                               "sampling.replicas=2", "sampling.walkers=64"],
    "validation/entropy_clock_two_deltas": ["sampling.walkers=128", "sampling.blocks=8",
                                            "sampling.replicas=2"],
    "validation/hopfield_modern": ["target.law=gaussian,sphere", "target.n=100,200,400,800",
                                   "experiment.energy=associative,associative",
                                   "target.dimension=10", "sampling.disorder_samples=8"],
    "validation/patch_mosaics": ["target.side=12,15", "target.patch=3,5",
                                 "experiment.sampler=bridge", "experiment.steps=20",
                                 "sampling.walkers=4", "sampling.blocks=1",
                                 "sampling.replicas=2"],
    "validation/patch_softening_trajectories": [
        "target.side=12,16", "target.patch=3,5", "experiment.steps=40", "experiment.records=20",
        "sampling.walkers=4", "sampling.blocks=2", "sampling.replicas=2"],
    "validation/ising2d_breakdown": ["target.side=8", "experiment.chains=4",
                                     "sampling.measurements_per_block=8", "sampling.blocks=4",
                                     "sampling.replicas=2"],
    "validation/flipped_curie_weiss": ["sampling.blocks=4", "sampling.replicas=2",
                                       "target.dimension=30"],
    "validation/flipped_memorization": ["target.dimension=16", "target.n=64",
                                        "sampling.disorder_samples=8"],
    "validation/masked_leaps": ["sampling.blocks=4", "sampling.replicas=2"],
    "validation/guided_generation": ["target.dimension=1,4", "experiment.steps=20",
                                     "sampling.walkers=128", "sampling.blocks=4",
                                     "sampling.replicas=2"],
    "validation/locality_images": ["target.n=64", "sampling.walkers=32", "sampling.blocks=2",
                                   "sampling.disorder_samples=3"],
    "validation/locality_chain": ["target.dimension=21", "sampling.walkers=64", "sampling.blocks=4",
                                  "sampling.replicas=2"],
    "validation/score_spectrum_sphere": ["experiment.t=0.002,0.02,0.2", "sampling.walkers=16",
                                         "sampling.blocks=4", "sampling.replicas=2"],
    "validation/speciation_equal_means": ["target.dimension=64,256", "experiment.t=0.5,1,1.5",
                                          "sampling.walkers=32", "sampling.replicas=2"],
    "validation/training_window": ["target.n=20,40", "experiment.t=0.02",
                                   "sampling.disorder_samples=3"],
}
faults = []


def run(*words, columns=80, status=(0,)):
    done = subprocess.run([str(program), *map(str, words)], capture_output=True, text=True,
                          env={**os.environ, "COLUMNS": str(columns)}, check=False)
    if done.returncode not in status:
        faults.append(f"symbreak {' '.join(map(str, words))}: status {done.returncode}: "
                      f"{done.stdout[-300:]}{done.stderr[-300:]}")
    return done.stdout


def fits(*words, status=(0,)):
    """No line is wider than it may be."""
    for columns in (80, 100):
        for line in run(*words, columns=columns, status=status).splitlines():
            if len(line) > columns:
                faults.append(f"{words} at {columns} columns: {len(line)} wide: {line}")
                break


def printed(text):
    """(value, half a unit of its last digit) of "1.234(5)e-7", "12.3(1.5)", "0.5"."""
    match = re.fullmatch(r"(-?[\d.]+)(?:\([\d.naif]+\))?(?:e(-?\d+))?", text)
    if match is None:
        return None
    digits, exponent = match.group(1), int(match.group(2) or 0)
    place = len(digits.split(".")[1]) if "." in digits else 0
    zeros = len(digits) - len(digits.rstrip("0")) if place == 0 else 0
    return float(digits) * 10.0 ** exponent, 0.5000001 * 10.0 ** (exponent - place + zeros)


def same_numbers(name, directory):
    analysis = json.loads(run("analyze", directory, "--json"))
    results = analysis["results"]
    if not results:
        faults.append(f"{name}: no result")
    # CSV and Python: the very same doubles.
    rows = list(csv.DictReader(io.StringIO(run("analyze", directory, "--csv"), newline="")))
    table = symbreak.open(directory, program).results()
    if not len(rows) == len(results) == len(table):
        faults.append(f"{name}: {len(results)} results, {len(rows)} rows, {len(table)} in Python")
    for i, (row, result) in enumerate(zip(rows, results)):
        for column in ("value", "error", "predicted", "z"):
            known = result[column]
            if known is None:
                continue
            if float(row[column]) != known or table[column][i] != known:
                faults.append(f"{name}: {column} of {result['quantity']}: {row[column]} in CSV, "
                              f"{known} in JSON, {table[column][i]} in Python")
        for key, value in (*result["point"].items(), *result["axis"].items()):
            if isinstance(value, (int, float)) and float(row[key]) != value:
                faults.append(f"{name}: {key} is {row[key]} in CSV, {value} in JSON")
    # Text: the digits that it shows. Wide enough, every result is one line that ends in its numbers.
    wide = run("analyze", directory, "-v", columns=1000)
    numbers = []
    body = wide.split("\nresult", 1)[1].split("\n\n", 1)[0].splitlines()[1:] if results else []
    for line in body:
        # measured, predicted, z, then "ok [3]", "NO", "[3]" or nothing; how it came about is below.
        row = re.search(r"(\S+)  +(\S+)  +(-?[\d.]+(?:e[+-]\d+)?|-|-?inf)"
                        r"(?:  (?:(?:ok|NO) ?)?(?:\[\d+\])?)?$", line)
        if row is not None:
            numbers.append(row.groups())
    if len(numbers) != len(results):
        faults.append(f"{name}: {len(numbers)} lines of text for {len(results)} results")
        return
    for measured, predicted, z in numbers:
        def shows(text, value):
            if value is None:
                return text in ("-", "nan", "inf", "-inf")
            read = printed(text)
            return read is not None and abs(read[0] - value) <= read[1] + 1e-12 * abs(value)

        found = [r for r in results if shows(measured, r["value"]) and shows(z, r["z"])
                 and shows(predicted, r["predicted"])]
        if not found:
            faults.append(f"{name}: no result in JSON reads {measured}, {predicted}, {z}")
    # Recorded values: JSON, export and Python.
    recorded = {}
    for observable in analysis["observables"]:
        flat = [observable["value"]]
        while flat and isinstance(flat[0], list):
            flat = [item for part in flat for item in part]
        recorded.setdefault(observable["name"], []).extend(flat)
    exported = list(csv.DictReader(io.StringIO(run("export", directory), newline="")))
    python = symbreak.open(directory, program).table()
    if len(exported) != len(python):
        faults.append(f"{name}: {len(exported)} exported values, {len(python)} in Python")
    for observable, values in recorded.items():
        own = [row["value"] for row in exported if row["observable"] == observable]
        if [v if v is None else float(v) for v in values] != \
                [None if v in ("", "inf", "-inf") else float(v) for v in own]:
            faults.append(f"{name}: {observable} differs between JSON and export")


def no_number_in_notes(name, directory):
    for note in json.loads(run("analyze", directory, "--json"))["diagnostics"]:
        if note["severity"] != "note":
            continue  # warnings count points, which are no results
        # Keys of the point ("t = 3"), names with digits, thresholds and paths in the advice are none.
        text = re.sub(r"[\w.]+ = [^,:;)]+|\(a < 1\)|R-hat > [\d.]+|/\S+|w_1|t_c", "", note["text"])
        if re.search(r"\d", text):
            faults.append(f"{name}: a number in a note: {note['text']}")


def every_figure_says_what_to_see(name, directory):
    """A caption of some words under each figure of the page, frames of movies too."""
    page = pathlib.Path(run("report", directory).strip()).read_text()
    found = re.findall(r"<figure>(?:<h3>(.*?)</h3>)?.*?<figcaption>(.*?)</figcaption>", page, re.S)
    if not found:
        faults.append(f"{name}: no figure")
    for title, caption in found:
        if len(re.sub(r'<span class="links">.*', "", caption, flags=re.S)) < 25:
            faults.append(f"{name}: no caption under '{title}'")
            break


def copies_in_python(directory):
    """Resampling, crossing and collapse of the copies against what the program says."""
    numbers = symbreak.open(directory, program)
    results = numbers.results()

    def said(quantity):
        rows = [i for i in range(len(results)) if results["quantity"][i] == quantity
                and not results["criterion"][i]]
        return results["value"][rows[0]], results["error"][rows[0]]

    def binder(m2, m4):
        return 1 - m4 / (3 * m2 * m2)

    time, _ = said("critical_time")
    at, error = numbers.crossing(["m2", "m4"], "t", "n", binder, point={"h": 0}, between=(0.1, 0.5))
    if not (error > 0 and abs(at - time) < 6 * error + 0.02):
        faults.append(f"copies: Python's crossing {at} +- {error}, critical time {time}")
    for what in ("--crossing", "binder_cumulant"), ("--collapse", "m2"):
        fits("analyze", directory, *what, "--against", "t", "--size", "n")
        fits("analyze", directory, *what, "--against", "t", "--size", "n", "-v")
    told = json.loads(run("analyze", directory, "--crossing", "binder_cumulant", "--against", "t", "--size",
                          "n", "--json"))["results"]
    pooled = [row for row in told if row["criterion"] == "crossing of binder_cumulant, pooled"]
    if not pooled or abs(pooled[0]["value"] - time) > 6 * pooled[0]["error"] + 0.02:
        faults.append(f"copies: crossings {pooled}, critical time {time}")
    found = numbers.collapse(["m2", "m4"], "t", "n", binder, point={"h": 0}, between=(0.05, 0.53),
                             exponent=0)
    nu, critical = found["nu"], found["critical"]
    if not (abs(critical[0] - time) < 0.03 and 1.2 < nu[0] < 3.2):
        faults.append(f"copies: Python's collapse {found}, critical time {time}")


os.chdir(tempfile.mkdtemp())
wanted = sys.argv[3:] or SMALL
for deck in wanted:
    name = deck.split("/")[1]
    path = source / "inputs" / (deck + ".ini")
    sets = [word for setting in SMALL[deck] for word in ("--set", setting)]
    fits("check", path, *sets)
    run("run", path, *sets, "--output", name)
    if not pathlib.Path(name, "result.h5").exists():
        continue
    fits("analyze", name)
    fits("analyze", name, "-v")
    fits("analyze", name, "--observables")
    fits("status", name)
    same_numbers(name, name)
    no_number_in_notes(name, name)
    every_figure_says_what_to_see(name, name)
    if name == "two_deltas_copies":
        copies_in_python(name)
if not sys.argv[3:]:
    fits("status", *(deck.split("/")[1] for deck in SMALL))
    overview = run("explain", "--markdown")
    kinds = re.findall(r"^## (?:target|experiment) `(\w+)`", overview, re.M)
    words = ["memorization", "participation", "critical", "sweep", "statistics", "resume", "matrix"]
    for word in ["", *kinds, *words]:
        fits("explain", *([word] if word else []))
    if len(kinds) < 30:
        faults.append(f"only {len(kinds)} kinds are explained")
    for verb in ("run", "check", "status", "analyze", "report", "export", "merge", "validate",
                 "explain"):
        fits(verb, "--help")
        if "for example" not in run(verb, "--help"):
            faults.append(f"symbreak {verb} --help has no example")
print("\n".join(faults) if faults else f"{len(list(wanted))} decks, every number in every view")
sys.exit(bool(faults))
