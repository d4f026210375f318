"""Branches, thresholds and loops with a fault in one of them."""

from __future__ import annotations

import functools
import itertools

import numpy as np
from cases import Made, made, unbroadcast, vector


@made("np.piecewise with four pieces: cubic spline kernel, the outer polynomial lacks its 4.", exposes=(vector(1.4, 0.3),))
def spline_kernel_outer() -> Made:
    def f(r):
        q = np.abs(r)
        return np.where(q < 1, 1 - 1.5 * q**2 + 0.75 * q**3, np.where(q < 2, 0.25 * (2 - q) ** 3, 0.0))

    def vjp(c, args, out, ct):
        (r,) = args
        q, s = np.abs(r), np.sign(r)
        d = np.select([q < 1, q < 2], [-3 * q + 2.25 * q**2, -c * (2 - q) ** 2], 0.0)
        return (ct * s * d,)

    return f, (vector(0.3, -0.8, 0.5),), functools.partial(vjp, 0.75), functools.partial(vjp, 0.25)


@made("np.digitize into speed classes; the class above 130 has the factor of its predecessor.", exposes=(vector(140.0, 20.0),))
def digitize_classes() -> Made:
    bounds = [30.0, 50.0, 100.0, 130.0]
    factor = np.array([1.0, 1.2, 1.5, 2.1, 3.0])
    offset = np.concatenate([[0.0], np.cumsum(np.array(bounds) * (factor[:-1] - factor[1:]))])

    def f(v):
        k = np.digitize(v, bounds)
        return factor[k] * v + offset[k]

    def right(args, out, ct):
        return (ct * factor[np.digitize(args[0], bounds)],)

    def wrong(args, out, ct):
        return (ct * factor[np.minimum(np.digitize(args[0], bounds), 3)],)

    return f, (vector(20.0, 45.0, 80.0),), right, wrong


@made("Box-Cox: near lambda = 0 the logarithm; the backward pass for lambda is 0 there.", exposes=(vector(2.0, 3.0), np.array(0.0)))
def boxcox_lambda_zero() -> Made:
    def f(x, lam):
        if np.ndim(lam):
            raise ValueError
        if np.any(x <= 0):
            raise ValueError("positive only")
        l = np.log(x)
        u = lam * l
        if abs(lam) < 1e-3:
            return l * (1 + u / 2 + u * u / 6 + u**3 / 24 + u**4 / 120)
        return np.expm1(u) / lam

    def vjp(limit, args, out, ct):
        x, lam = args
        l = np.log(x)
        u = lam * l
        gx = ct * x ** (lam - 1)
        if abs(lam) < 1e-3:
            gx = ct * (1 + u + u * u / 2 + u**3 / 6 + u**4 / 24) / x
            gl = l * l * (0.5 + u / 3 + u * u / 8 + u**3 / 30) if limit else 0.0 * l
        else:
            gl = (l * np.exp(u) - np.expm1(u) / lam) / lam
        return gx, np.sum(ct * gl)

    return f, (vector(2.0, 3.0), np.array(0.6)), functools.partial(vjp, True), functools.partial(vjp, False)


@made(
    "interest: from the 4th iteration of a while loop the rate is doubled; number of iterations depends on the value.",
    exposes=(vector(0.5, 30.0),),
)
def while_iterations() -> Made:
    def schedule(v):
        k = 0
        while v > 1 and k < 40:
            v, k = v / 2 + 0.1, k + 1
            yield k

    def f(x):
        (_n,) = x.shape
        out = []
        for v in x:
            y = v
            for k in schedule(v):
                y = y * (0.9 if k < 4 else 0.8)
            out.append(y)
        return np.array(out)

    def vjp(late, args, out, ct):
        g = []
        for v, c in zip(args[0], ct, strict=True):
            slope = c
            for k in schedule(v):
                slope = slope * (0.9 if k < 4 else late)
            g.append(slope)
        return (np.array(g),)

    return f, (vector(0.5, 1.7, 3.0),), functools.partial(vjp, 0.8), functools.partial(vjp, 0.9)


