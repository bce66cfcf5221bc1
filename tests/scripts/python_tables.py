#!/usr/bin/env python3
"""Results in Python with and without pandas and xarray: the same numbers, every value of every array at
the coordinates that the table says. What is not installed is left out; exit status 77 if that is both.
Usage: python_tables.py SYMBREAK SOURCE_DIRECTORY"""
import importlib
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

program, source = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
sys.path.insert(0, str(source / "analysis/python"))
os.environ["SYMBREAK"] = str(program)
faults, left_out = [], []


def loaded(without_pandas):
    """The module, as it is where pandas is not installed, or is."""
    sys.modules.pop("symbreak", None)
    if without_pandas:
        kept = sys.modules.get("pandas")
        sys.modules["pandas"] = None  # import fails
        module = importlib.import_module("symbreak")
        del sys.modules["pandas"]
        if kept is not None:
            sys.modules["pandas"] = kept
        return module
    return importlib.import_module("symbreak")


def same(a, b):
    return len(a) == len(b) and all(
        x == y or (isinstance(x, float) and isinstance(y, float) and np.isnan(x) and np.isnan(y))
        or (x is None and y is None) for x, y in zip(a, b))


def equal_tables(name, frame, table):
    if list(frame.columns) != list(table):
        faults.append(f"{name}: columns {list(frame.columns)} with pandas, {list(table)} without")
        return
    for column in table:
        if not same(list(frame[column]), list(table[column])):
            faults.append(f"{name}: {column} differs with and without pandas")


def arrays(name, run):
    """Every row of the table is in the Dataset, at its coordinates."""
    table = run.table()
    for observable in dict.fromkeys(table["observable"]):
        rows = table[table["observable"] == observable]
        data = run.xarray(observable)
        count = int(np.prod(list(data.sizes.values())))
        if count < len(rows):
            faults.append(f"{name}: {observable} has {len(rows)} values, its Dataset {count}")
        axes = [axis for axis in rows["axis"].iloc[0].split(";") if axis]
        axes = [axis if axis not in axes[:k] else f"{axis}_2" for k, axis in enumerate(axes)]
        if list(data["value"].dims[len(run.keys):]) != [
                axis + "_index" if axis in run.keys else axis for axis in axes]:
            faults.append(f"{name}: {observable} has the axes {data['value'].dims}, said {axes}")
        for _, row in rows.iterrows():
            at = data.sel({key: row[key] for key in run.keys})
            index = [int(float(i)) for i in str(row["index"]).split(";") if i not in ("", "nan")]
            found = at["value"].values[tuple(index)], at["error"].values[tuple(index)]
            if not same(list(map(float, found)), [float(row["value"]), float(row["error"])]):
                faults.append(f"{name}: {observable} at {index}: {found} in xarray, {row['value']}")
                break
    return len(table)


os.chdir(tempfile.mkdtemp())
for deck, settings in {"my_points": ["experiment.t=critical(±0.5, 5)"],
                       "my_couplings": ["sampling.replicas=2"]}.items():
    words = [word for each in settings for word in ("--set", each)]
    done = subprocess.run([str(program), "run", str(source / f"inputs/tutorial/{deck}.ini"), *words],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stdout + done.stderr)
    directory = f"runs/{deck}"
    plain = loaded(without_pandas=True).open(directory)
    if type(plain.table()).__name__ != "Table" or "value" not in str(plain.table()):
        faults.append(f"{deck}: no Table without pandas")
    try:
        import pandas
    except ImportError:
        left_out.append("pandas")
        continue
    run = loaded(without_pandas=False).open(directory)
    for frame in (run.table(), run.results()):
        if not isinstance(frame, pandas.DataFrame):
            faults.append(f"{deck}: {type(frame)} where pandas is installed")
    equal_tables(f"{deck}, table", run.table(), plain.table())
    equal_tables(f"{deck}, results", run.results(), plain.results())
    try:
        import xarray  # noqa: F401
    except ImportError:
        left_out.append("xarray")
        continue
    arrays(deck, run)
if faults:
    sys.exit("\n".join(faults))
if left_out:
    print(f"skipped: not installed: {', '.join(sorted(set(left_out)))}")
    sys.exit(77)
print("tables with and without pandas, arrays of xarray: the same numbers")
