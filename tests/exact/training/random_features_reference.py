#!/usr/bin/env python3
"""Reference values of tests/exact/random_features.cpp that no table has: the unit network (d = 3,
N = 5, p = 7) by tensor Gauss-Hermite quadrature over the noise, enumeration of signs, and a
matrix exponential instead of eigenvectors. numpy only; nothing of symbreak."""
import itertools
import math

import numpy as np

d, N, p, s, v, omega = 3, 5, 7, 0.4, 1.0, 1.0
y = np.array([[math.sin(1.3 * a + 0.7 * i) for a in range(N)] for i in range(d)])
F = np.array([[2 * math.sin(2.1 * j + 1.7 * i + 0.3 * i * j) for i in range(d)] for j in range(p)])
c = np.array([0.9 * j for j in range(p)])
x0 = np.array([math.cos(0.8 * i) for i in range(d)])
k = omega / math.sqrt(v + s) / math.sqrt(d)
a, b = v / (v + s), math.sqrt(s * v / (s + v))  # edm

nodes, weights = np.polynomial.hermite_e.hermegauss(40)
weights = weights / weights.sum()
Z = np.array(list(itertools.product(nodes, repeat=d))).T
W = np.array([q[0] * q[1] * q[2] for q in itertools.product(weights, repeat=d)])


def averages(g, R, centres, probabilities, spread=0.0):
    """E phi phi^T, E y phi^T, E z phi^T over centre + spread + noise; spread joins the noise."""
    U, Ey, Ez, square = np.zeros((p, p)), np.zeros((d, p)), np.zeros((d, p)), 0.0
    total = math.sqrt(s + spread)
    for m, w in zip(centres.T, probabilities):
        phi = R * g(k * (F @ (m[:, None] + total * Z)) + c[:, None])
        U += w * (phi * W) @ phi.T
        mean = phi @ W
        slope = (Z * W) @ phi.T  # E zeta phi^T of the joint unit noise
        Ey += w * (np.outer(m, mean) + spread / total * slope)
        Ez += w * math.sqrt(s) / total * slope
        square += w * (m @ m / d + spread)
    return U, Ey, Ez, square


def targets(Ey, Ez, square):
    return ((1 - a) * Ey - a * math.sqrt(s) * Ez) / b, ((1 - a) ** 2 * square + a * a * s) / b**2


def flow(U, V, tau, ridge=0.0):
    """A(tau) = V (1 - e^{-U tau}) U^-1 by scaling and squaring of the exponential."""
    M = -(U + ridge * np.eye(p)) * tau
    n = max(0, int(math.ceil(math.log2(np.abs(M).sum() + 1e-300))) + 6)
    E, term = np.eye(p), np.eye(p)
    for i in range(1, 20):
        term = term @ (M / 2**n) / i
        E = E + term
    for _ in range(n):
        E = E @ E
    return V @ np.linalg.solve(U + ridge * np.eye(p), np.eye(p) - E)


def loss(A, U, V, t2):
    return t2 + (np.trace(A @ U @ A.T) - 2 * np.trace(A @ V.T)) / d


def show(name, *values):
    print(name, *("%.14g" % value for value in values))


equal = np.full(N, 1 / N)
R = math.sqrt(2 / p)
U, Ey, Ez, square = averages(np.cos, R, y, equal)
V, t2 = targets(Ey, Ez, square)
A = flow(U, V, 10)
show("cos edm train(10)", loss(A, U, V, t2))
u0 = k * F @ x0 + c
w = np.array([1, -2, 0.5])
J = a * np.eye(d) + b * A @ (R * (-np.sin(u0))[:, None] * k * F)
show("J w", *(J @ w))
show("J^T w", *(J.T @ w))
show("tr J", np.trace(J))
A = flow(U, V, 10, 0.05)
show("ridge .05 tau 10: D(x0)", *(a * x0 + b * A @ (R * np.cos(u0))))
show("ridge .05 tau 10: train", loss(A, U, V, t2))

means = np.array([[0.5, -0.3, 0.8], [-0.5, 0.3, -0.8]]).T
mixed = averages(np.cos, R, means, [0.3, 0.7], 0.36)
Vp, t2p = targets(*mixed[1:])
show("mixture U01 U25", mixed[0][0, 1], mixed[0][2, 5])
show("mixture Ey12 Ez12", mixed[1][1, 2], mixed[2][1, 2])
show("mixture test(10)", loss(flow(U, V, 10), mixed[0], Vp, t2p))

signs = 0.9 * np.array(list(itertools.product([-1, 1], repeat=d))).T
signs = signs + np.array([0.1, -0.2, 0.05])[:, None]
flip = averages(np.cos, R, signs, np.full(8, 1 / 8))
Vs, t2s = targets(*flip[1:])
show("signs U01 U25", flip[0][0, 1], flip[0][2, 5])
show("signs Ey12 Ez12", flip[1][1, 2], flip[2][1, 2])
show("signs test(10)", loss(flow(U, V, 10), flip[0], Vs, t2s))

R = 1 / math.sqrt(p)
U, Ey, Ez, square = averages(np.tanh, R, y, equal)
V, t2 = targets(Ey, Ez, square)
A = flow(U, V, 10)
show("tanh U00 U01 U25", U[0, 0], U[0, 1], U[2, 5])
show("tanh Ey12 Ez12", Ey[1, 2], Ez[1, 2])
show("tanh train(10)", loss(A, U, V, t2))
show("tanh D(x0)", *(a * x0 + b * A @ (R * np.tanh(u0))))
