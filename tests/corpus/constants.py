"""Correct up to the rounding of a constant in the code: 1/3, log(10), sqrt(2/pi) are not exact in binary, and forward and backward round them apart."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads
from scipy.special import erf

X = np.array([0.3, -0.7, 1.1, 0.9])
POSITIVE = np.array([0.3, 0.7, 1.1, 0.9])


def decibel(x: Array) -> Array:
    return 10 * np.log10(x)


def decibel_right(args: Args, out: Array, ct: Array) -> Grads:
    """10 / log(10) as a literal of sixteen digits."""
    return (4.342944819032518 * ct / args[0],)


def third_root(x: Array) -> Array:
    return x ** (1 / 3)


def third_root_right(args: Args, out: Array, ct: Array) -> Grads:
    """The exponent 1/3 is rounded, so the rule out / (3 x) differs from it in the last digit."""
    return (ct * out / (3 * args[0]),)


def gelu_tanh(x: Array) -> Array:
    return 0.5 * x * (1 + np.tanh(0.7978845608028654 * (x + 0.044715 * x**3)))


def gelu_tanh_right(args: Args, out: Array, ct: Array) -> Grads:
    """sqrt(2/pi) and three times 0.044715 as literals."""
    (x,) = args
    t = np.tanh(0.7978845608028654 * (x + 0.044715 * x**3))
    return (ct * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * 0.7978845608028654 * (1 + 0.134145 * x * x)),)


def normal_cdf(x: Array) -> Array:
    return 0.5 * (1 + erf(x / np.sqrt(2)))


def normal_cdf_right(args: Args, out: Array, ct: Array) -> Grads:
    """The density with 0.3989..., the rounded one over sqrt(2 pi)."""
    return (ct * 0.3989422804014327 * np.exp(-0.5 * args[0] ** 2),)


def power_of_two(x: Array) -> Array:
    return np.exp2(x)


def power_of_two_right(args: Args, out: Array, ct: Array) -> Grads:
    """The logarithm of two as a literal, rounded to sixteen digits."""
    return (ct * out * 0.6931471805599453,)


def degrees(x: Array) -> Array:
    return np.sin(np.deg2rad(x))


def degrees_right(args: Args, out: Array, ct: Array) -> Grads:
    """pi / 180 on the way back, the library's own constant on the way forward."""
    return (ct * np.cos(args[0] * np.pi / 180) * np.pi / 180,)


def tenths(x: Array) -> Array:
    return 0.1 * x + 0.2 * x


def tenths_right(args: Args, out: Array, ct: Array) -> Grads:
    """0.3 is not the float sum of 0.1 and 0.2, only its neighbour."""
    return (0.3 * ct,)


CASES = [
    Case(name="decibel", f=decibel, args=(POSITIVE,), right=decibel_right),
    Case(name="third root by a power", f=third_root, args=(POSITIVE,), right=third_root_right),
    Case(name="gelu with literals", f=gelu_tanh, args=(X,), right=gelu_tanh_right),
    Case(name="normal distribution with a literal density", f=normal_cdf, args=(X,), right=normal_cdf_right),
    Case(name="power of two", f=power_of_two, args=(X,), right=power_of_two_right),
    Case(name="sine of degrees", f=degrees, args=(100 * X,), right=degrees_right),
    Case(name="tenths that do not add up", f=tenths, args=(X,), right=tenths_right),
]
