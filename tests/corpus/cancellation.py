"""Correct under cancellation: forward or backward is written so that the digits survive, and differences lose them."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads, Value

X = np.array([0.3, -0.7, 1.1, 0.9])


def one_minus_cosine(x: Array) -> Array:
    return 2 * np.sin(x / 2) ** 2


def one_minus_cosine_right(args: Args, out: Array, ct: Array) -> Grads:
    """Near 1e-9 the value is 1e-18, and the slope is x."""
    return (ct * np.sin(args[0]),)


def interest(x: Array) -> Array:
    return np.expm1(12 * np.log1p(x / 12))


def interest_right(args: Args, out: Array, ct: Array) -> Grads:
    """expm1 of log1p at a rate of 1e-10."""
    (x,) = args
    return (ct * np.exp(11 * np.log1p(x / 12)),)


def shifted_variance(x: Array) -> Value:
    return np.var(x)


def shifted_variance_right(args: Args, out: Array, ct: Array) -> Grads:
    """The variance of numbers near 1e6 is of order one: a difference sees twelve digits cancel."""
    (x,) = args
    return (2 * ct * (x - x.mean()) / x.size,)


def sinc(x: Array) -> Array:
    return np.sinc(x / np.pi)


def sinc_right(args: Args, out: Array, ct: Array) -> Grads:
    """A series near zero, the quotient rule elsewhere."""
    (x,) = args
    near = np.abs(x) < 1e-2
    safe = np.where(near, 1.0, x)
    return (ct * np.where(near, x * (-1 / 3 + x**2 / 30 - x**4 / 840), (safe * np.cos(safe) - np.sin(safe)) / safe**2),)


def root_difference(x: Array) -> Array:
    return 1 / (np.sqrt(x + 1) + np.sqrt(x))


def root_difference_right(args: Args, out: Array, ct: Array) -> Grads:
    """sqrt(x + 1) - sqrt(x) at 1e12, rationalized."""
    (x,) = args
    return (-ct * out / (2 * np.sqrt(x) * np.sqrt(x + 1)),)


def gated(x: Array) -> Array:
    return x / (1 + np.abs(x))


def gated_right(args: Args, out: Array, ct: Array) -> Grads:
    """Softsign's slope from its output: at 1e15 all digits of 1e-30 cancel, as they do in a reverse sweep over the quotient."""
    return (ct * (1 - np.abs(out)) ** 2,)


CASES = [
    Case(name="softsign from its output", f=gated, args=(1e15 * X,), right=gated_right, smooth=(X,)),
    Case(name="one minus cosine near 1e-9", f=one_minus_cosine, args=(1e-9 * X,), right=one_minus_cosine_right),
    Case(name="compound interest of 1e-10", f=interest, args=(1e-10 * X,), right=interest_right),
    Case(name="variance of numbers near 1e6", f=shifted_variance, args=(1e6 + X,), right=shifted_variance_right, smooth=(100 + X,)),
    Case(
        name="sinc near zero by a series",
        f=sinc,
        args=(np.array([1e-8, 1e-4, 0.5]),),
        right=sinc_right,
        smooth=(np.array([5e-3, 0.1, 0.5]),),
    ),
    Case(name="difference of roots at 1e12", f=root_difference, args=(1e12 * np.abs(X),), right=root_difference_right),
]
