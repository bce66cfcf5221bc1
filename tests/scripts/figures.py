#!/usr/bin/env python3
"""Figures of a report as a reader takes them: the data files in NumPy, the PDFs, a contact sheet.

figures.py SYMBREAK SOURCE_DIRECTORY; exit status 77 where numpy is missing.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import numpy
except ImportError:
    print("skipped: no numpy")
    sys.exit(77)

symbreak, source = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
folder = tempfile.TemporaryDirectory()
work = pathlib.Path(folder.name)


def call(*words):
    subprocess.run([str(word) for word in words], cwd=work, check=True, stdout=subprocess.DEVNULL)


call(symbreak, "run", source / "inputs/validation/four_deltas.ini", "--output", "four")
call(symbreak, "report", "four")
plots = work / "four/report/plots"
names = sorted(svg.stem for svg in plots.glob("*.svg"))
assert "pitchfork" in names, names
for name in names:
    table = numpy.loadtxt(plots / f"{name}.tsv", ndmin=2)
    assert table.shape[1] == 4, (name, table.shape)  # curve, x, y, error
    assert (plots / f"{name}.pdf").read_bytes().startswith(b"%PDF"), name
pitchfork = numpy.loadtxt(plots / "pitchfork.tsv")
assert pitchfork[:, 2].max() > 0.9, "the wells are not drawn"
frame = sorted(name for name in (plots / "landscape").glob("*-1-*.tsv")
               if "surface" not in name.name)[-1]  # where the data are
marks, surface = numpy.loadtxt(frame), numpy.loadtxt(str(frame)[:-4] + "-surface.tsv")
assert surface.shape == (41 * 41, 3), surface.shape
stable = marks[marks[:, 0] == 0]
assert len(stable) == 4, stable  # four wells, one in each quadrant
lowest = surface[surface[:, 2].argmin()]
assert min(abs(stable[:, 1] - lowest[0]) + abs(stable[:, 2] - lowest[1])) < 0.15

call(sys.executable, source / "analysis/python/contact_sheet.py", "four", "--output", "sheet.html")
page = (work / "sheet.html").read_text()
shown = re.findall(r'src="([^"]+)"', page)
assert len(shown) == len(names) + 2 * 3, shown  # first, middle and last frame of both pictures
for picture in shown:
    assert (work / picture).exists(), picture
print(f"{len(names)} figures and {len(shown)} on the sheet")
