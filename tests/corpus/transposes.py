"""A factor that must be transposed on the way back, and is not, or is where it must not be: seen only when matrices are square and not symmetric."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

X = np.array([[0.3, -0.7, 1.1], [0.9, 0.2, -0.4], [-0.5, 0.6, 0.8]])
W = np.array([[0.5, -0.2, 0.8], [0.1, 0.7, -0.6], [-0.9, 0.4, 0.3]])
SYMMETRIC = np.array([[2.0, 0.3, -0.5], [0.3, 1.5, 0.2], [-0.5, 0.2, 1.8]])
SWAP = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])


def linear(x: Array, w: Array, b: Array) -> Array:
    return x @ w.T + b


def linear_right(args: Args, out: Array, ct: Array) -> Grads:
    x, w, _ = args
    return ct @ w, ct.T @ x, ct.sum(axis=0)


def linear_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The gradient of the weight comes out transposed: a square layer hides it from every look at shapes."""
    x, w, _ = args
    return ct @ w, x.T @ ct, ct.sum(axis=0)


def energy(x: Array, a: Array) -> Array:
    return x @ a @ x


def energy_right(args: Args, out: Array, ct: Array) -> Grads:
    x, a = args
    return ct * (a @ x + a.T @ x), ct * np.outer(x, x)


def energy_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """2 A x is the gradient only of a symmetric A, which is what an energy is tested with."""
    x, a = args
    return 2 * ct * (a @ x), ct * np.outer(x, x)


def bilinear(x: Array, w: Array, y: Array) -> Array:
    return np.einsum("bi,ij,bj->b", x, w, y)


def bilinear_right(args: Args, out: Array, ct: Array) -> Grads:
    x, w, y = args
    return np.einsum("b,ij,bj->bi", ct, w, y), np.einsum("b,bi,bj->ij", ct, x, y), np.einsum("b,bi,ij->bj", ct, x, w)


def bilinear_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The letters of the weight are swapped in the second argument's gradient: right for the symmetric metric of the test."""
    x, w, y = args
    return np.einsum("b,ij,bj->bi", ct, w, y), np.einsum("b,bi,bj->ij", ct, x, y), np.einsum("b,bi,ji->bj", ct, x, w)


def recurrent_product(a: Array, h: Array) -> Array:
    for _ in range(3):
        h = a @ h
    return h


def recurrent_product_right(args: Args, out: Array, ct: Array) -> Grads:
    a, h = args
    states = [h, a @ h, a @ a @ h]
    by_a = np.zeros_like(a)
    for state in reversed(states):
        by_a = by_a + np.outer(ct, state)
        ct = a.T @ ct
    return by_a, ct


def recurrent_product_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Time runs back with A instead of its transpose: the swap of two states, its own transpose, does not show it."""
    a, h = args
    states = [h, a @ h, a @ a @ h]
    by_a = np.zeros_like(a)
    for state in reversed(states):
        by_a = by_a + np.outer(ct, state)
        ct = a @ ct
    return by_a, ct


def gram(x: Array) -> Array:
    return x.T @ x


def gram_right(args: Args, out: Array, ct: Array) -> Grads:
    return (args[0] @ (ct + ct.T),)


def gram_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Twice x times the cotangent is right for symmetric cotangents: a sum of all entries, or of squares, always gives one."""
    return (2 * args[0] @ ct,)


CASES = [
    Case(name="square linear layer", f=linear, args=(X, W, X[0]), right=linear_right, wrong=linear_wrong),
    Case(
        name="energy of a symmetric matrix",
        f=energy,
        args=(X[0], SYMMETRIC),
        right=energy_right,
        wrong=energy_wrong,
        exposes=(X[0], W),
        needs="point",
    ),
    Case(
        name="bilinear form of a metric",
        f=bilinear,
        args=(X, SYMMETRIC, X[::-1].copy()),
        right=bilinear_right,
        wrong=bilinear_wrong,
        exposes=(X, W, X[::-1].copy()),
        needs="point",
    ),
    Case(
        name="three steps of a linear recurrence",
        f=recurrent_product,
        args=(SWAP, X[0]),
        right=recurrent_product_right,
        wrong=recurrent_product_wrong,
        exposes=(W, X[0]),
        needs="point",
    ),
    Case(name="Gram matrix, symmetric cotangent", f=gram, args=(X,), right=gram_right, wrong=gram_wrong, needs="cotangent"),
]
