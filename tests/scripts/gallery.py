#!/usr/bin/env python3
"""inputs/gallery/: what the program draws, at a glance. Runs a dozen decks, cut down to seconds, takes the
figure that says most from the report of each, and writes README.md with one sentence a deck: its own.
Usage: gallery.py SYMBREAK SOURCE_DIRECTORY            says whether it is in order: every deck, picture
                                                       and sentence there, SVGs small, none too many
       gallery.py SYMBREAK SOURCE_DIRECTORY --write    makes it anew: some minutes on one core"""
import pathlib
import re
import subprocess
import sys
import tempfile

program, source = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
gallery = source / "inputs/gallery"
MOST, MOST_OF_ALL = 40_000, 500_000  # bytes
# Deck, what is cut down, and the figure by name; without one the page's key figure.
SHOWN = [
    ("tutorial/two_deltas", [], "pitchfork"),
    ("validation/gaussian_mixture_generation",
     ["sampling.replicas=2", "experiment.steps=100"], "order_parameter_distribution"),
    ("validation/four_deltas", ["experiment.t=critical(±0.5, 31)"], "pitchfork"),
    ("validation/blume_capel_deltas", ["experiment.t=critical(±0.5, 41)"], "pitchfork"),
    ("validation/two_deltas_copies",
     ["experiment.n=256,1024,4096", "experiment.t=critical(±0.2, 15)", "experiment.isotherm=0.001",
      "sampling.blocks=16", "sampling.sweeps_per_block=200"], "binder"),
    ("validation/ising2d_breakdown",
     ["target.side=8,16", "experiment.chains=8", "sampling.measurements_per_block=16",
      "sampling.blocks=8", "sampling.replicas=2"], None),
    ("validation/collapse_sphere",
     ["target.n=100,400,1600", "sampling.disorder_samples=16", "experiment.steps=8"], None),
    ("validation/rem_condensation",
     ["target.M=20,50,200,1000", "sampling.disorder_samples=8000", "sampling.batch=500"],
     "participation"),
    ("validation/entropy_clock_two_deltas",
     ["sampling.walkers=512", "sampling.blocks=8", "sampling.replicas=2"], None),
    ("validation/guidance_two_deltas",
     ["sampling.walkers=1024", "sampling.replicas=4", "experiment.steps=24"], None),
    ("validation/raya_late_start",
     ["sampling.walkers=256", "sampling.blocks=4", "sampling.replicas=2", "experiment.steps=20"], None),
    ("validation/patch_softening_trajectories",
     ["target.side=16,16", "target.patch=3,5", "experiment.steps=100", "experiment.records=40",
      "sampling.walkers=8", "sampling.blocks=2", "sampling.replicas=2"], None),
    ("validation/rhm",
     ["target.vocabulary=8,12,16", "target.synonyms=2,3,4", "target.layers=4",
      "sampling.disorder_samples=8"], None),
]


def first_sentence(deck):
    """As the list of decks has it (readme.py)."""
    lines = []
    for line in deck.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#") or not line.strip("# "):
            break
        lines.append(line.strip("# "))
    return re.match(r".*?[.?](?=\s+[A-Z(]|$)|.*", " ".join(lines)).group(0)


def boxes_together(svg):
    """The cells of a map and of its scale, polygons of gnuplot, as one path for each colour."""
    polygon = (r"<polygon fill = 'rgb\((.*?)\)' points = '([\d., -]+)'/>\s*")
    cell = re.compile(r"<g stroke='none' shape-rendering='crispEdges'>\s*" + polygon + r"</g>\s*")

    def box(match):
        colour = "#" + "".join(f"{int(part):02x}" for part in match.group(1).split(","))
        (x0, y0), _, (x1, y1), *_ = (point.split(",") for point in match.group(2).split())
        return colour, re.sub(r"\.0(?!\d)", "", f"M{x0} {y0}H{x1}V{y1}H{x0}z")

    svg = re.sub(polygon + r"(?!\s*</g>)", lambda m: '<path fill="%s" d="%s"/>\n' % box(m), svg)
    first, colours = cell.search(svg), {}
    if first is None:
        return svg
    for colour, drawn in map(box, cell.finditer(svg)):
        if min(bytes.fromhex(colour[1:])) < 252:  # others cannot be told from the paper
            colours.setdefault(colour, []).append(drawn)
    paths = "".join(f'<path fill="{colour}" d="{"".join(drawn)}"/>\n'
                    for colour, drawn in colours.items())
    # Without their outlines, each in the colour of its cell.
    rest = re.sub(r"<path stroke='rgb\((?! *51)[^)]*\)'\s+d='M[\d.]+,[\d.]+(?: L[\d.]+,[\d.]+){4} Z\s*'/>\s*",
                  "", cell.sub("", svg))
    return (rest[:first.start()] + f'<g stroke="none" shape-rendering="crispEdges">\n{paths}</g>\n' +
            rest[first.start():])


