"""Sort, median, maximum, top-k, pooling: the gradient goes back to the entry that was chosen."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

X = np.array([0.3, -0.7, 1.1, 0.9])
SORTED = np.array([-0.7, 0.3, 0.9, 1.1])
GRID = np.array([[0.3, -0.7, 1.1, 0.2], [0.9, 0.4, -0.5, 0.6]])


def ordered(x: Array) -> Array:
    return np.sort(x) * np.arange(1.0, len(x) + 1)


def ordered_right(args: Args, out: Array, ct: Array) -> Grads:
    grad = np.zeros_like(args[0])
    grad[np.argsort(args[0], kind="stable")] = ct * np.arange(1.0, len(ct) + 1)
    return (grad,)


def ordered_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The permutation is applied, not undone: right for sorted input and for every swap, a permutation that is its own inverse."""
    return ((ct * np.arange(1.0, len(ct) + 1))[np.argsort(args[0], kind="stable")],)


def median(x: Array) -> Array:
    return np.median(x)


def median_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    order, grad = np.argsort(x, kind="stable"), np.zeros_like(x)
    grad[order[(len(x) - 1) // 2]] += ct / 2
    grad[order[len(x) // 2]] += ct / 2
    return (grad,)


def median_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The upper middle gets everything: right for an odd number of entries, half wrong for an even one."""
    grad = np.zeros_like(args[0])
    grad[np.argsort(args[0], kind="stable")[len(grad) // 2]] = ct
    return (grad,)


def row_maximum(x: Array) -> Array:
    return np.max(x, axis=1)


def row_maximum_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return (ct[:, None] * (np.arange(x.shape[1]) == np.argmax(x, axis=1)[:, None]),)


def row_maximum_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Every entry that equals the maximum gets the whole cotangent: at a tie the gradient is counted twice, more than any convention allows."""
    return (ct[:, None] * (args[0] == out[:, None]),)


def largest_two(x: Array) -> Array:
    return np.sort(x)[-2:] ** 2


def largest_two_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    chosen, grad = np.argsort(x, kind="stable")[-2:], np.zeros_like(x)
    grad[chosen] = 2 * ct * x[chosen]
    return (grad,)


def largest_two_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """argpartition finds the largest two in any order; that of the sorted forward pass need not be the same."""
    (x,) = args
    chosen, grad = np.flatnonzero(x >= np.sort(x)[-2]), np.zeros_like(x)
    grad[chosen] = 2 * ct * x[chosen]
    return (grad,)


def max_pool(x: Array) -> Array:
    return x.reshape(1, 2, 2, 2).max(axis=(1, 3)).ravel()


def max_pool_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    grad = np.zeros_like(x)
    for j in range(2):
        block = x[:, 2 * j : 2 * j + 2]
        row, column = divmod(int(np.argmax(block)), 2)
        grad[row, 2 * j + column] = ct[j]
    return (grad,)


def max_pool_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The position inside a block is unravelled with rows and columns exchanged: right for maxima on a block's diagonal."""
    (x,) = args
    grad = np.zeros_like(x)
    for j in range(2):
        column, row = divmod(int(np.argmax(x[:, 2 * j : 2 * j + 2])), 2)
        grad[row, 2 * j + column] = ct[j]
    return (grad,)


def trimmed_mean(x: Array) -> Array:
    return np.sort(x)[1:-1].mean()


def trimmed_mean_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    grad = np.zeros_like(x)
    grad[np.argsort(x, kind="stable")[1:-1]] = ct / (len(x) - 2)
    return (grad,)


def trimmed_mean_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The first and the last entry are dropped instead of the smallest and the largest."""
    (x,) = args
    grad = np.zeros_like(x)
    grad[1:-1] = ct / (len(x) - 2)
    return (grad,)


CASES = [
    Case(
        name="sort of sorted input",
        f=ordered,
        args=(SORTED,),
        right=ordered_right,
        wrong=ordered_wrong,
        exposes=(np.array([1.1, -0.7, 0.3, 0.9]),),
        needs="point",
    ),
    Case(name="median of an even number", f=median, args=(X[:3],), right=median_right, wrong=median_wrong, exposes=(X,), needs="point"),
    Case(
        name="maximum with a tie counted twice",
        f=row_maximum,
        args=(GRID,),
        right=row_maximum_right,
        wrong=row_maximum_wrong,
        exposes=(np.array([[0.3, 1.1, 1.1]]),),
        needs="point",
    ),
    Case(
        name="largest two, order lost",
        f=largest_two,
        args=(SORTED,),
        right=largest_two_right,
        wrong=largest_two_wrong,
        exposes=(X,),
        needs="point",
    ),
    Case(name="pooling, block unravelled wrongly", f=max_pool, args=(GRID,), right=max_pool_right, wrong=max_pool_wrong),
    Case(
        name="trimmed mean of sorted input",
        f=trimmed_mean,
        args=(SORTED,),
        right=trimmed_mean_right,
        wrong=trimmed_mean_wrong,
        exposes=(np.array([1.1, -0.7, 0.3, 0.9]),),
        needs="point",
    ),
]