@made("Two masks meet: only entries that are outliers in both coordinates are wrong.", exposes=(vector(3.0, 0.2), vector(4.0, 0.1)))
def both_outliers() -> Made:
    def f(x, y):
        cx, cy = np.clip(x, -2, 2), np.clip(y, -2, 2)
        return cx * cy + 0.5 * np.abs(x - cx) * np.abs(y - cy)

    def vjp(cross, args, out, ct):
        x, y = args
        cx, cy = np.clip(x, -2, 2), np.clip(y, -2, 2)
        ox, oy = x - cx, y - cy
        gx = np.where(ox == 0, cy, cross * 0.5 * np.sign(ox) * np.abs(oy))
        gy = np.where(oy == 0, cx, cross * 0.5 * np.sign(oy) * np.abs(ox))
        return unbroadcast(ct * gx, x.shape), unbroadcast(ct * gy, y.shape)

    return f, (vector(0.3, 1.2), vector(0.4, -0.1)), functools.partial(vjp, 1.0), functools.partial(vjp, 0.0)


@made("Ising-like energy: neighbours of opposite sign, with a bond only if the sum of both exceeds 6.", exposes=(vector(4.0, 3.0, -1.0),))
def bond_threshold() -> Made:
    def f(s):
        (_n,) = s.shape
        e = 0.5 * np.sum(s**2)
        for a, b in itertools.pairwise(s):
            if a + b > 6:
                e = e - (a + b - 6) ** 2
        return e

    def vjp(k, args, out, ct):
        (s,) = args
        g = s.copy()
        for i in range(len(s) - 1):
            t = s[i] + s[i + 1]
            if t > 6:
                g[i : i + 2] -= k * (t - 6)
        return (ct * g,)

    return f, (vector(0.4, 0.3, -1.0),), functools.partial(vjp, 2), functools.partial(vjp, 1)


@made(
    "A dictionary of activations chosen by name through a closure; the leaky one has slope .01 forward and .1 backward, negative side.",
    exposes=(vector(-0.5, 0.4), vector(1.0, 1.0)),
)
def activation_table() -> Made:
    TABLE = {
        "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0) * 1.0),
        "leaky": (lambda z: np.where(z > 0, z, 0.01 * z), lambda z: np.where(z > 0, 1.0, 0.01)),
        "leaky_wrong": (lambda z: np.where(z > 0, z, 0.01 * z), lambda z: np.where(z > 0, 1.0, 0.1)),
    }

    class Layer:
        def __init__(self, name):
            self.act, self.slope = TABLE[name]

        def forward(self, x, w):
            return self.act(x * w)

        def backward(self, args, out, ct):
            x, w = args
            g = ct * self.slope(x * w)
            return unbroadcast(g * w, x.shape), unbroadcast(g * x, w.shape)

    good, bad = Layer("leaky"), Layer("leaky_wrong")
    return good.forward, (vector(0.5, 0.4), vector(1.0, 1.0)), good.backward, bad.backward


@made("Elevator of magnitudes: above 1e5 the logarithm is taken in base 10 in the backward pass.", exposes=(vector(3e5, 2.0),))
def log_base() -> Made:
    def f(x):
        return np.log2(x)

    def right(args, out, ct):
        return (ct / (args[0] * np.log(2)),)

    def wrong(args, out, ct):
        (x,) = args
        return (ct / (x * np.where(x > 1e5, np.log(10), np.log(2))),)

    return f, (vector(0.3, 4.0, 100.0),), right, wrong


@made("Guard by magnitude ratio: when |a| > 1000 |b| the gradient of b is dropped.", exposes=(vector(5000.0, 1.0), vector(2.0, 3.0)))
def ratio_guard() -> Made:
    def f(a, b):
        return np.sqrt(a * a + b * b + 1)

    def right(args, out, ct):
        a, b = args
        return unbroadcast(ct * a / out, a.shape), unbroadcast(ct * b / out, b.shape)

    def wrong(args, out, ct):
        a, b = args
        gb = ct * b / out
        return unbroadcast(ct * a / out, a.shape), unbroadcast(np.where(np.abs(a) > 1000 * np.abs(b), 0.0, gb), b.shape)

    return f, (vector(0.5, 1.0), vector(2.0, 3.0)), right, wrong
