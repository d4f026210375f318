"""Correct, and ill-conditioned: right answers differ in many digits, by as much as the condition number allows."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

HILBERT = 1 / (np.arange(5.0)[:, None] + np.arange(5.0) + 1)
GOOD = np.array([[4.0, 1.0, -0.5], [1.0, 3.0, 0.7], [0.2, 0.7, 2.5]])
V = np.array([0.7, -1.2, 0.4, 0.9, -0.3])


def solve_right(args: Args, out: Array, ct: Array) -> Grads:
    """A Hilbert matrix of order five has condition number 5e5: five digits are lost, by everyone."""
    by_b = np.linalg.solve(args[0].T, ct)
    return -np.outer(by_b, out), by_b


def inverse_right(args: Args, out: Array, ct: Array) -> Grads:
    """A nearly singular matrix: entries of the gradient are near 1e12."""
    return (-out.T @ ct @ out.T,)


def log_determinant(a: Array) -> Array:
    return np.linalg.slogdet(a)[1]


def log_determinant_right(args: Args, out: Array, ct: Array) -> Grads:
    """The logarithm of a determinant of 4e-12."""
    return (ct * np.linalg.inv(args[0]).T,)


def vandermonde_fit(t: Array, y: Array) -> Array:
    powers = t[:, None] ** np.arange(len(t))
    return np.linalg.solve(powers, y)


def vandermonde_fit_right(args: Args, out: Array, ct: Array) -> Grads:
    """Interpolation through close points: the nodes' gradient is large and sensitive."""
    t, _ = args
    degrees = np.arange(len(t))
    by_y = np.linalg.solve((t[:, None] ** degrees).T, ct)
    slope = (degrees[1:] * t[:, None] ** (degrees[1:] - 1)) @ out[1:]
    return -by_y * slope, by_y


CASES = [
    Case(name="solve with a Hilbert matrix", f=np.linalg.solve, args=(HILBERT, V), right=solve_right, smooth=(GOOD, V[:3])),
    Case(
        name="inverse of a nearly singular matrix",
        f=np.linalg.inv,
        args=(np.array([[1.0, 2.0], [2.0, 4.000001]]),),
        right=inverse_right,
        smooth=(GOOD,),
    ),
    Case(name="log-determinant of a Hilbert matrix", f=log_determinant, args=(HILBERT,), right=log_determinant_right, smooth=(GOOD,)),
    Case(
        name="interpolation through close points",
        f=vandermonde_fit,
        args=(np.array([0.5, 0.501, 0.502]), V[:3]),
        right=vandermonde_fit_right,
        smooth=(np.array([0.5, -0.3, 1.2]), V[:3]),
    ),
]
