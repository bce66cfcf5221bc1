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
import math
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
        """x, value, error and its degrees of freedom along a swept key: of an observable, or a function
        of several."""
        names = [observables] if isinstance(observables, str) else list(observables)
        path = self._path(x)
        table = self._select(self._export(), [names[0]], point)
        order = np.argsort(table[path].astype(float))
        at = table[path].astype(float)[order]
        if function is None:
            return at, *(table[part][order] for part in ("value", "error", "dof"))
        places = [{**point, path: value} for value in at]
        pairs = [self.bootstrap(function, *names, **place) for place in places]
        bins = [len(self.bins(names[0], **place)) for place in places]
        return at, *np.array(pairs).T, np.array(bins) - 1

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
        """x_c, 1/nu and exponent of curves of all (or these) sizes, at points with these other keys:
        see collapse()."""
        return collapse(self._curves(observables, x, size, function, sizes, point or {}), **options)

    def xarray(self, observable):
        """A Dataset of value and error over the swept keys and the axes of an array; an axis that it has
        twice is NAME and NAME_2."""
        import xarray
        rows = self._select(self._export(), [observable], {}).rows()
        names = [name for name in rows[0]["axis"].split(";") if name]
        names = [name if name not in names[:k] else f"{name}_{names[:k].count(name) + 1}"
                 for k, name in enumerate(names)]  # a plane has the same axis twice
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


def _kept(curve, between):
    """Points whose y is in this range: near a transition the curve itself says what is near. With
    degrees of freedom (infinite where there are none), and errors that have lent each other strength."""
    x, y, error = (np.asarray(part, dtype=float) for part in curve[:3])
    dof = np.asarray(curve[3], dtype=float) if len(curve) > 3 else np.full(x.size, np.inf)
    inside = np.isfinite(y) if between is None else (y > between[0]) & (y < between[1])
    rows = np.flatnonzero(inside)[np.argsort(x[inside], kind="stable")]
    return x[rows], y[rows], *_moderated(error[rows], dof[rows])


def _series(x, term, tail):
    """Sum of term(x) by recurrence up to 10, and `tail` from there."""
    total = np.zeros_like(x)
    while np.any(x < 10):
        total = np.where(x < 10, total + term(x), total)
        x = np.where(x < 10, x + 1, x)
    return total + tail(x)


def _digamma(x):
    return _series(x, lambda x: -1 / x, lambda x: np.log(x) - 1 / (2 * x) - 1 / (12 * x ** 2)
                   + 1 / (120 * x ** 4) - 1 / (252 * x ** 6) + 1 / (240 * x ** 8))


def _trigamma(x):
    return _series(x, lambda x: 1 / x ** 2, lambda x: 1 / x + 1 / (2 * x ** 2) + 1 / (6 * x ** 3)
                   - 1 / (30 * x ** 5) + 1 / (42 * x ** 7) - 1 / (30 * x ** 9))


def _moderated(error, dof):
    """Errors of few degrees of freedom shrunk towards a line through their logarithms, as far as
    chance explains their scatter (G. K. Smyth 2004), and their degrees of freedom."""
    dof = np.where(dof >= 1, dof, 1.0)
    few = np.flatnonzero(np.isfinite(dof) & (error > 0))
    if few.size < 3:
        return error, dof
    error, nu = error.copy(), dof[few]
    bias = lambda nu: _digamma(nu / 2) - np.log(nu / 2)
    logs = 2 * np.log(error[few]) - bias(nu)
    line = np.linspace(-1, 1, few.size) if few.size >= 6 else np.zeros(few.size)
    level = logs.mean() + line * (line @ logs) / max(line @ line, 1)
    scatter = np.sum((logs - level) ** 2) / (few.size - (2 if few.size >= 6 else 1))
    excess, most = scatter - np.mean(_trigamma(nu / 2)), nu.sum()
    prior = most
    if excess > 0:
        low, high = 1e-6, 1e8  # of trigamma(x) = excess
        while high > low * (1 + 1e-12):
            middle = math.sqrt(low * high)
            low, high = (middle, high) if _trigamma(np.array(middle)) > excess else (low, middle)
        prior = min(2 * low, most)
    common = np.exp(level + bias(np.array(prior)))
    error[few] = np.sqrt((prior * common + nu * error[few] ** 2) / (prior + nu))
    dof[few] = np.minimum(prior + nu, most)
    return error, dof


