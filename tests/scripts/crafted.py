#!/usr/bin/env python3
"""Results that were made to do harm: their checksum fits, what is behind it does not. None crashes, each
is read or ends with one message. Usage: crafted.py SYMBREAK SOURCE_DIRECTORY [HOW_MANY [SEED]]"""
import collections
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import zlib

symbreak, source = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
count = int(sys.argv[3]) if len(sys.argv) > 3 else 60
chance = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
BLOCK = 512  # of words in front of the file: format, size, checksum
originals = [(int(file.parent.name[-1]), file.read_bytes()[BLOCK:])
             for file in sorted((source / "tests/formats").glob("schema_*/*.h5"))]
# What HDF5 keeps in front of its structures: lengths and addresses are nearby.
SIGNATURES = [b"TREE", b"SNOD", b"HEAP", b"GCOL", b"OHDR", b"FRHP"]
work = pathlib.Path(tempfile.mkdtemp())


def write(version, content):
    words = f"symbreak result {version}\n{len(content)} bytes, crc32 {zlib.crc32(content):08x}\n"
    (work / "result.h5").write_bytes(words.encode().ljust(BLOCK, b"\0") + content)


def changed(content):
    content = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 4])):
        start = content.find(chance.choice(SIGNATURES), chance.randrange(len(content)))
        place = min(max(start, 0) + chance.randrange(120), len(content) - 8)
        content[place:place + 4] = chance.choice([
            chance.randrange(len(content)).to_bytes(4, "little"), b"\xff\xff\xff\x7f", b"\0\0\1\0",
            bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1:place + 4]])
    return bytes(content)


def outcome(what):
    done = subprocess.run([symbreak, "analyze", work], capture_output=True, text=True,
                          errors="replace", timeout=100, check=False)
    if done.returncode not in (0, 1, 2) or (done.returncode and not done.stderr.strip()):
        sys.exit(f"{what}: status {done.returncode}: {done.stderr[-400:]}")
    return ("crash caught" if "crashed the HDF5 library" in done.stderr else
            "refused" if done.returncode else "read")


try:
    # A string of a length that is not there, in the file that this crashed without a word.
    version, toy = next((v, c) for v, c in reversed(originals) if v == 3 and b"toy" in c)
    place = 8275 - BLOCK
    write(version, toy[:place] + b"\1" + toy[place + 1:])
    found = collections.Counter([outcome("a long string")])
    for number in range(count):
        version, content = chance.choice(originals)
        write(version, changed(content))
        found[outcome(f"change {number}")] += 1
    print(dict(found))
    if not {"read", "refused"} <= set(found):
        sys.exit("the changes are too few or too many to show anything")
finally:
    shutil.rmtree(work)
