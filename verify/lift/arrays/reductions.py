"""Rules for reductions: sum, prod, mean, var, std, max, min, argmax, argmin, quantile.

>>> from backproof.verify.lift.arrays.arrays import leaves
>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     x = leaves(np.array([[1.0, 2.0], [3.0, 5.0]]), tape)
...     np.mean(x, axis=0), np.max(x), tape.reads[-1].what
(lifted(array([2.0, 3.5], dtype=object)), 5.0, 'max')
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     np.sum(x, axis=2)
Traceback (most recent call last):
    ...
numpy.exceptions.AxisError: axis 2 is out of bounds for array of dimension 2
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.lift.arrays.arrays import LiftedArray, array_of, plain, wrapped
from backproof.verify.lift.tape.arithmetic import multiply, total
from backproof.verify.lift.tape.decisions import decide, record
from backproof.verify.lift.tape.kinks import maximum, minimum
from backproof.verify.lift.tape.reads import NotLifted, place
from backproof.verify.lift.tape.tape import scalar

NOT_GIVEN: Any = np._NoValue  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def given(value: Any, otherwise: Any) -> Any:
    return otherwise if value is NOT_GIVEN or value is None else value


def _lines(a: Any, axis: Any) -> tuple[Array, tuple[int, ...], tuple[int, ...]]:
    """The entries with the reduced axes last and joined; the shape of the result, and with kept axes."""
    x = plain(array_of(a))
    axes = tuple(range(x.ndim)) if axis is None else tuple(k % x.ndim for k in _axes(x, axis))
    rest = [k for k in range(x.ndim) if k not in axes]
    shape = tuple(x.shape[k] for k in rest)
    kept = tuple(1 if k in axes else size for k, size in enumerate(x.shape))
    return np.transpose(x, (*rest, *axes)).reshape(*shape, -1), shape, kept


def _axes(x: Array, axis: Any) -> tuple[int, ...]:
    axes = axis if isinstance(axis, tuple) else (axis,)
    for one in axes:
        if not -x.ndim <= one < x.ndim:
            raise np.exceptions.AxisError(one, x.ndim)
    return axes


def _folded(a: Any, axis: Any, keepdims: Any, fold: Callable[[list[Any]], Any], out: Any = None) -> Any:
    lines, shape, kept = _lines(a, axis)
    flat = lines.reshape(int(np.prod(shape, dtype=int)), lines.shape[-1])
    result: Array = np.empty(len(flat), dtype=object)
    for k, line in enumerate(flat.tolist()):
        result[k] = fold(line)
    keep = keepdims is not NOT_GIVEN and bool(keepdims)
    return finished(result.reshape(kept if keep else shape), out)


def finished(result: Array, out: Any = None) -> Any:
    """A result as NumPy gives it: into `out`, a number where no axis is left, else an array."""
    if out is not None:
        target = out[0] if isinstance(out, tuple) else out
        if not isinstance(target, LiftedArray):
            raise NotLifted("a result into a plain array has no lifted rule", place(), "make it with np.zeros in this code")
        target[...] = wrapped(result)
        return target
    return result[()] if result.ndim == 0 else wrapped(result)


def masked(a: Any, where: Any, otherwise: float) -> Any:
    """`a` where a mask holds, else a constant; without a mask, a."""
    if where is NOT_GIVEN or where is True:
        return a
    return np.where(where, array_of(a), otherwise)


def summed(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, initial: Any = NOT_GIVEN, where: Any = True
) -> Any:
    """`numpy.sum`, one node for each sum."""
    start = [] if initial is NOT_GIVEN or initial is None else [scalar(initial)]
    return _folded(masked(a, where, 0.0), axis, keepdims, lambda line: total([*start, *line]), out)


def product(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, initial: Any = NOT_GIVEN, where: Any = True
) -> Any:
    """`numpy.prod`."""
    start = 1.0 if initial is NOT_GIVEN or initial is None else initial

    def fold(line: list[Any]) -> Any:
        result = scalar(start)
        for entry in line:
            result = multiply(result, entry)
        return result

    return _folded(masked(a, where, 1.0), axis, keepdims, fold, out)


def _count(a: Any, axis: Any, where: Any) -> Any:
    x = plain(array_of(a))
    if where is not NOT_GIVEN and where is not True:
        return np.sum(np.broadcast_to(where, x.shape), axis=axis, keepdims=True)
    return int(np.prod([x.shape[k] for k in (range(x.ndim) if axis is None else _axes(x, axis))], dtype=int))


def averaged(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, *, where: Any = True) -> Any:
    result = summed(a, axis, keepdims=True, where=where) / _count(a, axis, where)
    return _squeezed(result, axis, keepdims, out)


def _squeezed(result: Any, axis: Any, keepdims: Any, out: Any = None) -> Any:
    found = plain(array_of(result))
    if keepdims is NOT_GIVEN or not keepdims:
        found = found.reshape(()) if axis is None else np.squeeze(found, axis=axis)
    return finished(found, out)


def variance(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = False,
    *, where: Any = True, mean: Any = NOT_GIVEN, correction: Any = NOT_GIVEN,
) -> Any:  # fmt: skip
    x = array_of(a)
    centre = averaged(x, axis, keepdims=True, where=where) if mean is NOT_GIVEN else mean
    freedom = _count(x, axis, where) - (ddof if correction is NOT_GIVEN else correction)
    result = summed(np.square(x - centre), axis, keepdims=True, where=where) / freedom
    return _squeezed(result, axis, keepdims, out)


def deviation(*args: Any, out: Any = None, **options: Any) -> Any:
    found = plain(array_of(np.sqrt(array_of(variance(*args, **options)))))
    return finished(found, out)


def extreme(function: Callable[[Any, Any, str], Any], name: str) -> Callable[..., Any]:
    def reduced(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, initial: Any = NOT_GIVEN, where: Any = True) -> Any:
        start = [] if initial is NOT_GIVEN or initial is None else [scalar(initial)]
        mask = None if where is NOT_GIVEN or where is True else np.broadcast_to(where, np.shape(plain(a)))

        def fold(line: list[Any]) -> Any:
            entries = [*start, *(entry for entry in line if entry is not None)]
            if not entries:
                raise ValueError(f"zero-size array to reduction operation {name} which has no identity")
            result = scalar(entries[0])
            for entry in entries[1:]:
                result = function(result, entry, name)
            return result

        if mask is None:
            return _folded(a, axis, keepdims, fold, out)
        x = plain(array_of(a)).copy()
        x[~mask] = None
        return _folded(wrapped(x), axis, keepdims, fold, out)

    return reduced


def arg_extreme(relation: str, name: str) -> Callable[..., Any]:
    def reduced(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = False) -> Any:
        lines, shape, kept = _lines(a, axis)
        found = np.empty(shape, dtype=np.intp)
        for where in np.ndindex(*shape):
            best, line = 0, lines[where]
            for k in range(1, len(line)):
                if decide(line[k], relation, line[best], name):
                    best = k
            for k, x in enumerate(map(scalar, line)):
                if x.index >= 0:
                    record(name, k == best, x, scalar(line[best]), False, k, 0.0)
            found[where] = best
        if keepdims is not NOT_GIVEN and keepdims:
            return found.reshape(kept)
        return found[()]

    return reduced


def quantile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: Any = False,
    **_: Any,
) -> Any:
    if method != "linear":
        raise NotLifted(f"numpy.quantile with method={method!r} has no lifted rule", place())
    lines, shape, kept = _lines(a, axis)
    ordered, n = plain(np.sort(wrapped(np.ascontiguousarray(lines)), axis=-1)), lines.shape[-1]

    def one(fraction: Any) -> Any:
        at = scalar(fraction) * (n - 1)
        k = min(int(at), n - 2) if n > 1 else 0
        low, high = wrapped(ordered[..., k]), wrapped(ordered[..., min(k + 1, n - 1)])
        found = plain(array_of(low + (high - low) * (at - k)))
        return found.reshape(kept if keepdims is not NOT_GIVEN and keepdims else shape)

    if np.ndim(plain(q)) == 0:
        return finished(one(q), out)
    return finished(np.stack([one(fraction) for fraction in q]), out)


def percentile(a: Any, q: Any, *args: Any, **options: Any) -> Any:
    return quantile(a, np.asarray(q) / 100 if np.ndim(q) else q / 100, *args, **options)


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.sum: summed,
    np.prod: product,
    np.mean: averaged,
    np.var: variance,
    np.std: deviation,
    np.max: extreme(maximum, "max"),
    np.min: extreme(minimum, "min"),
    np.amax: extreme(maximum, "max"),
    np.amin: extreme(minimum, "min"),
    np.argmax: arg_extreme(">", "argmax"),
    np.argmin: arg_extreme("<", "argmin"),
    np.quantile: quantile,
    np.percentile: percentile,
}
