"""Which NumPy functions other than ufuncs `trace` knows, and the rows of the function table that they become.

`FUNCTIONS` holds the rules. Functions that only move entries need none of their own (`MOVES`, `JOINS`): they are
applied to the entries' numbers. `OF_SHAPE` holds those that read nothing but the shape. A function that stands nowhere
is a TraceError that names it.

>>> from backproof.engine import trace
>>> graph = trace(lambda x: np.roll(x, 1).mean(axis=0), np.ones((2, 3)))
>>> [v.function for v in graph.vertices]
[None, 'take', 'mean']
>>> trace(lambda x: np.sort(x), np.ones(3))
Traceback (most recent call last):
    ...
backproof.engine.errors.TraceError: ...numpy.sort cannot be traced; write it with functions that can, or add a row to the function table
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np

from backproof.engine.errors import TraceError
from backproof.engine.tracing.arrays import Condition, Traced
from backproof.engine.tracing.places import where
from backproof.engine.tracing.ufuncs import is_boolean, matrix_product, recorder_of, refused

MOVES = (
    *(np.reshape, np.ravel, np.squeeze, np.expand_dims, np.swapaxes, np.moveaxis, np.atleast_1d, np.atleast_2d, np.diagonal),
    *(np.repeat, np.tile, np.roll, np.flip, np.fliplr, np.flipud, np.rot90, np.take, np.copy),
    *(np.split, np.array_split, np.hsplit, np.vsplit),
)
JOINS = (np.concatenate, np.stack, np.hstack, np.vstack, np.column_stack)
OF_SHAPE = (np.shape, np.ndim, np.size, np.zeros_like, np.ones_like, np.full_like, np.empty_like, np.iscomplexobj, np.isrealobj)
NOT_GIVEN = inspect.signature(np.sum).parameters["initial"].default  # NumPy's mark for an option that is left out
numpy: Any = np  # the same functions, for traced arrays: NumPy's annotations do not know them


def only_defaults(name: str, options: dict[str, Any]) -> None:
    """TraceError if one of the options that no rule knows is given."""
    for key in ("out", "dtype", "initial", "where", "casting"):
        value = options.get(key)
        if value is not None and value is not NOT_GIVEN and not (key == "dtype" and np.dtype(value) == np.float64):
            raise TraceError(f"{where()}{name} with {key}=… cannot be traced; leave it out, and use the array that is returned")


def join(function: Any, parts: Sequence[Any], *arguments: Any, **options: Any) -> Traced:
    """Flatten and concatenate the parts, then take the entries in the order in which `function` puts their numbers."""
    recorder = recorder_of(parts)
    if all(is_boolean(part) for part in parts):
        raise TraceError(f"{where()}numpy.{function.__name__} of comparisons cannot be traced; multiply them by 1.0 first")
    lifted = [recorder.lift(part) for part in parts]
    starts = np.cumsum([0, *(part.size for part in lifted)])
    numbers = [np.arange(part.size).reshape(part.shape) + start for part, start in zip(lifted, starts, strict=False)]
    order = function(numbers, *arguments, **options)
    axis = options.get("axis", arguments[0] if arguments else 0)
    if function is np.concatenate and axis is not None:
        return recorder.add("concatenate", lifted, axis=int(axis))
    whole = recorder.add("concatenate", [part.reshape(-1) for part in lifted])
    return whole.moved(lambda flat: flat[order])


def _axes(x: Traced, axis: Any) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(x.ndim))
    given = cast(tuple[Any, ...], axis) if isinstance(axis, tuple) else (axis,)
    axes = {one % x.ndim for one in given if -x.ndim <= one < x.ndim}
    if len(axes) < len(given):
        raise TraceError(f"{where()}axis {axis} does not exist, or stands twice, in an array of shape {x.shape}")
    return tuple(sorted(axes))


def _shaped(x: Traced, axes: Sequence[int], keepdims: Any, result: Traced) -> Traced:
    if keepdims is NOT_GIVEN or not keepdims:
        return result
    return result.reshape(tuple(1 if k in axes else size for k, size in enumerate(x.shape)))


def _sum_like(row: str) -> Callable[..., Traced]:
    def reduced(
        a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None, where: Any = None
    ):
        x = a.recorder.lift(a)
        axes = _axes(x, axis)
        result = x
        if len(axes) == x.ndim:
            result = x.recorder.add(row, (x,))
        else:
            for one in reversed(axes):
                result = x.recorder.add(row, (result,), axis=one)
        return _shaped(x, axes, keepdims, result)

    return reduced


def _fold(row: str, a: Traced, axis: Any, keepdims: Any) -> Traced:
    """A reduction as one variadic function of the slices: maximum, minimum and product along an axis."""
    axes = _axes(a, axis)
    rest = [k for k in range(a.ndim) if k not in axes]
    front = a.moved(lambda numbers: np.transpose(numbers, (*axes, *rest)).reshape(-1, *(a.shape[k] for k in rest)).copy())
    slices = list(front)
    return _shaped(a, axes, keepdims, slices[0] if len(slices) == 1 else a.recorder.add(row, slices))


def _best(row: str) -> Callable[..., Traced]:
    def reduced(a: Traced, axis: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None, where: Any = None) -> Traced:
        return _fold(row, a, axis, keepdims)

    return reduced


def _prod(
    a: Traced, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None, where: Any = None
) -> Traced:
    return _fold("multiply", a, axis, keepdims)


def _where(condition: Any, x: Any = None, y: Any = None) -> Traced:
    if x is None or y is None:
        raise refused("numpy.where with one argument")
    if is_boolean(x) and is_boolean(y):
        raise TraceError(f"{where()}numpy.where between true and false cannot be traced; use 1.0 and 0.0, or the operators & and |")
    recorder = recorder_of((condition, x, y))
    if isinstance(condition, Condition):
        return condition.chosen(x, y)
    if isinstance(condition, Traced):
        raise TraceError(f"{where()}numpy.where needs a comparison as its condition, found a traced array; write numpy.where(c > 0, …)")
    mask = recorder.constant(np.where(np.asarray(condition, dtype=bool), 1.0, -1.0))
    return recorder.add("where", (mask, recorder.lift(x), recorder.lift(y)))


def _clip(a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, *, min: Any = None, max: Any = None) -> Any:
    low, high = (min if a_min is None else a_min), (max if a_max is None else a_max)
    result: Any = a if low is None else numpy.maximum(a, low)
    return result if high is None else numpy.minimum(result, high)


def _dot(a: Any, b: Any, out: Any = None) -> Traced:
    recorder = recorder_of((a, b))
    left, right = recorder.lift(a), recorder.lift(b)
    return recorder.add("multiply", (left, right)) if 0 in (left.ndim, right.ndim) else matrix_product(left, right)


def _inner(a: Any, b: Any) -> Traced:
    recorder = recorder_of((a, b))
    right = recorder.lift(b)
    return _dot(recorder.lift(a), right.T if right.ndim == 2 else right)


def _outer(a: Any, b: Any, out: Any = None) -> Traced:
    recorder = recorder_of((a, b))
    return recorder.add("matmul", (recorder.lift(a).reshape(-1, 1), recorder.lift(b).reshape(1, -1)))


def _transpose(a: Traced, axes: Any = None) -> Traced:
    return a.T if axes is None else a.view("transpose", axes=tuple(int(k) for k in axes))


def _broadcast_to(array: Traced, shape: Any, subok: bool = False) -> Traced:
    return array.view("broadcast", to=np.broadcast_to(np.empty(array.shape), shape).shape)


def _var(a: Traced, axis: Any = None, dtype: Any = None, out: Any = None, ddof: float = 0, keepdims: Any = False) -> Any:
    squares = numpy.square(a - numpy.mean(a, axis=axis, keepdims=True))
    count = int(np.prod([a.shape[k] for k in _axes(a, axis)], dtype=int))
    return numpy.sum(squares, axis=axis, keepdims=keepdims) / (count - ddof)


def _std(a: Traced, axis: Any = None, dtype: Any = None, out: Any = None, ddof: float = 0, keepdims: Any = False) -> Any:
    return numpy.sqrt(_var(a, axis, None, None, ddof, keepdims))


def _trace(a: Traced, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return numpy.sum(numpy.diagonal(a, offset, axis1, axis2), axis=-1)


def _norm(x: Traced, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
    if ord not in (None, 2, "fro") or (ord == 2 and x.ndim != 1) or (ord == "fro" and x.ndim != 2):
        raise refused(f"numpy.linalg.norm with ord={ord!r}")
    return numpy.sqrt(numpy.sum(numpy.square(x), axis=axis, keepdims=keepdims))


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.sum: _sum_like("sum"),
    np.mean: _sum_like("mean"),
    np.max: _best("maximum"),
    np.min: _best("minimum"),
    np.prod: _prod,
    np.where: _where,
    np.clip: _clip,
    np.dot: _dot,
    np.inner: _inner,
    np.outer: _outer,
    np.transpose: _transpose,
    np.broadcast_to: _broadcast_to,
    np.var: _var,
    np.std: _std,
    np.trace: _trace,
    np.linalg.norm: _norm,
}
REDUCTIONS: dict[Any, Callable[..., Any]] = {np.add: np.sum, np.maximum: np.max, np.minimum: np.min, np.multiply: np.prod}
