"""Which NumPy functions `trace` knows, and the rows of the function table that they become.

`UFUNCS` holds the ufuncs that are a row by themselves. `FUNCTIONS` holds the rest; functions that only move entries need no rule of their own (`MOVES`).
A function that stands in neither is a TraceError that names it.

>>> UFUNCS[np.tanh]
'tanh'
>>> apply_function(np.sort, (), {})
Traceback (most recent call last):
    ...
backproof.engine.errors.TraceError: ...numpy.sort cannot be traced; write it with functions that can, or add a row to the function table
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from backproof.engine.errors import TraceError
from backproof.engine.tracing import Comparison, Recorder, Traced, where

UFUNCS: dict[Any, str] = {
    np.add: "add",
    np.subtract: "subtract",
    np.multiply: "multiply",
    np.divide: "divide",
    np.negative: "negate",
    np.positive: "identity",
    np.exp: "exp",
    np.log: "log",
    np.tanh: "tanh",
    np.sin: "sin",
    np.cos: "cos",
    np.sqrt: "sqrt",
    np.square: "square",
    np.reciprocal: "reciprocal",
    np.absolute: "abs",
    np.fabs: "abs",
    np.maximum: "maximum",
    np.minimum: "minimum",
    np.fmax: "maximum",
    np.fmin: "minimum",
}
BY_NAME = {"expit": "sigmoid"}
COMPARISONS = {np.greater: (0, False), np.less: (1, False), np.less_equal: (0, True), np.greater_equal: (1, True)}
REDUCTIONS = {np.add: "sum", np.maximum: "max", np.minimum: "min", np.multiply: "prod"}
MOVES = (
    *(np.reshape, np.ravel, np.squeeze, np.expand_dims, np.transpose, np.swapaxes, np.moveaxis, np.broadcast_to),
    *(np.repeat, np.tile, np.roll, np.flip, np.fliplr, np.flipud, np.rot90, np.take, np.diagonal, np.atleast_1d, np.atleast_2d),
)
JOINS = (np.concatenate, np.stack, np.hstack, np.vstack, np.column_stack)


def _refused(name: str) -> TraceError:
    return TraceError(f"{where()}{name} cannot be traced; write it with functions that can, or add a row to the function table")


def _recorder(values: Sequence[Any]) -> Recorder:
    for value in values:
        if isinstance(value, Traced):
            return value.recorder
        if isinstance(value, Comparison):
            return value.positive.recorder
    raise AssertionError("NumPy dispatched without a traced array")


def apply_ufunc(ufunc: Any, method: str, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    """What a ufunc on traced arrays becomes."""
    name = f"numpy.{ufunc.__name__}"
    if method == "reduce" and ufunc in REDUCTIONS:
        return _REDUCE[REDUCTIONS[ufunc]](inputs[0], axis=options.get("axis", 0), keepdims=options.get("keepdims", False))
    if method != "__call__":
        raise _refused(f"{name}.{method}")
    unknown = [key for key in options if options[key] is not None and key != "subok"]
    if unknown:
        raise TraceError(f"{where()}{name} with {unknown[0]}=… cannot be traced; leave it out, and use the result that is returned")
    recorder = _recorder(inputs)
    if ufunc in COMPARISONS:
        return _compare(recorder, ufunc, inputs)
    operands = [recorder.lift(value) for value in inputs]
    if ufunc is np.matmul:
        return _matmul(*operands)
    if ufunc is np.power:
        return _power(inputs, operands)
    if ufunc is np.logaddexp:
        return _logaddexp(inputs, operands)
    row = UFUNCS.get(ufunc) or BY_NAME.get(ufunc.__name__)
    if row is None:
        raise _refused(name)
    return recorder.add(row, operands)


def _compare(recorder: Recorder, ufunc: Any, inputs: Sequence[Any]) -> Comparison:
    """a > b is (a − b) > 0; a ≤ b its opposite; a < b and a ≥ b the same with the sides swapped. Exact at equality."""
    first, inverted = COMPARISONS[ufunc]
    left, right = recorder.lift(inputs[first]), recorder.lift(inputs[1 - first])
    return Comparison(recorder.add("subtract", (left, right)), inverted)


def _power(inputs: Sequence[Any], operands: Sequence[Traced]) -> Traced:
    recorder = operands[0].recorder
    if isinstance(inputs[1], int | float | np.integer | np.floating):
        exponent = float(inputs[1])
        return recorder.add("power", operands[:1], exponent=int(exponent) if exponent.is_integer() else exponent)
    return recorder.add("power", operands)


def _logaddexp(inputs: Sequence[Any], operands: Sequence[Traced]) -> Traced:
    for slot in (0, 1):
        if not isinstance(inputs[slot], Traced) and np.all(np.asarray(inputs[slot]) == 0):
            return operands[0].recorder.add("softplus", (operands[1 - slot],))
    raise TraceError(
        f"{where()}numpy.logaddexp can be traced only with 0 as one operand (softplus); stack the operands and use a log-sum-exp"
    )


def _matmul(a: Traced, b: Traced) -> Traced:
    add = a.recorder.add
    ranks = (a.ndim, b.ndim)
    if ranks == (1, 1):
        return add("dot", (a, b))
    if ranks == (2, 1):
        return add("matvec", (a, b))
    if ranks == (1, 2):
        return add("matvec", (add("transpose", (b,)), a))
    if ranks == (2, 2):
        return add("matmul", (a, b))
    raise TraceError(f"{where()}a matrix product of shapes {a.shape} and {b.shape} cannot be traced; use matrices and vectors")


def apply_function(function: Any, arguments: Sequence[Any], options: dict[str, Any]) -> Any:
    """What a NumPy function (not a ufunc) on traced arrays becomes."""
    if function in FUNCTIONS:
        return FUNCTIONS[function](*arguments, **options)
    if function in MOVES and arguments and isinstance(arguments[0], Traced):
        return arguments[0].moved(lambda numbers: function(numbers, *arguments[1:], **options))
    if function in JOINS:
        return _join(function, arguments[0], *arguments[1:], **options)
    raise _refused(f"{function.__module__}.{function.__name__}")


def _join(function: Any, parts: Sequence[Any], *arguments: Any, **options: Any) -> Traced:
    """Flatten and concatenate the parts, then take the entries in the order in which `function` puts their numbers."""
    parts = list(parts)
    recorder = _recorder(parts)
    lifted = [recorder.lift(part) for part in parts]
    starts = np.cumsum([0, *(part.size for part in lifted)])
    numbers = [np.arange(part.size).reshape(part.shape) + start for part, start in zip(lifted, starts, strict=False)]
    order = function(numbers, *arguments, **options)
    whole = recorder.add("concatenate", [part.reshape(-1) for part in lifted])
    return whole.moved(lambda flat: flat[order])


def _axes(x: Traced, axis: Any) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(x.ndim))
    given = axis if isinstance(axis, tuple) else (axis,)
    for one in given:
        if not -x.ndim <= one < x.ndim:
            raise TraceError(f"{where()}axis {one} does not exist in an array of shape {x.shape}")
    return tuple(sorted(one % x.ndim for one in given))


def _kept(x: Traced, axes: Sequence[int]) -> tuple[int, ...]:
    return tuple(1 if k in axes else size for k, size in enumerate(x.shape))


def _sum_like(row: str) -> Callable[..., Traced]:
    def reduced(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False) -> Traced:
        if dtype is not None or out is not None:
            raise TraceError(f"{where()}numpy.{row} with dtype or out cannot be traced; leave it out")
        x = a if isinstance(a, Traced) else a.positive.recorder.lift(a)
        axes = _axes(x, axis)
        result = x
        if len(axes) == x.ndim:
            result = x.recorder.add(row, (x,))
        else:
            for one in reversed(axes):
                result = x.recorder.add(row, (result,), axis=one)
        return result.reshape(_kept(x, axes)) if keepdims is True else result

    return reduced


def _fold(row: str) -> Callable[..., Traced]:
    """A reduction as one variadic function of the slices: maximum, minimum and product along an axis."""

    def reduced(a: Traced, axis: Any = None, out: Any = None, keepdims: Any = False, **others: Any) -> Traced:
        if out is not None or any(isinstance(value, bool | int | float) for value in others.values()):
            raise TraceError(f"{where()}a reduction with out, initial or where cannot be traced; leave it out")
        axes = _axes(a, axis)
        rest = [k for k in range(a.ndim) if k not in axes]
        front = a.moved(lambda numbers: np.transpose(numbers, (*axes, *rest)).reshape(-1, *(a.shape[k] for k in rest)))
        slices = list(front)
        result = slices[0] if len(slices) == 1 else a.recorder.add(row, slices)
        return result.reshape(_kept(a, axes)) if keepdims is True else result

    return reduced


_REDUCE: dict[str, Callable[..., Traced]] = {
    "sum": _sum_like("sum"),
    "mean": _sum_like("mean"),
    "max": _fold("maximum"),
    "min": _fold("minimum"),
    "prod": _fold("multiply"),
}


def _where(condition: Any, x: Any = None, y: Any = None) -> Traced:
    if x is None or y is None:
        raise _refused("numpy.where with one argument")
    recorder = _recorder((condition, x, y))
    if isinstance(condition, Comparison):
        chosen, other = (y, x) if condition.inverted else (x, y)
        return recorder.add("where", (condition.positive, recorder.lift(chosen), recorder.lift(other)))
    if isinstance(condition, Traced):
        raise TraceError(f"{where()}numpy.where needs a comparison as its condition, found a traced array; write numpy.where(c > 0, …)")
    mask = recorder.constant(np.where(np.asarray(condition, dtype=bool), 1.0, -1.0))
    return recorder.add("where", (mask, recorder.lift(x), recorder.lift(y)))


def _clip(a: Traced, a_min: Any = None, a_max: Any = None, out: Any = None, *, min: Any = None, max: Any = None, **others: Any) -> Traced:
    low, high = (min if a_min is None else a_min), (max if a_max is None else a_max)
    result: Any = a
    if low is not None:
        result = np.maximum(result, low)
    return result if high is None else np.minimum(result, high)


def _dot(a: Any, b: Any, out: Any = None) -> Traced:
    recorder = _recorder((a, b))
    left, right = recorder.lift(a), recorder.lift(b)
    return recorder.add("multiply", (left, right)) if 0 in (left.ndim, right.ndim) else _matmul(left, right)


def _inner(a: Any, b: Any) -> Traced:
    recorder = _recorder((a, b))
    left, right = recorder.lift(a), recorder.lift(b)
    if right.ndim == 2:
        right = recorder.add("transpose", (right,))
    return _matmul(left, right)


def _outer(a: Any, b: Any, out: Any = None) -> Traced:
    recorder = _recorder((a, b))
    left, right = recorder.lift(a), recorder.lift(b)
    return recorder.add("matmul", (left.reshape(-1, 1), right.reshape(1, -1)))


def _transpose(a: Traced, axes: Any = None) -> Traced:
    return a.recorder.add("transpose", (a,)) if axes is None else a.recorder.add("transpose", (a,), axes=tuple(int(k) for k in axes))


def _broadcast_to(array: Traced, shape: Any, subok: bool = False) -> Traced:
    return array.recorder.add("broadcast", (array,), to=tuple(np.broadcast_shapes(array.shape, shape)))


def _var(a: Traced, axis: Any = None, dtype: Any = None, out: Any = None, ddof: int = 0, keepdims: Any = False, **others: Any) -> Any:
    centred = np.square(a - np.mean(a, axis=axis, keepdims=True))  # pyright: ignore
    total = np.sum(centred, axis=axis, keepdims=keepdims is True)
    return total / (np.prod([a.shape[k] for k in _axes(a, axis)]) - ddof)


def _std(a: Traced, *arguments: Any, **options: Any) -> Any:
    return np.sqrt(_var(a, *arguments, **options))


def _norm(x: Traced, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
    if ord not in (None, 2, "fro") or (ord == 2 and x.ndim != 1):
        raise _refused(f"numpy.linalg.norm with ord={ord!r}")
    return np.sqrt(np.sum(np.square(x), axis=axis, keepdims=keepdims))  # pyright: ignore


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.sum: _REDUCE["sum"],
    np.mean: _REDUCE["mean"],
    np.max: _REDUCE["max"],
    np.min: _REDUCE["min"],
    np.prod: _REDUCE["prod"],
    np.where: _where,
    np.clip: _clip,
    np.dot: _dot,
    np.inner: _inner,
    np.outer: _outer,
    np.transpose: _transpose,
    np.broadcast_to: _broadcast_to,
    np.var: _var,
    np.std: _std,
    np.linalg.norm: _norm,
    np.shape: lambda a: a.shape,
    np.ndim: lambda a: a.ndim,
    np.size: lambda a, axis=None: a.size if axis is None else a.shape[axis],
    np.zeros_like: lambda a, **_: np.zeros(a.shape),
    np.ones_like: lambda a, **_: np.ones(a.shape),
    np.copy: lambda a, **_: a,
}
