"""Right, and hard to check: idioms of NumPy, iterations, a tape of its own."""

from __future__ import annotations

import math

import numpy as np
from cases import Made, made, unbroadcast, vector
from scipy import special


@made("A batch with no rows.")
def empty_batch() -> Made:
    def f(x, w):
        (_n, _d), (_d2, _k) = x.shape, w.shape
        return x @ w

    def right(args, out, ct):
        x, w = args
        return ct @ w.T, x.T @ ct

    return f, (np.zeros((0, 3)), np.arange(6.0).reshape(3, 2)), right, None


@made("zero-dimensional arguments, Python floats in the result.")
def scalars() -> Made:
    def f(a, b):
        if np.ndim(a) or np.ndim(b):
            raise ValueError("scalars")
        return a**2 * np.exp(b)

    def right(args, out, ct):
        a, b = float(args[0]), float(args[1])
        return float(ct) * 2 * a * math.exp(b), float(ct) * a * a * math.exp(b)

    return f, (np.array(0.7), np.array(-0.3)), right, None


@made("Fortran-ordered gradients and transposed views.")
def fortran() -> Made:
    def f(X, Y):
        (_n, _k), (_k2, _m) = X.shape, Y.shape
        return np.asfortranarray(X @ Y)

    def right(args, out, ct):
        X, Y = args
        return (Y @ ct.T).T, np.asfortranarray(X.T @ ct)

    return f, (np.asfortranarray(np.arange(6.0).reshape(2, 3)), np.arange(6.0).reshape(2, 3).T), right, None


@made("Piecewise linear interpolation at its knots.")
def knots() -> Made:
    knots, values = vector(0.0, 1.0, 2.0, 3.0), vector(0.0, 2.0, 1.0, 5.0)

    def f(x):
        k = np.clip(np.searchsorted(knots, x) - 1, 0, 2)
        return values[k] + (values[k + 1] - values[k]) * (x - knots[k])

    def right(args, out, ct):
        k = np.clip(np.floor(args[0]).astype(int), 0, 2)
        return (ct * np.diff(values)[k],)

    return f, (vector(1.0, 2.0, 0.5, 3.0),), right, None


@made("log-sum-exp with an outlier of 700 and a weight of 1e-300.")
def logsumexp_wide() -> Made:
    def f(x):
        (_n,) = x.shape
        m = x.max()
        return m + np.log(np.sum(np.exp(x - m)))

    def right(args, out, ct):
        e = np.exp(args[0] - args[0].max())
        return (ct * (e / e.sum()),)

    return f, (vector(700.0, 1.0, -20.0),), right, None


@made("Determinant of a nearly singular matrix, by its adjugate.")
def det_nearly_singular() -> Made:
    def f(M):
        if M.shape != (2, 2):
            raise ValueError
        return M[0, 0] * M[1, 1] - M[0, 1] * M[1, 0]

    def right(args, out, ct):
        (a, b), (c, d) = args[0]
        return (ct * np.array([[d, -c], [-b, a]]),)

    return f, (np.array([[1.0, 2.0], [2.0, 4.0000001]]),), right, None


@made("Sigmoid in two branches, log of it, large logits.")
def log_sigmoid() -> Made:
    def f(x):
        return np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))

    def right(args, out, ct):
        (x,) = args
        e = np.exp(-np.abs(x))
        return (ct * np.where(x >= 0, e, 1.0) / (1 + e),)

    return f, (vector(0.0, 50.0, -800.0),), right, None


@made("Huber: at the corner and exactly at 0.")
def huber_corner() -> Made:
    def f(r):
        a = np.abs(r)
        return np.where(a <= 1, 0.5 * a * a, a - 0.5)

    def right(args, out, ct):
        return (ct * np.clip(args[0], -1, 1),)

    return f, (vector(1.0, -1.0, 0.0, 3.0),), right, None


@made("l1 norm with sign(0) = 0, all zeros.")
def l1_zero() -> Made:
    def f(x):
        return np.sum(np.abs(x), axis=0)

    def right(args, out, ct):
        return (np.broadcast_to(ct, args[0].shape) * np.sign(args[0]),)

    return f, (np.zeros((2, 2)),), right, None


@made("A long sum of terms of alternating sign.")
def long_sum() -> Made:
    signs = (-1.0) ** np.arange(400)

    def f(x):
        (n,) = x.shape
        return np.sum(signs[:n] * np.sqrt(x * x + 1)) / n

    def right(args, out, ct):
        (x,) = args
        return (ct * signs[: len(x)] * x / np.hypot(x, 1) / len(x),)

    return f, (np.linspace(-3, 3, 400),), right, None


@made("The backward pass is a tiny reverse-mode tape of its own.")
def own_tape() -> Made:
    class Node:
        def __init__(self, value, parents=()):
            self.value, self.parents, self.grad = value, parents, 0.0

        def __mul__(self, other):
            return Node(self.value * other.value, ((self, other.value), (other, self.value)))

        def __add__(self, other):
            return Node(self.value + other.value, ((self, 1.0), (other, 1.0)))

        def sin(self):
            return Node(math.sin(self.value), ((self, math.cos(self.value)),))

    def f(x):
        (n,) = x.shape
        if n < 2:
            raise ValueError
        total = x[0] * x[1]
        for v in x[1:]:
            total = total + np.sin(v) * total
        return total

    def right(args, out, ct):
        leaves = [Node(float(v)) for v in args[0]]
        total = leaves[0] * leaves[1]
        for v in leaves[1:]:
            total = total + v.sin() * total
        order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for p, _ in node.parents:
                    visit(p)
                order.append(node)

        visit(total)
        total.grad = float(ct)
        for node in reversed(order):
            for p, d in node.parents:
                p.grad += node.grad * d
        return (np.array([v.grad for v in leaves]),)

    return f, (vector(0.3, 1.2, -0.5),), right, None


