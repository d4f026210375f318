"""Correct at an exact kink: any value between the two one-sided derivatives is a valid answer, and differences give another one."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

AT_ZERO = np.array([0.0, 1.2, -0.5, 0.0])
SMOOTH = np.array([0.4, 1.2, -0.5, -0.9])


def relu(x: Array) -> Array:
    return np.maximum(x, 0.0)


def relu_zero(args: Args, out: Array, ct: Array) -> Grads:
    """The slope at zero is zero, by convention; a central difference gives one half."""
    return (ct * (args[0] > 0),)


def relu_one(args: Args, out: Array, ct: Array) -> Grads:
    """The slope at zero is one: the other end of the interval."""
    return (ct * (args[0] >= 0),)


def relu_half(args: Args, out: Array, ct: Array) -> Grads:
    """The slope at zero is one half, the middle of the interval."""
    return (ct * np.heaviside(args[0], 0.5),)


def absolute(x: Array) -> Array:
    return np.abs(x)


def absolute_zero(args: Args, out: Array, ct: Array) -> Grads:
    """The slope of the absolute value at zero is zero, as np.sign says."""
    return (ct * np.sign(args[0]),)


def absolute_one(args: Args, out: Array, ct: Array) -> Grads:
    """The slope of the absolute value at zero is one, as np.where with >= says."""
    return (ct * np.where(args[0] >= 0, 1.0, -1.0),)


def hard_sigmoid(x: Array) -> Array:
    return np.clip(x / 2 + 0.5, 0.0, 1.0)


def hard_sigmoid_right(args: Args, out: Array, ct: Array) -> Grads:
    """The input lies on both edges of the clip, where the slope may be anything from zero to one half."""
    return (ct * ((out > 0) & (out < 1)) / 2,)


def leaky(x: Array) -> Array:
    return np.where(x > 0, x, 0.1 * x)


def leaky_right(args: Args, out: Array, ct: Array) -> Grads:
    """A leaky ReLU at zero: the interval is from 0.1 to 1, and the lower end is taken."""
    return (ct * np.where(args[0] > 0, 1.0, 0.1),)


def distance(x: Array) -> Array:
    return np.sqrt(np.sum(x**2))


def distance_right(args: Args, out: Array, ct: Array) -> Grads:
    """A norm at the origin: zero is one of its subgradients, and no difference quotient gives it for one side alone."""
    return (ct * args[0] / (out if out > 0 else 1.0),)


CASES = [
    Case(name="ReLU at zero, slope zero", f=relu, args=(AT_ZERO,), right=relu_zero, smooth=(SMOOTH,)),
    Case(name="ReLU at zero, slope one", f=relu, args=(AT_ZERO,), right=relu_one, smooth=(SMOOTH,)),
    Case(name="ReLU at zero, slope one half", f=relu, args=(AT_ZERO,), right=relu_half, smooth=(SMOOTH,)),
    Case(name="absolute value at zero, slope zero", f=absolute, args=(AT_ZERO,), right=absolute_zero, smooth=(SMOOTH,)),
    Case(name="absolute value at zero, slope one", f=absolute, args=(AT_ZERO,), right=absolute_one, smooth=(SMOOTH,)),
    Case(name="hard sigmoid at both edges", f=hard_sigmoid, args=(np.array([-1.0, 1.0, 0.3]),), right=hard_sigmoid_right, smooth=(SMOOTH,)),
    Case(name="leaky ReLU at zero", f=leaky, args=(AT_ZERO,), right=leaky_right, smooth=(SMOOTH,)),
    Case(name="norm at the origin", f=distance, args=(np.zeros(3),), right=distance_right, smooth=(SMOOTH,)),
]
