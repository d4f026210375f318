"""Sums, products, quotients and powers of scalars, and the two fused nodes `total` (Σ x) and `dot` (Σ x · y).

Operands may be plain numbers. A constant 0 or 1 that changes nothing makes no node, so arrays of zeros that are filled
cost nothing.

>>> from backproof.verify.numbers.ball_arrays import arb
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100)) as tape:
...     x, y = tape.leaf(arb(3)), tape.leaf(arb(2))
...     inner = dot([x, y, 0.0], [y, 0.5, x])
...     adjoints = tape.sweep({inner.index: arb(1)})
>>> inner, len(tape.nodes), adjoints[:2]
(7.0, 3, [2.00000000000000, 3.50000000000000])
>>> with running(Tape(100)):
...     add(x, "1")
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: a value of type str ('1') among lifted numbers has no lifted rule (...
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

from backproof.verify.lift.tape.rule import DOTTED, OF_LIBRARY, ONE, SUMMED, ZERO, Rule
from backproof.verify.lift.tape.rules import RULES
from backproof.verify.lift.tape.tape import NOW, Scalar, apply, scalar
from backproof.verify.numbers.ball_arrays import Ball

ADD, SUBTRACT, MULTIPLY, DIVIDE, POWER = (RULES[k] for k in ("add", "subtract", "multiply", "divide", "power"))
SQUARE, HYPOT = RULES["square"], RULES["hypot"]


def add(x: Any, y: Any) -> Scalar:
    """x + y; adding an exact zero changes nothing."""
    x, y = scalar(x), scalar(y)
    if x.index < 0 and x.value.is_zero():
        return y
    if y.index < 0 and y.value.is_zero():
        return x
    if (literals := NOW.tape.literals) is not None and (x.index < 0) != (y.index < 0):
        return literals.added(ADD, x, y)
    return apply(ADD, x, y)


def subtract(x: Any, y: Any) -> Scalar:
    """x − y."""
    x, y = scalar(x), scalar(y)
    if y.index < 0 and y.value.is_zero():
        return x
    if (literals := NOW.tape.literals) is not None and (x.index < 0) != (y.index < 0):
        return literals.added(SUBTRACT, x, y, subtracted=True)
    return apply(SUBTRACT, x, y)


def multiply(x: Any, y: Any) -> Scalar:
    """x · y; a constant 0 makes a constant 0 of every finite number, whatever its derivative."""
    x, y = scalar(x), scalar(y)
    for one, other in ((x, y), (y, x)):
        if one.index < 0 and other.index >= 0:
            if one.value.is_zero() and other.value.is_finite():
                return Scalar(ZERO)
            if one.value == 1:
                return other
    return apply(MULTIPLY, x, y)


def divide(x: Any, y: Any) -> Scalar:
    """x / y."""
    x, y = scalar(x), scalar(y)
    if x.index < 0 and x.value.is_zero() and y.value.is_finite() and (y.value > 0 or y.value < 0):
        return Scalar(ZERO)
    if y.index < 0 and y.value == 1:
        return x
    return apply(DIVIDE, x, y)


def power(x: Any, y: Any) -> Scalar:
    """x ** y; a constant exponent 0 makes a constant 1 of every finite number."""
    x, y = scalar(x), scalar(y)
    if y.index < 0:
        if y.value == 1:
            return x
        if y.value.is_zero() and x.value.is_finite():
            return Scalar(ONE)
        if y.value == 2 and (found := _squared_length(x)) is not None:
            return found
    return apply(POWER, x, y)


def square(x: Any) -> Scalar:
    """x²."""
    x = scalar(x)
    found = _squared_length(x)
    return apply(SQUARE, x) if found is None else found


def _squared_length(x: Scalar) -> Scalar | None:
    """The square of what is √(a² + b²), which has a derivative where that has none; None of anything else."""
    if x.index < 0 or x.tape is not NOW.tape:
        return None
    rule, operands, _ = NOW.tape.nodes[x.index]
    return apply(LENGTH_SQUARED, *operands) if rule is HYPOT else None


def total(terms: Iterable[Any]) -> Scalar:
    """The sum as one node."""
    kept = [x for x in map(scalar, terms) if x.index >= 0 or not x.value.is_zero()]
    if len(kept) < 2:
        return kept[0] if kept else Scalar(ZERO)
    return apply(SUM, *kept)


def dot(left: Iterable[Any], right: Iterable[Any]) -> Scalar:
    """Σ left · right as one node; products with a constant zero are left out."""
    operands: list[Scalar] = []
    for x, y in zip(map(scalar, left), map(scalar, right), strict=True):
        if (x.index < 0 and x.value.is_zero() and y.value.is_finite()) or (y.index < 0 and y.value.is_zero() and x.value.is_finite()):
            continue
        operands += (x, y)
    if len(operands) <= 2:
        return multiply(*operands) if operands else Scalar(ZERO)
    return apply(DOT, *operands)


def _dot_value(*xs: Ball) -> Ball:
    result = xs[0] * xs[1]
    for k in range(2, len(xs), 2):
        result += xs[k] * xs[k + 1]
    return result


def _dot_partials(v: Ball, *xs: Ball) -> tuple[Ball, ...]:
    return tuple(xs[k ^ 1] for k in range(len(xs)))


SUM = Rule("sum", lambda *xs: functools.reduce(lambda a, b: a + b, xs), lambda v, *xs: (ONE,) * len(xs), SUMMED)
LENGTH_SQUARED = Rule("hypot²", lambda a, b: a * a + b * b, lambda v, a, b: (2 * a, 2 * b), OF_LIBRARY)
DOT = Rule("dot", _dot_value, _dot_partials, DOTTED)
