"""The rows that work entry by entry: values and slopes, where a row is not defined, and what a derivative is at a kink.

>>> from benchmarks.duals.arithmetic import numbers
>>> x = Dual(numbers([0.0, 2.0]), numbers([[1.0], [1.0]]))
>>> against_zero(x, opposite).d.tolist()
[[mpf('nan')], [mpf('1.0')]]
>>> divide({}, x, x) is None
True
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import mpmath
import numpy as np

from benchmarks.duals.arithmetic import Array, Attributes, Dual, Found, chained, each, exp, plus, scalar, times


def of_one(
    value: Callable[[Any], Any], slope: Callable[[Any], Any], defined: Callable[[Any], bool] = lambda x: True
) -> Callable[..., Found]:
    """A row of one operand, entry by entry."""

    def rule(attributes: Attributes, x: Dual) -> Found:
        if not all(defined(entry) for entry in x.v.reshape(-1)):
            return None
        return chained(each(value, x.v), (each(slope, x.v), x))

    return rule


def add(attributes: Attributes, *xs: Dual) -> Found:
    one = scalar(mpmath.mpf(1))
    return chained(reduce(plus, [x.v for x in xs]), *[(one, x) for x in xs])


def subtract(attributes: Attributes, x: Dual, y: Dual) -> Found:
    return chained(each(lambda a, b: a - b, x.v, y.v), (scalar(mpmath.mpf(1)), x), (scalar(mpmath.mpf(-1)), y))


def multiply(attributes: Attributes, *xs: Dual) -> Found:
    values = [x.v for x in xs]
    one = scalar(mpmath.mpf(1))
    others = [reduce(times, [v for k, v in enumerate(values) if k != slot], one) for slot in range(len(xs))]
    return chained(reduce(times, values), *zip(others, xs, strict=True))


def divide(attributes: Attributes, x: Dual, y: Dual) -> Found:
    if not all(entry != 0 for entry in y.v.reshape(-1)):
        return None
    return chained(each(lambda a, b: a / b, x.v, y.v), (each(lambda b: 1 / b, y.v), x), (each(lambda a, b: -a / b**2, x.v, y.v), y))


def power(attributes: Attributes, x: Dual, *more: Dual) -> Found:
    if not more:
        return _constant_power(attributes["exponent"], x)
    y = more[0]
    if not all(entry > 0 for entry in x.v.reshape(-1)):
        return None

    def value(a: Any, b: Any) -> Any:
        return exp(b * mpmath.log(a))

    return chained(
        each(value, x.v, y.v),
        (each(lambda a, b: b * value(a, b - 1), x.v, y.v), x),
        (each(lambda a, b: value(a, b) * mpmath.log(a), x.v, y.v), y),
    )


def _constant_power(exponent: Any, x: Dual) -> Found:
    whole = exponent == int(exponent)
    p = int(exponent) if whole else mpmath.mpf(exponent)
    if not whole:
        if exponent > 0:
            return _closed(x, lambda a: a**p, lambda a: p * a ** (p - 1))
        defined = all(entry > 0 for entry in x.v.reshape(-1))
    else:
        defined = p >= 0 or all(entry != 0 for entry in x.v.reshape(-1))
    if not defined:
        return None
    return chained(each(lambda a: a**p if p else mpmath.mpf(1), x.v), (each(lambda a: _power_slope(a, p), x.v), x))


def _power_slope(a: Any, p: Any) -> Any:
    return mpmath.mpf(p) if p in (0, 1) else p * a ** (p - 1)


def _closed(x: Dual, value: Callable[[Any], Any], slope: Callable[[Any], Any]) -> Found:
    """A row whose domain is x ≥ 0: at 0 what does not move is defined, and what moves has no derivative."""
    entries, moves = x.v.reshape(-1), x.d.reshape(x.v.size, -1)
    if any(a < 0 or (a == 0 and any(entry != 0 for entry in row)) for a, row in zip(entries, moves, strict=True)):
        return None
    return chained(each(value, x.v), (each(lambda a: slope(a) if a > 0 else mpmath.mpf(0), x.v), x))


def sqrt(attributes: Attributes, x: Dual) -> Found:
    return _closed(x, mpmath.sqrt, lambda a: 1 / (2 * mpmath.sqrt(a)))


def _kinked(sides: Sequence[Array]) -> Array:
    """The derivative where several sides meet: theirs if they agree, else nan."""
    return sides[0] if all((side == sides[0]).all() for side in sides) else each(lambda entry: mpmath.nan, sides[0])


def chosen(xs: Sequence[Dual], better: Callable[[Any, Any], bool]) -> Found:
    """Entry by entry the best of the operands; of equal ones all."""
    shape = np.broadcast_shapes(*[x.v.shape for x in xs])
    width = xs[0].d.shape[-1]
    values = [np.broadcast_to(x.v, shape) for x in xs]
    slopes = [np.broadcast_to(x.d.reshape((1,) * (len(shape) - x.v.ndim) + x.d.shape), (*shape, width)) for x in xs]
    v: Array = np.empty(shape, dtype=object)
    d: Array = np.empty((*shape, width), dtype=object)
    for index in np.ndindex(shape):
        best = reduce(lambda a, b: b if better(b, a) else a, [value[index] for value in values])
        v[index] = best
        d[index] = _kinked([slope[index] for value, slope in zip(values, slopes, strict=True) if value[index] == best])
    return Dual(v, d)


def against_zero(x: Dual, other: Callable[[Dual], Dual]) -> Found:
    return chosen([x, other(x)], lambda a, b: a > b)


def zero(x: Dual) -> Dual:
    return Dual(each(lambda entry: mpmath.mpf(0), x.v), each(lambda entry: mpmath.mpf(0), x.d))


def opposite(x: Dual) -> Dual:
    return Dual(each(lambda entry: -entry, x.v), each(lambda entry: -entry, x.d))


def where(attributes: Attributes, c: Dual, x: Dual, y: Dual) -> Found:
    """x where c > 0, else y; where c is 0, and moves, the two meet unless they are the same."""
    shape = np.broadcast_shapes(c.v.shape, x.v.shape, y.v.shape)
    width = x.d.shape[-1]

    def wide(one: Dual) -> tuple[Array, Array]:
        slopes = one.d.reshape((1,) * (len(shape) - one.v.ndim) + one.d.shape)
        return np.broadcast_to(one.v, shape), np.broadcast_to(slopes, (*shape, width))

    (cv, cd), (xv, xd), (yv, yd) = wide(c), wide(x), wide(y)
    v: Array = np.empty(shape, dtype=object)
    d: Array = np.empty((*shape, width), dtype=object)
    for index in np.ndindex(shape):
        v[index] = xv[index] if cv[index] > 0 else yv[index]
        turns = cv[index] == 0 and any(entry != 0 for entry in cd[index])
        same = xv[index] == yv[index]
        d[index] = xd[index] if cv[index] > 0 else yd[index]
        if turns:
            d[index] = _kinked([xd[index], yd[index]]) if same else each(lambda entry: mpmath.nan, yd[index])
    return Dual(v, d)