def smaller(svg):
    """gnuplot's drawing without what draws nothing."""
    svg = re.sub(r"<(title|desc)>.*?</\1>\s*", "", svg, flags=re.S)
    svg = svg.replace(' stroke-linecap="butt" stroke-linejoin="miter"', "")
    while True:
        shorter = re.sub(r"<g(?: [^<>]*)?>\s*</g>\s*", "", svg)
        if shorter == svg:
            break
        svg = shorter
    # A tenth of a pixel is enough for a picture of this size.
    svg = re.sub(r"(?<![\w.])(-?\d+)\.(\d)\d+(?=[ ,LM'\"Z)])", r"\1.\2", svg)
    used = set(re.findall(r"href='#(\w+)'", svg)) | set(re.findall(r"href=\"#(\w+)\"", svg))
    svg = re.sub(r"<(path|circle|g|rect) id='(gpPt\w+|gpDot)'[^>]*/>\s*",
                 lambda m: m.group(0) if m.group(2) in used else "", svg)
    return re.sub(r"[ \t]*\n\s*", "\n", boxes_together(svg))


def picture(deck, settings, figure, scratch):
    sets = [word for setting in settings for word in ("--set", setting)]
    run, log = scratch / deck.replace("/", "-"), scratch / "log"
    for words in (["run", source / "inputs" / (deck + ".ini"), *sets, "--output", run], ["report", run]):
        with open(log, "w", encoding="utf-8") as out:
            done = subprocess.run([program, *map(str, words)], stdout=out, stderr=out, check=False)
        if done.returncode != 0:
            sys.exit(f"{deck}: {log.read_text()[-800:]}")
    report = run / "report"
    stem = re.search(r'href="plots/([\w-]+)\.svg"', (report / "index.html").read_text()).group(1)
    if figure is not None:
        found = sorted(p.stem for p in (report / "plots").glob(f"{figure}*.svg"))
        stem = found[0] if found else stem
    return smaller((report / "plots" / f"{stem}.svg").read_text(encoding="utf-8")), stem


def page():
    text = ("# Gallery\n\nDrawn by the program, one command a deck: `symbreak run DECK`, `symbreak report "
            "RUN`. The pictures here are of runs cut\ndown to seconds by `tests/scripts/gallery.py`, "
            "which makes this page; the decks as they are take longer and\nhave smaller error bars.\n\n"
            "| | |\n|---|---|\n")
    for deck, _, _ in SHOWN:
        name = deck.split("/")[1]
        text += (f"| ![{name}]({name}.svg) | {first_sentence(source / 'inputs' / (deck + '.ini'))} "
                 f"[`{name}`](../{deck}.ini) |\n")
    return text


if "--write" in sys.argv:
    gallery.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for deck, settings, figure in SHOWN:
            svg, stem = picture(deck, settings, figure, pathlib.Path(scratch))
            (gallery / (deck.split("/")[1] + ".svg")).write_text(svg, encoding="utf-8")
            print(f"{deck}: {stem}, {len(svg.encode())} bytes", flush=True)
    (gallery / "README.md").write_text(page(), encoding="utf-8")

faults = []
wanted = {deck.split("/")[1] + ".svg" for deck, _, _ in SHOWN}
there = {path.name: path for path in gallery.glob("*.svg")}
faults += [f"no picture {name}: gallery.py --write" for name in sorted(wanted - there.keys())]
faults += [f"{name} is of no deck of the gallery" for name in sorted(there.keys() - wanted)]
for name, path in there.items():
    size, text = path.stat().st_size, path.read_text(encoding="utf-8")
    if size > MOST:
        faults.append(f"{name} has {size} bytes, at most {MOST}")
    if "</svg>" not in text or "<script" in text or not re.search(r"<(path|use|image)", text):
        faults.append(f"{name} is no picture")
if sum(path.stat().st_size for path in there.values()) > MOST_OF_ALL:
    faults.append(f"the pictures have more than {MOST_OF_ALL} bytes")
if not (gallery / "README.md").exists() or (gallery / "README.md").read_text(encoding="utf-8") != page():
    faults.append("inputs/gallery/README.md is out of date: gallery.py --write")
print("\n".join(faults) or f"{len(there)} pictures")
sys.exit(bool(faults))
