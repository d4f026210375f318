"""Powers: negative bases, exponent zero, base zero, roots, and rules that go through a logarithm."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

X = np.array([0.3, 0.7, 1.1, 0.9])
SIGNED = np.array([0.3, -0.7, 1.1, -0.9])


def cube(x: Array) -> Array:
    return x**3


def cube_right(args: Args, out: Array, ct: Array) -> Grads:
    return (3 * ct * args[0] ** 2,)


def cube_by_output_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """n out / x saves a power and is zero over zero at zero."""
    return (3 * ct * out / args[0],)


def cube_by_log_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The power is taken through the logarithm, which a negative base does not have; parameters of the test are positive."""
    return (3 * ct * np.exp(2 * np.log(args[0])),)


def power(x: Array, y: Array) -> Array:
    return x**y


def power_right(args: Args, out: Array, ct: Array) -> Grads:
    x, y = args
    by_x = np.where(y == 0, 0.0, y * x ** np.where(y == 0, 1.0, y - 1))
    return ct * by_x, ct * out * np.log(np.where(x > 0, x, 1.0))


def power_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """out log x is zero times minus infinity at base zero, where the limit is zero."""
    return power_right(args, out, ct)[0], ct * out * np.log(args[0])


def power_zero_exponent_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Rewrites y x^(y-1) with max(y, 1): right for exponents of at least one, not for zero."""
    x, y = args
    return ct * np.maximum(y, 1) * x ** (np.maximum(y, 1) - 1), ct * out * np.log(x)


def cube_root(x: Array) -> Array:
    return np.cbrt(x)


def cube_root_right(args: Args, out: Array, ct: Array) -> Grads:
    return (ct / (3 * out**2),)


def cube_root_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """A power of minus two thirds of a negative number is not a number; cbrt itself accepts negative numbers."""
    return (ct * args[0] ** (-2 / 3) / 3,)


def signed_square(x: Array) -> Array:
    return np.sign(x) * x**2


def signed_square_right(args: Args, out: Array, ct: Array) -> Grads:
    return (2 * ct * np.abs(args[0]),)


def signed_square_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """2 x is right for positive x only."""
    return (2 * ct * args[0],)


def geometric_mean(x: Array) -> Array:
    return np.exp(np.mean(np.log(x)))


def geometric_mean_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return (ct * out / (x.size * x),)


def geometric_mean_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The root's exponent 1/n is applied with the n of the test, four."""
    return (ct * out / (4 * args[0]),)


CASES = [
    Case(
        name="cube from its output",
        f=cube,
        args=(X,),
        right=cube_right,
        wrong=cube_by_output_wrong,
        exposes=(np.array([0.0, 0.5]),),
        needs="point",
    ),
    Case(name="cube through the logarithm", f=cube, args=(X,), right=cube_right, wrong=cube_by_log_wrong, exposes=(SIGNED,), needs="point"),
    Case(
        name="power with base zero",
        f=power,
        args=(X, np.array([2.0, 0.5, 3.0, 1.5])),
        right=power_right,
        wrong=power_wrong,
        exposes=(np.array([0.0, 0.7]), np.array([2.0, 3.0])),
        needs="point",
    ),
    Case(
        name="power with exponent zero",
        f=power,
        args=(X, np.array([2.0, 1.5, 3.0, 2.5])),
        right=power_right,
        wrong=power_zero_exponent_wrong,
        exposes=(X, np.array([0.0, 1.0, 0.5, 2.0])),
        needs="point",
    ),
    Case(
        name="cube root of a negative number",
        f=cube_root,
        args=(X,),
        right=cube_root_right,
        wrong=cube_root_wrong,
        exposes=(SIGNED,),
        needs="point",
    ),
    Case(
        name="signed square of positive numbers",
        f=signed_square,
        args=(X,),
        right=signed_square_right,
        wrong=signed_square_wrong,
        exposes=(SIGNED,),
        needs="point",
    ),
    Case(
        name="geometric mean of four",
        f=geometric_mean,
        args=(X,),
        right=geometric_mean_right,
        wrong=geometric_mean_wrong,
        exposes=(X[:3],),
        needs="point",
    ),
]
