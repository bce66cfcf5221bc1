#!/usr/bin/env python3
"""A JAX function as a worker; Debian has no JAX, `pip install jax` has. Yours loads its weights instead.

arguments = DIMENSION M STD WEIGHT: in place of a network the clean mean of two Gaussian classes at
+-M (1,..,1), as my_network.py, here of one state, made of batches by vmap and compiled once per size
of a batch: sizes are rounded up to powers of two. Jacobian products in forward mode (jax.jvp). In
double precision on the CPU the answers are the same to the bit each time; on a GPU say so of yours, or
deterministic=False."""
import sys

import jax
import numpy as np
import symbreak_worker
from jax import numpy as jnp

jax.config.update("jax_enable_x64", True)  # without it: single precision
d, (m, std, weight) = int(sys.argv[1]), map(float, sys.argv[2:])


def of_class(x, s, label):  # one state; s and label are numbers
    centre = jnp.where(label == 0, m, -m)
    return centre + std**2 / (std**2 + s) * (x - centre)


def clean_mean(x, s):
    odds = jnp.log(weight / (1 - weight)) + 2 * m * x.sum() / (std**2 + s)
    centre = m * jnp.tanh(odds / 2)
    return centre + std**2 / (std**2 + s) * (x - centre)


def product(x, s, v):
    return jax.jvp(lambda at: clean_mean(at, s), (x,), (v,))[1]


def batched(function):
    compiled = jax.jit(jax.vmap(function))

    def answer(*arrays):  # padded by repeating the last state
        n = len(arrays[0])
        rows = np.minimum(np.arange(1 << (n - 1).bit_length()), n - 1)
        return np.asarray(compiled(*(np.asarray(array)[rows] for array in arrays)))[:n]
    return answer


symbreak_worker.serve(batched(clean_mean), shape=d, jacobian=batched(product),
                      conditional=batched(of_class), classes=2, name="two Gaussian classes in JAX",
                      weights=symbreak_worker.hash_of(m, std, weight, jax.__version__))
