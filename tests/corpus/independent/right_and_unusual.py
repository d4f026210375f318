"""Right, and hard to check: unusual code and arguments."""

from __future__ import annotations

import math

import numpy as np
from cases import Made, made
from numpy.random import RandomState
from scipy import special


@made("Norm with a guarded square root, gradient 0 at 0.")
def safe_norm_double_where() -> Made:
    def f(x):
        _n, _d = x.shape
        s = np.sum(x * x, axis=1)
        ok = s > 0
        return np.where(ok, np.sqrt(np.where(ok, s, 1.0)), 0.0)

    def right(args, r, g):
        (x,) = args
        ok = r > 0
        return (np.where(ok, g / np.where(ok, r, 1.0), 0.0)[:, None] * x,)

    return f, (np.array([[0.0, 0.0], [3.0, -4.0]]),), right, None


@made("Written in two branches, backward out(1-out) at ±40.")
def sigmoid_saturated_two_sided() -> Made:
    def f(x):
        e = np.exp(-np.abs(x))
        return np.where(x >= 0, 1 / (1 + e), e / (1 + e))

    return f, (np.array([40.0, -40.0, 0.0, 2.0]),), lambda a, o, g: (g * o * (1 - o),), None


@made("1 - out² at 20, and sech² in the form that differs.")
def tanh_saturated() -> Made:
    def f(x, y):
        return np.tanh(x).sum() + np.tanh(y).sum()

    def right(args, out, g):
        x, y = args
        return g * (1 - np.tanh(x) ** 2), g * (1 / np.cosh(y)) ** 2

    return f, (np.array([20.0, 0.5]), np.array([-15.0, 1.0])), right, None


@made("x / 3 forward, g * (1/3) backward; 0.1 + 0.2 for 0.3.")
def double_rounded_third() -> Made:
    THIRD = 1 / 3

    def f(x):
        return x / 3.0 + 0.3 * x**2

    return f, (np.array([1.0, -2.0, 0.7]),), lambda a, o, g: (g * THIRD + (0.1 + 0.2) * 2 * a[0] * g,), None


@made("Accumulates in place into fresh buffers, scribbles on its own copies.")
def own_buffer_inplace() -> Made:
    def f(x):
        (_n,) = x.shape
        y = x.copy()
        y[1:] -= 0.5 * x[:-1]
        y *= y
        return y

    def right(args, out, g):
        (x,) = args
        y = x.copy()
        y[1:] -= 0.5 * x[:-1]
        gy = np.array(g, copy=True)
        gy *= 2
        gy *= y
        gx = gy
        tmp = 0.5 * gy[1:]
        gx[:-1] -= tmp
        return (gx,)

    return f, (RandomState(1).randn(5),), right, None


@made("0-d arguments, math.* on Python floats.")
def scalars_math_module() -> Made:
    def f(r, t):
        if np.ndim(r) or np.ndim(t):
            raise ValueError
        return math.exp(-r) * math.cos(t) + math.atan2(t, 1.0)

    def right(args, out, g):
        r, t = args
        return -g * math.exp(-r) * math.cos(t), g * (-math.exp(-r) * math.sin(t) + 1 / (1 + t * t))

    return f, (np.array(0.5), np.array(1.2)), right, None


@made("A (0, 3) batch.")
def empty_rows() -> Made:
    def f(x, w):
        (_n, _d), (_k,) = x.shape, w.shape
        return np.tanh(x @ w)

    def right(args, out, g):
        x, w = args
        s = g * (1 - out * out)
        return s[:, None] * w, x.T @ s

    return f, (np.zeros((0, 3)), np.array([1.0, 2.0, 3.0])), right, None


@made("x**k with integer k as an argument, k = 0 too.")
def integer_power_argument() -> Made:
    def f(x, k):
        if np.shape(k) != x.shape:
            raise ValueError
        return x**k

    def right(args, out, g):
        x, k = args
        return g * k * x ** np.where(k == 0, 0, k - 1), None

    return f, (np.array([0.0, -1.5, 2.0, 0.0]), np.array([0, 3, 2, 1])), right, None


