"""Results of symbreak in Python: tables, bins, resampling, crossings, collapses.

    import symbreak
    run = symbreak.open("runs/two_deltas")
    run.table("magnetization")       # every value with its point, axis, error and unit
    run.results()                    # what `symbreak analyze` says, one row a number

Needs numpy; `table` and `results` give pandas.DataFrames where pandas is installed, else `Table`s,
and `xarray` needs xarray. Numbers are those of the program: it is asked for them (`export`,
`analyze --json`), so that this file knows no file format. Which program: the argument `program`,
the environment variable SYMBREAK, build/release/symbreak of this tree, or `symbreak` on the PATH.
"""

import csv
import io
import json
import os
import pathlib
import shutil
import subprocess

import numpy as np

try:
    import pandas
except ImportError:
    pandas = None

__all__ = ["open", "Run", "Table", "crossing", "collapse"]

_TREE = pathlib.Path(__file__).resolve().parents[2]


def open(run, program=None):
    """The run in this directory, or of this result file."""
    return Run(run, program)


class Table(dict):
    """Columns by name, each an array of the same length; what pandas is not needed for."""

    def __len__(self):
        return len(next(iter(self.values()))) if self.keys() else 0

    def rows(self):
        """One dict a row."""
        return [dict(zip(self.keys(), row)) for row in zip(*self.values())]

    def __str__(self):
        """Columns that say something; long texts are left to rows()."""
        names = [name for name, column in self.items() if name != "text"
                 and any(str(value) not in ("", "nan") for value in column)]
        cells = [names] + [[_shown(row[name]) for name in names] for row in self.rows()]
        widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
        return "\n".join("  ".join(c.ljust(w) for c, w in zip(row, widths)).rstrip()
                         for row in cells)


def _shown(value):
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _frame(columns):
    return Table(columns) if pandas is None else pandas.DataFrame(columns)


def _number(text):
    """A number where it is one; "" is NaN beside numbers."""
    try:
        return float(text)
    except ValueError:
        return None


def _column(texts):
    numbers = [_number(text) if text else np.nan for text in texts]
    if None in numbers or not any(texts):
        return np.array(texts, dtype=object)
    return np.array(numbers, dtype=float)


def _program(given):
    for candidate in (given, os.environ.get("SYMBREAK"), _TREE / "build/release/symbreak"):
        if candidate and pathlib.Path(candidate).exists():
            return str(candidate)
    found = shutil.which("symbreak")
    if found is None:
        raise FileNotFoundError("no program symbreak: build it, or set SYMBREAK to its path")
    return found


