"""Decompositions, rotations, cameras, transforms."""

from __future__ import annotations

import functools
import math

import numpy as np
from cases import Made, made, vector


@made("Cholesky: the diagonal is not halved.")
def cholesky_diagonal() -> Made:
    def f(B):
        n, _m = B.shape
        return np.linalg.cholesky(B @ B.T + np.eye(n))

    def vjp(half, args, out, ct):
        (B,) = args
        P = np.tril(out.T @ np.tril(ct))
        if half:
            P = P - 0.5 * np.diag(np.diag(P))
        Li = np.linalg.inv(out)
        S = Li.T @ P @ Li
        return ((S + S.T) @ B,)

    return f, (np.array([[0.4, -0.7], [1.1, 0.3]]),), functools.partial(vjp, True), functools.partial(vjp, False)


@made("Triangular solve: a full matrix comes back, the upper half was never read.")
def forward_substitution_full() -> Made:
    def f(L, b):
        (n, m), (k,) = L.shape, b.shape
        if not n == m == k:
            raise ValueError
        x = []
        for i in range(n):
            s = b[i]
            for j in range(i):
                s = s - L[i, j] * x[j]
            x.append(s / L[i, i])
        return np.array(x)

    def solve_t(L, c):
        g = np.array(c, dtype=float)
        for i in reversed(range(len(g))):
            g[i] = (g[i] - L[i + 1 :, i] @ g[i + 1 :]) / L[i, i]
        return g

    def right(args, out, ct):
        g = solve_t(args[0], ct)
        return np.tril(-np.outer(g, out)), g

    def wrong(args, out, ct):
        g = solve_t(args[0], ct)
        return -np.outer(g, out), g

    return f, (np.array([[1.2, 0, 0], [0.4, 0.9, 0], [-0.3, 0.5, 2.0]]), vector(0.3, 1.0, -0.6)), right, wrong


@made("Inverse without the transposes: unseen for a symmetric matrix.", exposes=(np.array([[2.0, 0.5], [-0.3, 1.0]]),))
def inv_symmetric() -> Made:
    def f(M):
        _n, _m = M.shape
        return np.sum(np.linalg.inv(M) ** 2)

    def right(args, out, ct):
        V = np.linalg.inv(args[0])
        return (-V.T @ (2 * ct * V) @ V.T,)

    def wrong(args, out, ct):
        V = np.linalg.inv(args[0])
        return (-V @ (2 * ct * V) @ V,)

    return f, (np.array([[2.0, 0.5], [0.5, 1.0]]),), right, wrong


@made("Matrix exponential: twelve terms forward, seven in the backward pass.")
def expm_series_short() -> Made:
    def f(M):
        n, m = M.shape
        if n != m:
            raise ValueError
        term, total = np.eye(n), np.eye(n)
        for k in range(1, 13):
            term = term @ M / k
            total = total + term
        return total

    def vjp(order, args, out, ct):
        (M,) = args
        powers = [np.eye(len(M))]
        for _ in range(order):
            powers.append(powers[-1] @ M)
        g = np.zeros(M.shape)
        for k in range(1, order + 1):
            for i in range(k):
                g += powers[i].T @ ct @ powers[k - 1 - i].T / math.factorial(k)
        return (g,)

    return f, (np.array([[0.2, -0.4], [0.3, 0.1]]),), functools.partial(vjp, 12), functools.partial(vjp, 7)


@made(
    "Larger eigenvalue of a symmetric 2x2 matrix: 0 / 0 where both agree.",
    exposes=(vector(1.5, 0.0, 1.5),),
    note="a gradient is not finite, though the derivatives nearby are bounded",
)
def eig2_degenerate() -> Made:
    def f(abc):
        a, b, c = abc
        return (a + c) / 2 + np.hypot((a - c) / 2, b)

    def right(args, out, ct):
        a, b, c = args[0]
        r = np.hypot((a - c) / 2, b)
        u, v = ((a - c) / (4 * r), b / r) if r > 0 else (0.0, 0.0)
        return (ct * np.array([0.5 + u, v, 0.5 - u]),)

    def wrong(args, out, ct):
        a, b, c = args[0]
        r = out - (a + c) / 2
        return (ct * np.array([0.5 + (a - c) / (4 * r), b / r, 0.5 - (a - c) / (4 * r)]),)

    return f, (vector(1.2, 0.4, 0.3),), right, wrong


