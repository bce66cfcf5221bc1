#!/usr/bin/env python3
"""Writes the first images of Fashion-MNIST as PNG files, one folder a class: what a folder of your own
images may look like. No other library than Python's own.  Usage: unpack.py COUNT FOLDER"""
import gzip
import pathlib
import struct
import sys
import zlib

DATA = pathlib.Path("/usr/share/datasets/fashion-mnist")


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(pixels, width, height):
    """An 8-bit grey image; every row begins with its filter, 0: none."""
    rows = b"".join(b"\0" + pixels[y * width:(y + 1) * width] for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


count, folder = int(sys.argv[1]), pathlib.Path(sys.argv[2])
images = gzip.open(DATA / "train-images-idx3-ubyte.gz").read()
labels = gzip.open(DATA / "train-labels-idx1-ubyte.gz").read()[8:]
_, _, height, width = struct.unpack(">IIII", images[:16])
for i in range(count):
    pixels = images[16 + i * width * height:16 + (i + 1) * width * height]
    place = folder / str(labels[i]) / f"{i:05}.png"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(png(pixels, width, height))
