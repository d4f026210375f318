"""Faults next to a decision of the code, or at one of its outcomes: exactly on a bound, at some distance from it, one entry of a table, a longer sequence."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

X = np.array([0.3, -0.2, 0.5, 0.1])


def compressed(x: Array) -> Array:
    return np.where(x < 0.75, x, 0.75 + 0.2 * (x - 0.75))


def compressed_right(args: Args, out: Array, ct: Array) -> Grads:
    return (ct * np.where(args[0] < 0.75, 1.0, 0.2),)


def compressed_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The slopes of both pieces are masked and added, and both masks have the bound: an entry exactly on it gets the sum of both slopes."""
    (x,) = args
    return (ct * (1.0 * (x <= 0.75) + 0.2 * (x >= 0.75)),)


def bump(x: Array) -> Array:
    inside = np.abs(x - 5) < 1
    distance = np.where(inside, 1 - (x - 5) ** 2, 1.0)
    return x / 2 + np.where(inside, np.exp(-1 / distance), 0.0)


def bump_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    inside = np.abs(x - 5) < 1
    distance = np.where(inside, 1 - (x - 5) ** 2, 1.0)
    return (ct * (0.5 + np.where(inside, -2 * (x - 5) / distance**2 * np.exp(-1 / distance), 0.0)),)


def bump_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The inner derivative without its square; just inside of the support both are zero to all digits."""
    (x,) = args
    inside = np.abs(x - 5) < 1
    distance = np.where(inside, 1 - (x - 5) ** 2, 1.0)
    return (ct * (0.5 + np.where(inside, -2 * (x - 5) / distance * np.exp(-1 / distance), 0.0)),)


LEVELS = np.sqrt(np.arange(14.0))
SLOPES = np.diff(LEVELS)
MISPRINTED = SLOPES.copy()
MISPRINTED[7] = 0.1713


def calibrated(x: Array) -> Array:
    if len(x) != 3:
        raise ValueError("three sensors")
    k = np.clip(np.floor(x).astype(int), 0, 12)
    return LEVELS[k] + SLOPES[k] * (x - k)


def calibrated_right(args: Args, out: Array, ct: Array) -> Grads:
    return (ct * SLOPES[np.clip(np.floor(args[0]).astype(int), 0, 12)],)


def calibrated_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """One of thirteen slopes of the table is misprinted."""
    return (ct * MISPRINTED[np.clip(np.floor(args[0]).astype(int), 0, 12)],)


def leaky_sum(x: Array) -> Array:
    state = np.zeros(())
    for entry in x:
        state = np.tanh(0.9 * state + entry)
    return state


def leaky_sum_gradient(x: Array, ct: Array, steps: int) -> Array:
    states = [np.zeros(())]
    for entry in x:
        states.append(np.tanh(0.9 * states[-1] + entry))
    grad, p = np.zeros_like(x), ct
    for t in range(len(x) - 1, max(len(x) - 1 - steps, -1), -1):
        grad[t] = p * (1 - states[t + 1] ** 2)
        p = 0.9 * grad[t]
    return grad


def leaky_sum_right(args: Args, out: Array, ct: Array) -> Grads:
    return (leaky_sum_gradient(args[0], ct, len(args[0])),)


def leaky_sum_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Backpropagation through time ends after five steps: enough for the sequence of the test, and for one that is longer by one."""
    return (leaky_sum_gradient(args[0], ct, 5),)


CASES = [
    Case(
        name="both slopes on the bound",
        f=compressed,
        args=(X,),
        right=compressed_right,
        wrong=compressed_wrong,
        exposes=(np.array([0.3, 0.75, 0.5, 0.1]),),
        smooth=(X,),
        needs="point",
    ),
    Case(
        name="bump of compact support",
        f=bump,
        args=(np.array([3.1, 2.4, 7.2]),),
        right=bump_right,
        wrong=bump_wrong,
        exposes=(np.array([4.6, 2.4, 5.5]),),
        needs="point",
    ),
    Case(
        name="one slope of a table misprinted",
        f=calibrated,
        args=(np.array([0.5, 3.3, 10.2]),),
        right=calibrated_right,
        wrong=calibrated_wrong,
        exposes=(np.array([0.5, 7.3, 10.2]),),
        needs="point",
    ),
    Case(
        name="time truncated after five steps",
        f=leaky_sum,
        args=(X,),
        right=leaky_sum_right,
        wrong=leaky_sum_wrong,
        exposes=(np.array([0.3, -0.2, 0.5, 0.1, 0.4, -0.6, 0.2]),),
        needs="point",
    ),
]
