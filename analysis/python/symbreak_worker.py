"""Serves a denoiser to symbreak: the other end of `target.kind = network`. Needs numpy alone.

    import symbreak_worker

    def denoise(x, s):       # x: states (n, *shape), s: noise variances (n,); x = y + sqrt(s) z
        ...                  # returns the clean mean <y>, of the shape of x
    symbreak_worker.serve(denoise, shape=(28, 28))

Everything is in the Brownian gauge, x = y + sqrt(s) z with z standard normal. Networks that predict
something else, at other scalings, become such a `denoise` by

    from_noise_prediction(model, alphas_cumprod)    eps(x_t, index), any variance-preserving schedule
    from_clean_prediction(model, alphas_cumprod)    y(x_t, index)
    from_v_prediction(model, alphas_cumprod)        v(x_t, index) = sqrt(abar) eps - sqrt(1 - abar) y
    from_score(model)                               score(x, s) of the noisy law, Brownian gauge
    from_ou_score(model)                            score(x_t, t), x_t = e^-t y + sqrt(1 - e^-2t) z
    from_edm(model)                                 D(x, sigma), sigma = sqrt(s) (Karras et al. 2022)
    from_edm_raw(model, sigma_data)                 F(c_in x, c_noise) of the same, with its scalings

Their models take and return numpy arrays of the shape of x and one time (or sigma) per state; for
PyTorch wrap yours as in inputs/networks/pytorch_worker.py. The protocol is in
sim/target/network/README.md.
"""
import contextlib
import ctypes
import functools
import hashlib
import json
import mmap
import os
import signal
import socket
import struct
import sys
import time
import traceback

import numpy as np

PROTOCOL = 1
BELL, MEMORY = 3, 4
MEAN, JACOBIAN, FEATURES, CLASSIFY, CONDITIONAL = 1, 2, 3, 4, 5
ATTENTION = 2e-4  # seconds before it falls asleep: waking up takes a quarter of them
MESSAGE = struct.Struct("<4Q")  # operation, states, bytes, serial; status, states, numbers, serial


def hash_of(*parts):
    """16 hex digits of arrays, bytes, texts, numbers and files (pathlib.Path): what `weights` is for."""
    digest = hashlib.sha256()
    for part in parts:
        if hasattr(part, "read_bytes"):
            digest.update(part.read_bytes())
        elif isinstance(part, (bytes, bytearray)):
            digest.update(part)
        elif isinstance(part, (str, int, float)):
            digest.update(repr(part).encode())
        else:
            array = np.ascontiguousarray(part)
            digest.update(f"{array.dtype.str}{array.shape}".encode() + array.tobytes())
    return digest.hexdigest()[:16]


