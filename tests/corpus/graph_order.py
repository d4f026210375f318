"""The order of the backward pass: a vertex may hand on its adjoint only when all its consumers have contributed."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

X = np.array([0.3, -0.7, 1.1])
Y = np.array([0.8, 0.4, -0.6])


def diamond(x: Array) -> Array:
    a = np.sin(x)
    b = a * a
    return np.exp(a) + b * a


def diamond_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    a = np.sin(x)
    by_b = ct * a
    by_a = ct * np.exp(a) + ct * a * a + 2 * a * by_b
    return (by_a * np.cos(x),)


def diamond_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """a hands on its adjoint before b has contributed: b's part never reaches x."""
    (x,) = args
    a = np.sin(x)
    by_a = ct * np.exp(a) + ct * a * a
    by_x = by_a * np.cos(x)
    by_a += 2 * a * (ct * a)
    return (by_x,)


def ladder(x: Array, y: Array) -> Array:
    p = x * y
    q = p + x
    r = p * q
    return r + q


def ladder_right(args: Args, out: Array, ct: Array) -> Grads:
    x, y = args
    p = x * y
    q = p + x
    by_q = ct * (1 + p)
    by_p = ct * q + by_q
    return by_p * y + by_q, by_p * x


def ladder_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Walks depth first and hands on a vertex at each visit, with all it has gathered so far: early contributions arrive twice."""
    x, y = args
    p = x * y
    q = p + x
    by_q = ct
    by_p = by_q
    by_x, by_y = by_p * y + by_q, by_p * x
    by_q = by_q + ct * p
    by_p = by_p + ct * q + by_q
    return by_x + by_p * y + by_q, by_y + by_p * x


def shared_layer(x: Array, w: Array) -> Array:
    return np.tanh(w * np.tanh(w * x))


def shared_layer_right(args: Args, out: Array, ct: Array) -> Grads:
    x, w = args
    hidden = np.tanh(w * x)
    outer = ct * (1 - out**2)
    inner = outer * w * (1 - hidden**2)
    return inner * w, outer * hidden + inner * x


def shared_layer_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The adjoint of w is overwritten by its second visit instead of added to; x is right."""
    x, w = args
    hidden = np.tanh(w * x)
    outer = ct * (1 - out**2)
    inner = outer * w * (1 - hidden**2)
    return inner * w, inner * x


def two_heads(x: Array) -> Array:
    trunk = np.exp(-(x**2))
    return np.concatenate([np.cos(trunk), trunk**2])


def two_heads_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    trunk = np.exp(-(x**2))
    by_trunk = -np.sin(trunk) * ct[: len(x)] + 2 * trunk * ct[len(x) :]
    return (-2 * x * trunk * by_trunk,)


def two_heads_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The trunk is marked as visited after the first head, so the second head's contribution stops there."""
    (x,) = args
    trunk = np.exp(-(x**2))
    return (2 * x * trunk * np.sin(trunk) * ct[: len(x)],)


CASES = [
    Case(name="diamond, handed on too early", f=diamond, args=(X,), right=diamond_right, wrong=diamond_wrong),
    Case(name="ladder walked depth first", f=ladder, args=(X, Y), right=ladder_right, wrong=ladder_wrong),
    Case(name="shared layer overwritten", f=shared_layer, args=(X, Y), right=shared_layer_right, wrong=shared_layer_wrong),
    Case(name="two heads on one trunk", f=two_heads, args=(X,), right=two_heads_right, wrong=two_heads_wrong),
]
