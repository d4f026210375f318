"""Correct, with unusual arguments: integers, many of them, zero-dimensional ones, empty ones, one that is not used."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

X = np.array([0.3, -0.7, 1.1, 0.9])


def gather(x: Array, index: Array) -> Array:
    return x[index] ** 2


def gather_right(args: Args, out: Array, ct: Array) -> Grads:
    """The index is an array of integers: it has no gradient, which is None."""
    x, index = args
    grad = np.zeros_like(x)
    np.add.at(grad, index, 2 * ct * x[index])
    return grad, None


def integer_power(x: Array, n: Array) -> Array:
    return x ** int(n)


def integer_power_right(args: Args, out: Array, ct: Array) -> Grads:
    """The exponent is an integer of dimension zero; bases are negative."""
    x, n = args
    return int(n) * ct * x ** (int(n) - 1), None


def polynomial(a: Array, b: Array, c: Array, d: Array, e: Array, x: Array) -> Array:
    return a + x * (b + x * (c + x * (d + x * e)))


def polynomial_right(args: Args, out: Array, ct: Array) -> Grads:
    """Six arguments, all of dimension zero, and six gradients, each a number."""
    _, b, c, d, e, x = args
    return ct * 1.0, ct * x, ct * x**2, ct * x**3, ct * x**4, ct * (b + 2 * c * x + 3 * d * x**2 + 4 * e * x**3)


def scalar_norm(x: Array) -> Array:
    return np.sqrt(1 + x**2)


def scalar_norm_right(args: Args, out: Array, ct: Array) -> Grads:
    """One number of dimension zero in, one out."""
    return (np.asarray(ct * args[0] / out),)


def ignored(x: Array, spare: Array) -> Array:
    return np.sin(x)


def ignored_right(args: Args, out: Array, ct: Array) -> Grads:
    """The second argument is not used: its gradient is zero, with its shape."""
    return ct * np.cos(args[0]), np.zeros_like(args[1])


def empty_sum(x: Array, y: Array) -> Array:
    return np.sum(x) + np.sum(y**2)


def empty_sum_right(args: Args, out: Array, ct: Array) -> Grads:
    """The first argument is empty, as the last batch of a data set may be."""
    return np.full(args[0].shape, ct), 2 * ct * args[1]


def constant(x: Array) -> Array:
    return np.floor(x) + np.ones(x.shape)


def constant_right(args: Args, out: Array, ct: Array) -> Grads:
    """Piecewise constant: the gradient is zero, and is meant to be."""
    return (np.zeros_like(args[0]),)


CASES = [
    Case(name="gather with an index", f=gather, args=(X, np.array([1, 1, 3])), right=gather_right),
    Case(name="integer power", f=integer_power, args=(X, np.array(3)), right=integer_power_right),
    Case(
        name="polynomial of six numbers",
        f=polynomial,
        args=tuple(np.array(v) for v in (0.3, -0.7, 1.1, 0.9, 0.2, 0.8)),
        right=polynomial_right,
    ),
    Case(name="number in, number out", f=scalar_norm, args=(np.array(0.7),), right=scalar_norm_right),
    Case(name="argument that is not used", f=ignored, args=(X, np.ones((2, 2))), right=ignored_right),
    Case(name="empty argument", f=empty_sum, args=(np.zeros((0, 3)), X), right=empty_sum_right),
    Case(name="piecewise constant", f=constant, args=(X,), right=constant_right, smooth=(np.array([0.3, 1.5, -0.4]),)),
]
