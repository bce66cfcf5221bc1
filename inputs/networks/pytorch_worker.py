#!/usr/bin/env python3
"""A trained PyTorch network as a worker: a checkpoint of train.py, or, with `load` changed, of yours.

checkpoint = FILE; arguments = [CLASS ..]: those of the network's classes that the data have, in their
order (1 9 beside select = 1, 9); by default all. Jacobian products in forward mode (exact derivatives
in single precision); clean means of a class for guidance, where the network was trained with them.
Features for distances and classes (target.classify = worker) are those of the classifier in the file; where
there is none, features are the channels of the coarsest level of the U-Net, averaged over the image."""
import pathlib
import sys

import numpy as np
import symbreak_worker
import torch
from torch.autograd import forward_ad

import unet

torch.set_num_threads(1)  # one worker per rank
file = pathlib.Path(sys.argv[1])
network, classifier, stored = unet.load(file)
shape = tuple(network.mean.shape)
classes = np.array([int(word) for word in sys.argv[2:]] or range(network.classes), int)
for parameter in network.parameters():
    parameter.requires_grad_(False)


def tensor(x):
    return torch.from_numpy(np.ascontiguousarray(x, np.float32)).reshape(-1, *shape)


def noise(s):
    return torch.from_numpy(np.ascontiguousarray(s, np.float32))


def denoise(x, s):
    with torch.no_grad():
        return network(tensor(x), noise(s)).numpy().reshape(x.shape)


def of_class(x, s, label):
    with torch.no_grad():
        return network(tensor(x), noise(s), torch.from_numpy(classes[label])).numpy().reshape(x.shape)


def features(x):
    with torch.no_grad():
        if classifier:
            return classifier.features(tensor(x)).numpy()
        # As of images with a little noise: those decide what is in them.
        return network.features(tensor(x), noise(np.full(len(x), 0.1))).numpy()


def classify(x):
    with torch.no_grad():
        return classifier(tensor(x)).numpy()[:, classes].argmax(1)


def jacobian(x, s, v):
    with torch.no_grad(), forward_ad.dual_level():
        answer = network(forward_ad.make_dual(tensor(x), tensor(v)), noise(s))
        return forward_ad.unpack_dual(answer).tangent.numpy().reshape(x.shape)


symbreak_worker.serve(denoise, shape=shape, s=stored.get("s", (0, None)), jacobian=jacobian,
                      features=features, classify=classify if classifier else None, single=True,
                      conditional=of_class if len(classes) > 1 else None, classes=len(classes),
                      name=f"U-Net, {stored.get('steps', '?')} steps",
                      weights=symbreak_worker.hash_of(file, "pytorch_worker", classes))
