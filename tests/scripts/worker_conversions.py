#!/usr/bin/env python3
"""What networks predict, converted to the clean mean: exact predictions for Gaussian data in every
parametrisation give the exact clean mean. Usage: worker_conversions.py SOURCE_DIRECTORY"""
import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(sys.argv[1]) / "analysis/python"))
import symbreak_worker as worker  # noqa: E402

rng = np.random.default_rng(1)
variance, mean = 0.7, 0.3
x = rng.standard_normal((9, 2, 3)) * 2
s = np.geomspace(0.01, 100, 9)
table = np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))


def clean(state, noise):  # <y> of N(mean, variance) at x = y + sqrt(noise) z
    noise = np.reshape(noise, (-1, 1, 1))
    return mean + variance / (variance + noise) * (state - mean)


def chain(index):  # abar and s at a fractional index: linear in ln s between rows
    noise = np.exp(np.interp(index, np.arange(len(table)), np.log((1 - table) / table)))
    return 1 / (1 + noise), noise


def y_of(state, index):
    abar, noise = chain(index)
    return clean(state / np.sqrt(abar)[:, None, None], noise)


def eps_of(state, index):
    a = chain(index)[0][:, None, None]
    return (state - np.sqrt(a) * y_of(state, index)) / np.sqrt(1 - a)


def v_of(state, index):
    a = chain(index)[0][:, None, None]
    return np.sqrt(a) * eps_of(state, index) - np.sqrt(1 - a) * y_of(state, index)


def score(state, noise):
    return (clean(state, noise) - state) / np.reshape(noise, (-1, 1, 1))


def ou_score(state, t):
    decay = np.exp(-t)[:, None, None]
    return (decay * clean(state / decay, np.expm1(2 * t)) - state) / (1 - decay**2)


def edm_raw(scaled, c_noise):  # F = (D - c_skip x)/c_out
    sigma = np.exp(4 * c_noise)[:, None, None]
    total = sigma**2 + 0.25
    state = scaled * np.sqrt(total)
    return (clean(state, sigma[:, 0, 0]**2) - 0.25 / total * state) / (sigma * 0.5 / np.sqrt(total))


exact = clean(x, s)
failed = False
for name, denoise in {
        "noise": worker.from_noise_prediction(eps_of, table),
        "clean": worker.from_clean_prediction(y_of, table),
        "v": worker.from_v_prediction(v_of, table),
        "score": worker.from_score(score),
        "ou_score": worker.from_ou_score(ou_score),
        "edm": worker.from_edm(lambda state, sigma: clean(state, sigma**2)),
        "edm_raw": worker.from_edm_raw(edm_raw)}.items():
    error = np.abs(denoise(x, s) - exact).max()
    print(f"{name:9s} {error:.1e}")
    failed |= not error < 1e-10

# Rounded to the rows of the table: exact at the rows' own noise levels, and an integer index.
rounded = worker.from_noise_prediction(lambda state, index: eps_of(state, index.astype(float)), table,
                                       round_index=True)
rows = ((1 - table) / table)[[3, 500, 900]]
failed |= not np.abs(rounded(x[:3], rows) - clean(x[:3], rows)).max() < 1e-10
low, high = rounded.range
failed |= not (np.isclose(low, rows[0], rtol=10) and low < 1.1e-4 and high > 1e4)
assert worker.hash_of(1.0) != worker.hash_of(1.5)
try:
    worker.Schedule([0.1, 0.5])
    failed = True
except ValueError:
    pass
sys.exit(failed)
