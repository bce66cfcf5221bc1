#!/usr/bin/env python3
"""Disorder averages of tests/statistical/training/disorder.cpp that no table has: iid N(0, 1) data, cosine
features, gradient flow solved with numpy; v = 1, data as drawn or centred. nothing of symbreak."""
import sys

import numpy as np


def draw(rng, d, N, p, s, par, omega=1.0, odd=False, centre=False, cls=0.0, std=1.0):
    Y = rng.standard_normal((d, N)) * std + cls * rng.choice([-1, 1], N)
    shift = Y.mean(1, keepdims=True) if centre else np.zeros((d, 1))
    Y = Y - shift  # and so are the data of the test
    v = (Y**2).mean() if centre else cls**2 + std**2
    F = rng.standard_normal((p, d))
    c = np.full(p, -np.pi / 2) if odd else rng.uniform(0, 2 * np.pi, p)
    k, R = omega / np.sqrt(d * (v + s)), np.sqrt(2 / p)
    G = F @ F.T

    def moments(M, w, var):
        K = k * k * (s + var) * G
        h = np.diag(K) / 2
        m = k * F @ M + c[:, None]
        C, S = np.cos(m), np.sin(m)
        CC, SS = (C * w) @ C.T, (S * w) @ S.T
        E = -h[:, None] - h[None, :]
        U = R * R / 2 * (np.exp(K + E) * (CC + SS) + np.exp(-K + E) * (CC - SS))
        damp = R * np.exp(-h)
        Ey = (M * w) @ C.T * damp - k * var * F.T * (damp * (S @ w))
        Ez = -np.sqrt(s) * k * F.T * (damp * (S @ w))
        return U, Ey, Ez, ((M**2) * w).sum() / d + var

    a, b = (1.0, -np.sqrt(s)) if par == "noise" else (v / (v + s), np.sqrt(s * v / (s + v)))

    def targets(Ey, Ez, sq):
        return ((1 - a) * Ey - a * np.sqrt(s) * Ez) / b, ((1 - a) ** 2 * sq + a * a * s) / b**2

    U, Ey, Ez, sq = moments(Y, np.full(N, 1 / N), 0.0)
    means = np.array([[cls], [-cls]]) if cls else np.zeros((1, 1))
    means = np.repeat(means, d, 1).T
    means = means - shift
    Up, Eyp, Ezp, sqp = moments(means, np.full(means.shape[1], 1 / means.shape[1]), std**2)
    V, t2 = targets(Ey, Ez, sq)
    Vp, t2p = targets(Eyp, Ezp, sqp)
    lam, Q = np.linalg.eigh(U)
    keep = lam > 4e-16 * p * lam[-1]
    lam, Q = lam[keep], Q[:, keep]
    Gq = V @ Q
    M = (Gq.T @ Gq) * (Q.T @ Up @ Q)
    w = (Gq * (Vp @ Q)).sum(0)
    taus = np.geomspace(0.1, 1e8, 271)
    g2 = (Gq**2).sum(0)

    def losses(tau):
        f = -np.expm1(-lam * tau) / lam if np.isfinite(tau) else 1 / lam
        return t2 + (g2 * (lam * f * f - 2 * f)).sum() / d, t2p + (f @ M @ f - 2 * f @ w) / d

    L = np.array([losses(t) for t in taus])
    tr, te = L[:, 0], L[:, 1]
    tre, tee = losses(np.inf)
    lt = np.log(taus)

    def cross(y, level, i0, falling):
        for i in range(i0, len(y)):
            if (y[i] <= level) if falling else (y[i] >= level):
                if i == i0:
                    return lt[i]
                return lt[i - 1] + (level - y[i - 1]) / (y[i] - y[i - 1]) * (lt[i] - lt[i - 1])
        return np.nan

    best = te.argmin()
    gen = cross(te, t2p - 0.9 * (t2p - te[best]), 0, True)
    rise = cross(te, 1.1 * te[best], best, False)
    mem = cross(tr, (tr[best] + tre) / 2, best, True)
    return gen, lt[best], rise, mem, te[best], tee, tre


def run(draws, seed=1, **kw):
    rng = np.random.default_rng(seed)
    A = np.array([draw(rng, **kw) for _ in range(draws)])
    m, e = A.mean(0), A.std(0, ddof=1) / np.sqrt(draws)
    text = " ".join("%.5g(%.2g)" % (np.exp(m[i]), np.exp(m[i]) * e[i]) for i in range(4))
    print(kw, draws, "|", text, "|", " ".join("%.5g(%.2g)" % (m[i], e[i]) for i in range(4, 7)), flush=True)


if __name__ == "__main__":
    base = dict(d=20, p=240, s=0.02, par="noise")
    run(20, N=40, **base)
    run(120, N=40, centre=True, **base)
    run(20, N=60, **base)
    run(120, N=60, d=20, p=200, s=0.05, par="noise", odd=True)
    run(20, N=30, d=10, p=150, s=0.1, par="edm", cls=0.8, std=0.6)
    # Sizes of no table, of errors of 1 % at most.
    run(100, N=25, d=12, p=160, s=0.05, par="noise", seed=2)
    run(250, N=50, d=10, p=200, s=0.01, par="noise", seed=3)
    run(80, N=30, d=15, p=300, s=0.1, par="noise", seed=4)
    run(100, N=60, d=25, p=250, s=0.02, par="noise", seed=5)
    run(80, N=100, d=16, p=320, s=0.03, par="noise", seed=6)
    run(60, N=160, d=20, p=960, s=0.02, par="noise", seed=11)
