"""Correct, and very near a kink: a difference reaches over it and sees the other side."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

NEAR = np.array([1e-12, -1e-12, 0.7, -1e-9])
SMOOTH = np.array([0.4, 1.2, -0.5, -0.9])


def relu(x: Array) -> Array:
    return np.maximum(x, 0.0)


def relu_right(args: Args, out: Array, ct: Array) -> Grads:
    """1e-12 away from the kink every step of a difference is too long."""
    return (ct * (args[0] > 0),)


def gap(x: Array) -> Array:
    return np.max(x) - np.min(x)


def gap_right(args: Args, out: Array, ct: Array) -> Grads:
    """The two largest entries differ by 1e-13, and the maximum still belongs to one of them alone."""
    (x,) = args
    grad = np.zeros_like(x)
    grad[np.argmax(x)] += ct
    grad[np.argmin(x)] -= ct
    return (grad,)


def soft_threshold(x: Array) -> Array:
    return np.sign(x) * np.maximum(np.abs(x) - 0.5, 0.0)


def soft_threshold_right(args: Args, out: Array, ct: Array) -> Grads:
    """Entries just inside and just outside the threshold have slopes zero and one."""
    return (ct * (np.abs(args[0]) > 0.5),)


def rounded_root(x: Array) -> Array:
    return np.sqrt(x**2 + 1e-24)


def rounded_root_right(args: Args, out: Array, ct: Array) -> Grads:
    """Smooth, but its bend is 1e-12 wide: for every usual step it is an absolute value."""
    return (ct * args[0] / out,)


CASES = [
    Case(name="ReLU 1e-12 from zero", f=relu, args=(NEAR,), right=relu_right, smooth=(SMOOTH,)),
    Case(name="maximum ahead by 1e-13", f=gap, args=(np.array([0.7, 0.7 + 1e-13, -0.2]),), right=gap_right, smooth=(SMOOTH,)),
    Case(
        name="soft threshold, both sides of its edge",
        f=soft_threshold,
        args=(np.array([0.5 + 1e-12, 0.5 - 1e-12, -0.5 - 1e-10]),),
        right=soft_threshold_right,
        smooth=(2 * SMOOTH,),
    ),
    Case(name="absolute value rounded by 1e-12", f=rounded_root, args=(NEAR,), right=rounded_root_right, smooth=(SMOOTH,)),
]