@made("Clip with both bounds as arguments; bounds get what the input loses.")
def clip_bounds() -> Made:
    def f(x, lo, hi):
        return np.minimum(np.maximum(x, lo), hi)

    def right(args, out, ct):
        x, lo, hi = args
        low = np.maximum(x, lo)
        at_hi = low > hi
        at_lo = ~at_hi & (x < lo)
        mid = ~at_hi & ~at_lo
        return unbroadcast(ct * mid, x.shape), unbroadcast(ct * at_lo, lo.shape), unbroadcast(ct * at_hi, hi.shape)

    return f, (vector(0.3, -2.0, 5.0), vector(-1.0, -1.0, -1.0), vector(2.0, 2.0, 2.0)), right, None


@made("Straight power with a negative base and an integer exponent array.")
def integer_powers() -> Made:
    def f(x, k):
        return x**k

    def right(args, out, ct):
        x, k = args
        k = np.asarray(k)
        safe = np.where(k == 0, 1, k)
        g = np.where(k == 0, 0.0, ct * k * x ** (safe - 1))
        return unbroadcast(g, x.shape), None

    return f, (vector(-1.5, 2.0, 0.0), np.array([3, 0, 2])), right, None


@made("x * |x| and x |x| at 0: once differentiable.")
def signed_square() -> Made:
    def f(x):
        return x * np.abs(x)

    def right(args, out, ct):
        return (2 * ct * np.abs(args[0]),)

    return f, (vector(0.0, -1.5, 2.0),), right, None


@made("Tanh from its output, 1 - out^2, at moderate arguments.")
def tanh_from_output() -> Made:
    def f(x):
        return np.tanh(x)

    def right(args, out, ct):
        return (ct * (1 - out) * (1 + out),)

    return f, (vector(0.2, -0.9, 1.5),), right, None


@made("Scatter with repeated indices by bincount.")
def bincount_scatter() -> Made:
    def f(x, idx):
        (_n,), (_m,) = x.shape, idx.shape
        return x[idx] ** 2

    def right(args, out, ct):
        x, idx = args
        idx = np.where(idx < 0, idx + len(x), idx)
        return np.bincount(idx, weights=2 * ct * x[idx], minlength=len(x)), None

    return f, (vector(0.2, -0.9, 1.5), np.array([0, 2, 2, 0, 2])), right, None


@made("sech^2 with its argument clipped to +-350 against overflow: beyond, 1e-304 instead of less.")
def sech_clipped() -> Made:
    def f(x):
        return np.tanh(3 * x)

    def right(args, out, ct):
        return (ct * 3 / np.cosh(np.clip(3 * args[0], -350, 350)) ** 2,)

    return f, (vector(0.3, -1.0, 0.7),), right, None


@made("np.mod with floor(a / b), which may be one off where a / b rounds to an integer.")
def mod_floor() -> Made:
    def f(a, b):
        return np.mod(a, b)

    def right(args, out, ct):
        a, b = args
        return unbroadcast(ct * np.ones(out.shape), a.shape), unbroadcast(-ct * np.floor(a / b), b.shape)

    return f, (vector(5.3, 4.4), vector(2.0, 1.5)), right, None


@made("Vjp returns a list.")
def returns_list() -> Made:
    def f(x, y):
        return np.sum(x) * np.sum(y)

    def right(args, out, ct):
        x, y = args
        return [np.full(x.shape, ct * np.sum(y)), np.full(y.shape, ct * np.sum(x))]

    return f, (vector(0.3, 1.1), vector(0.4, 0.2, 0.3)), right, None


@made("Complex numbers inside: modulus of a transfer function.")
def complex_inside() -> Made:
    def f(w):
        h = 1 / (1 + 1j * w)
        return np.abs(h)

    def right(args, out, ct):
        (w,) = args
        return (-ct * w * (1 + w * w) ** -1.5,)

    return f, (vector(0.3, 1.1),), right, None


@made("Forward with np.vectorize of a Python function that branches.")
def vectorize() -> Made:
    @np.vectorize
    def scalar(v):
        return math.exp(v) if v < 0 else 1 + v

    def f(x):
        return scalar(x)

    def right(args, out, ct):
        return (ct * np.exp(np.minimum(args[0], 0)),)

    return f, (vector(0.3, -1.1, 0.0),), right, None


@made("Betaln with digamma(a) - digamma(a + b), as everybody writes it; cancels for b << a.")
def betaln() -> Made:
    def f(a, b):
        return special.betaln(a, b)

    def right(args, out, ct):
        a, b = args
        s = special.digamma(a + b)
        return unbroadcast(ct * (special.digamma(a) - s), a.shape), unbroadcast(ct * (special.digamma(b) - s), b.shape)

    return f, (vector(1.3, 2.0), vector(0.7, 3.0)), right, None
