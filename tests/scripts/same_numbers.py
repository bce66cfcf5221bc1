#!/usr/bin/env python3
"""Two results of different format versions hold the same numbers, bit for bit: points, keys, units,
observables with their bins, facts, predictions. Results that are older than degrees of freedom have
other errors: of those what was measured is compared. Usage: same_numbers.py A B"""
import sys

import h5py
import numpy

PARTS = "mean error dof tau_int ess error_binning error_spread tau_error r_hat".split()


class Anything:
    """Equals all: what an old result does not say, or says otherwise."""

    def __eq__(self, other):
        return True


ANY = Anything()


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def number(value):
    """As decks print it: shortest, integers without a point."""
    if value == int(value) and abs(value) <= 2 ** 53:
        return str(int(value))
    return repr(float(value))


def same_text(value):
    """A key, whether it was kept as a number or as text."""
    try:
        return number(float(text(value)))
    except (ValueError, OverflowError):
        return text(value)


def bits(values):
    return numpy.ascontiguousarray(values, dtype="float64").tobytes()


def of_groups(file):
    """Format versions 1 and 2: a group a point."""
    for identity in file["plan/points"].asstr():
        group = file["points"][identity]
        items = {"id": identity, "complete": int(group.attrs["complete"]),
                 "units": group["units"][:].tolist()}
        for key, value in group.attrs.items():
            if key not in ("complete", "run.seed"):  # which merge leaves out
                items["key " + key] = same_text(value)
        for name, observable in group["observables"].items():
            here = f"observable {name} "
            for attribute in ("unit", "text", "origin"):
                items[here + attribute] = text(observable.attrs[attribute])
            old = "dof" not in observable
            for attribute in ("independent", "errors_agree", "converged"):
                items[here + attribute] = (ANY if old else int(observable.attrs[attribute]))
            items[here + "shape"] = observable["mean"].shape
            for part in PARTS:
                items[here + part] = (ANY if old and part != "mean" else bits(observable[part][()]))
            for part in ("bins", "unit_mean", "unit_variance"):
                items[here + part] = bits(observable[part][()])
            for part in ("unit_count", "unit_bin_size"):
                items[here + part] = observable[part][:].tolist()
            items[here + "bins a unit"] = numpy.bincount(
                observable["bins_unit"][:].astype(int),
                minlength=len(items["units"])).tolist()
        for kind in ("facts", "predictions"):
            for name, values in group[kind].items():
                items[f"{kind} {name}"] = bits(values[()])
                items[f"{kind} {name} text"] = text(group[kind].attrs[name])
        yield items


def column(group, name, row):
    """A row of a column, or the scalar that all rows share."""
    values = group[name]
    return values[()] if values.shape == () else values[row]


def of_columns(file):
    """Format version 3."""
    points, units = file["points"], file["units"]
    first = points["first_unit"][:].astype(int)
    for p, identity in enumerate(points["id"].asstr()[:]):
        mine = slice(first[p], first[p + 1])
        items = {"id": identity, "complete": int(points["complete"][p]),
                 "units": [list(row) for row in zip(*(units[name][mine].tolist() for name in
                                                      ("seed", "disorder", "replica")))]}
        for key in points["keys"]:
            present = points["present"]
            if key != "run.seed" and (key not in present or present[key][p]):
                items["key " + key] = same_text(column(points["keys"], key, p))
        for table in file["observables"].values():
            found = numpy.flatnonzero(table["point"][:] == p)
            if not len(found):
                continue
            row, here = found[0], f"observable {text(table.attrs['name'])} "
            for attribute in ("unit", "text"):
                items[here + attribute] = text(table[attribute][row] if attribute in table
                                               else table.attrs[attribute])
            items[here + "origin"] = text(table.attrs["origin"])
            items[here + "independent"] = int(table.attrs["independent"])
            for part in ("errors_agree", "converged"):
                items[here + part] = int(table[part][row])
            items[here + "shape"] = table["mean"].shape[1:]
            for part in PARTS:
                items[here + part] = bits(table[part][row])
            rows = slice(*table["first_unit"][row:row + 2].astype(int))
            bins = table["first_bin"][rows.start:rows.stop + 1].astype(int)
            items[here + "bins"] = bits(table["bins"][bins[0]:bins[-1]])
            items[here + "bins a unit"] = numpy.diff(bins).tolist()
            for part in ("unit_mean", "unit_variance"):
                items[here + part] = bits(table[part][rows])
            for part in ("unit_count", "unit_bin_size"):
                items[here + part] = table[part][rows].tolist()
        for kind, label in (("facts", "text"), ("predictions", "source")):
            for table in file[kind].values():
                found = numpy.flatnonzero(table["point"][:] == p)
                if len(found):
                    name = text(table.attrs["name"])
                    items[f"{kind} {name}"] = bits(table["value"][found[0]])
                    items[f"{kind} {name} text"] = text(column(table, label, found[0]))
        yield items


def points_of(path):
    with h5py.File(path) as file:
        return list(of_columns(file) if file.attrs["format_version"] > 2 else of_groups(file))


a, b = points_of(sys.argv[1]), points_of(sys.argv[2])
faults = [] if len(a) == len(b) else [f"{len(a)} points and {len(b)}"]
for one, other in zip(a, b):
    for key in sorted(one.keys() | other.keys()):
        if one.get(key) != other.get(key):
            faults.append(f"{one['id']}: {key}: {one.get(key)!r:.60} and {other.get(key)!r:.60}")
print("\n".join(faults[:10]) or f"{sum(map(len, a))} items of {len(a)} points are the same")
sys.exit(bool(faults) or not a)
