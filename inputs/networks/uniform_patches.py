#!/usr/bin/env python3
"""The patch machine of two uniform patches, +1 and -1, on a periodic lattice: every pixel answers
with tanh of the field of its window, (sum of x over P x P)/s (Kamb & Ganguli 2024; Ambrogioni 2026).

arguments = SIDE PATCH [SCALE] [jacobian]
"""
import sys

import numpy as np
import symbreak_worker

side, patch, words = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
scale = float(next((word for word in words if word != "jacobian"), 1))


def window_sum(x):
    for axis in (1, 2):
        x = sum(np.roll(x, shift, axis) for shift in range(-(patch // 2), patch // 2 + 1))
    return x


def denoise(x, s):
    return scale * np.tanh(window_sum(x) / s[:, None, None])


def jacobian(x, s, v):
    s = s[:, None, None]
    return scale * (1 - np.tanh(window_sum(x) / s) ** 2) * window_sum(v) / s


symbreak_worker.serve(denoise, shape=(side, side),
                      jacobian=jacobian if "jacobian" in words else None,
                      weights=symbreak_worker.hash_of(side, patch, scale), name="uniform patches")
