"""Gather, scatter, windows and masks: an index that repeats must add up, and what was not read gets zero."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

TABLE = np.sin(1.3 * np.arange(12.0)).reshape(4, 3)
X = np.array([0.3, -0.7, 1.1, 0.9, 0.2, -0.4])
ONCE = np.array([2, 0, 3])
TWICE = np.array([2, 0, 2])


def embedding(table: Array, ids: Array) -> Array:
    return table[ids]


def embedding_right(args: Args, out: Array, ct: Array) -> Grads:
    table, ids = args
    grad = np.zeros_like(table)
    np.add.at(grad, ids, ct)
    return grad, None


def embedding_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Adds with fancy indexing, which counts a repeated index once; the words of the test are all different."""
    table, ids = args
    grad = np.zeros_like(table)
    grad[ids] += ct
    return grad, None


def padded_embedding_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Row zero is taken for padding and gets no gradient, although the forward pass reads it; the test's words start at one."""
    table, ids = args
    grad = np.zeros_like(table)
    np.add.at(grad, ids, ct * (ids != 0)[:, None])
    return grad, None


def segment_sum(x: Array, segment: Array) -> Array:
    out = np.zeros(int(segment.max()) + 1)
    np.add.at(out, segment, x**2)
    return out


def segment_sum_right(args: Args, out: Array, ct: Array) -> Grads:
    x, segment = args
    return 2 * x * ct[segment], None


def segment_sum_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Spreads the cotangent by the lengths of the segments: right for segments in order, wrong for shuffled ones."""
    x, segment = args
    return 2 * x * np.repeat(ct, np.bincount(segment, minlength=len(ct))), None


def moving_windows(x: Array) -> Array:
    return np.lib.stride_tricks.sliding_window_view(x, 3).sum(axis=1) ** 2


def moving_windows_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    inner = 2 * ct * np.lib.stride_tricks.sliding_window_view(x, 3).sum(axis=1)
    return (np.convolve(inner, np.ones(3)),)


def moving_windows_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The windows overlap, and each entry keeps the contribution of the last window that wrote it."""
    (x,) = args
    inner = 2 * ct * np.lib.stride_tricks.sliding_window_view(x, 3).sum(axis=1)
    grad = np.zeros_like(x)
    for i, c in enumerate(inner):
        grad[i : i + 3] = c
    return (grad,)


def masked(x: Array) -> Array:
    return np.where(x > 0, np.log1p(np.maximum(x, 0.0)), 0.0)


def masked_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return (np.where(x > 0, ct / (1 + np.maximum(x, 0.0)), 0.0),)


def masked_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The selected part is written back to the first places instead of the selected ones; right while the selected ones come first."""
    (x,) = args
    grad = np.zeros_like(x)
    chosen = x > 0
    grad[: chosen.sum()] = ct[chosen] / (1 + x[chosen])
    return (grad,)


def every_second(x: Array) -> Array:
    return np.exp(x[::2])


def every_second_right(args: Args, out: Array, ct: Array) -> Grads:
    grad = np.zeros_like(args[0])
    grad[::2] = ct * out
    return (grad,)


def every_second_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The skipped entries get their neighbour's gradient, as an upsampling would give, instead of zero."""
    return (np.repeat(ct * out, 2)[: len(args[0])],)


def edge_padding(x: Array) -> Array:
    return np.pad(x, 2, mode="edge") ** 3


def edge_padding_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    inner = 3 * ct * np.pad(x, 2, mode="edge") ** 2
    grad = inner[2:-2].copy()
    grad[0] += inner[:2].sum()
    grad[-1] += inner[-2:].sum()
    return (grad,)


def edge_padding_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The padding is cut away, as is right for zeros; copies of the edge belong to the edge."""
    return (3 * ct[2:-2] * args[0] ** 2,)


CASES = [
    Case(
        name="embedding, repeated word",
        f=embedding,
        args=(TABLE, ONCE),
        right=embedding_right,
        wrong=embedding_wrong,
        exposes=(TABLE, TWICE),
        needs="point",
    ),
    Case(
        name="embedding, row zero",
        f=embedding,
        args=(TABLE, np.array([1, 3, 2, 1])),
        right=embedding_right,
        wrong=padded_embedding_wrong,
        exposes=(TABLE, TWICE),
        needs="point",
    ),
    Case(
        name="segments out of order",
        f=segment_sum,
        args=(X, np.array([0, 0, 1, 1, 1, 2])),
        right=segment_sum_right,
        wrong=segment_sum_wrong,
        exposes=(X, np.array([1, 0, 2, 0, 1, 1])),
        needs="point",
    ),
    Case(name="overlapping windows", f=moving_windows, args=(X,), right=moving_windows_right, wrong=moving_windows_wrong),
    Case(
        name="mask written to the front",
        f=masked,
        args=(np.array([0.3, 1.1, -0.7, -0.4]),),
        right=masked_right,
        wrong=masked_wrong,
        exposes=(X,),
        needs="point",
    ),
    Case(name="every second entry", f=every_second, args=(X,), right=every_second_right, wrong=every_second_wrong),
    Case(name="edge padding cut away", f=edge_padding, args=(X,), right=edge_padding_right, wrong=edge_padding_wrong),
]
