"""Faults in branches that are seldom taken."""

from __future__ import annotations

import functools
import math

import numpy as np
from cases import Made, made, unbroadcast, vector
from scipy import special


@made("Backward pass clips large gradients at 1e4.", exposes=(vector(2e4, 1.0),))
def gradient_clipped() -> Made:
    def f(x):
        return x**2 / 2

    def right(args, out, ct):
        return (ct * args[0],)

    def wrong(args, out, ct):
        return (ct * np.clip(args[0], -1e4, 1e4),)

    return f, (vector(0.3, -1.0, 7.0),), right, wrong


@made("A guard against small numbers in the backward pass only: |x| < 1e-6 has slope 0.", exposes=(vector(5e-7, 1.0),))
def guard_small() -> Made:
    def f(x):
        return np.tanh(3 * x)

    def right(args, out, ct):
        e = np.exp(-6 * np.abs(args[0]))
        return (ct * 12 * e / (1 + e) ** 2,)

    def wrong(args, out, ct):
        (x,) = args
        e = np.exp(-6 * np.abs(x))
        g = 12 * e / (1 + e) ** 2
        g = np.where(np.abs(x) < 1e-6, 0.0, g)
        return (ct * g,)

    return f, (vector(0.3, -1.0, 0.7),), right, wrong


@made("Exponent clipped at 30 in the backward pass only.", exposes=(vector(35.0, 1.0),))
def exponent_clipped_backward() -> Made:
    def f(x):
        return np.exp(x)

    def right(args, out, ct):
        return (ct * out,)

    def wrong(args, out, ct):
        return (ct * np.exp(np.minimum(args[0], 30.0)),)

    return f, (vector(0.3, -1.0, 2.0),), right, wrong


@made("window: between 1.37 and 1.38 the backward pass has the slope of another fit.", exposes=(vector(1.375, 0.2),))
def narrow_window() -> Made:
    def f(x):
        return np.log1p(x * x)

    def right(args, out, ct):
        (x,) = args
        return (ct * 2 * x / (1 + x * x),)

    def wrong(args, out, ct):
        (x,) = args
        g = np.empty_like(x)
        for i, v in np.ndenumerate(x):
            if 1.37 < v < 1.38:
                g[i] = 0.953
            else:
                g[i] = 2 * v / (1 + v * v)
        return (ct * g,)

    return f, (vector(0.3, -1.0, 2.0),), right, wrong


@made(
    "The product of two arguments saturates at 50; the backward pass saturates each factor.", exposes=(vector(20.0, 1.0), vector(3.0, 2.0))
)
def product_saturates() -> Made:
    def f(a, b):
        return np.minimum(a * b, 50.0)

    def right(args, out, ct):
        a, b = args
        live = a * b < 50.0
        return unbroadcast(ct * live * b, a.shape), unbroadcast(ct * live * a, b.shape)

    def wrong(args, out, ct):
        a, b = args
        live = (a < 50.0) & (b < 50.0)
        return unbroadcast(ct * live * b, a.shape), unbroadcast(ct * live * a, b.shape)

    return f, (vector(2.0, 1.0), vector(3.0, 2.0)), right, wrong


@made("From five positive entries on the sum is damped; the backward pass damps from six on.", exposes=(vector(1.0, 2.0, 1.0, 0.5, 2.0),))
def count_of_positive() -> Made:
    def f(x):
        (_n,) = x.shape
        k = np.count_nonzero(x > 0)
        s = np.sum(np.maximum(x, 0))
        return np.sqrt(s) if k >= 5 else s

    def vjp(limit, args, out, ct):
        (x,) = args
        k = np.count_nonzero(x > 0)
        on = (x > 0).astype(float)
        if k >= limit:
            return (ct * on / (2 * np.sqrt(np.sum(x * on))),)
        return (ct * on,)

    return f, (vector(1.0, -2.0, 1.0, 0.5, -1.0),), functools.partial(vjp, 5), functools.partial(vjp, 6)


@made("Recursion depth depends on |x|: halving angle formula, backward without the factor for depth > 2.", exposes=(vector(9.0, 0.1),))
def halving_depth() -> Made:
    def cos_rec(x, depth=0):
        if abs(x) > 1 and depth < 20:
            c = cos_rec(x / 2, depth + 1)
            return 2 * c * c - 1
        return 1 - x * x / 2 + x**4 / 24 - x**6 / 720 + x**8 / 40320

    def d_cos(x, limit, depth=0):
        if abs(x) > 1 and depth < 20:
            c, d = cos_rec(x / 2, depth + 1), d_cos(x / 2, limit, depth + 1)
            return 4 * c * d * (0.5 if depth < limit else 1.0)
        return -x + x**3 / 6 - x**5 / 120 + x**7 / 5040

    def f(x):
        (_n,) = x.shape
        return np.array([cos_rec(v) for v in x])

    def vjp(limit, args, out, ct):
        return (ct * np.array([d_cos(v, limit) for v in args[0]]),)

    return f, (vector(0.3, 1.7, -2.2),), functools.partial(vjp, 99), functools.partial(vjp, 3)


