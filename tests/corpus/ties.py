"""Correct at a tie: the gradient goes to one of the tied entries or is shared, and both are valid."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

TIED = np.array([0.3, 1.1, 1.1, -0.4])
SMOOTH = np.array([0.3, 1.1, 0.9, -0.4])


def maximum(x: Array) -> Array:
    return np.max(x)


def maximum_first(args: Args, out: Array, ct: Array) -> Grads:
    """The first of two equal maxima takes all, as argmax does."""
    grad = np.zeros_like(args[0])
    grad[np.argmax(args[0])] = ct
    return (grad,)


def maximum_shared(args: Args, out: Array, ct: Array) -> Grads:
    """Equal maxima share the gradient evenly, as JAX does."""
    hit = args[0] == out
    return (ct * hit / hit.sum(),)


def weighted_sort(x: Array) -> Array:
    return np.sort(x) @ np.arange(1.0, len(x) + 1)


def weighted_sort_right(args: Args, out: Array, ct: Array) -> Grads:
    """Equal entries get the weights of their ranks in a stable order; each order of the two is valid."""
    grad = np.zeros_like(args[0])
    grad[np.argsort(args[0], kind="stable")] = ct * np.arange(1.0, len(grad) + 1)
    return (grad,)


def larger(x: Array, y: Array) -> Array:
    return np.maximum(x, y)


def larger_right(args: Args, out: Array, ct: Array) -> Grads:
    """Two equal arguments share the gradient, half and half."""
    x, y = args
    share = np.where(x == y, 0.5, np.where(x > y, 1.0, 0.0))
    return ct * share, ct * (1 - share)


def median(x: Array) -> Array:
    return np.median(x)


def median_right(args: Args, out: Array, ct: Array) -> Grads:
    """Three equal entries in the middle: the one that a stable sort puts there takes all."""
    grad = np.zeros_like(args[0])
    order = np.argsort(args[0], kind="stable")
    for middle in (order[(len(grad) - 1) // 2], order[len(grad) // 2]):
        grad[middle] += ct / 2
    return (grad,)


CASES = [
    Case(name="maximum tie to the first", f=maximum, args=(TIED,), right=maximum_first, smooth=(SMOOTH,)),
    Case(name="maximum tie shared", f=maximum, args=(TIED,), right=maximum_shared, smooth=(SMOOTH,)),
    Case(name="sort tie", f=weighted_sort, args=(TIED,), right=weighted_sort_right, smooth=(SMOOTH,)),
    Case(name="tie of two arguments", f=larger, args=(TIED, TIED.copy()), right=larger_right, smooth=(SMOOTH, SMOOTH[::-1].copy())),
    Case(
        name="median tie",
        f=median,
        args=(np.array([0.2, 0.7, 0.7, 0.7, 0.9]),),
        right=median_right,
        smooth=(np.array([0.2, 0.7, 0.6, 0.8, 0.9]),),
    ),
]
