#!/usr/bin/env python3
"""Two results hold the same bits: every dataset and attribute but those of sessions, performance,
provenance and deck, which differ between runs, is compared byte by byte. Usage: same_bits.py A B"""
import sys

import h5py
import numpy

GROUPS = "plan points units observables facts predictions".split()


def content(path):
    items = {}
    with h5py.File(path) as file:
        for group in GROUPS:
            if group not in file:  # of an older format
                continue

            def visit(name, item, group=group):
                for key, value in item.attrs.items():
                    items[f"{group}/{name}@{key}"] = numpy.asarray(value).tobytes()
                if isinstance(item, h5py.Dataset):
                    items[f"{group}/{name}"] = (item.shape, item[()].tobytes()
                                                if item.dtype.kind != "O" else str(item[()]))
            file[group].visititems(visit)
    return items


a, b = content(sys.argv[1]), content(sys.argv[2])
different = sorted(k for k in a.keys() | b.keys() if a.get(k) != b.get(k))
print("\n".join(f"differs: {name}" for name in different[:10]) or f"{len(a)} items identical")
sys.exit(bool(different) or not a)
