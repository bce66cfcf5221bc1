#!/usr/bin/env python3
"""Everything that can go wrong with a worker: each fault ends with one message and the right status,
leaves no process behind, loses nothing that was finished, and can be continued where that makes sense.

    worker_faults.py SYMBREAK SOURCE_DIRECTORY

The workers here are written from the protocol alone (Python without numpy): a second reading of it."""
import json
import os
import pathlib
import re
import shlex
import signal
import struct
import subprocess
import sys
import tempfile
import textwrap
import time
import zlib

symbreak = os.path.realpath(sys.argv[1])
source = pathlib.Path(sys.argv[2]).resolve()
# What makes Open MPI run here.
for line in subprocess.run(["bash", "-c", f"source {source}/cluster/mpi_env.sh; env -0"], check=True,
                           capture_output=True, text=True).stdout.split("\0"):
    if line.startswith(("OMPI_", "PMIX_")):
        os.environ[line.split("=", 1)[0]] = line.split("=", 1)[1]
work = pathlib.Path(tempfile.mkdtemp(prefix="worker_faults_"))
failures = []

# <y> = x/(1 + s) of d coordinates; a fault is a line put in a place of it.
WORKER = """
import json, mmap, os, struct, sys, time
calls = 0
{start}
hello = {{"symbreak_worker": 1, "shape": [2], "weights": "w1"}}
{hello}
def send(data):
    os.write(3, data)
send(json.dumps(hello).encode() + b"\\n")
{said}
while True:
    request = os.read(3, 32)
    if len(request) < 32: break
    operation, n, size, serial = struct.unpack("<4Q", request)
    area = mmap.mmap(4, size)
    d, status, numbers = 2, 0, 2
    s = struct.unpack_from(f"<{{n}}d", area, 0)
    number, width = ("f", 4) if hello.get("number") == "float32" else ("d", 8)
    x = struct.unpack_from(f"<{{n * d}}{{number}}", area, 8 * n)
    y = [x[i] / (1 + s[i // d]) for i in range(n * d)]
    calls += 1
    {answer}
    struct.pack_into(f"<{{len(y)}}{{number}}", area, 8 * n + width * n * d, *y)
    send(struct.pack("<4Q", status, n, numbers, serial))
"""
DECK = """
[run]
name = {name}
seed = 1
checkpoint = 1 s
[target]
kind = network
worker = {worker}
data = gaussian_mixture
dimension = 2
std = 1
{keys}
[forward]
clock = brownian
[experiment]
kind = {kind}
steps = {steps}
[sampling]
walkers = 16
blocks = 2
replicas = {replicas}
"""


def write_worker(name, start="", hello="", said="", answer="", first="#!/usr/bin/python3", mode=0o755):
    text = WORKER.format(start=start, hello=hello, said=said, answer=answer)
    file = work / name
    file.write_text((first + "\n" if first else "") + textwrap.dedent(text).lstrip("\n"))
    file.chmod(mode)
    return file


def write_deck(name, worker, keys="", steps=10, replicas=4, kind="generation"):
    file = work / f"{name}.ini"
    keys = keys if "m =" in keys else f"m = 0\n{keys}"
    file.write_text(DECK.format(name=name, worker=worker, keys=keys, steps=steps, replicas=replicas,
                                kind=kind))
    return file