def _widening(leverage, dof):
    """What weights cost that were estimated with the data (P. Meier 1953), in standard errors."""
    return np.sqrt(1 + 4 / dof * np.maximum(1 - leverage, 0))


_ACCEPTABLE = 0.05  # of chi^2: windows narrow until chance explains it


def _survival(chi2, dof):
    """P(chi^2 >= chi2) by its closed form for whole dof."""
    half, odd = chi2 / 2, dof % 2
    terms = sum(half ** (i - odd / 2) / math.gamma(i + 1 - odd / 2)
                for i in range(odd, (dof + odd) // 2))
    return (math.erfc(math.sqrt(half)) if odd else 0) + math.exp(-half) * terms


def _nearest_zero(p, guess):
    """Of a polynomial (lowest power first) in [-1, 1]; NaN where there is none."""
    roots = np.roots(p[::-1])
    real = roots[np.abs(roots.imag) < 1e-9].real
    real = real[np.abs(real) <= 1]
    return real[np.argmin(np.abs(real - guess))] if real.size else np.nan


class _Pair:
    """Polynomials through two curves in their common range, without the points farthest from the
    crossing until chance explains chi^2."""

    def __init__(self, curves, degree):
        low, high = max(c[0][0] for c in curves), min(c[0][-1] for c in curves)
        self.curves = curves
        self.rows = [np.flatnonzero((c[0] >= low) & (c[0] <= high)) for c in curves]
        fewest = min(map(len, self.rows))
        self.degree = degree or min(max(fewest - 2, 1), 3)
        if fewest <= self.degree:
            raise ValueError(f"{fewest} common points do not determine degree {self.degree}")
        self.place = self._first()
        while True:
            found = self._fit(self.place)
            crosses = np.isfinite(found)
            self.place = found if crosses else self.place
            chance = self.dof == 0 or _survival(self.chi2, self.dof) > _ACCEPTABLE
            if crosses and chance or not self._drop():
                break
        if not crosses:
            raise ValueError("polynomials through the curves do not cross")

    def _first(self):
        """Where the difference changes sign most clearly."""
        (x, y, e, _), (far_x, far_y, far_e, _) = self.curves
        x, y, e = (part[self.rows[0]] for part in (x, y, e))
        difference = np.interp(x, far_x, far_y) - y
        significance = difference / np.hypot(e, np.interp(x, far_x, far_e))
        changes = np.flatnonzero(difference[:-1] * difference[1:] <= 0)
        if changes.size == 0:
            raise ValueError("the curves do not cross")
        contrast = np.abs(significance.sum() - 2 * np.cumsum(significance)[changes])
        i = changes[np.argmax(contrast)]
        rise = difference[i + 1] - difference[i]
        return (x[i] + x[i + 1]) / 2 if rise == 0 else x[i] - difference[i] * (x[i + 1] - x[i]) / rise

    def _fit(self, guess):
        used = np.concatenate([c[0][rows] for c, rows in zip(self.curves, self.rows)])
        self.centre, self.width = (used.max() + used.min()) / 2, (used.max() - used.min()) / 2
        self.chi2, self.dof, self.solve, self.errors, p = 0, 0, [], [], []
        for (x, y, e, dof), rows in zip(self.curves, self.rows):
            design = np.vander((x[rows] - self.centre) / self.width, self.degree + 1, True)
            self.solve.append(np.linalg.pinv(design / e[rows, None]) / e[rows])
            leverage = np.sum(design * self.solve[-1].T, axis=1)
            self.errors.append(e[rows] * _widening(leverage, dof[rows]))
            p.append(self.solve[-1] @ y[rows])
            self.chi2 += np.sum(((y[rows] - design @ p[-1]) / e[rows]) ** 2)
            self.dof += rows.size - self.degree - 1
        return self.centre + self.width * _nearest_zero(
            p[1] - p[0], (guess - self.centre) / self.width)

    def _drop(self):
        ends = [(abs(c[0][rows[end]] - self.place), k, end) for k, (c, rows)
                in enumerate(zip(self.curves, self.rows)) if rows.size > self.degree + 2
                for end in (0, -1)]
        if ends:
            _, k, end = max(ends, key=lambda each: each[0])
            self.rows[k] = np.delete(self.rows[k], end)
        return bool(ends)

    def at(self, *deviates):
        """Where the data cross that are these standard deviates away."""
        p = [solve @ (c[1][rows] + e * z) for solve, c, rows, e, z
             in zip(self.solve, self.curves, self.rows, self.errors, deviates)]
        return self.centre + self.width * _nearest_zero(
            p[1] - p[0], (self.place - self.centre) / self.width)


def crossing(first, second, degree=None, between=None, samples=1000, seed=1):
    """Where two curves (x, y, error, degrees of freedom of the error if it is not known) cross, of
    points with y `between` two values, and its error: the numbers of `symbreak analyze --crossing`.
    A polynomial through each (degree: 3, less where there are few points) in their common range,
    which narrows until chance explains chi^2; half the central 68.3 % of data sets drawn within the
    errors."""
    curves = [_kept(first, between), _kept(second, between)]
    pair = _Pair(curves, degree)
    rng = np.random.default_rng(seed)
    drawn = np.array([pair.at(*(rng.standard_normal(rows.size) for rows in pair.rows))
                      for _ in range(samples)])
    low, high = np.nanquantile(drawn, [0.158655, 0.841345])
    p_value = _survival(pair.chi2, pair.dof) if pair.dof else 1
    widened = np.sqrt(pair.chi2 / pair.dof) if p_value < 1e-3 else 1
    return pair.at(0, 0), (high - low) / 2 * widened


class _Scaling:
    """Data of all sizes, and what is left of them when one polynomial of z is taken away."""

    def __init__(self, curves, degree):
        self.x, self.y, self.error, self.dof = (np.concatenate([c[k] for c in curves.values()])
                                                for k in range(4))
        self.size = np.concatenate([np.full(c[0].size, float(n)) for n, c in curves.items()])
        self.degree = degree

    def z(self, place):
        return (self.x - place[0]) * self.size ** place[1]

    def span(self, place):
        """Of the polynomials, orthonormal."""
        z = self.z(place)
        design = np.vander(z / (np.abs(z).max() or 1), self.degree + 1, True)
        design *= (self.size ** place[2] / self.error)[:, None]
        return np.linalg.qr(design)[0]

    def residual(self, place):
        span, target = self.span(place), self.y / self.error
        return target - span @ (span.T @ target)

    def misfit(self, place):
        return np.sum(self.residual(place) ** 2)

    def refine(self, place, free):
        """Levenberg-Marquardt of the free ones, f being the best at each place; with covariance."""
        place, damping = np.array(place, dtype=float), 1e-3
        for _ in range(200):
            jacobian = np.empty((self.x.size, len(free)))
            for column, k in enumerate(free):
                step = 1e-6 * max(abs(place[k]), 1e-3) * np.eye(3)[k]
                jacobian[:, column] = (self.residual(place + step)
                                       - self.residual(place - step)) / (2 * step[k])
            normal = jacobian.T @ jacobian
            if not free:
                break
            move = np.zeros(3)
            move[free] = -np.linalg.solve(normal + damping * np.diag(np.diag(normal)),
                                          jacobian.T @ self.residual(place))
            if self.misfit(place + move) <= self.misfit(place):
                place, damping = place + move, damping / 10
                if np.all(np.abs(move[free]) < 1e-10 * np.abs(place[free])):
                    break
            else:
                damping *= 10
                if damping > 1e8:
                    break
        covariance = np.zeros((3, 3))
        if free:
            weights = np.linalg.solve(normal, jacobian.T)
            leverage = np.sum(self.span(place) ** 2, axis=1) + np.sum(jacobian * weights.T, axis=1)
            parts = weights * _widening(leverage, self.dof)
            covariance[np.ix_(free, free)] = parts @ parts.T
        return place, covariance


def _growth(curves, at):
    """How y grows with the sizes there: a line of logarithms; 0 where it is not positive."""
    y = np.array([np.interp(at, c[0], c[1]) for c in curves.values()])
    return np.polyfit(np.log(list(curves)), np.log(y), 1)[0] if np.all(y > 0) else 0.0


def _search(curves, data, fixed):
    """The best of a grid that is refined around its best place: chi^2 may have several minima."""
    steps = 17
    order = np.sort(data.x)
    grids = [order[(order.size - 1) * np.arange(steps) // (steps - 1)],
             4.0 ** (2 * np.arange(steps) / (steps - 1) - 1)]
    grids = [grid if value is None else np.array([value]) for grid, value in zip(grids, fixed)]
    best, least = None, np.inf
    for _ in range(2 if data.x.size > 300 else 4):
        chosen = [0, 0]
        for i, centre in enumerate(grids[0]):
            p = _growth(curves, centre) if fixed[2] is None else fixed[2]
            for j, inverse in enumerate(grids[1]):
                chi2 = data.misfit((centre, inverse, p))
                if chi2 < least:
                    least, best, chosen = chi2, (centre, inverse, p), [i, j]
        grids = [grid if grid.size == 1 else
                 np.linspace(grid[max(k - 1, 0)], grid[min(k + 1, steps - 1)], steps)
                 for grid, k in zip(grids, chosen)]
    return best


def collapse(curves, critical=None, nu=None, exponent=None, degree=None, between=None):
    """What makes one curve of {size: (x, y, error, degrees of freedom of the error if it is not
    known)}: y size^-exponent = f((x - x_c) size^(1/nu)), f a polynomial (degree: the least from 3 to
    7 that fits), of points with y `between` two values.
    `critical`, `nu`, `exponent` fix what is known: 0 is the exponent of Binder's cumulant.
    A dict: critical, inverse_nu, nu, exponent, each a (value, error); chi2_per_dof, points: how many
    are in the window, which narrows until chance explains chi^2. The numbers of `symbreak analyze
    --collapse`: no corrections to scaling, errors from chi^2 at its minimum, widened by chi^2/dof
    where that is above 1."""
    curves = {n: _kept(curves[n], between) for n in sorted(curves)}
    fixed = (critical, None if nu is None else 1 / nu, exponent)
    free = [k for k in range(3) if fixed[k] is None]
    window, best = np.inf, None
    while True:
        here = None
        for trial in [degree] if degree else range(3, 8):
            data = _Scaling(curves, trial)
            dof = data.x.size - len(free) - trial - 1
            if dof < (1 if trial == (degree or 3) else 4):
                break
            place, covariance = data.refine(_search(curves, data, fixed), free)
            chi2 = data.misfit(place)
            sensible = data.x.min() <= place[0] <= data.x.max() and 0.125 < place[1] < 8
            accepted = sensible and _survival(chi2, dof) > _ACCEPTABLE
            if accepted or here is None or chi2 / dof < here[2]:
                here = place, covariance, chi2 / dof, data, accepted
            if accepted:
                break
        if here is None:
            break
        best = here
        if best[4]:
            break
        place, data = best[0], best[3]
        window = 0.75 * min(window, np.abs(data.z(place)).max())
        left = {}
        for n, curve in curves.items():
            inside = np.abs((curve[0] - place[0]) * n ** place[1]) <= window
            if inside.sum() > 1:
                left[n] = tuple(part[inside] for part in curve)
        if len(left) < 2 or sum(c[0].size for c in left.values()) < len(free) + (degree or 3) + 2:
            break
        curves = left
    if best is None:
        raise ValueError("too few values for a collapse")
    place, covariance, chi2_per_dof, data, _ = best
    error = np.sqrt(np.diag(covariance) * max(1.0, chi2_per_dof))
    pairs = [(float(v), float(e)) for v, e in zip(place, error)]
    return {"critical": pairs[0], "inverse_nu": pairs[1],
            "nu": (1 / pairs[1][0], pairs[1][1] / pairs[1][0] ** 2), "exponent": pairs[2],
            "chi2_per_dof": float(chi2_per_dof), "points": int(data.x.size)}