@made("A scalar Python function with math.* under np.vectorize.")
def vectorized_branches() -> Made:
    def scalar(t):
        if t < -1.0:
            return -1.0 - math.log(-t)
        if t <= 1.0:
            return t
        return 1.0 + math.log(t)

    def slope(t):
        return 1.0 / max(abs(t), 1.0)

    f = np.vectorize(scalar, otypes=[float])
    df = np.vectorize(slope, otypes=[float])
    return f, (np.array([-3.0, -1.0, 0.2, 1.0, 5.0]),), lambda a, o, g: (g * df(a[0]),), None


@made("Segments by integer labels with np.add.at and np.maximum.at.")
def segment_logsumexp() -> Made:
    def f(x, seg):
        if x.ndim != 1 or seg.shape != x.shape:
            raise ValueError
        m = np.full(3, -np.inf)
        np.maximum.at(m, seg, x)
        s = np.zeros(3)
        np.add.at(s, seg, np.exp(x - m[seg]))
        return m + np.log(s)

    def right(args, out, g):
        x, seg = args
        return g[seg] * np.exp(x - out[seg]), None

    return f, (np.array([0.3, -1.0, 2.0, 0.3, 0.1]), np.array([0, 0, 2, 1, 2])), right, None


@made("Three operands, one of them used twice.")
def einsum_bilinear() -> Made:
    def f(A, x):
        n, m = A.shape
        if x.shape[1:] != (n,) or n != m:
            raise ValueError
        return np.einsum("bi,ij,bj->b", x, A, x)

    def right(args, out, g):
        A, x = args
        return np.einsum("b,bi,bj->ij", g, x, x), np.einsum("b,ij,bj->bi", g, A, x) + np.einsum("b,ji,bj->bi", g, A, x)

    return f, (RandomState(2).randn(3, 3), RandomState(3).randn(4, 3)), right, None


@made("Eigvalsh of the symmetric part, V diag(g) V.T.")
def eigenvalues_symmetric() -> Made:
    def f(A):
        _n, _m = A.shape
        return np.linalg.eigvalsh(0.5 * (A + A.T))

    def right(args, out, g):
        (A,) = args
        _, V = np.linalg.eigh(0.5 * (A + A.T))
        return ((V * g) @ V.T,)

    return f, (RandomState(4).randn(4, 4),), right, None


@made("betaln, erf, i0e, digamma in one loss.")
def special_mixture() -> Made:
    def f(a, b):
        if a.shape != b.shape:
            raise ValueError
        return special.betaln(a, b) + special.erf(a - b) + special.i0e(a)

    def right(args, out, g):
        a, b = args
        d = special.digamma(a + b)
        e = 2 / math.sqrt(math.pi) * np.exp(-((a - b) ** 2))
        return g * (special.digamma(a) - d + e + special.i1e(a) - np.sign(a) * special.i0e(a)), g * (special.digamma(b) - d - e)

    return f, (np.array([0.5, 2.0]), np.array([1.5, 0.7])), right, None


@made("np.interp with queries on knots and outside.")
def interp_at_knots() -> Made:
    XP = np.array([0.0, 1.0, 2.5, 4.0])

    def f(x, fp):
        if fp.shape != (4,):
            raise ValueError
        return np.interp(x, XP, fp)

    def right(args, out, g):
        x, fp = args
        k = np.clip(np.searchsorted(XP, x, side="right") - 1, 0, 2)
        h = XP[k + 1] - XP[k]
        t = np.clip((x - XP[k]) / h, 0, 1)
        inside = (x >= XP[0]) & (x < XP[-1])
        gf = np.zeros(4)
        np.add.at(gf, k, g * (1 - t))
        np.add.at(gf, k + 1, g * t)
        return g * inside * (fp[k + 1] - fp[k]) / h, gf

    return f, (np.array([0.5, 1.0, 4.0, -2.0, 7.0]), np.array([1.0, 3.0, 2.0, 0.0])), right, None
