"""Right, and hard to check: kinks, ties, cancellation, scales."""

from __future__ import annotations

import numpy as np
from cases import Made, made
from numpy.random import RandomState
from scipy import special


@made("relu'(0) = 1.")
def relu_slope_one_at_zero() -> Made:
    def f(x):
        return np.maximum(0.0, x)

    return f, (np.array([0.0, -1.0, 2.0, 0.0]),), lambda a, o, g: (g * (a[0] >= 0),), None


@made("sign(0) = 0, entries exactly 0 and -0.0.")
def l1_sign_zero() -> Made:
    def f(x):
        return np.sum(np.abs(x))

    return f, (np.array([0.0, -0.0, 1.0, -3.0]),), lambda a, o, g: (g * np.sign(a[0]),), None


@made("Tied row maxima share the gradient equally.")
def max_ties_mean() -> Made:
    def f(x):
        _n, _k = x.shape
        return x.max(axis=1)

    def right(args, out, g):
        m = (args[0] == out[:, None]).astype(float)
        return (g[:, None] * m / m.sum(axis=1, keepdims=True),)

    return f, (np.array([[1.0, 1.0, 0.0], [2.0, 2.0, 2.0]]),), right, None


@made("The last of the tied maxima gets it all.")
def max_ties_last() -> Made:
    def f(x):
        best = x[0]
        for i in range(1, len(x)):
            best = max(x[i], best)
        return np.exp(best)

    def right(args, out, g):
        (x,) = args
        k = 0
        for i in range(1, len(x)):
            if x[i] >= x[k]:
                k = i
        gx = np.zeros_like(x)
        gx[k] = g * out
        return (gx,)

    def guarded(x):
        (_n,) = x.shape
        return f(x)

    return guarded, (np.array([0.5, 0.5, -1.0]),), right, None


@made("|x - 1| at 1 ± 1e-9.")
def near_kink_1e_9() -> Made:
    def f(x):
        return np.abs(x - 1.0) * x

    return f, (np.array([1 + 1e-9, 1 - 1e-9, 1.0]),), lambda a, o, g: (g * (np.sign(a[0] - 1) * a[0] + np.abs(a[0] - 1)),), None


@made("Inputs 1e8 and 1e-8 in the same product.")
def scale_1e8() -> Made:
    def f(x):
        if x.shape != (3,):
            raise ValueError
        return np.prod(x)

    def right(args, out, g):
        a, b, c = args[0]
        return (g * np.array([b * c, a * c, a * b]),)

    return f, (np.array([1e8, 1e-8, 3.0]),), right, None


@made("sin(1e6 x).")
def oscillation_1e6() -> Made:
    OMEGA = 1e6
    return (lambda x: np.sin(OMEGA * x)), (np.array([0.123, -0.7, 2.0]),), lambda a, o, g: (OMEGA * g * np.cos(OMEGA * a[0]),), None


@made("Forward cancels near 0, backward does not.")
def one_minus_cos_small() -> Made:
    def f(x):
        return 1.0 - np.cos(x)

    return f, (np.array([1e-8, -1e-5, 0.0, 1.0]),), lambda a, o, g: (g * np.sin(a[0]),), None


@made("(a-b)(a+b) forward, 2a and -2b backward, a and b almost equal.")
def difference_of_squares() -> Made:
    def f(a, b):
        if a.shape != b.shape:
            raise ValueError
        return (a - b) * (a + b)

    return f, (np.array([1.0 + 1e-12, 3e7]), np.array([1.0, 3e7 - 1e-6])), lambda a, o, g: (2 * g * a[0], -2 * g * a[1]), None


@made("Inputs ±1000.")
def logsumexp_1e3() -> Made:
    def f(x):
        m = np.max(x)
        return m + np.log(np.sum(np.exp(x - m)))

    return f, (np.array([1000.0, 999.0, -1000.0]),), lambda a, o, g: (g * np.exp(a[0] - o),), None


@made("Softplus by logaddexp at 800, -800 and 0.")
def softplus_800() -> Made:
    return (lambda x: np.logaddexp(x, 0.0)), (np.array([800.0, -800.0, 0.0]),), lambda a, o, g: (g * special.expit(a[0]),), None


@made("Solve with the 5x5 Hilbert matrix.")
def hilbert_solve() -> Made:
    def f(A, b):
        _n, _m = A.shape
        (_k,) = b.shape
        return np.linalg.solve(A, b)

    def right(args, x, g):
        lam = np.linalg.solve(args[0].T, g)
        return -lam[:, None] * x[None, :], lam

    i = np.arange(5)
    return f, (1.0 / (i[:, None] + i + 1), np.ones(5)), right, None


@made("float32 in, float32 everywhere.")
def float32_layernorm() -> Made:
    def f(x):
        _n, _d = x.shape
        xc = x - x.mean(axis=1, keepdims=True)
        return xc / np.sqrt((xc * xc).mean(axis=1, keepdims=True) + np.float32(1e-5))

    def right(args, y, g):
        (x,) = args
        xc = x - x.mean(axis=1, keepdims=True)
        r = 1 / np.sqrt((xc * xc).mean(axis=1, keepdims=True) + np.float32(1e-5))
        y = xc * r
        return ((r * (g - g.mean(1, keepdims=True) - y * (g * y).mean(1, keepdims=True))).astype(x.dtype),)

    return f, (RandomState(0).randn(3, 6).astype(np.float32),), right, None


@made("Half precision with a float32 inside, rounded at the end.")
def float16_sigmoid() -> Made:
    def f(x):
        return (1 / (1 + np.exp(-x.astype(np.float32)))).astype(x.dtype)

    def right(args, out, g):
        (x,) = args
        s = 1 / (1 + np.exp(-x.astype(np.float32)))
        return ((g * s * (1 - s)).astype(x.dtype),)

    return f, (np.array([0.5, -2.0, 3.0], np.float16),), right, None


@made("While loop, implicit derivative in the backward.")
def newton_sqrt_until_converged() -> Made:
    def f(a):
        if np.any(a <= 0):
            raise ValueError
        y = np.ones_like(a) * np.maximum(a, 1.0)
        for _ in range(200):
            new = 0.5 * (y + a / y)
            if np.all(np.abs(new - y) <= 1e-15 * np.abs(new)):
                break
            y = new
        return new

    return f, (np.array([2.0, 0.3, 50.0]),), lambda a, o, g: (g * 0.5 / np.sqrt(a[0]),), None