class Run:
    """A run: what the program says of it, read once and kept."""

    def __init__(self, run, program=None):
        self.path = pathlib.Path(run)
        self._command = _program(program)
        self._analysis = None
        self._exports = {}

    def __repr__(self):
        return f"symbreak.open({str(self.path)!r})"

    def _ask(self, *arguments):
        done = subprocess.run([self._command, *arguments], capture_output=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.decode(errors="replace").strip())
        return done.stdout.decode(errors="replace")

    def _export(self, *options):
        if options not in self._exports:
            rows = list(csv.reader(io.StringIO(self._ask("export", str(self.path), *options),
                                               newline="")))
            self._exports[options] = Table(
                {name: _column(texts) for name, texts in zip(rows[0], zip(*rows[1:]))}
                if len(rows) > 1 else {name: np.array([]) for name in rows[0]})
        return self._exports[options]

    @property
    def analysis(self):
        """`symbreak analyze --json`, parsed."""
        if self._analysis is None:
            self._analysis = json.loads(self._ask("analyze", str(self.path), "--json"))
        return self._analysis

    @property
    def keys(self):
        """Paths of the keys that points differ in."""
        columns = list(self._export())
        return columns[:columns.index("observable")]

    def _select(self, table, observables, point):
        """Rows of these observables at these points; keys by path, or by name with '_' for '.'."""
        chosen = np.ones(len(table), dtype=bool)
        if observables:
            known = set(table["observable"])
            for name in observables:
                if name not in known:
                    raise KeyError(f"no observable {name!r}; there are {sorted(known)}")
            chosen &= np.isin(table["observable"].astype(str), observables)
        for key, value in point.items():
            chosen &= table[self._path(key)] == value
        return Table({name: column[chosen] for name, column in table.items()})

    def _path(self, key):
        found = [path for path in self.keys
                 if key in (path, path.split(".")[-1], path.replace(".", "_"))]
        if len(found) != 1:
            raise KeyError(f"points do not differ in {key!r}; they do in {self.keys}")
        return found[0]

    def table(self, *observables, **point):
        """Recorded values (all, or of these observables; of points with these keys), one a row:
        keys that points differ in, observable, axis, index, axis_value, value, error, tau_int, ess, dof, unit, text.
        """
        return _frame(self._select(self._export(), observables, point))

    def results(self, quantity=None):
        """Fitted and derived numbers, one a row: `results` of `analyze --json`."""
        rows = [row for row in self.analysis["results"] if quantity in (None, row["quantity"])]
        places = list(dict.fromkeys(key for row in rows for key in (*row["point"], *row["axis"])))
        plain = [name for name in (rows[0] if rows else {}) if name not in ("point", "axis")]
        columns = {name: [row[name] for row in rows] for name in plain[:2]}
        for key in places:
            columns[key] = [row["point"].get(key, row["axis"].get(key)) for row in rows]
        columns.update({name: [row[name] for row in rows] for name in plain[2:]})
        return _frame({name: _plain(values) for name, values in columns.items()})

    def bins(self, observable, **point):
        """Means of consecutive samples of one scalar or array at one point: bins x elements. Bins of
        a work unit follow each other; units have no memory of each other."""
        table = self._select(self._export("--bins", "--observable", observable), [observable], point)
        if len(table) == 0:
            raise KeyError(f"no bins of {observable!r} at {point}")
        places = {tuple(row) for row in zip(*(table[key] for key in self.keys))}
        if len(places) > 1:
            raise KeyError(f"{len(places)} points have these keys; say more of {self.keys}")
        elements = int(table["element"].max()) + 1
        return table["value"].astype(float).reshape(-1, elements)

    def bootstrap(self, function, *observables, samples=1000, seed=1, **point):
        """Value and error of a function of the means of scalar observables at one point, by
        resampling their bins together: 2 f(mean) - <f*>, spread of f* (Efron 1982). Bins must be
        longer than the memory of the chain (tau_int)."""
        rows = np.column_stack([self.bins(name, **point)[:, 0] for name in observables])
        count = len(rows)
        if count < 2:
            raise ValueError("one bin has no error")
        rng = np.random.default_rng(seed)
        means = rows[rng.integers(count, size=(samples, count))].mean(axis=1)
        drawn = np.array([function(*row) for row in means])
        value = function(*rows.mean(axis=0))
        return 2 * value - drawn.mean(), drawn.std(ddof=1) * np.sqrt(count / (count - 1))

    def curve(self, observables, x, function=None, **point):
        """x, value, error along a swept key: of an observable, or a function of several."""
        names = [observables] if isinstance(observables, str) else list(observables)
        path = self._path(x)
        table = self._select(self._export(), [names[0]], point)
        order = np.argsort(table[path].astype(float))
        at = table[path].astype(float)[order]
        if function is None:
            return at, table["value"][order], table["error"][order]
        pairs = [self.bootstrap(function, *names, **{**point, path: value}) for value in at]
        return at, np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])

    def _curves(self, observables, x, size, function, sizes, point):
        known = self._select(self._export(), [], point)[self._path(size)].astype(float)
        return {n: self.curve(observables, x, function, **{**point, self._path(size): n})
                for n in (np.unique(known) if sizes is None else sizes)}

    def crossing(self, observables, x, size, function=None, sizes=None, point=None, **options):
        """Where the curves of the two largest (or these two) sizes cross, at points with these other
        keys: see crossing()."""
        if sizes is None:
            at = self._select(self._export(), [], point or {})[self._path(size)]
            sizes = np.unique(at.astype(float))[-2:]
        first, second = self._curves(observables, x, size, function, sizes, point or {}).values()
        return crossing(first, second, **options)

    def collapse(self, observables, x, size, function=None, sizes=None, point=None, **options):
        """x_c and nu of curves of all (or these) sizes, at points with these other keys: see
        collapse()."""
        return collapse(self._curves(observables, x, size, function, sizes, point or {}), **options)

    def xarray(self, observable):
        """A Dataset of value and error over the swept keys and the axes of an array."""
        import xarray
        rows = self._select(self._export(), [observable], {}).rows()
        names = [name for name in rows[0]["axis"].split(";") if name]
        keys = self.keys + [name + "_index" if name in self.keys else name for name in names]
        places = [tuple(row[key] for key in self.keys) + tuple(map(int, _split(row["index"])))
                  for row in rows]
        levels = [sorted(set(column)) for column in zip(*places)]
        shape = [len(level) for level in levels]
        data = {part: np.full(shape, np.nan) for part in ("value", "error")}
        for place, row in zip(places, rows):
            at = tuple(level.index(value) for level, value in zip(levels, place))
            for part, array in data.items():
                array[at] = row[part]
        coordinates = dict(zip(keys, levels))
        for k, name in enumerate(keys[len(self.keys):]):
            values = [_split(row["axis_value"]) for row in rows]
            known = {place[len(self.keys) + k]: at[k] for place, at in zip(places, values)
                     if len(at) > k and at[k]}
            if len(known) == len(levels[len(self.keys) + k]):  # else: an axis that only counts
                coordinates[name] = [float(known[i]) for i in levels[len(self.keys) + k]]
        return xarray.Dataset({part: (keys, array) for part, array in data.items()},
                              coords=coordinates, attrs={"unit": rows[0]["unit"],
                                                         "text": rows[0]["text"]})


def _split(texts):
    """Of the axes of one value: "" is no axis, 3.0 one that numpy read as a number."""
    if isinstance(texts, float):
        return [] if np.isnan(texts) else [f"{texts:.17g}"]
    return texts.split(";") if texts else []