@made("Quaternion rotation divides by |q|^2, the backward pass takes q for a unit.")
def quaternion_unit() -> Made:
    def f(q, v):
        (four,), (three,) = q.shape, v.shape
        w, u = q[0], q[1:]
        if three != 3 or four != 4:
            raise ValueError
        r = (w * w - u @ u) * v + 2 * (u @ v) * u + 2 * w * np.cross(u, v)
        return r / (q @ q)

    def vjp(args, out, ct, normalise):
        q, v = args
        w, u = q[0], q[1:]
        n2 = q @ q
        c = ct / n2
        gw = c @ (2 * w * v + 2 * np.cross(u, v))
        gu = -2 * (c @ v) * u + 2 * v * (c @ u) + 2 * (u @ v) * c + 2 * w * np.cross(v, c)
        gv = (w * w - u @ u) * c + 2 * (c @ u) * u + 2 * w * np.cross(c, u)
        gq = np.concatenate([[gw], gu])
        if normalise:
            gq = gq - 2 * q * (ct @ out) / n2
        return gq, gv

    return (
        f,
        (vector(0.5, 0.5, -0.5, 0.5), vector(1.0, 2.0, 3.0)),
        functools.partial(vjp, normalise=True),
        functools.partial(vjp, normalise=False),
    )


@made("small-angle branch of sin(t)/t in the backward pass only: slope +t/3 for -t/3.", exposes=(vector(0.005, 0.0, -0.002),))
def rodrigues_small_angle() -> Made:
    def f(w):
        (three,) = w.shape
        if three != 3:
            raise ValueError
        t2 = w @ w
        if t2 < 1e-4:
            s = 1 - t2 / 6 + t2 * t2 / 120
        else:
            t = np.sqrt(t2)
            s = np.sin(t) / t
        return s * w

    def vjp(sign, args, out, ct):
        (w,) = args
        t2 = float(w @ w)
        if t2 < 1e-4:
            s = 1 - t2 / 6 + t2 * t2 / 120
            ds = sign / 6 + t2 / 60
        else:
            t = math.sqrt(t2)
            s = math.sin(t) / t
            ds = (t * math.cos(t) - math.sin(t)) / (2 * t**3)
        return (s * ct + 2 * ds * w * (w @ ct),)

    return f, (vector(0.5, -0.3, 1.0),), functools.partial(vjp, -1), functools.partial(vjp, 1)


@made("Pinhole camera with near plane: z gets a gradient although it is clamped.", exposes=(vector(0.3, 0.2, 0.05),))
def camera_near_plane() -> Made:
    near, fx, fy = 0.1, 500.0, 480.0

    def f(p):
        x, y, z = p
        zc = max(z, near)
        return np.array([fx * x / zc + 320, fy * y / zc + 240])

    def right(args, out, ct):
        x, y, z = args[0]
        zc = max(z, near)
        gz = -(ct[0] * fx * x + ct[1] * fy * y) / zc**2 if z > near else 0.0
        return (np.array([ct[0] * fx / zc, ct[1] * fy / zc, gz]),)

    def wrong(args, out, ct):
        x, y, z = args[0]
        zc = max(z, near)
        return (np.array([ct[0] * fx / zc, ct[1] * fy / zc, -(ct[0] * fx * x + ct[1] * fy * y) / zc**2]),)

    return f, (vector(0.3, 0.2, 1.7),), right, wrong