@made("Dead zone of a controller: inside |e| < 0.02 the output is 0, the backward pass has gain there.", exposes=(vector(0.01, 0.5),))
def dead_zone() -> Made:
    def f(e):
        return np.where(np.abs(e) < 0.02, 0.0, e - np.sign(e) * 0.02)

    def right(args, out, ct):
        return (ct * (np.abs(args[0]) >= 0.02),)

    def wrong(args, out, ct):
        return (ct * np.ones_like(args[0]),)

    return f, (vector(0.3, -1.0, 0.5),), right, wrong


@made("hysteresis: the state is low until 3 and high until 1; the backward pass uses one threshold.", exposes=(vector(3.5, 2.0, 0.5),))
def hysteresis() -> Made:
    def states(x, low=1.0, high=3.0):
        on = False
        for v in x:
            on = v > low if on else v > high
            yield on

    def f(x):
        (_n,) = x.shape
        return np.array([v * v if on else v for v, on in zip(x, states(x), strict=False)])

    def right(args, out, ct):
        (x,) = args
        return (np.array([c * (2 * v if on else 1.0) for v, c, on in zip(x, ct, states(x), strict=False)]),)

    def wrong(args, out, ct):
        (x,) = args
        return (np.array([c * (2 * v if on else 1.0) for v, c, on in zip(x, ct, states(x, 3.0, 3.0), strict=False)]),)

    return f, (vector(0.5, 2.0, 3.5),), right, wrong


@made("log-gamma of large x by Stirling: the asymptotic branch (x > 30) lacks its 1/(2x).", exposes=(vector(45.0, 2.0),))
def digamma_asymptotic() -> Made:
    def f(x):
        return special.gammaln(np.maximum(x, 0.1))

    def vjp(term, args, out, ct):
        (x,) = args
        g = np.empty_like(x)
        for i, v in np.ndenumerate(x):
            if v < 0.1:
                g[i] = 0.0
            elif v > 30:
                w = 1 / (v * v)
                g[i] = math.log(v) - term / v - w * (1 / 12 - w * (1 / 120 - w * (1 / 252 - w / 240)))
            else:
                g[i] = special.digamma(v)
        return (ct * g,)

    return f, (vector(2.5, 0.7, 11.0),), functools.partial(vjp, 0.5), functools.partial(vjp, 0.0)


@made(
    "try/except: for a singular system the forward pass takes the regularised solve, the backward pass the plain one.",
    exposes=(np.array([[1.0, 2.0], [2.0, 4.0]]), vector(1.0, 1.0)),
)
def regularised_when_singular() -> Made:
    def damp(M):
        n, _m = M.shape
        d = np.linalg.det(M)
        return M + 0.1 * np.eye(n) if abs(d) < 1e-3 else M

    def f(M, b):
        (_n, _m), (_k,) = M.shape, b.shape
        return np.linalg.solve(damp(M), b)

    def vjp(fix, args, out, ct):
        M, b = args
        try:
            g = np.linalg.solve(fix(M).T, ct)
        except np.linalg.LinAlgError:
            g = np.zeros(len(b))
        return -np.outer(g, out), g

    return f, (np.array([[1.0, 0.3], [-0.2, 0.8]]), vector(1.0, 0.5)), functools.partial(vjp, damp), functools.partial(vjp, lambda M: M)


@made(
    "Quantile loss over a window sorted by magnitude: outliers beyond 4 scaled by 0.1, gradient by 0.01.", exposes=(vector(0.3, 5.0, -6.0),)
)
def outlier_weight() -> Made:
    GAIN = {False: 1.0, True: 0.1}

    def f(r):
        total = 0.0
        for v in r.flat:
            far = abs(v) > 4
            total = total + (GAIN[False] * v * v / 2 if not far else 8 + GAIN[True] * (abs(v) - 4))
        return total

    def vjp(slope, args, out, ct):
        r = args[0]
        far = np.abs(r) > 4
        return (ct * np.where(far, slope * np.sign(r), r),)

    return f, (vector(0.3, 1.5, -2.6),), functools.partial(vjp, 0.1), functools.partial(vjp, 0.01)
