#!/usr/bin/env python3
"""Numbers and figures of claims.sh on one page: claims.py SYMBREAK FOLDER-OF-RUNS OUTPUT.html

A claim is confirmed or contradicted where it differs from its opposite by more than three standard
errors of these few batches; else it is not resolved."""
import html
import json
import math
import pathlib
import subprocess
import sys

symbreak, runs, output = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
rows, pictures = [], []


def flat(value):
    return [x for part in value for x in flat(part)] if isinstance(value, list) else [value]


def analysis(name):
    """observable -> [(point, values, errors)], and the same of results."""
    if not (runs / name / "result.h5").exists():
        return {}, {}
    said = json.loads(subprocess.run([symbreak, "analyze", "--json", "--observables", runs / name],
                                     check=True, capture_output=True).stdout)
    found, results = {}, {}
    for row in said["observables"]:
        found.setdefault(row["name"], []).append((row["point"], flat(row["value"]), flat(row["error"])))
    for row in said["results"]:
        results.setdefault(row["quantity"], []).append(row)
    return found, results


def digits(value, error):
    """1.23(4); +- 0 where all batches agree."""
    if not error:
        return f"{value:.3g}(0)"
    places = max(0, 1 - math.floor(math.log10(2 * error)))
    return f"{value:.{places}f}({error * 10**places:.0f})"


def series(found, name, key, element=0):
    return [(point[f"experiment.{key}"], value[element], error[element])
            for point, value, error in found.get(name, [])]


def listed(points, label):
    return ", ".join(f"{digits(value, error)} at {label} = {at:g}" for at, value, error in points)


def claim(text, measured, better, error):
    """`better`: by how much the claim holds."""
    word = ("confirmed" if better > 3 * error else "contradicted" if better < -3 * error else
            "not resolved")
    rows.append((text, measured, f"{digits(better, error)}: {word}"))


def pictures_of(name, *figures):
    subprocess.run([symbreak, "report", runs / name], check=True, capture_output=True)
    for figure in figures:
        file = runs / name / "report/plots" / f"{figure}.svg"
        if file.exists():
            pictures.append((f"{name}: {figure}", file.read_text()))


found, _ = analysis("network_late_start")
starts = {}
for point, value, error in found.get("wasserstein_2_excess", []):
    starts.setdefault(point["experiment.space"], []).append(
        (point["experiment.t_start"], value[0], error[0]))
for space, lost in starts.items():
    (_, late, a), (_, early, b) = lost[0], lost[-1]
    claim("A late start loses nothing at first, then much (flat, then steep): sliced W2^2 in "
          f"{space} at the latest start less that at the earliest", listed(lost, "s"), late - early,
          math.hypot(a, b))
if starts:
    pictures_of("network_late_start", "late_start_space_coordinates", "late_start_space_features")
found, _ = analysis("network_minorities")
if share := series(found, "branch_occupation", "t_start", 1):
    early, won = share[-1], max(share, key=lambda point: point[1])
    claim("Five steps lose the minority (0.2): 0.2 less its share from the earliest start",
          listed(share, "s"), 0.2 - early[1], early[2])
    claim("A late start wins it back: the largest share less that from the earliest start",
          f"{digits(*won[1:])} at s = {won[0]:g}", won[1] - early[1], math.hypot(won[2], early[2]))
    pictures_of("network_minorities", "late_start_occupation")
found, results = analysis("network_softening")
for name in ("network", "real", "memorizing"):
    for _, value, error in found.get(f"{name}_softening", []):
        levels = results[f"{name}_softest"][0]["axis"]
        modes = 6
        force = [(value[i], error[i]) for i in range(0, len(value), modes)]
        least = min(range(len(force)), key=lambda i: force[i][0])
        claim(f"{name}: smooth modes soften as a dip (the force of the uniform mode at the last noise "
              "less the least one)",
              f"least {digits(*force[least])} at s = {levels['s']:.2g}, last {digits(*force[-1])}",
              force[-1][0] - force[least][0], math.hypot(force[least][1], force[-1][1]))
if results:
    unstable = results.get("prototype_instability", [])
    rows.append(("Prototypes go unstable instead (eigenvalues of the memorizing score that cross 1, of "
                 "six)", ", ".join(f"s = {row['value']:.2g}" for row in unstable),
                 f"{len(unstable)}: {'confirmed' if unstable else 'contradicted'}"))
    pictures_of("network_softening", "three_way_softening_network", "three_way_softening_real",
                "three_way_softening_memorizing", "three_way_prototypes", "three_way_images_network")
found, _ = analysis("network_schedules")
grids = {}
for point, value, error in found.get("wasserstein_2_excess", []):
    grids.setdefault(point["experiment.steps"], {})[point["experiment.schedule"]] = (value[0], error[0])
for steps, grid in sorted(grids.items()):
    best = min((value, error, name) for name, (value, error) in grid.items() if name != "entropic")
    claim(f"At {steps:g} evaluations the entropic grid is better than the best other ({best[2]})",
          ", ".join(f"{name} {digits(*value)}" for name, value in grid.items()),
          best[0] - grid["entropic"][0], math.hypot(best[1], grid["entropic"][1]))
if grids:
    pictures_of("network_schedules", *[file.stem for file in (
        runs / "network_schedules/report/plots").glob("*.svg")][:1])
found, _ = analysis("network_pulses")
if pulses := series(found, "class_response", "t"):
    top = max(pulses, key=lambda point: point[1])
    others = [pulses[0], pulses[-1]]
    rest = max(others, key=lambda point: point[1])
    claim("A pulse counts most at one time: the largest response less that at the better end of the range",
          listed(pulses, "s"), top[1] - rest[1], math.hypot(top[2], rest[2]))
    pictures_of("network_pulses", "guidance")
found, _ = analysis("network_u_turn")
if kept := series(found, "class_kept", "t"):
    claim("A U-turn keeps the class at little noise and forgets it at much: the fall over the range",
          listed(kept, "s"), kept[0][1] - kept[-1][1], math.hypot(kept[0][2], kept[-1][2]))
    pictures_of("network_u_turn", "u_turn")

table = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>\n"
                for row in rows)
figures = "".join(f"<figure>{svg[svg.index('<svg'):]}<figcaption>{html.escape(title)}</figcaption></figure>"
                  for title, svg in pictures)
output.parent.mkdir(parents=True, exist_ok=True)
output.write_text(f"""<!doctype html><meta charset="utf-8"><title>Claims about a network</title><style>
body {{ font: 15px/1.4 serif; max-width: 1250px; margin: 2em auto; padding: 0 1em }}
td {{ border-top: 1px solid #ccc; padding: .3em .8em .3em 0; vertical-align: top }}
figure {{ display: inline-block; width: 400px; margin: 0 8px 16px 0 }} figure svg {{ width: 100% }}
figcaption {{ text-align: center; color: #555 }}</style><h1>What is said of trained networks, asked of one</h1>
<table>{table}</table>{figures}""")
for row in rows:
    print("\n".join(row) + "\n")
print(output)
