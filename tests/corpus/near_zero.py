"""Near zero: removable singularities, cancellation, a sign at the origin, a guard that is too wide."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

X = np.array([0.3, -0.7, 1.1, 0.9])
TINY = np.array([1e-8, -3e-8, 2e-8, 5e-9])


def sinc(x: Array) -> Array:
    return np.sinc(x)


def sinc_right(args: Args, out: Array, ct: Array) -> Grads:
    t = np.pi * args[0]
    series = np.pi * t * (-1 / 3 + t**2 / 30 - t**4 / 840 + t**6 / 45360 - t**8 / 3991680 + t**10 / 518918400)
    safe = np.where(np.abs(t) < 0.3, 1.0, t)
    return (ct * np.where(np.abs(t) < 0.3, series, np.pi * (safe * np.cos(safe) - np.sin(safe)) / safe**2),)


def sinc_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The quotient rule as it stands: near zero two nearly equal numbers are subtracted, and at 1e-8 no digit is right."""
    t = np.pi * args[0]
    safe = np.where(t == 0, 1.0, t)
    return (ct * np.where(t == 0, 0.0, np.pi * (safe * np.cos(safe) - np.sin(safe)) / safe**2),)


def entropy_step(x: Array) -> Array:
    return np.log1p(x) - x


def entropy_step_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return (-ct * x / (1 + x),)


def entropy_step_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """1/(1 + x) - 1 cancels near zero, where the right answer is -x."""
    return (ct * (1 / (1 + args[0]) - 1),)


def versine(x: Array) -> Array:
    return 2 * np.sin(x / 2) ** 2 / (1 + x**2)


def versine_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return (ct * (np.sin(x) - 2 * x * out) / (1 + x**2),)


def versine_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The sine is rebuilt as the square root of one minus the squared cosine, which is zero or noise near zero."""
    (x,) = args
    sine = np.sign(x) * np.sqrt(np.maximum(1 - np.cos(x) ** 2, 0))
    return (ct * (sine - 2 * x * out) / (1 + x**2),)


def length(x: Array) -> Array:
    return np.sqrt(np.sum(x**2))


def length_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return (ct * x / (out if out > 0 else 1.0),)


def length_guard_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """A guard of 1e-6 keeps the division safe and ends up as the divisor of every short vector."""
    (x,) = args
    return (ct * x / np.maximum(out, 1e-6),)


def length_nan_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """x over |x| is not a number at the origin, where every convention gives something finite, usually zero."""
    return (ct * args[0] / out,)


def growth(x: Array) -> Array:
    return np.expm1(x) ** 2


def growth_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return (2 * ct * np.expm1(x) * np.exp(x),)


def growth_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The inner value comes from a square root of the output, so its sign is lost for negative x; growth is tested with positive rates."""
    return (2 * ct * np.sqrt(out) * np.exp(args[0]),)


def mish_like(x: Array) -> Array:
    return np.abs(x) * np.tanh(x)


def mish_like_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return (ct * (np.sign(x) * np.tanh(x) + np.abs(x) * (1 - np.tanh(x) ** 2)),)


def mish_like_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Uses out over x for tanh, which is not a number at exactly zero, where the gradient is zero."""
    (x,) = args
    ratio = out / x
    return (ct * (ratio + np.abs(x) * (1 - np.tanh(x) ** 2)),)


CASES = [
    Case(
        name="sinc by the quotient rule",
        f=sinc,
        args=(X,),
        right=sinc_right,
        wrong=sinc_wrong,
        exposes=(TINY,),
        needs="point",
        smooth=(X / 4,),
    ),
    Case(
        name="log1p minus x",
        f=entropy_step,
        args=(X[[0, 2, 3]],),
        right=entropy_step_right,
        wrong=entropy_step_wrong,
        exposes=(TINY**2,),
        needs="point",
    ),
    Case(
        name="sine rebuilt from the cosine", f=versine, args=(X,), right=versine_right, wrong=versine_wrong, exposes=(TINY,), needs="point"
    ),
    Case(
        name="length with a wide guard", f=length, args=(X,), right=length_right, wrong=length_guard_wrong, exposes=(TINY,), needs="point"
    ),
    Case(
        name="length at the origin",
        f=length,
        args=(X,),
        right=length_right,
        wrong=length_nan_wrong,
        exposes=(np.zeros(3),),
        needs="point",
        note="at zeros, a gradient is not finite",
    ),
    Case(name="expm1 squared, lost sign", f=growth, args=(np.abs(X),), right=growth_right, wrong=growth_wrong, exposes=(X,), needs="point"),
    Case(
        name="division by x at zero",
        f=mish_like,
        args=(X,),
        right=mish_like_right,
        wrong=mish_like_wrong,
        exposes=(np.array([0.0, 0.5]),),
        needs="point",
    ),
]
