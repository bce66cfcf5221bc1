#!/usr/bin/env python3
"""Tests of the tests: one line of the program is changed at a time, and the test that should notice
must fail. Usage: mutants.py SOURCE_DIRECTORY BUILD_DIRECTORY [NAME...]    some mutants only
                  mutants.py SOURCE_DIRECTORY --check                      the table alone, at once
Works on a copy of the tree in BUILD_DIRECTORY/mutants, which holds no tests but the killers; a mutant
costs the compilation of its folder. Fails on survivors, on killers that
fail without a mutant, and on lines of the table whose text is no longer in its file."""
import pathlib
import re
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # nothing is left behind in the tree
from table import MUTANTS  # noqa: E402

TIMEOUT = 300  # of one test; a mutant that hangs is noticed


def outdated(source, mutants):
    """Lines of the table that do not fit the tree."""
    faults = []
    names = [mutant.name for mutant in mutants]
    for name in sorted({name for name in names if names.count(name) > 1}):
        faults.append(f"{name}: the name occurs twice")
    for mutant in mutants:
        path = source / mutant.file
        found = path.read_text().count(mutant.old) if path.exists() else 0
        if found != 1:
            faults.append(f"{mutant.name}: its old text occurs {found} times in {mutant.file}")
        killer = source / mutant.killer
        tests = re.findall(r'TEST_CASE\(\s*"((?:[^"\\]|\\.)*)"', killer.read_text()) \
            if killer.exists() else []
        if mutant.test not in tests:
            faults.append(f"{mutant.name}: no test '{mutant.test}' in {mutant.killer}")
    return faults


def files_of(source):
    """What belongs to the tree: what git tracks or would track, or all but builds and runs."""
    listed = subprocess.run(["git", "-C", source, "ls-files", "-co", "--exclude-standard", "-z"],
                            capture_output=True, text=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        return [name for name in listed.stdout.split("\0") if name and (source / name).is_file()]
    names = [p.relative_to(source).as_posix() for p in source.rglob("*") if p.is_file()]
    return [name for name in names if not re.match(r"build|runs/|\.git/", name)]


def copy(source, tree, killers):
    """Brings the copy up to date; what is the same keeps its time. Of tests only the killers."""
    wanted = {name for name in files_of(source)
              if name in killers
              or not re.match(r"tests/(unit|exact|statistical|mpi)/.*\.cpp$", name)}
    for path in [p for p in tree.rglob("*") if p.is_file()]:
        name = path.relative_to(tree).as_posix()
        if not name.startswith("build/") and name not in wanted:
            path.unlink()
    for name in wanted:
        content, target = (source / name).read_bytes(), tree / name
        if not target.exists() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            shutil.copymode(source / name, target)


def target_of(mutant):
    return "test_" + mutant.killer.split("/")[1]


def command(build, *targets):
    return ["cmake", "--build", build, "--target", *targets]


def compiles(build, *targets):
    done = subprocess.run(command(build, *targets), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        errors = [line for line in done.stdout.splitlines() if "error" in line]
        print("\n".join(errors[:10] or done.stdout.splitlines()[-10:]))
    return done.returncode == 0


def passes(build, mutant):
    """Whether the killer passes. No test of this name is an error, not a failure."""
    name = re.sub(r'([,\[\]"\\*~])', r"\\\1", mutant.test)
    try:
        done = subprocess.run([build / "tests" / target_of(mutant), "-w", "NoTests", name],
                              capture_output=True, text=True, errors="replace",  # any bytes
                              timeout=TIMEOUT, check=False, cwd=build)
    except subprocess.TimeoutExpired:
        return False
    if "No test cases matched" in done.stdout:
        sys.exit(f"{mutant.name}: the executable does not know its killer '{mutant.test}'")
    return done.returncode == 0


def survives(tree, build, mutant):
    """True, False, or None where the mutant does not compile. The file is as before afterwards."""
    path = tree / mutant.file
    before = path.read_text()
    path.write_text(before.replace(mutant.old, mutant.new))
    try:
        return passes(build, mutant) if compiles(build, target_of(mutant)) else None
    finally:
        path.write_text(before)


def main():
    source = pathlib.Path(sys.argv[1]).resolve()
    faults = outdated(source, MUTANTS)
    if faults:
        sys.exit("the table of mutants is outdated:\n" + "\n".join(faults))
    if sys.argv[2] == "--check":
        print(f"{len(MUTANTS)} mutants fit the tree")
        return
    chosen = [m for m in MUTANTS if not sys.argv[3:] or m.name in sys.argv[3:]]
    unknown = set(sys.argv[3:]) - {m.name for m in chosen}
    if unknown or not chosen:
        sys.exit(f"no such mutants: {', '.join(sorted(unknown))}")
    # The build lies in the copy, as that of a usual checkout does: ccache then knows its objects.
    tree = pathlib.Path(sys.argv[2]).resolve() / "mutants"
    build = tree / "build" / "test"
    tree.mkdir(parents=True, exist_ok=True)
    copy(source, tree, {m.killer for m in MUTANTS})
    # Warnings are errors as in tests/run.sh, whose objects of kernels and tests are then reused.
    subprocess.run(["cmake", "-G", "Ninja", "-S", tree, "-B", build, "-DCMAKE_BUILD_TYPE=Release",
                    "-DSYMBREAK_WERROR=ON"],
                   check=True, stdout=subprocess.DEVNULL)
    start = time.monotonic()
    if not compiles(build, *sorted({target_of(m) for m in chosen})):
        sys.exit("the tree does not compile")
    print(f"built in {time.monotonic() - start:.0f} s", flush=True)
    failing = {(m.killer, m.test) for m in chosen if not passes(build, m)}
    if failing:
        sys.exit("without a mutant these fail already:\n" + "\n".join(map(str, sorted(failing))))

    bad = 0
    width = max(len(m.name) for m in chosen)
    for mutant in chosen:
        start = time.monotonic()
        alive = survives(tree, build, mutant)
        bad += alive is not False
        outcome = {True: "SURVIVES", False: "killed", None: "DOES NOT COMPILE"}[alive]
        print(f"{mutant.name:{width}}  {outcome:8}  {time.monotonic() - start:5.1f} s  "
              f"{mutant.file}  by {mutant.killer}: {mutant.test}", flush=True)
    print(f"{len(chosen)} mutants, {len(chosen) - bad} killed")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
