#!/usr/bin/env python3
"""A page of inputs/tutorial, or the section "Your own data" of the README, is true: its ```sh blocks run
one after the other in a directory laid out like a clone, and every line of a ```text block is in the
output of the sh block before it: the same words, numbers with errors within five of them, other
numbers whatever they are (they depend on the processor). Blocks ```sh slurm run on a Slurm of one node.
Usage: tutorials.py SYMBREAK SOURCE_DIRECTORY PAGE [slurm]        exit status 77: skipped"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

program, source = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
page, slurm = pathlib.Path(sys.argv[3]), "slurm" in sys.argv[4:]
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:\([\d.]+\))?(?:e[-+]?\d+)?")


def blocks():
    """(language, text) of every fenced block."""
    text = (source / page).read_text()
    if page.name == "README.md":
        text = re.search(r"^## Your own data$(.*?)^## ", text, flags=re.M | re.S).group(1)
    return re.findall(r"^```([a-z ]+)\n(.*?)^```$", text, flags=re.M | re.S)


def words(line):
    return re.sub(r"\s+", " ", NUMBER.sub("#", line)).strip()


def uncertain(line):
    """(value, error) of every number with an error in brackets."""
    found = []
    for digits, decimals, error, exponent in re.findall(
            r"([-+]?\d+(?:\.(\d+))?)\(([\d.]+)\)(?:e([-+]?\d+))?", line):
        unit = 1.0 if "." in error else 10.0 ** -len(decimals)
        power = 10.0 ** int(exponent or 0)
        found.append((float(digits) * power, float(error) * unit * power))
    return found


def agrees(told, seen):
    return words(told) == words(seen) and all(
        abs(a[0] - b[0]) <= 5 * max(a[1], b[1]) for a, b in zip(uncertain(told), uncertain(seen)))


def run(script, folder):
    if slurm:
        inside = folder / "inside.sh"
        inside.write_text(script)
        command = ["bash", str(source / "tests/cluster/slurm.sh"), str(program), str(source),
                   str(inside)]
    else:
        command = ["bash", "-c", script]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    if slurm and done.returncode == 77:
        print(done.stdout.strip())
        sys.exit(77)
    return done.returncode, done.stdout


wanted = "sh slurm" if slurm else "sh"
if not slurm and page.name in ("README.md", "my_images.md", "cluster.md") \
        and not pathlib.Path("/usr/share/datasets/fashion-mnist").exists():
    print("skipped: Debian's dataset-fashion-mnist is not installed (bash cluster/install.sh data)")
    sys.exit(77)

with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    for part in ("inputs", "cluster", "analysis", "tests"):
        (folder / part).symlink_to(source / part)
    (folder / "build/release").mkdir(parents=True)
    (folder / "build/release/symbreak").symlink_to(program)
    (folder / "build/python").mkdir()
    (folder / "build/python/python3").symlink_to("/usr/bin/python3")  # Debian's, with its libraries
    os.environ["PATH"] = f"{folder}/build/python:{os.environ['PATH']}"
    os.environ.pop("SYMBREAK_DATA", None)
    # What a block exports holds for the next ones.
    state, output, told, done = folder / "state", None, 0, 0
    for language, text in blocks():
        if language == wanted:
            before = f". {state} >/dev/null 2>&1\n" if state.exists() else ""
            code, output = run(f"set -e\n{before}{text}\nexport -p >{state}\n", folder)
            done += 1
            if code != 0:
                sys.exit(f"{page}: a block ends with status {code}:\n{text}\n--- output\n{output}")
        elif language.startswith("sh"):
            output = None
        elif language == "text" and output is not None:
            lines = output.splitlines()
            for line in text.splitlines():
                if not any(agrees(line, seen) for seen in lines):
                    near = [seen for seen in lines if words(seen)[:12] == words(line)[:12]]
                    sys.exit(f"{page}: not in the output:\n{line}\n--- nearest\n"
                             + "\n".join(near) + "\n--- output\n" + output)
                told += 1
    if done == 0:
        sys.exit(f"{page}: nothing was run")
print(f"{page}: {told} lines as printed")
