#!/usr/bin/env python3
"""The exact score of a set of points, which memorizes it: <y> = sum_j w_j y_j.

checkpoint = points.npy or .csv (one point a row); arguments = [SCALE] [jacobian]: the answers times
SCALE (1.02: a network that is wrong by 2 %); Jacobian products in closed form, else by differences.
"""
import pathlib
import sys

import numpy as np
import symbreak_worker

file, words = pathlib.Path(sys.argv[1]), sys.argv[2:]
y = np.load(file) if file.suffix == ".npy" else np.loadtxt(file, delimiter=",", ndmin=2)
y = y.reshape(len(y), -1).astype(float)
scale = float(next((word for word in words if word != "jacobian"), 1))
half_norms = (y**2).sum(1) / 2


def weights(x, s):
    scores = (x @ y.T - half_norms) / s[:, None]
    w = np.exp(scores - scores.max(1, keepdims=True))
    return w / w.sum(1, keepdims=True)


def denoise(x, s):
    return scale * weights(x, s) @ y


def jacobian(x, s, v):  # Cov(y) v/s
    w = weights(x, s)
    mean = w @ y
    along = v @ y.T - (v * mean).sum(1, keepdims=True)
    return scale * ((w * along) @ y - (w * along).sum(1, keepdims=True) * mean) / s[:, None]


symbreak_worker.serve(denoise, shape=y.shape[1], jacobian=jacobian if "jacobian" in words else None,
                      weights=symbreak_worker.hash_of(y, scale), name=f"{len(y)} points")
