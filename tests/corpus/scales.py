"""Correct at scales of 1e-8 and 1e8, where a fixed step or a fixed tolerance has no meaning."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

X = np.array([0.3, -0.7, 1.1, 0.9])
POSITIVE = np.array([3e-8, 7e-8, 2e-8])


def logarithm(x: Array) -> Array:
    return np.log(x)


def logarithm_right(args: Args, out: Array, ct: Array) -> Grads:
    """The logarithm near 1e-8: a step of 1e-6 leaves its domain."""
    return (ct / args[0],)


def root(x: Array) -> Array:
    return np.sqrt(x)


def root_right(args: Args, out: Array, ct: Array) -> Grads:
    """The square root near 1e-8 is steep and bends within any usual step."""
    return (ct / (2 * out),)


def large_square(x: Array) -> Array:
    return np.sum(x**2)


def large_square_right(args: Args, out: Array, ct: Array) -> Grads:
    """At 1e8 the value is 1e16, and a difference with step 1e-6 is all rounding."""
    return (2 * ct * args[0],)


def mixed(x: Array, y: Array) -> Array:
    return np.tanh(1e8 * x) + np.sin(1e-8 * y)


def mixed_right(args: Args, out: Array, ct: Array) -> Grads:
    """One argument near 1e-8, the other near 1e8, and slopes the other way round: no one step fits both."""
    x, y = args
    return ct * 1e8 / np.cosh(1e8 * x) ** 2, ct * 1e-8 * np.cos(1e-8 * y)


def inverse_square(x: Array) -> Array:
    return 1 / x**2


def inverse_square_right(args: Args, out: Array, ct: Array) -> Grads:
    """The gradient is near 1e24 at 1e-8."""
    return (-2 * ct / args[0] ** 3,)


CASES = [
    Case(name="logarithm near 1e-8", f=logarithm, args=(POSITIVE,), right=logarithm_right),
    Case(name="square root near 1e-8", f=root, args=(POSITIVE,), right=root_right),
    Case(name="squares near 1e8", f=large_square, args=(1e8 * X,), right=large_square_right),
    Case(name="two arguments of opposite scales", f=mixed, args=(1e-8 * X, 1e8 * X), right=mixed_right, accuracy=1e-6),
    Case(name="inverse square near 1e-8", f=inverse_square, args=(POSITIVE,), right=inverse_square_right),
]
