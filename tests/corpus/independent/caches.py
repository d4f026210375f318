"""Caches, contexts and generators that outlive a call; shapes and order of gradients."""

from __future__ import annotations

import functools
import math

import numpy as np
from cases import Made, made, unbroadcast, vector
from scipy import special


@made("Caches the local derivative by id of the array.", needs="protocol")
def cache_by_id() -> Made:
    cache = {}

    def f(x):
        return x**3

    def right(args, out, ct):
        return (3 * ct * args[0] ** 2,)

    def wrong(args, out, ct):
        key = id(args[0])
        if key not in cache or cache[key].shape != args[0].shape:
            cache[key] = 3 * args[0] ** 2
        return (ct * cache[key],)

    return f, (vector(0.3, -1.0, 0.5),), right, wrong


@made("Caches the local derivative by shape.", needs="protocol")
def cache_by_shape() -> Made:
    cache = {}

    def f(x):
        return np.sqrt(1 + x * x)

    def right(args, out, ct):
        return (ct * args[0] / out,)

    def wrong(args, out, ct):
        d = cache.setdefault(args[0].shape, args[0] / out)
        return (ct * d,)

    return f, (vector(0.3, -1.0, 0.5),), right, wrong


@made("lru_cache on values rounded to six digits.", needs="protocol")
def cache_rounded() -> Made:
    @functools.cache
    def slope(v):
        return math.cosh(v)

    def f(x):
        return np.sinh(np.clip(x, -300, 300))

    def right(args, out, ct):
        inside = np.abs(args[0]) <= 300
        return (ct * np.cosh(np.clip(args[0], -300, 300)) * inside,)

    def wrong(args, out, ct):
        (x,) = args
        g = np.array([slope(round(float(v), 6)) if abs(v) <= 300 else 0.0 for v in x.flat]).reshape(x.shape)
        return (ct * g,)

    return f, (vector(0.3, -1.0, 0.5),), right, wrong


@made("Frees its context after the first call.", needs="protocol")
def frees_context() -> Made:
    context = {}

    def f(x):
        context["exp"] = np.exp(-(np.asarray(x, dtype=float) ** 2))
        return np.exp(-x * x)

    def right(args, out, ct):
        return (-2 * ct * args[0] * out,)

    def wrong(args, out, ct):
        e = context.pop("exp")
        return (-2 * ct * args[0] * e,)

    return f, (vector(0.3, -1.0, 0.5),), right, wrong


@made("The tape is a generator and is used up by the first backward call.", needs="protocol")
def exhausted_generator() -> Made:
    layers = [(0.5, 0.1), (1.5, -0.2), (0.8, 0.3)]

    def f(x):
        for w, b in layers:
            x = np.tanh(w * x + b)
        return x

    def run(args, ct, steps):
        h = args[0]
        hs = []
        for w, b in layers:
            h = np.tanh(w * h + b)
            hs.append(h)
        g = ct
        for (w, _), h in steps(hs):
            g = g * (1 - h * h) * w
        return (g,)

    def right(args, out, ct):
        return run(args, ct, lambda hs: zip(reversed(layers), reversed(hs), strict=False))

    once = reversed(layers)

    def wrong(args, out, ct):
        return run(args, ct, lambda hs: zip(once, reversed(hs), strict=False))

    return f, (vector(0.3, -1.0, 0.5),), right, wrong


@made("Gradient has an extra leading axis of length one.")
def extra_axis() -> Made:
    def f(x):
        (_n,) = x.shape
        return np.sum(x**2)

    def right(args, out, ct):
        return (2 * ct * args[0],)

    def wrong(args, out, ct):
        return (2 * ct * args[0][None, :],)

    return f, (vector(0.3, -1.0, 0.5),), right, wrong


@made("Gradients of a scalar bias come back unsummed.")
def bias_unsummed() -> Made:
    def f(x, b):
        return np.maximum(x + b, 0.0) ** 2

    def right(args, out, ct):
        g = 2 * ct * np.maximum(args[0] + args[1], 0.0)
        return unbroadcast(g, np.shape(args[0])), unbroadcast(g, np.shape(args[1]))

    def wrong(args, out, ct):
        g = 2 * ct * np.maximum(args[0] + args[1], 0.0)
        return g, g

    return f, (vector(0.3, -1.0, 0.5), np.array(0.7)), right, wrong


@made("Two gradients in swapped order, of equal shapes.")
def swapped_gradients() -> Made:
    def f(a, b):
        (n,), (m,) = a.shape, b.shape
        if n != m:
            raise ValueError
        return a / b

    def right(args, out, ct):
        a, b = args
        return ct / b, -ct * a / b**2

    def wrong(args, out, ct):
        a, b = args
        return -ct * a / b**2, ct / b

    return f, (vector(1.0, 2.0), vector(0.8, 0.3)), right, wrong


@made("In the backward pass noise of a generator replaces small gradients.", needs="protocol")
def noisy_gradient() -> Made:
    rng = np.random.default_rng(3)

    def f(x):
        return np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0)

    def right(args, out, ct):
        return (ct * special.expit(args[0]),)

    def wrong(args, out, ct):
        g = ct * special.expit(args[0])
        return (g * (1 + 1e-7 * rng.standard_normal(g.shape)),)

    return f, (vector(0.3, -1.0, 0.5),), right, wrong


@made("A cache whose fingerprint of the input is its shape with its first and last entry.", needs="protocol")
def cache_by_ends() -> Made:
    seen = {}

    def f(x):
        (_n,) = x.shape
        return np.log(1 + x**2)

    def right(args, out, ct):
        (x,) = args
        return (2 * ct * x / (1 + x**2),)

    def wrong(args, out, ct):
        (x,) = args
        key = (x.size, float(x[0]), float(x[-1])) if x.size else ()
        if key not in seen:
            seen[key] = 2 * x / (1 + x**2)
        return (ct * seen[key],)

    return f, (vector(0.3, -1.0, 0.5, 2.0),), right, wrong


@made("Hash of the input for a cache: the hash is its sum.", exposes=(vector(0.5, -1.0, 0.3),), needs="protocol")
def cache_by_sum() -> Made:
    def f(x):
        return x * np.exp(x / 10)

    def right(args, out, ct):
        (x,) = args
        return (ct * np.exp(x / 10) * (1 + x / 10),)

    cache = {}

    def wrong(args, out, ct):
        (x,) = args
        key = (x.shape, float(np.sum(x)))
        if key not in cache:
            cache[key] = np.exp(x / 10) * (1 + x / 10)
        return (ct * cache[key],)

    return f, (vector(0.3, -1.0, 0.5),), right, wrong
