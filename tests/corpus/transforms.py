"""Transforms in compiled code, of which only values can be had: the derivative is compared with differences."""

from __future__ import annotations

import numpy as np
import scipy.fft
from cases import Args, Array, Case, Grads

X = np.array([0.3, -0.7, 1.1, 0.9, -0.2, 0.6])


def weights(size: int) -> Array:
    """Of a smoothing: high waves are damped."""
    return np.exp(-0.1 * np.arange(size) ** 2)


def smoothed(x: Array) -> Array:
    return scipy.fft.idct(scipy.fft.dct(x, norm="ortho") * weights(len(x)), norm="ortho")


def smoothed_right(args: Args, out: Array, ct: Array) -> Grads:
    return (smoothed(ct),)


def smoothed_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The cotangent is transformed back without the norm of the forward."""
    return (scipy.fft.idct(scipy.fft.dct(ct) * weights(len(ct)), norm="ortho"),)


CASES = [Case(name="smoothing by cosine transform", f=smoothed, args=(X,), right=smoothed_right, wrong=smoothed_wrong)]