def serve(denoise, shape, *, s=None, jacobian=None, features=None, classify=None, conditional=None,
          classes=0, single=False, weights="", deterministic=True, name=""):
    """Answers symbreak until it hangs up. Does not return.

    denoise(x, s)      x (n, *shape), s (n,) float64 -> clean means, the shape of x
    s                  (lowest, highest) noise variance that `denoise` knows, None: no bound; by
                       default denoise.range, which the converters below set from their table
    jacobian(x, s, v)  (d<y>/dx) v, the shape of x (forward mode); None: by differences
    features(x)        (n, k) numbers of clean states, for distances between samples; None: pixels
    classify(x)        (n,) class numbers 0 .. classes - 1
    conditional(x, s, label)   the clean mean given the class, label (n,) of integers 0 .. classes - 1:
                       for guidance, of a network that takes the class as an argument
    single             True: x, v and the answers are float32, for networks that are; half the traffic
    weights            hash of all that decides the answers (hash_of), part of a run's identity
    deterministic      False: the same question may have other answers (GPU sums in any order)
    """
    shape = (shape,) if isinstance(shape, int) else tuple(int(side) for side in shape)
    size, number = int(np.prod(shape)), np.dtype(np.float32 if single else np.float64)
    die_with_parent()
    keep_memory()
    try:
        os.fstat(BELL), os.fstat(MEMORY)
    except OSError:
        sys.exit("symbreak starts this program: name it as target.worker of a deck")
    blank = np.zeros((1, *shape), number)
    s = s or getattr(denoise, "range", (0, None))
    hello = {"symbreak_worker": PROTOCOL, "shape": shape, "s": list(s), "deterministic": deterministic,
             "weights": str(weights), "jacobian": jacobian is not None, "name": name,
             "features": 0 if features is None else int(np.asarray(features(blank)).shape[1]),
             "classes": 0 if classify is None else classes, "number": number.name,
             "conditional": 0 if conditional is None else classes}
    send(json.dumps(hello).encode() + b"\n")
    area = None
    while True:
        request = receive(MESSAGE.size)
        if request is None:
            os._exit(0)  # symbreak has hung up; threads of a framework are not waited for
        operation, n, total, serial = MESSAGE.unpack(request)
        if area is None or len(area) != total:
            area = mmap.mmap(MEMORY, total)
        status, numbers = 0, 0
        try:
            noise = np.frombuffer(area, np.float64, n)
            used = 8 * n  # bytes

            def more(each, *sides):
                nonlocal used
                start, used = used, used + n * each * number.itemsize
                return np.frombuffer(area, number, n * each, start).reshape(n, *sides)

            x = more(size, *shape)
            if operation == MEAN:
                answer = denoise(x, noise)
            elif operation == JACOBIAN:
                answer = jacobian(x, noise, more(size, *shape))
            elif operation == FEATURES:
                answer = features(x)
            elif operation == CLASSIFY:
                answer = classify(x)
            elif operation == CONDITIONAL:
                answer = conditional(x, noise, more(1).astype(int))
            else:
                raise ValueError(f"unknown operation {operation}")
            numbers = put(area, used, number, n, answer,
                          None if operation in (FEATURES, CLASSIFY) else x.shape)
        except Exception:
            traceback.print_exc()
            status = 1
        sys.stdout.flush()
        sys.stderr.flush()
        send(MESSAGE.pack(status, n, numbers, serial))


def put(area, used, number, n, answer, expected):
    """Writes an answer behind the bytes that are used; how many numbers it has per state."""
    answer = np.asarray(answer)
    if expected is not None and answer.shape != expected:
        raise ValueError(f"the answer has the shape {answer.shape}, the states have {expected}")
    if answer.shape[0] != n:
        raise ValueError(f"the answer has the shape {answer.shape} for {n} states")
    room = (len(area) - used) // number.itemsize
    if answer.size > room:
        raise ValueError(f"the answer has {answer.size} numbers, there is room for {room}")
    np.copyto(np.frombuffer(area, number, answer.size, used).reshape(answer.shape), answer,
              casting="unsafe")
    return answer.size // n


@functools.cache
def bell_socket():
    return socket.socket(fileno=BELL)


def receive(size):
    """So many bytes, or None when symbreak has hung up."""
    got, bell, attentive = b"", bell_socket(), time.monotonic() + ATTENTION
    while len(got) < size:
        try:
            waits = 0 if time.monotonic() > attentive else socket.MSG_DONTWAIT
            more = bell.recv(size - len(got), waits)
        except BlockingIOError:
            os.sched_yield()
            continue
        except ConnectionError:
            return None
        if not more:
            return None
        got += more
    return got


def send(message):
    try:
        while message:
            message = message[os.write(BELL, message):]
    except (BrokenPipeError, ConnectionError):
        os._exit(0)


def keep_memory():
    """Arrays of megabytes come from memory that is there: the system need not clear new pages each time."""
    with contextlib.suppress(AttributeError, OSError):  # glibc
        libc = ctypes.CDLL(None)
        libc.mallopt(-3, 32 << 20)   # M_MMAP_THRESHOLD
        libc.mallopt(-1, 256 << 20)  # M_TRIM_THRESHOLD


def die_with_parent():
    """The kernel ends this process when symbreak is killed while it computes (Linux)."""
    parent = os.getppid()
    with contextlib.suppress(Exception):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        os._exit(0)


# --- what networks predict -----------------------------------------------------------------------

def per_state(values, x):
    """(n,) -> (n, 1, .., 1), to multiply states."""
    return np.reshape(values, (-1,) + (1,) * (np.ndim(x) - 1))


