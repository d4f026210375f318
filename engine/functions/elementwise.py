"""Rows that work entry by entry: arithmetic, elementary functions, and the functions with kinks.

They broadcast like NumPy. The derivative at a kink follows the usual convention of software (relu′(0) = 0, |·|′(0) = 0,
the first of several equal maxima takes all); `kinks` tells how near one is, and the verifier never calls such a value
correct without saying so.

>>> from backproof.engine.number_systems import FLOAT64, RATIONAL
>>> rows = {row.name: row for row in ROWS}
>>> rows["divide"].jacobian(RATIONAL, {}, [RATIONAL.array(3), RATIONAL.array(2)], 1).item()
Fraction(-3, 4)
>>> rows["relu"].jacobian(FLOAT64, {}, [FLOAT64.array(0)], 0).item(), rows["relu"].kinks({}, [FLOAT64.array(0)])
(0.0, 0.0)
>>> rows["power"].shape({}, [(3,)])
Traceback (most recent call last):
    ...
ValueError: power takes either a second operand or the attribute exponent, and not both
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from backproof.engine.functions.row import (
    Algebra,
    Attributes,
    Operands,
    Row,
    check_numbers,
    distance_to_zero,
    elementwise,
    positive,
    smallest,
)
from backproof.engine.number_systems import Array, NumberSystem


def _step(s: NumberSystem, x: Array) -> Array:
    """1 where x > 0, else 0."""
    return s.select(x, s.one, s.zero)


def _sign(s: NumberSystem, x: Array) -> Array:
    return s.subtract(_step(s, x), _step(s, s.negative(x)))


def _product_of_others(s: NumberSystem, a: Attributes, slot: int, *xs: Array) -> Array:
    return reduce(s.multiply, xs[:slot] + xs[slot + 1 :])


def _divide_partial(s: NumberSystem, a: Attributes, slot: int, x: Array, y: Array) -> Array:
    if slot == 0:
        return s.divide(s.one, y)
    return s.negative(s.divide(x, s.multiply(y, y)))


def _takes_the_maximum(s: NumberSystem, slot: int, xs: Sequence[Array]) -> Array:
    """1 where operand `slot` is the largest, and the first of equals; else 0."""
    chosen = s.one
    for k, x in enumerate(xs):
        if k < slot:
            chosen = s.select(s.subtract(xs[slot], x), chosen, s.zero)
        if k > slot:
            chosen = s.select(s.subtract(x, xs[slot]), s.zero, chosen)
    return chosen


def _distance_between_best(largest: bool) -> Any:
    """How far the two best operands are apart at the entry where they are closest; equal operands make a tie."""

    def distance(a: Attributes, xs: Operands) -> Any:
        stacked = np.stack(np.broadcast_arrays(*xs)).astype(object)
        ordered = np.sort(stacked, axis=0)
        best, second = (ordered[-1], ordered[-2]) if largest else (ordered[1], ordered[0])
        return smallest(np.asarray(best - second, dtype=object))

    return distance


def _is_whole(exponent: Any) -> bool:
    return exponent == int(exponent)


def _exponent(s: NumberSystem, a: Attributes, xs: Operands) -> Array:
    return s.array(a["exponent"]) if len(xs) == 1 else xs[1]


def _power_partial(s: NumberSystem, a: Attributes, slot: int, *xs: Array) -> Array:
    x, exponent = xs[0], _exponent(s, a, xs)
    if slot == 1:
        return s.multiply(s.power(x, exponent), s.log(x))
    if len(xs) == 1 and a["exponent"] == 0:
        return s.zeros(x.shape)
    return s.multiply(exponent, s.power(x, s.subtract(exponent, s.one)))


def _power_algebra(a: Attributes, count: int) -> Algebra:
    if count == 2 or not _is_whole(a["exponent"]):
        return "transcendental"
    return "polynomial" if a["exponent"] >= 0 else "rational"


def _power_domain(a: Attributes, xs: Operands) -> Any:
    if len(xs) == 2 or not _is_whole(a["exponent"]):
        return smallest(xs[0])
    return math.inf if a["exponent"] >= 0 else distance_to_zero(xs[0])


def _power_shape(a: Attributes, shapes: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    if (len(shapes) == 1) != ("exponent" in a):
        raise ValueError("power takes either a second operand or the attribute exponent, and not both")
    exponent = a.get("exponent", 1)
    if isinstance(exponent, bool) or np.shape(exponent) != ():
        raise ValueError(f"the exponent must be a number, found {exponent!r}")
    check_numbers("the exponent", exponent)
    return np.broadcast_shapes(*shapes)


def _unary(function: str) -> Any:
    return lambda s, a, x: getattr(s, function)(x)


def _logistic(s: NumberSystem, a: Attributes, slot: int, x: Array) -> Array:
    """σ(x)(1 − σ(x)), written as e/(1 + e)² with e = exp(−|x|) so that it neither cancels nor overflows for large x."""
    e = s.exp(s.negative(s.absolute(x)))
    more = s.add(s.one, e)
    return s.divide(e, s.multiply(more, more))


def _tanh_partial(s: NumberSystem, a: Attributes, slot: int, x: Array) -> Array:
    """1 − tanh²x = 4σ(2x)(1 − σ(2x)), which does not cancel for large x."""
    return s.scale(4, _logistic(s, a, slot, s.add(x, x)))


def _textbook_tanh(library: int, v: Array, x: Array, D: Array) -> Array:
    """1 − v², from the value v: (2L + 1)·v² + |D|."""
    return np.diag((2 * library + 1) * v.reshape(-1) ** 2) + np.abs(D)


def _textbook_sigmoid(library: int, v: Array, x: Array, D: Array) -> Array:
    """v·(1 − v), from the value v: ((L + 2) + 1)·|v| + 2|D|."""
    return np.diag((library + 3) * np.abs(v).reshape(-1)) + 2 * np.abs(D)


def _sum_of_degrees(a: Attributes, degrees: Sequence[int]) -> int:
    return sum(degrees)


def _away_from_zero(a: Attributes, xs: Operands) -> Any:
    return distance_to_zero(xs[0])


ROWS: tuple[Row, ...] = (
    elementwise("identity", "x", lambda s, a, x: x, lambda s, a, slot, x: s.one, "polynomial", plain=True),
    elementwise(
        "add", "x + y + …", lambda s, a, *xs: reduce(s.add, xs), lambda s, a, slot, *xs: s.one, "polynomial", (2, None), plain=True
    ),
    elementwise(
        "subtract", "x − y", lambda s, a, x, y: s.subtract(x, y), lambda s, a, slot, x, y: s.array((1, -1)[slot]), "polynomial", (2, 2)
    ),
    elementwise(
        "multiply",
        "x · y · …",
        lambda s, a, *xs: reduce(s.multiply, xs),
        _product_of_others,
        "polynomial",
        (2, None),
        degree=_sum_of_degrees,
        plain=True,
    ),
    elementwise(
        "divide",
        "x / y",
        lambda s, a, x, y: s.divide(x, y),
        _divide_partial,
        "rational",
        (2, 2),
        domain=lambda a, xs: distance_to_zero(xs[1]),
    ),
    elementwise("negate", "−x", lambda s, a, x: s.negative(x), lambda s, a, slot, x: s.array(-1), "polynomial"),
    elementwise(
        "square",
        "x²",
        lambda s, a, x: s.multiply(x, x),
        lambda s, a, slot, x: s.add(x, x),
        "polynomial",
        degree=lambda a, degrees: 2 * degrees[0],
        plain=True,
    ),
    elementwise(
        "reciprocal",
        "1 / x",
        lambda s, a, x: s.divide(s.one, x),
        lambda s, a, slot, x: s.negative(s.divide(s.one, s.multiply(x, x))),
        "rational",
        domain=_away_from_zero,
    ),
    Row(
        name="power",
        formula="x^y",
        fewest=1,
        most=2,
        shape=_power_shape,
        value=lambda s, a, xs: s.power(xs[0], _exponent(s, a, xs)),
        jacobian=elementwise("power", "", lambda *_: np.empty(0), _power_partial, operands=(1, 2)).jacobian,
        partial=_power_partial,
        algebra=_power_algebra,
        degree=lambda a, degrees: int(a["exponent"]) * degrees[0],
        domain=_power_domain,
        closed=lambda a: a.get("exponent", -1) > 0,
        optional=("exponent",),
    ),
    elementwise("exp", "exp x", _unary("exp"), lambda s, a, slot, x: s.exp(x)),
    elementwise("log", "log x", _unary("log"), lambda s, a, slot, x: s.divide(s.one, x), domain=positive),
    elementwise("tanh", "tanh x", _unary("tanh"), _tanh_partial, textbook=_textbook_tanh),
    elementwise("sigmoid", "1 / (1 + exp(−x))", _unary("sigmoid"), _logistic, textbook=_textbook_sigmoid),
    elementwise("softplus", "log(1 + exp x)", _unary("softplus"), lambda s, a, slot, x: s.sigmoid(x)),
    elementwise("sin", "sin x", _unary("sin"), lambda s, a, slot, x: s.cos(x)),
    elementwise("cos", "cos x", _unary("cos"), lambda s, a, slot, x: s.negative(s.sin(x))),
    elementwise(
        "sqrt", "√x", _unary("sqrt"), lambda s, a, slot, x: s.divide(s.one, s.scale(2, s.sqrt(x))), domain=positive, closed=lambda a: True
    ),
    elementwise(
        "relu", "max(x, 0)", lambda s, a, x: s.maximum(x, s.zero), lambda s, a, slot, x: _step(s, x), "piecewise", kinks=_away_from_zero
    ),
    elementwise("abs", "|x|", _unary("absolute"), lambda s, a, slot, x: _sign(s, x), "piecewise", kinks=_away_from_zero),
    elementwise(
        "maximum",
        "max(x, y, …)",
        lambda s, a, *xs: reduce(s.maximum, xs),
        lambda s, a, slot, *xs: _takes_the_maximum(s, slot, xs),
        "piecewise",
        (2, None),
        kinks=_distance_between_best(largest=True),
    ),
    elementwise(
        "minimum",
        "min(x, y, …)",
        lambda s, a, *xs: reduce(s.minimum, xs),
        lambda s, a, slot, *xs: _takes_the_maximum(s, slot, [s.negative(x) for x in xs]),
        "piecewise",
        (2, None),
        kinks=_distance_between_best(largest=False),
    ),
    elementwise(
        "where",
        "x where c > 0, else y",
        lambda s, a, c, x, y: s.select(c, x, y),
        lambda s, a, slot, c, x, y: s.zero if slot == 0 else s.select(c, s.one, s.zero) if slot == 1 else s.select(c, s.zero, s.one),
        "piecewise",
        (3, 3),
        kinks=_away_from_zero,
    ),
)
