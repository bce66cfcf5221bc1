#!/usr/bin/env python3
"""The smallest worker: the exact clean mean of two Gaussian classes, in place of a network.

arguments = DIMENSION M STD WEIGHT [SCALE]: classes at +-M (1,..,1) with standard deviation STD per
coordinate, the first with WEIGHT; SCALE = 1.02 makes it a network that is wrong by 2 %.
"""
import sys

import numpy as np
import symbreak_worker

d, (m, std, weight, scale) = int(sys.argv[1]), map(float, (sys.argv[2:] + ["1"])[:4])


def denoise(x, s):
    s = s[:, None]
    odds = np.log(weight / (1 - weight)) + 2 * m * x.sum(1, keepdims=True) / (std**2 + s)
    centre = m * np.tanh(odds / 2)                       # posterior mean of the class
    return scale * (centre + std**2 / (std**2 + s) * (x - centre))


def of_class(x, s, label):                               # for guidance: a class as an argument
    centre = np.where(label == 0, m, -m)[:, None]
    return scale * (centre + std**2 / (std**2 + s[:, None]) * (x - centre))


symbreak_worker.serve(denoise, shape=d, conditional=of_class, classes=2, weights=symbreak_worker.hash_of(
    m, std, weight, scale), name="two Gaussian classes")
