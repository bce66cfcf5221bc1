#!/usr/bin/env python3
"""All figures of some runs on one page, to look at them together.

    contact_sheet.py RUN ... [--output sheet.html] [--png] [--symbreak PROGRAM]

RUN is the directory of a run with a report in it (`symbreak report RUN`); with --symbreak the
reports are written first. Of a movie the first, the middle and the last frame are shown. The page
refers to the SVGs where they are. --png: pictures of the page as well, sheet-01.png, sheet-02.png,
... of 24 figures each, by the browser chromium. Needs Python's standard library only.
"""
import argparse
import html
import os
import re
import subprocess
import sys
from pathlib import Path

WIDTH, COLUMNS, PER_PICTURE, GAP, LABEL = 520, 4, 24, 12, 22
STYLE = f"""body{{margin:{GAP}px;font:13px sans-serif;background:#fff;color:#222}}
main{{display:grid;grid-template-columns:repeat({COLUMNS},{WIDTH}px);gap:{GAP}px;align-items:end}}
figure{{margin:0}}figcaption{{height:{LABEL}px;overflow:hidden;white-space:nowrap}}
img{{width:{WIDTH}px;border:1px solid #ddd;box-sizing:border-box;display:block}}"""


def figures(run):
    """(name, SVG) of what the report of a run shows, figures before movies."""
    plots = Path(run) / "report" / "plots"
    if not plots.is_dir():
        sys.exit(f"contact_sheet.py: {run} has no report; symbreak report {run} writes it")
    yield from ((svg.stem, svg) for svg in sorted(plots.glob("*.svg")))
    for movie in sorted(path for path in plots.iterdir() if path.is_dir()):
        parts = {}
        for svg in sorted(movie.glob("*.svg")):
            parts.setdefault(svg.stem.split("-")[-2], []).append((svg.stem.split("-")[-1], svg))
        for frames in parts.values():
            frames = [svg for _, svg in sorted(frames)]
            shown = sorted({0, len(frames) // 2, len(frames) - 1})
            yield from ((f"{movie.name}/{frames[i].stem}", frames[i]) for i in shown)


def height(svg):
    """Of an SVG drawn at WIDTH, by its viewBox."""
    with open(svg, encoding="utf-8", errors="replace") as file:
        found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', file.read(2000))
    return int(WIDTH * float(found[2]) / float(found[1])) if found else WIDTH


def page(entries, folder):
    cells = "\n".join(
        f"<figure><figcaption>{html.escape(name)}</figcaption>"
        f'<img alt="{html.escape(name)}" src="{html.escape(os.path.relpath(svg, folder))}"></figure>'
        for name, svg in entries)
    return (f'<!DOCTYPE html>\n<html lang="en"><meta charset="utf-8"><title>figures</title>\n'
            f"<style>{STYLE}</style>\n<main>\n{cells}\n</main></html>\n")


def picture(entries, target):
    """One PNG of some figures, by chromium."""
    rows = [entries[i:i + COLUMNS] for i in range(0, len(entries), COLUMNS)]
    tall = sum(max(height(svg) for _, svg in row) + LABEL + GAP for row in rows) + GAP
    wide = COLUMNS * (WIDTH + GAP) + GAP
    source = target.with_suffix(".part.html")
    source.write_text(page(entries, source.parent))
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
               f"--window-size={wide},{tall}", f"--screenshot={target}", source.resolve().as_uri()]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        sys.exit("contact_sheet.py: chromium is not installed, and it draws the PNGs")
    finally:
        source.unlink()
    if done.returncode != 0 or not target.exists():
        sys.exit(f"contact_sheet.py: chromium drew no {target}: {done.stderr[-500:]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="+", metavar="RUN")
    parser.add_argument("--output", default="sheet.html", type=Path)
    parser.add_argument("--png", action="store_true")
    parser.add_argument("--symbreak", metavar="PROGRAM")
    options = parser.parse_args()
    if options.symbreak:
        for run in options.runs:
            if subprocess.run([options.symbreak, "report", run], stdout=subprocess.DEVNULL).returncode:
                sys.exit(f"contact_sheet.py: {options.symbreak} report {run} failed")
    entries = [(f"{Path(run).resolve().name}: {name}", svg)
               for run in options.runs for name, svg in figures(run)]
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(page(entries, options.output.parent))
    print(f"{options.output}: {len(entries)} figures of {len(options.runs)} runs")
    for i in range(0, len(entries) if options.png else 0, PER_PICTURE):
        name = f"{options.output.stem}-{i // PER_PICTURE + 1:02}.png"
        target = options.output.parent / name
        picture(entries[i:i + PER_PICTURE], target)
        print(target)


if __name__ == "__main__":
    main()