def _plain(values):
    if all(value is None or isinstance(value, (int, float)) and not isinstance(value, bool)
           for value in values):
        return np.array([np.nan if value is None else value for value in values], dtype=float)
    return np.array(values, dtype=object)


def _root(x, y, weight, degree):
    """Zero of a polynomial through y that is nearest to the middle of x; NaN where there is none."""
    centre, width = (x.max() + x.min()) / 2, (x.max() - x.min()) / 2
    roots = np.roots(np.polyfit((x - centre) / width, y, degree, w=weight))
    real = roots[np.abs(roots.imag) < 1e-9].real
    real = real[np.abs(real) <= 1]
    return centre + width * real[np.argmin(np.abs(real))] if real.size else np.nan


def _kept(curve, between):
    """Points whose y is in this range: near a transition the curve itself says what is near."""
    inside = np.isfinite(curve[1]) if between is None else \
        (curve[1] > between[0]) & (curve[1] < between[1])
    return tuple(part[inside] for part in curve)


def crossing(first, second, degree=3, between=None, samples=400, seed=1):
    """Where two curves (x, y, error) at the same x cross, of points with y `between` two values: zero
    of a polynomial through their difference, with the spread over curves drawn within the errors."""
    first, second = _kept(first, between), _kept(second, between)
    x, common, also = np.intersect1d(first[0], second[0], return_indices=True)
    if x.size <= degree:
        raise ValueError(f"{x.size} common values of x do not determine degree {degree}")
    y = second[1][also] - first[1][common]
    error = np.hypot(first[2][common], second[2][also])
    rng = np.random.default_rng(seed)
    drawn = [_root(x, y + error * rng.standard_normal(x.size), 1 / error, degree)
             for _ in range(samples)]
    return _root(x, y, 1 / error, degree), np.nanstd(drawn, ddof=1)


def _misfit(curves, critical, inverse_nu, degree):
    """chi^2 of one polynomial through y against (x/x_c - 1) n^(1/nu), and its degrees of freedom."""
    u = np.concatenate([(x / critical - 1) * n ** inverse_nu for n, (x, _, _) in curves.items()])
    y, error = (np.concatenate([curve[k] for curve in curves.values()]) for k in (1, 2))
    scale = np.abs(u).max() or 1
    fit = np.polyfit(u / scale, y, degree, w=1 / error)
    return np.sum(((np.polyval(fit, u / scale) - y) / error) ** 2), y.size - degree - 3


def collapse(curves, critical=None, nu=1.0, degree=5, between=None):
    """Best x_c and nu of {size: (x, y, error)}: y = f((x/x_c - 1) size^(1/nu)), f a polynomial, of
    points with y `between` two values.
    A dict: critical, nu, each a (value, error), and chi2_per_dof. `critical` and `nu` are where the
    search starts (the middle of x, 1); no corrections to scaling. Errors from the curvature of chi^2
    at its minimum, widened by chi^2/dof where that is above 1."""
    curves = {n: _kept(curve, between) for n, curve in curves.items()}
    x = np.concatenate([curve[0] for curve in curves.values()])
    centre = np.array([critical or (x.max() + x.min()) / 2, 1 / nu])
    reach = np.array([(x.max() - x.min()) / 4, 0.75 / nu])

    def misfit(place):
        return _misfit(curves, *place, degree)[0]

    # A grid that is refined around its best place: chi^2 may have several minima.
    for points, rounds in ((13, 1), (5, 30)):
        for _ in range(rounds):
            grid = [(c, v) for c in centre[0] + reach[0] * np.linspace(-1, 1, points)
                    for v in centre[1] + reach[1] * np.linspace(-1, 1, points) if v > 0]
            centre = np.array(min(grid, key=misfit))
            reach = reach * (0.3 if points > 5 else 0.7)
    chi2, dof = _misfit(curves, *centre, degree)
    step = _steps(misfit, centre, chi2)
    curvature = np.empty((2, 2))
    for i in range(2):
        for j in range(2):
            signs = [(1, 1), (1, -1), (-1, 1), (-1, -1)]
            terms = [a * b * misfit(centre + a * step * np.eye(2)[i] + b * step * np.eye(2)[j])
                     for a, b in signs]
            curvature[i, j] = sum(terms) / (4 * step[i] * step[j])
    spread = np.sqrt(np.diag(np.linalg.inv(curvature / 2)) * max(1.0, chi2 / dof))
    return {"critical": (centre[0], spread[0]),
            "nu": (1 / centre[1], spread[1] / centre[1] ** 2),
            "chi2_per_dof": chi2 / dof}


def _steps(misfit, place, least):
    """How far each parameter may go alone until chi^2 has risen by about 1."""
    steps = np.abs(place) * 1e-8
    for i in range(2):
        while misfit(place + steps * np.eye(2)[i]) - least < 1 and steps[i] < 0.1 * abs(place[i]):
            steps[i] *= 2
    return steps
