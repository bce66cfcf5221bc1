#!/usr/bin/env python3
"""A trained PyTorch network as a worker: a checkpoint of train.py, or, with `load` changed, of yours.

checkpoint = FILE; arguments = [SIDES ..]: of an image, 28 28 by default. Jacobian products in forward
mode (exact derivatives in single precision)."""
import pathlib
import sys

import numpy as np
import symbreak_worker
import torch
from torch.autograd import forward_ad

import unet

torch.set_num_threads(1)  # one worker per rank
file = pathlib.Path(sys.argv[1])
sides = tuple(map(int, sys.argv[2:])) or (28, 28)
network, stored = unet.load(file)
for parameter in network.parameters():
    parameter.requires_grad_(False)


def tensor(x):
    return torch.from_numpy(np.ascontiguousarray(x, np.float32)).reshape(-1, stored["channels"],
                                                                         *sides)


def noise(s):
    return torch.from_numpy(np.ascontiguousarray(s, np.float32))


def denoise(x, s):
    with torch.no_grad():
        return network(tensor(x), noise(s)).numpy().reshape(x.shape)


def jacobian(x, s, v):
    with torch.no_grad(), forward_ad.dual_level():
        answer = network(forward_ad.make_dual(tensor(x), tensor(v)), noise(s))
        return forward_ad.unpack_dual(answer).tangent.numpy().reshape(x.shape)


symbreak_worker.serve(denoise, shape=(stored["channels"], *sides), s=stored.get("s", (0, None)),
                      jacobian=jacobian, name=f"U-Net, {stored.get('steps', '?')} steps",
                      weights=symbreak_worker.hash_of(file, "pytorch_worker"))