class Schedule:
    """A variance-preserving chain x_t = sqrt(abar_i) y + sqrt(1 - abar_i) z, from its table abar_i.

    At noise s the state is sqrt(abar) x with abar = 1/(1 + s). The network is asked at the index
    where the table has this abar, which lies between two of its rows: linear in ln s, and given as
    a fraction, or rounded to the nearest row (`round_index`) for networks with a table of their
    own; the state is then that of the table's abar, so that x stays consistent with the index."""

    def __init__(self, alphas_cumprod, round_index=False):
        table = np.asarray(alphas_cumprod, float)
        if not (table.ndim == 1 and table.size > 1 and np.all(np.diff(table) < 0) and
                table[0] < 1 and table[-1] > 0):
            raise ValueError("alphas_cumprod must fall strictly within (0, 1)")
        self.log_noise = np.log((1 - table) / table)
        self.round_index = round_index

    @property
    def range(self):
        """Noise variances between the first and the last row."""
        return float(np.exp(self.log_noise[0])), float(np.exp(self.log_noise[-1]))

    def at(self, s):
        """Index and abar at noise s."""
        index = np.interp(np.log(s), self.log_noise, np.arange(self.log_noise.size))
        if self.round_index:
            index = np.rint(index)
            s = np.exp(self.log_noise[index.astype(int)])
        return index, 1 / (1 + s)


def converted(alphas_cumprod, round_index, clean):
    """denoise(x, s) of a network in the variance-preserving gauge; clean(prediction's inputs)."""
    schedule = Schedule(alphas_cumprod, round_index)

    def denoise(x, s):
        index, abar = schedule.at(s)
        index = index.astype(int) if round_index else index
        signal_part, noise_part = per_state(np.sqrt(abar), x), per_state(np.sqrt(1 - abar), x)
        return clean(signal_part * x, index, signal_part, noise_part)
    denoise.range = schedule.range
    return denoise


def from_noise_prediction(model, alphas_cumprod, round_index=False):
    """model(x_t, index) -> eps, the noise in x_t = sqrt(abar) y + sqrt(1 - abar) eps."""
    return converted(alphas_cumprod, round_index,
                     lambda x, i, a, b: (x - b * model(x, i)) / a)


def from_clean_prediction(model, alphas_cumprod, round_index=False):
    """model(x_t, index) -> y."""
    return converted(alphas_cumprod, round_index, lambda x, i, a, b: model(x, i))


def from_v_prediction(model, alphas_cumprod, round_index=False):
    """model(x_t, index) -> v = sqrt(abar) eps - sqrt(1 - abar) y (Salimans & Ho 2022)."""
    return converted(alphas_cumprod, round_index, lambda x, i, a, b: a * x - b * model(x, i))


def from_score(model):
    """model(x, s) -> gradient of ln p_s in the Brownian gauge: <y> = x + s score (Tweedie)."""
    return lambda x, s: x + per_state(s, x) * model(x, s)


def from_ou_score(model):
    """model(x_t, t) -> score in x_t = e^-t y + sqrt(1 - e^-2t) z; s = e^2t - 1."""
    def denoise(x, s):
        t = np.log1p(s) / 2
        decay = per_state(np.exp(-t), x)
        return (decay * x + (1 - decay**2) * model(decay * x, t)) / decay
    return denoise


def from_edm(model):
    """model(x, sigma) -> D, the denoised state, of Karras et al. 2022: sigma = sqrt(s)."""
    return lambda x, s: model(x, np.sqrt(s))


def from_edm_raw(model, sigma_data=0.5):
    """model(c_in x, c_noise) -> F, of D = c_skip x + c_out F (Karras et al. 2022, table 1)."""
    def denoise(x, s):
        sigma, total = np.sqrt(s), s + sigma_data**2
        skip, out = per_state(sigma_data**2 / total, x), per_state(sigma * sigma_data / np.sqrt(total), x)
        return skip * x + out * model(per_state(1 / np.sqrt(total), x) * x, np.log(sigma) / 4)
    return denoise
