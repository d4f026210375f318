"""Rules for functions that look up where a number lies among others, or between which: interp, searchsorted, digitize,
linspace, gradient, bincount.

>>> from backproof.verify.lift.arrays.arrays import leaves
>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     x = leaves(np.array([1.0, 2.0, 4.0]), tape)
...     np.interp(x, [0.0, 4.0], [0.0, 1.0]), np.gradient(x), np.searchsorted([0.0, 3.0], x).tolist()
(lifted(array([0.25, 0.5, 1.0], dtype=object)), lifted(array([1.0, 1.5, 2.0], dtype=object)), [1, 1, 2])
>>> with running(Tape(100, front=ARRAYS)):
...     np.interp(x, [0.0, 4.0], [0.0, 1.0], period=2.0)
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: numpy.interp with a period has no lifted rule (...
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.verify.lift.arrays.arrays import array_of, converted, plain, zeros
from backproof.verify.lift.arrays.reductions import finished
from backproof.verify.lift.tape.decisions import decide
from backproof.verify.lift.tape.reads import NotLifted, place
from backproof.verify.lift.tape.tape import scalar


def _search_sorted(a: Any, v: Any, side: str = "left", sorter: Any = None) -> Any:
    """`numpy.searchsorted`: a search by halves, each comparison a decision against an entry of the table."""
    table = plain(array_of(a))
    table = table if sorter is None else table[np.asarray(sorter)]
    relation = "<" if side == "left" else "<="

    def place_of(x: Any) -> int:
        low, high = 0, len(table)
        while low < high:
            middle = (low + high) // 2
            if decide(table[middle], relation, x, "searchsorted"):
                low = middle + 1
            else:
                high = middle
        return low

    found = np.asarray(np.frompyfunc(place_of, 1, 1)(plain(array_of(v)))).astype(np.intp)
    return found[()]


def _interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    if period is not None:
        raise NotLifted("numpy.interp with a period has no lifted rule", place())
    points, knots, values = array_of(x), plain(array_of(xp)).tolist(), plain(array_of(fp)).tolist()

    def one(at: Any) -> Any:
        if decide(at, "<", knots[0], "interp"):
            return scalar(values[0] if left is None else left)
        if decide(at, ">", knots[-1], "interp"):
            return scalar(values[-1] if right is None else right)
        k = 0
        while k < len(knots) - 2 and decide(at, ">=", knots[k + 1], "interp"):
            k += 1
        return values[k] + (at - knots[k]) * ((values[k + 1] - values[k]) / (knots[k + 1] - knots[k]))

    return finished(np.asarray(np.frompyfunc(one, 1, 1)(plain(points)), dtype=object))


def linspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None, axis: int = 0, **_: Any
) -> Any:
    """`numpy.linspace` with lifted ends, also arrays of them."""
    steps = num - 1 if endpoint else num
    low, high = np.broadcast_arrays(array_of(start), array_of(stop))
    step = (high - low) / steps if steps > 0 else high * np.nan
    rows = [low + step * k for k in range(num)]
    if endpoint and num > 1:
        rows[-1] = high
    found = np.stack(rows, axis) if rows else zeros((0, *low.shape))
    found = found if dtype is None else converted(found, dtype)
    return (found, array_of(step)[()]) if retstep else found


def _digitize(x: Any, bins: Any, right: bool = False) -> Any:
    edges = array_of(bins)
    pairs = list(zip(plain(edges)[:-1], plain(edges)[1:], strict=True))
    side = "left" if right else "right"
    if all(decide(low, "<=", high, "digitize") for low, high in pairs):
        return np.searchsorted(edges, array_of(x), side)
    if not all(decide(low, ">=", high, "digitize") for low, high in pairs):
        raise ValueError("bins must be monotonically increasing or decreasing")
    return len(edges) - np.searchsorted(edges[::-1], array_of(x), side)


def _bincount(x: Any, weights: Any = None, minlength: int = 0) -> Any:
    result = zeros(max(minlength, int(np.max(x, initial=-1)) + 1))
    np.add.at(result, x, 1.0 if weights is None else weights)
    return result


def _gradient(f: Any, *spacing: Any, axis: Any = None, edge_order: int = 1) -> Any:
    x = array_of(f)
    axes = range(x.ndim) if axis is None else [axis] if isinstance(axis, int) else axis
    if edge_order != 1 or any(np.ndim(plain(h)) for h in spacing) or len(spacing) not in (0, 1, len(list(axes))):
        raise NotLifted("numpy.gradient with these spacings has no lifted rule", place())
    steps = list(spacing) * (len(list(axes)) if len(spacing) == 1 else 1) or [1.0] * len(list(axes))
    found: list[Any] = []
    for k, h in zip(axes, steps, strict=True):
        y = np.moveaxis(x, k, 0)
        inner = (y[2:] - y[:-2]) / (2.0 * h)
        found.append(np.moveaxis(np.concatenate([(y[1:2] - y[:1]) / h, inner, (y[-1:] - y[-2:-1]) / h]), 0, k))
    return found[0] if len(found) == 1 else tuple(found)


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.interp: _interp,
    np.digitize: _digitize,
    np.searchsorted: _search_sorted,
    np.linspace: linspace,
    np.bincount: _bincount,
    np.gradient: _gradient,
}
