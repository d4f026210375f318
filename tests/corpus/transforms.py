"""Fourier transforms inside a real function: complex numbers are followed as pairs."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

X = np.array([0.3, -0.7, 1.1, 0.9, -0.2, 0.6])


def response(size: int) -> Array:
    """Of a delay by 0.3 samples."""
    return np.exp(-0.6j * np.pi * np.arange(size // 2 + 1) / size)


def delayed(x: Array) -> Array:
    return np.fft.irfft(np.fft.rfft(x) * response(len(x)), n=len(x))


def delayed_right(args: Args, out: Array, ct: Array) -> Grads:
    n = len(ct)
    return (np.fft.irfft(np.fft.rfft(ct) * np.conj(response(n)), n=n),)


def delayed_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The cotangent is delayed as well, and should be advanced: the response is not conjugated."""
    return (delayed(ct),)


CASES = [Case(name="delay by Fourier transform", f=delayed, args=(X,), right=delayed_right, wrong=delayed_wrong)]
