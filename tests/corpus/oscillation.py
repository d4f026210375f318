"""Correct, and oscillating faster than any usual step."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

X = np.array([0.3, -0.7, 1.1, 0.9])


def fast_sine(x: Array) -> Array:
    return np.sin(1e6 * x)


def fast_sine_right(args: Args, out: Array, ct: Array) -> Grads:
    """The period is 6e-6: a step of 1e-6 is a sixth of it."""
    return (1e6 * ct * np.cos(1e6 * args[0]),)


def positional(x: Array) -> Array:
    frequencies = 10.0 ** np.arange(0, 6)
    angles = x[:, None] * frequencies
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1)


def positional_right(args: Args, out: Array, ct: Array) -> Grads:
    """A positional embedding: its six frequencies need six different steps."""
    frequencies = 10.0 ** np.arange(0, 6)
    return ((ct[:, :6] * out[:, 6:] - ct[:, 6:] * out[:, :6]) @ frequencies,)


def chirp(x: Array) -> Array:
    return np.sin(1 / x)


def chirp_right(args: Args, out: Array, ct: Array) -> Grads:
    """Near zero the frequency grows without bound."""
    (x,) = args
    return (-ct * np.cos(1 / x) / x**2,)


CASES = [
    Case(name="sine of a million x", f=fast_sine, args=(X,), right=fast_sine_right, smooth=(1e-6 * X,)),
    Case(name="positional embedding", f=positional, args=(X,), right=positional_right, smooth=(1e-3 * X,)),
    Case(name="sine of one over x", f=chirp, args=(1e-3 * X,), right=chirp_right, smooth=(X,)),
]
