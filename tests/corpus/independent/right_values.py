"""Right, and hard to check: values, ties, scales, memory."""

from __future__ import annotations

import numpy as np
from cases import Made, made, unbroadcast, vector
from scipy import special


@made("Relu with slope 1 at 0.")
def relu_one_at_zero() -> Made:
    def f(x):
        return np.maximum(x, 0.0)

    def right(args, out, ct):
        return (ct * (args[0] >= 0),)

    return f, (vector(0.0, -1.0, 2.0, 0.0),), right, None


@made("Maximum splits ties evenly.")
def max_even_split() -> Made:
    def f(x):
        return np.max(x)

    def right(args, out, ct):
        hit = (args[0] == out).astype(float)
        return (ct * hit / hit.sum(),)

    return f, (vector(2.0, 1.0, 2.0),), right, None


@made("Returns the cotangent object itself, twice, for both addends.")
def returns_cotangent() -> Made:
    def f(a, b):
        (n,), (m,) = a.shape, b.shape
        if n != m:
            raise ValueError
        return a + b

    def right(args, out, ct):
        return ct, ct

    return f, (vector(2.0, 1.0), vector(0.3, 4.0)), right, None


@made("The gradient of a sum is a read-only zero-stride view.")
def broadcast_view() -> Made:
    def f(x):
        return np.sum(x)

    def right(args, out, ct):
        return (np.broadcast_to(ct, args[0].shape),)

    return f, (np.arange(6.0).reshape(2, 3),), right, None


@made("Derivative from the output of tanh and a cache that is keyed by the bytes.")
def cache_by_bytes() -> Made:
    cache = {}

    def f(x):
        return np.tanh(x)

    def right(args, out, ct):
        key = (args[0].tobytes(), args[0].shape, str(args[0].dtype))
        if key not in cache:
            cache[key] = 1 / np.cosh(np.clip(args[0], -350, 350)) ** 2
        return (ct * cache[key],)

    return f, (vector(0.2, 1.0, -2.0),), right, None


@made("Difference of squares of nearly equal numbers.")
def cancellation() -> Made:
    def f(a, b):
        return (a - b) * (a + b)

    def right(args, out, ct):
        a, b = args
        return unbroadcast(2 * ct * a, a.shape), unbroadcast(-2 * ct * b, b.shape)

    return f, (vector(1.0000001, 3.0), vector(1.0, 3.00000001)), right, None


@made("Square root of tiny and huge numbers.")
def sqrt_scales() -> Made:
    def f(x):
        return np.sqrt(x)

    def right(args, out, ct):
        return (ct / (2 * out),)

    return f, (vector(1e-15, 1.0, 1e8),), right, None


@made("float32 arguments and a float32 gradient.", accuracy=1e-6)
def float32() -> Made:
    def f(x, w):
        (_n, _d), (_d2,) = x.shape, w.shape
        return np.tanh(x @ w)

    def right(args, out, ct):
        x, w = args
        s = 1 / np.cosh(x @ w) ** 2
        g = (ct * s).astype(out.dtype)
        return np.outer(g, w), x.T @ g

    return f, (np.array([[0.4, 1.0], [0.2, -0.3]], dtype=np.float32), np.array([0.7, -0.1], dtype=np.float32)), right, None


@made("Floor and round: zero almost everywhere.")
def floor() -> Made:
    def f(x):
        return np.floor(x) * 2 + np.round(x * 3)

    def right(args, out, ct):
        return (np.zeros_like(args[0]),)

    return f, (vector(0.2, 1.0, -2.7),), right, None


@made("sawtooth: jumps at integers, slope 1 between.")
def sawtooth() -> Made:
    def f(x):
        return x - np.floor(x)

    def right(args, out, ct):
        return (ct * 1.0,)

    return f, (vector(0.2, 1.3, -2.7),), right, None


@made("Norm with the subgradient 0 at 0.")
def norm_zero() -> Made:
    def f(x):
        (_n,) = x.shape
        return np.linalg.norm(x)

    def right(args, out, ct):
        return (ct * np.divide(args[0], out) if out != 0 else np.zeros(args[0].shape),)

    return f, (vector(0.0, 0.0, 0.0),), right, None


@made("Softplus with the double where, large arguments.")
def softplus_large() -> Made:
    def f(x):
        return np.where(x > 30, x, np.log1p(np.exp(np.where(x > 30, 0.0, x))))

    def right(args, out, ct):
        (x,) = args
        return (np.where(x > 30, ct, ct * special.expit(x)),)

    return f, (vector(0.2, 100.0, -700.0, 29.0),), right, None


@made("Newton iteration until nothing changes, with the derivative of the implicit function.")
def newton_cube_root() -> Made:
    def f(a):
        (_n,) = a.shape
        if np.any(a <= 0):
            raise ValueError("positive only")
        x = np.maximum(a, 1.0)
        for _ in range(200):
            step = (x - a / (x * x)) / 3
            x = x - step
            if np.all(np.abs(step) < 1e-9 * x):
                break
        return x

    def right(args, out, ct):
        return (ct / (3 * out**2),)

    return f, (vector(0.2, 3.0, 8.0),), right, None


@made("bisection: no derivative can be read from the forward pass but by its answer.")
def lambert_halley() -> Made:
    def f(y):
        if np.any(y <= 0):
            raise ValueError("positive only")
        w = np.log1p(y)
        for _ in range(12):
            e = np.exp(w)
            w = w - (w * e - y) / (e * (w + 1))
        return w

    def right(args, out, ct):
        return (ct / (np.exp(out) * (1 + out)),)

    return f, (vector(0.2, 3.0, 8.0),), right, None


@made("Sorting with ties, scattered by a stable order.")
def sort_ties() -> Made:
    def f(x):
        (n,) = x.shape
        w = np.arange(1.0, n + 1)
        return np.sum(np.sort(x) * w)

    def right(args, out, ct):
        (x,) = args
        g = np.empty(len(x))
        g[np.argsort(x, kind="stable")] = ct * np.arange(1.0, len(x) + 1)
        return (g,)

    return f, (vector(1.0, 1.0, 0.5, 1.0),), right, None


@made("Counts its calls, but only for statistics.")
def harmless_counter() -> Made:
    stats = {"forward": 0, "backward": 0}

    def f(x):
        stats["forward"] += 1
        return np.sin(x) * x

    def right(args, out, ct):
        stats["backward"] += 1
        (x,) = args
        return (ct * (np.sin(x) + x * np.cos(x)),)

    return f, (vector(1.0, -0.4),), right, None


@made("Masked softmax with -inf in the scores.")
def masked_softmax() -> Made:
    def f(x, keep):
        (n,), (m,) = x.shape, keep.shape
        if n != m or not np.any(keep != 0):
            raise ValueError
        s = np.where(keep != 0, x, -np.inf)
        e = np.exp(s - s.max())
        return e / e.sum()

    def right(args, out, ct):
        return out * ((ct[:, None] - ct[None, :]) @ out), None

    return f, (vector(1.0, -0.4, 2.0), np.array([1, 0, 1])), right, None
