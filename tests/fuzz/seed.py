#!/usr/bin/env python3
"""Inputs from which the fuzzers of results and segments start: OUTPUT/result from the files of
tests/formats, OUTPUT/segment written here. Usage: seed.py SOURCE_DIRECTORY OUTPUT"""
import io
import pathlib
import sys

import h5py
import numpy

source, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
for kind in ("result", "segment"):
    (output / kind).mkdir(parents=True, exist_ok=True)
for version in (1, 2, 3):
    for file in (source / f"tests/formats/schema_{version}").glob("*.h5"):
        (output / "result" / f"{version}-{file.stem}").write_bytes(
            bytes([version]) + file.read_bytes()[512:])


def segment(version):
    memory = io.BytesIO()
    with h5py.File(memory, "w", track_order=False) as file:
        file.attrs["fingerprint"] = "0123456789abcdef"
        finished, running = file.create_group("finished"), file.create_group("unfinished")
        layout = numpy.array([[4, 1, 1, 4], [4, 2, 2, 2]], "u8")  # count, bin size, elements, bins
        values = numpy.arange(6.0 + 8.0)
        if version == 1:
            unit = finished.create_group("0")
            unit["layout"], unit["values"] = layout, values
        else:
            finished["ids"] = numpy.array([[1, 2, 0, 0], [1, 2, 0, 1]], "u8")
            finished["seconds"] = numpy.array([.5, .25])
            finished["first_series"] = numpy.array([0, 2, 4], "u8")
            finished["first_value"] = numpy.array([0, 14, 28], "u8")
            finished["layout"] = numpy.concatenate([layout, layout])
            finished["values"] = numpy.concatenate([values, values])
        state = running.create_group("0")
        for group in [state] + ([finished["0"]] if version == 1 else []):
            for name in ("seed", "disorder", "replica", "blocks_done"):
                group.attrs[name] = numpy.uint64(3)
            group.attrs["point"] = "0123456789abcdef"
            group.attrs["seconds"] = 1.5
        state.create_group("reals")["x"] = numpy.arange(5.0)
        state.create_group("integers")["stream"] = numpy.arange(3, dtype="u8")
    return memory.getvalue()


for version in (1, 2):
    (output / "segment" / str(version)).write_bytes(bytes([version]) + segment(version))
