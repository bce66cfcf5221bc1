#!/usr/bin/env python3
"""PNG images of other programs (Pillow, Matplotlib, ImageMagick): the same physics as of the same
numbers in a NumPy file. What is compared is the largest eigenvalue of the posterior covariance on the
symmetric branch, which needs every pixel and no random number.  Usage: png_writers.py SYMBREAK
Writers that are not installed are left out; exit status 77 if that is all."""
import csv
import io
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy as np

program = pathlib.Path(sys.argv[1]).resolve()
faults, done, left_out = [], 0, []
try:
    from PIL import Image
except ImportError:
    Image = None
    left_out.append("Pillow")
try:
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
except ImportError:
    pyplot = None
    left_out.append("Matplotlib")
convert = shutil.which("convert")
if convert is not None:  # other programs have this name
    said = subprocess.run([convert, "-version"], capture_output=True, text=True)
    convert = convert if said.stdout.startswith("Version: ImageMagick") else None
if convert is None or Image is None:
    convert = None
    left_out.append("ImageMagick")
os.chdir(tempfile.mkdtemp())


def eigenvalues(file, *settings):
    deck = ("[run]\nname = x\nseed = 1\n[target]\nkind = dataset\n"
            f"file = {file}\nnormalisation = unit\n" + "".join(f"{line}\n" for line in settings) +
            "[forward]\nclock = brownian\n[experiment]\nkind = equation_of_state\n"
            "t = 1, 3, 10\nlandscape = 0\n")
    pathlib.Path("x.ini").write_text(deck)
    shutil.rmtree("runs", ignore_errors=True)
    run = subprocess.run([str(program), "run", "x.ini"], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        return run.stdout + run.stderr
    told = subprocess.run([str(program), "export", "runs/x", "--observable", "top_eigenvalue"],
                          capture_output=True, text=True, check=True).stdout
    return np.array([float(row["value"]) for row in csv.DictReader(io.StringIO(told))])


def compare(name, wanted, file, *settings, tolerance=1e-9):
    global done
    found = eigenvalues(file, *settings)
    if isinstance(found, str) or not np.allclose(found, wanted, rtol=tolerance, atol=0):
        faults.append(f"{name}: {found}, expected {wanted}")
    done += 1


def written(name, images, write):
    """A folder of images; of an archive of writers the one that is asked."""
    folder = pathlib.Path(name)
    folder.mkdir()
    for i, image in enumerate(images):
        write(str(folder / f"{i:03}.png"), image)
    return name


numbers = np.random.default_rng(1)
grey = numbers.integers(0, 256, (9, 5, 4), dtype=np.uint8)
colour = numbers.integers(0, 256, (9, 5, 4, 3), dtype=np.uint8)
deep = numbers.integers(0, 65536, (9, 5, 4), dtype=np.uint16)
signs = 255 * numbers.integers(0, 2, (9, 5, 4), dtype=np.uint8)
np.save("grey.npy", grey)
np.save("colour.npy", colour.transpose(0, 3, 1, 2))
np.save("deep.npy", deep / 257.0)
np.save("signs.npy", signs)
g, c, d, s = (eigenvalues(f"{name}.npy") for name in ("grey", "colour", "deep", "signs"))

if Image is not None:
    save = {mode: lambda path, a, mode=mode: Image.fromarray(a).convert(mode).save(path)
            for mode in ("L", "RGB", "P", "LA", "RGBA", "1")}
    compare("Pillow, grey", g, written("pil_l", grey, save["L"]))
    compare("Pillow, grey and opaque", g, written("pil_la", grey, save["LA"]))
    compare("Pillow, grey as colour", g, written("pil_rgb", grey, save["RGB"]), "colours = grey")
    compare("Pillow, palette of grey", g, written("pil_p", grey, save["P"]), "colours = grey")
    compare("Pillow, colour", c, written("pil_c", colour, save["RGB"]))
    compare("Pillow, colour and opaque", c, written("pil_rgba", colour, save["RGBA"]))
    compare("Pillow, 16 bits", d, written("pil_16", deep, lambda p, a: Image.fromarray(a).save(p)))
    compare("Pillow, 1 bit", s, written("pil_1", signs, save["1"]))
    # Its grey is ours, rounded to bytes; and so is what it makes of transparency on white.
    rounded = np.stack([np.asarray(Image.fromarray(a).convert("L")) for a in colour])
    np.save("rounded.npy", rounded)
    compare("Pillow, grey of colour", eigenvalues("rounded.npy"), "pil_c", "colours = grey",
            tolerance=0.01)
    clear = np.concatenate([colour, numbers.integers(0, 256, (9, 5, 4, 1), dtype=np.uint8)], 3)
    white = [Image.alpha_composite(Image.new("RGBA", (4, 5), "white"), Image.fromarray(a))
             for a in clear]
    np.save("white.npy", np.stack([np.asarray(a)[:, :, :3].transpose(2, 0, 1) for a in white]))
    folder = written("pil_clear", clear, lambda p, a: Image.fromarray(a).save(p))
    compare("Pillow, transparency on white", eigenvalues("white.npy"), folder, "alpha = white",
            tolerance=0.01)
    np.save("kept.npy", clear.transpose(0, 3, 1, 2))
    compare("Pillow, transparency kept", eigenvalues("kept.npy"), folder, "alpha = keep")
    refused = eigenvalues(folder)
    if not isinstance(refused, str) or "set target.alpha" not in refused:
        faults.append(f"transparency passed over: {refused}")
if pyplot is not None:
    # Its map of greys has levels of its own: what it reads again is the reference.
    folder = written("mpl_g", grey, lambda p, a: pyplot.imsave(p, a, cmap="gray", vmin=0, vmax=255))
    np.save("read.npy", np.stack([255 * pyplot.imread(str(path))[:, :, 0]
                                  for path in sorted(pathlib.Path(folder).iterdir())]))
    compare("Matplotlib, grey map", eigenvalues("read.npy"), folder, "colours = grey",
            tolerance=1e-6)
    compare("Matplotlib, colour", c, written("mpl_c", colour, pyplot.imsave))
if convert is not None:
    for options, settings in {"-interlace PNG": [], "-depth 16": [], "png8:": ["colours = grey"],
                              "png24:": ["colours = grey"], "png32:": ["colours = grey"],
                              "png48:": ["colours = grey"], "png64:": ["colours = grey"]}.items():
        folder = pathlib.Path("im_" + options.strip("-:").replace(" ", "_"))
        folder.mkdir()
        for image in sorted(pathlib.Path("pil_l").iterdir()):
            prefix = options if options.endswith(":") else ""
            words = [] if prefix else options.split()
            subprocess.run([convert, str(image), *words, f"{prefix}{folder / image.name}"],
                           check=True)
        compare(f"ImageMagick, {options}", g, str(folder), *settings)
if faults:
    sys.exit("\n".join(faults))
if done == 0:
    print(f"skipped: not installed: {', '.join(left_out)}")
    sys.exit(77)
print(f"{done} folders of other programs" + (f"; not installed: {', '.join(left_out)}" if left_out else ""))