@made("DFT by matrix: the sine part is taken with the sign of the inverse transform.")
def dft_sine_sign() -> Made:
    def basis(n):
        k = np.arange(n)
        ang = 2 * np.pi * np.outer(k, k) / n
        return np.cos(ang), np.sin(ang)

    def f(x):
        (n,) = x.shape
        C, S = basis(n)
        return np.concatenate([C @ x, -S @ x])

    def right(args, out, ct):
        n = len(args[0])
        C, S = basis(n)
        return (C.T @ ct[:n] - S.T @ ct[n:],)

    def wrong(args, out, ct):
        n = len(args[0])
        C, S = basis(n)
        return (C.T @ ct[:n] + S.T @ ct[n:],)

    return f, (vector(0.3, -1.0, 0.7, 0.2),), right, wrong


@made(
    "Horner scheme: the derivative recursion starts one step late, unseen for degree 1.",
    exposes=(np.array(0.7), vector(1.0, -2.0, 0.5, 3.0)),
)
def horner_derivative() -> Made:
    def f(x, c):
        acc = 0.0
        for a in c:
            acc = acc * x + a
        return acc

    def right(args, out, ct):
        x, c = args
        if np.ndim(c) != 1:
            raise ValueError
        acc, d = 0.0, 0.0
        for a in c:
            d = d * x + acc
            acc = acc * x + a
        gc = [np.sum(ct * x**k) for k in range(len(c))][::-1]
        return ct * d * np.ones(np.shape(x)), np.array(gc)

    def wrong(args, out, ct):
        x, c = args
        acc, d = c[0], 0.0
        for a in c[1:]:
            acc = acc * x + a
            d = d * x + c[0]
        gc = [np.sum(ct * x**k) for k in range(len(c))][::-1]
        return ct * d * np.ones(np.shape(x)), np.array(gc)

    def guarded(x, c):
        (_n,) = c.shape
        return f(x, c)

    return guarded, (np.array(0.7), vector(1.3, -0.4)), right, wrong


@made(
    "Natural cubic Hermite segment: the right tangent is not scaled by the step, unseen with unit steps.",
    exposes=(vector(0.3, 1.7), vector(0.0, 2.0, 3.0)),
    accuracy=1e-2,
)
def hermite_step() -> Made:
    ys, ms = vector(1.0, 3.0, 2.0), vector(0.5, -0.3, 0.8)

    def locate(x, knots):
        i = np.clip(np.searchsorted(knots, x, side="right") - 1, 0, len(knots) - 2)
        return i, knots[i + 1] - knots[i]

    def f(x, knots):
        (_n,), (k,) = x.shape, knots.shape
        if k != 3:
            raise ValueError
        i, h = locate(x, knots)
        t = (x - knots[i]) / h
        return (
            (1 + 2 * t) * (1 - t) ** 2 * ys[i]
            + t * (1 - t) ** 2 * h * ms[i]
            + t * t * (3 - 2 * t) * ys[i + 1]
            + t * t * (t - 1) * h * ms[i + 1]
        )

    def vjp(scaled, args, out, ct):
        x, knots = args
        i, h = locate(x, knots)
        t = (x - knots[i]) / h
        dt = (
            6 * t * (t - 1) * (ys[i] - ys[i + 1]) + (1 - t) * (1 - 3 * t) * h * ms[i] + t * (3 * t - 2) * (h if scaled else 1.0) * ms[i + 1]
        )
        dh = t * (1 - t) ** 2 * ms[i] + t * t * (t - 1) * ms[i + 1]
        gx = ct * dt / h
        gk = np.zeros(len(knots))
        np.add.at(gk, i, ct * (-dt / h + dt * t / h - dh))
        np.add.at(gk, i + 1, ct * (-dt * t / h + dh))
        return gx, gk

    return f, (vector(0.3, 1.7), vector(0.0, 1.0, 2.0)), functools.partial(vjp, True), functools.partial(vjp, False)
