"""A `Dual`, values with their derivatives, and the arithmetic of mpmath's numbers in arrays.

>>> chained(numbers([9.0]), (numbers([6.0]), Dual(numbers([3.0]), numbers([[1.0, 0.0]])))).d.tolist()
[[mpf('6.0'), mpf('0.0')]]
>>> product(0, mpmath.nan)
mpf('0.0')
>>> exp(mpmath.mpf(10) ** 300)
Traceback (most recent call last):
    ...
benchmarks.duals.arithmetic.TooLarge: exp
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeAlias

import mpmath
import numpy as np

Array: TypeAlias = Any
Attributes: TypeAlias = Mapping[str, Any]
MOST_EXPONENT, MOST_ANGLE = mpmath.mpf(10) ** 17, mpmath.mpf(10) ** 310
"""The largest |x| of which exp, and sin, are taken: beyond it mpmath needs more digits than there is memory."""


class TooLarge(ArithmeticError):
    """A number of which a function is not taken here."""


@dataclass(frozen=True, eq=False)
class Dual:
    """Values v in the vertex's shape, and d in that shape with one more axis: an entry of the leaves each."""

    v: Array
    d: Array

    def map(self, move: Callable[[Array], Array]) -> Dual:
        """Moves entries: the same of v and of every column of d."""
        columns = [np.asarray(move(self.d[..., c]), dtype=object) for c in range(self.d.shape[-1])]
        return Dual(np.asarray(move(self.v), dtype=object), np.stack(columns, axis=-1))


Found: TypeAlias = "Dual | None"


def numbers(value: Any) -> Array:
    array = np.asarray(value, dtype=object)
    return np.frompyfunc(mpmath.mpf, 1, 1)(array) if array.ndim else scalar(mpmath.mpf(array.item()))


def scalar(value: Any) -> Array:
    array: Array = np.empty((), dtype=object)
    array[()] = value
    return array


def each(function: Callable[..., Any], *arrays: Array) -> Array:
    found = np.frompyfunc(function, len(arrays), 1)(*arrays)
    return found if isinstance(found, np.ndarray) else scalar(found)


def product(a: Any, b: Any) -> Any:
    """a·b, where 0 times what is not known is 0."""
    return mpmath.mpf(0) if a == 0 or b == 0 else a * b


def times(a: Array, b: Array) -> Array:
    return each(product, a, b)


def plus(a: Array, b: Array) -> Array:
    return each(lambda x, y: x + y, a, b)


def summed_up(a: Array, axis: int | None) -> Array:
    """The sum along an axis, or of all entries but those along the last axis, which counts the columns."""
    if axis is None:
        a, axis = a.reshape(-1, a.shape[-1]), 0
    return reduce(plus, [np.take(a, k, axis=axis) for k in range(a.shape[axis])])


def chained(v: Array, *parts: tuple[Array, Dual]) -> Dual:
    """A vertex of values v whose derivative by each operand is known: d = Σ slope · d of the operand, entry by entry."""
    terms: list[Array] = []
    for slope, x in parts:
        wide = np.broadcast_to(x.d.reshape((1,) * (v.ndim - x.v.ndim) + x.d.shape), (*v.shape, x.d.shape[-1]))
        terms.append(times(np.broadcast_to(slope, v.shape)[..., None], wide))
    return Dual(v, reduce(plus, terms))


def _is_large(x: Any, most: Any, name: str) -> None:
    if abs(x) > most:
        raise TooLarge(name)


def exp(x: Any) -> Any:
    _is_large(x, MOST_EXPONENT, "exp")
    return mpmath.exp(x)


def sin(x: Any) -> Any:
    _is_large(x, MOST_ANGLE, "sin")
    return mpmath.sin(x)


def cos(x: Any) -> Any:
    _is_large(x, MOST_ANGLE, "cos")
    return mpmath.cos(x)


def sigmoid(x: Any) -> Any:
    return 1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))


def softplus(x: Any) -> Any:
    return x + mpmath.log1p(exp(-x)) if x >= 0 else mpmath.log1p(exp(x))


def tanh(x: Any) -> Any:
    small = exp(-2 * abs(x))
    return mpmath.sign(x) * -mpmath.expm1(-2 * abs(x)) / (1 + small)


def tanh_slope(x: Any) -> Any:
    small = exp(-2 * abs(x))
    return 4 * small / (1 + small) ** 2
