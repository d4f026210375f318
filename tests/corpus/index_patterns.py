"""Indices and masks of one pattern: repeated apart, more than twice, not sorted, zero; all true, all false, the other way round."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads, Value

TABLE = np.sin(np.arange(15.0)).reshape(5, 3)
STEPS = np.array([0.3, -0.7, 1.1, 0.9])


def rows(table: Array, index: Array) -> Array:
    if len(index) != 4:
        raise ValueError("batches of four")
    return np.tanh(table[index])


def rows_right(args: Args, out: Array, ct: Array) -> Grads:
    table, index = args
    grad = np.zeros_like(table)
    np.add.at(grad, index, ct * (1 - out**2))
    return grad, None


def rows_in_runs_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Runs of equal indices are added up by reduceat and then assigned: an index that comes back later overwrites its first run."""
    table, index = args
    starts = np.flatnonzero(np.concatenate([[True], index[1:] != index[:-1]]))
    grad = np.zeros_like(table)
    grad[index[starts]] = np.add.reduceat(ct * (1 - out**2), starts, axis=0)
    return grad, None


def padded_rows(table: Array, index: Array) -> Array:
    return table[index] * (index > 0)[:, None]


def padded_rows_right(args: Args, out: Array, ct: Array) -> Grads:
    table, index = args
    grad = np.zeros_like(table)
    np.add.at(grad, index, ct * (index > 0)[:, None])
    return grad, None


def padded_rows_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """First occurrences are assigned and the others added in one statement: right for an index that occurs twice, not for three times. Row 0 is padding."""
    table, index = args
    cotangents = ct * (index > 0)[:, None]
    _, first = np.unique(index, return_index=True)
    others = np.delete(np.arange(len(index)), first)
    grad = np.zeros_like(table)
    grad[index[first]] = cotangents[first]
    grad[index[others]] += cotangents[others]
    return grad, None


def words_after_start(table: Array, index: Array) -> Array:
    if len(index) != 4 or np.any(index < 0):
        raise ValueError("a start symbol and three words")
    return table[index[1:]] ** 2


def words_after_start_right(args: Args, out: Array, ct: Array) -> Grads:
    table, index = args
    grad = np.zeros_like(table)
    np.add.at(grad, index[1:], 2 * ct * table[index[1:]])
    return grad, None


def words_after_start_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Row 0 is taken for padding, on the way back only; the sentence of the test has other words."""
    table, index = args
    grad = np.zeros_like(table)
    np.add.at(grad, index[1:], 2 * ct * table[index[1:]] * (index[1:] > 0)[:, None])
    return grad, None


def permuted(x: Array, order: Array) -> Array:
    if sorted(order.tolist()) != list(range(len(x))):
        raise ValueError("not a permutation")
    return x[order] * np.arange(1.0, len(x) + 1)


def permuted_right(args: Args, out: Array, ct: Array) -> Grads:
    x, order = args
    grad = np.zeros_like(x)
    grad[order] = ct * np.arange(1.0, len(x) + 1)
    return grad, None


def permuted_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The permutation is applied again instead of its inverse: the same for a swap."""
    x, order = args
    return (ct * np.arange(1.0, len(x) + 1))[order], None


def masked_mean(x: Array, mask: Array) -> Value:
    if np.any(mask[1:] & ~mask[:-1]):
        raise ValueError("padding comes last")
    return np.sum(np.where(mask, x**2, 0.0)) / max(int(mask.sum()), 1) + np.sum(x)


def masked_mean_right(args: Args, out: Array, ct: Array) -> Grads:
    x, mask = args
    return ct * (np.where(mask, 2 * x, 0.0) / max(int(mask.sum()), 1) + 1), None


def masked_mean_by_argmin_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The length is the place of the first padding, by argmin: zero for a sequence without padding."""
    x, mask = args
    length = int(np.argmin(mask))
    return ct * (np.where(np.arange(len(x)) < length, 2 * x, 0.0) / max(length, 1) + 1), None


def masked_mean_by_sum_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The guard against an empty sequence is forgotten on the way back: zero over zero."""
    x, mask = args
    return ct * (np.where(mask, 2 * x, 0.0) / mask.sum() + 1), None


def picked_sum(x: Array, mask: Array) -> Value:
    if len(x) != 4:
        raise ValueError("a start symbol and three words")
    return np.sum(np.where(mask[1:], np.sin(x[1:]), 0.0))


def picked_sum_right(args: Args, out: Array, ct: Array) -> Grads:
    x, mask = args
    return ct * np.concatenate([[0.0], np.where(mask[1:], np.cos(x[1:]), 0.0)]), None


def picked_sum_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """As many entries from the start as the mask has true ones: right while padding comes last."""
    x, mask = args
    return ct * np.concatenate([[0.0], np.where(np.arange(3) < mask[1:].sum(), np.cos(x[1:]), 0.0)]), None


CASES = [
    Case(
        name="rows in runs of equal indices",
        f=rows,
        args=(TABLE, np.array([0, 1, 3, 4])),
        right=rows_right,
        wrong=rows_in_runs_wrong,
        exposes=(TABLE, np.array([0, 1, 0, 1])),
        needs="point",
    ),
    Case(
        name="an index that occurs three times",
        f=padded_rows,
        args=(TABLE, np.array([1, 2, 0, 3])),
        right=padded_rows_right,
        wrong=padded_rows_wrong,
        exposes=(TABLE, np.array([3, 3, 0, 3])),
        needs="point",
    ),
    Case(
        name="row zero taken for padding",
        f=words_after_start,
        args=(TABLE, np.array([4, 1, 3, 2])),
        right=words_after_start_right,
        wrong=words_after_start_wrong,
        exposes=(TABLE, np.array([4, 1, 0, 2])),
        needs="point",
    ),
    Case(
        name="permutation for its inverse",
        f=permuted,
        args=(STEPS[:3], np.array([1, 0, 2])),
        right=permuted_right,
        wrong=permuted_wrong,
        exposes=(STEPS[:3], np.array([2, 0, 1])),
        needs="point",
    ),
    Case(
        name="length of a sequence without padding",
        f=masked_mean,
        args=(STEPS, np.array([True, True, True, False])),
        right=masked_mean_right,
        wrong=masked_mean_by_argmin_wrong,
        exposes=(STEPS, np.array([True, True, True, True])),
        needs="point",
    ),
    Case(
        name="mean of an empty sequence",
        f=masked_mean,
        args=(STEPS, np.array([True, True, True, False])),
        right=masked_mean_right,
        wrong=masked_mean_by_sum_wrong,
        exposes=(STEPS, np.zeros(4, dtype=bool)),
        needs="point",
    ),
    Case(
        name="mask counted from the start",
        f=picked_sum,
        args=(STEPS, np.array([True, True, False, False])),
        right=picked_sum_right,
        wrong=picked_sum_wrong,
        exposes=(STEPS, np.array([True, False, True, True])),
        needs="point",
    ),
]