def orphans():
    """Processes that were started from the folder of this test, symbreak itself apart."""
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
            state = (entry.parent / "stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if any(str(work).encode() in word for word in words) and state != "Z":
            found.append((int(entry.parent.name), b" ".join(words).decode()))
    return [(pid, text) for pid, text in found if "symbreak run" not in text]


def check(condition, name, why, log=""):
    if condition:
        return True
    failures.append(name)
    print(f"FAILED: {name}: {why}\n{textwrap.indent(log, '    ')}")
    return False


def no_orphans(name):
    for _ in range(50):
        if not orphans():
            return
        time.sleep(0.1)
    check(False, name, f"left behind: {orphans()}")


def run(deck, ranks=1, timeout=60, **more):
    command = [symbreak, "run", str(deck)]
    if ranks > 1:
        command = ["mpirun", "-q", "-n", str(ranks), *command]
    done = subprocess.run(command, cwd=work, capture_output=True, text=True, timeout=timeout, **more)
    return done.returncode, done.stdout, done.stderr


def fault(name, status, words, worker=None, keys="", ranks=1, kind="generation", **places):
    """Runs a faulty worker; one message with these words."""
    started = time.time()
    worker = worker or write_worker(f"{name}.py", **places)
    deck = write_deck(name, worker, keys, kind=kind)
    got, out, err = run(deck, ranks)
    log = f"status {got}\n{out}{err}"
    messages = [line for line in err.splitlines() if line and not line.startswith(" ")]
    ok = check(got == status, name, f"status {got}, expected {status}", log)
    if words:
        ok = check(re.search(words, err, re.S) is not None, name, f"no '{words}' in it", log) and ok
        ok = check(len(messages) == 1, name, f"{len(messages)} messages, expected one", log) and ok
    no_orphans(name)
    if ok:
        print(f"ok   {time.time() - started:5.1f} s  {name}: {messages[0] if messages else 'done'}")


# --- it cannot be started, or is of no use: status 2 before any unit -----------------------------
fault("missing", 2, "there is no file", worker="no_such_file.py")
fault("a_folder", 2, "is a directory", worker=work)
fault("not_executable", 2, "may not be executed", worker=write_worker("plain", mode=0o644))
fault("no_program", 2, "is no program",
      worker=write_worker("no_program", first="\x7f not a script"))
fault("no_interpreter", 2, "no_such_interpreter|No such file",
      worker=write_worker("no_interpreter", first="#!/no_such_interpreter"))
fault("ends_at_once", 2, "status 3 before", start="sys.exit(3)")
fault("raises_at_import", 2, "status 1 before.*no_such_module", start="import no_such_module")
fault("never_ready", 2, "start_timeout", keys="start_timeout = 1 s", start="time.sleep(1000)")
fault("no_json", 2, "no hello", said="", start="os.write(3, b'ready\\n')")
fault("other_version", 2, "version 2 of the protocol, this program 1",
      hello="hello['symbreak_worker'] = 2")
fault("no_shape", 2, "no 'shape'", hello="del hello['shape']")
fault("other_numbers", 2, "'number' in its hello is 'float16'", hello="hello['number'] = 'float16'")
fault("bad_type", 2, "'weights' in its hello", hello="hello['weights'] = 7")
fault("other_dimension", 2, "shape 3, the data have 2", hello="hello['shape'] = [3]")
fault("other_lattice", 2, "target.lattice is 1 x 2", keys="lattice = 1, 2",
      hello="hello['shape'] = [2, 1]")
fault("other_classes", 2, "tells 5 classes apart", keys="classify = worker",
      hello="hello['classes'] = 5")
fault("takes_no_class", 2, "takes no class as an argument.*each of the 2 classes",
      keys="m = 1", kind="guided_generation")
fault("takes_other_classes", 2, "takes 3 classes as an argument.*each of the 2 classes",
      keys="m = 1", kind="guided_generation", hello="hello['conditional'] = 3")
fault("closes_the_line", 2, "closed its end", start="os.close(3); time.sleep(1000)")
fault("endless_hello", 2, "no hello", start="os.write(3, b'x' * 70000)")
fault("dies_on_three_ranks", 2, "status 3 before", ranks=3, start="sys.exit(3)")

# --- it fails while it is asked: status 1 --------------------------------------------------------
fault("raises", 1, "status 1 before answering.*ZeroDivision", answer="y[0] / 0")
fault("says_it_cannot", 1, "failed in answering.*out of memory",
      answer="status = 1; print('out of memory')")
fault("nan", 1, "not finite.*state 2 of 16", answer="y[2] = float('nan')")
fault("infinite", 1, "not finite", answer="y[0] = float('inf')")
fault("wrong_numbers", 1, "of 5 numbers", answer="numbers = 5")
fault("wrong_count", 1, "gave 15 states", answer="n, y = n - 1, y[:-2]")
fault("wrong_serial", 1, "gave the reply", answer="serial += 1")
fault("half_a_reply", 1, "before answering", answer="send(b'1234'); os._exit(0)")
fault("dies", 1, "status 5 before answering", answer="calls > 30 and os._exit(5)")
fault("killed", 1, "signal 9", answer="calls > 30 and os.kill(os.getpid(), 9)")
fault("crashes", 1, "signal 11", answer="calls > 30 and os.kill(os.getpid(), 11)")
fault("hangs", 1, "target.timeout", keys="timeout = 1 s", answer="calls > 30 and time.sleep(1000)")
fault("stops_reading", 1, "target.timeout", keys="timeout = 1 s", said="time.sleep(1000)")
fault("unknown_noise", 1, "knows noise levels", hello="hello['s'] = [0.5, 0.6]")
fault("dies_on_one_of_three_ranks", 1, "status 5 before answering", ranks=3,
      answer="calls > 5 and os.environ['OMPI_COMM_WORLD_RANK'] == '1' and os._exit(5)")

# --- no faults -----------------------------------------------------------------------------------
fault("prints", 0, "", answer="print('y' * 20000, flush=True)")
fault("closes_its_output", 0, "", start="os.close(1); os.close(2)")
fault("slow_start", 0, "", start="time.sleep(1.5)")
fault("by_python3", 0, "", worker=write_worker("by_python3.py", first="", mode=0o644))
fault("three_ranks", 0, "", ranks=3)
# One file, since the file is part of the identity of the run.
either = write_worker("either.py", hello="hello['number'] = os.environ.get('NUMBER', 'float64')")
fault("double_precision", 0, "", worker=either)
os.environ["NUMBER"] = "float32"
fault("single_precision", 0, "", worker=either)
del os.environ["NUMBER"]


def numbers(name):
    said = subprocess.run([symbreak, "analyze", "--json", f"runs/{name}"], cwd=work, check=True,
                          capture_output=True, text=True)
    return {row["quantity"]: row["value"] for row in json.loads(said.stdout)["results"]}


one, other = numbers("double_precision"), numbers("single_precision")
check(one and one != other and all(abs(one[key] - other[key]) < 1e-5 * (1 + abs(one[key])) for key in one),
      "single_precision", f"other numbers: {one} {other}")


def write_png(file, rows):
    """Grey, 8 bits."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    head = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    pixels = b"".join(b"\0" + bytes(row) for row in rows)
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) +
                     chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b""))


# Beside a network: a folder of PNG images, one folder a class, as for a dataset.
for i in range(6):
    (work / f"images/{'ab'[i % 2]}").mkdir(parents=True, exist_ok=True)
    write_png(work / f"images/{'ab'[i % 2]}/{i}.png", [[i * 40, 250 - i * 40]])
deck = write_deck("folder", work / "by_python3.py", "lattice = 1, 2")
deck.write_text(re.sub("data = gaussian_mixture.*?lattice",
                       "data = dataset\nfile = images\nnormalisation = unit\nlattice",
                       deck.read_text(), flags=re.S))
got, out, err = run(deck)
check(got == 0 and "6 points" in out, "folder", out + err)

# The first line says what is started; check, analyze and report start nothing.
mark = work / "started"
worker = write_worker("marks.py", start=f"open({str(mark)!r}, 'a').write('x')")
deck = write_deck("marks", worker)
subprocess.run([symbreak, "check", str(deck)], cwd=work, check=True, capture_output=True)
check(not mark.exists(), "check", "started the worker")
_, out, _ = run(deck)
check(out.startswith("starts ") and "marks.py" in out.splitlines()[0], "first line", out)
check(mark.read_text() == "x", "started once", mark.read_text())
for verb in ("analyze", "report"):
    subprocess.run([symbreak, verb, "runs/marks"], cwd=work, check=True, capture_output=True)
check(mark.read_text() == "x", "analyze and report", "started the worker")

# A worker that is not deterministic: said by analyze.
run(write_deck("random", write_worker("random.py", hello="hello['deterministic'] = False")))
said = subprocess.run([symbreak, "analyze", "runs/random"], cwd=work, capture_output=True, text=True)
check("not deterministic" in said.stdout, "not deterministic", said.stdout)

# Ranks whose workers have other weights.
other = write_worker("other_weights.py",
                     hello="hello['weights'] = os.environ['OMPI_COMM_WORLD_RANK']")
got, out, err = run(write_deck("other_weights", other), ranks=2)
check(got == 2 and "other weights" in err, "weights per rank", f"{got} {err}")


def bits(name):
    said = subprocess.run([symbreak, "analyze", "--json", f"runs/{name}"], cwd=work, check=True,
                          capture_output=True, text=True)
    return re.sub(r'"run":"[^"]*"', "", said.stdout)


# Stopped by a signal, by the death of the worker, by the death of everybody: the same command
# continues to the same bits; nothing that was finished is done again.
slow = "time.sleep(0.02)"
straight = write_deck("straight", write_worker("slow.py", answer=slow), steps=20, replicas=6)
check(run(straight)[0] == 0, "straight", "failed")
expected = bits("straight").replace("straight", "NAME")


def until(condition, seconds=60):
    """Waits for what a busy machine may take long for."""
    end = time.time() + seconds
    while not condition() and time.time() < end:
        time.sleep(0.05)


def again(name, deck, ranks=1):
    got, out, err = run(deck, ranks)
    if check(got == 0, name, f"does not continue: {got}", out + err):
        check(bits(name).replace(name, "NAME") == expected, name, "other bits than the straight run")
    no_orphans(name)
    print(f"ok           {name}: {[line for line in out.splitlines() if 'continuing' in line]}")


deck = write_deck("by_signal", work / "slow.py", steps=20, replicas=6)
process = subprocess.Popen([symbreak, "run", str(deck)], cwd=work, stdout=subprocess.DEVNULL)
time.sleep(2)
process.send_signal(signal.SIGTERM)
check(process.wait(20) == 3, "by_signal", f"status {process.returncode}, expected 3")
no_orphans("by_signal")
again("by_signal", deck)

deck = write_deck("by_worker", work / "slow.py", steps=20, replicas=6)
process = subprocess.Popen([symbreak, "run", str(deck)], cwd=work, stdout=subprocess.DEVNULL,
                           stderr=subprocess.PIPE, text=True)
kept = work / "runs/by_worker/segments"
until(lambda: kept.exists() and list(kept.glob("*")))
for pid, _ in orphans():
    os.kill(pid, signal.SIGKILL)
check("signal 9" in process.communicate(timeout=20)[1] and process.returncode == 1, "by_worker",
      f"status {process.returncode}")
check(list(kept.glob("*")), "by_worker", "nothing was kept")
again("by_worker", deck, 2)

deck = write_deck("by_kill", write_worker("hangs_long.py", answer=slow), steps=20, replicas=6)
process = subprocess.Popen([symbreak, "run", str(deck)], cwd=work, stdout=subprocess.DEVNULL)
time.sleep(2.5)
process.kill()
process.wait()
no_orphans("by_kill")

# The same while it hangs in an answer: the kernel ends it (setpriv), or nobody does.
deck = write_deck("by_kill_hung", write_worker("hung.py", answer="time.sleep(1000)"))
process = subprocess.Popen([symbreak, "run", str(deck)], cwd=work, stdout=subprocess.DEVNULL)
time.sleep(1.5)
process.kill()
process.wait()
if os.access("/usr/bin/setpriv", os.X_OK):
    no_orphans("by_kill_hung")
else:
    for pid, _ in orphans():
        os.kill(pid, signal.SIGKILL)
    print("skipped: by_kill_hung: no /usr/bin/setpriv here")

# Other weights: not continued.
deck = write_deck("changed", write_worker("changed.py", start="w = open('weights').read()",
                                          hello="hello['weights'] = w", answer=slow),
                  steps=20, replicas=6)
(work / "weights").write_text("first")
process = subprocess.Popen([symbreak, "run", str(deck)], cwd=work, stdout=subprocess.DEVNULL)
time.sleep(2)
process.send_signal(signal.SIGTERM)
process.wait(20)
(work / "weights").write_text("second")
got, out, err = run(deck)
check(got == 2 and "weights first" in err and "weights second" in err, "changed", f"{got}: {err}")

# Ctrl-C reaches the run alone: the answer under way is waited for.
deck = write_deck("interrupted", work / "slow.py", steps=20, replicas=6)
process = subprocess.Popen([symbreak, "run", str(deck)], cwd=work, stdout=subprocess.DEVNULL,
                           start_new_session=True)
time.sleep(2)
os.killpg(process.pid, signal.SIGINT)
check(process.wait(20) == 3, "interrupted", f"status {process.returncode}, expected 3")
again("interrupted", deck, 3)

subprocess.run(["rm", "-rf", shlex.quote(str(work))], check=False)
if failures:
    sys.exit(f"{len(failures)} failed: {', '.join(failures)}")
print("workers: every fault has its message, no process is left, nothing is lost")
