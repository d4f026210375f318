"""The dual numbers ℚ[ε]/ε² as a number system, on python-flint's power series: a value and, beside it, its exact
derivative.

flint's precision is global to the process; it is set for the time of the `with` block and put back.

>>> with dual_system() as system:
...     x = np.array([dual(3, 1)], dtype=object)
...     y = system.divide(system.multiply(x, x), system.array([2]))
>>> derivative_part(y).tolist()
[Fraction(3, 1)]
>>> with dual_system() as system:
...     system.exp(system.array([1]))
Traceback (most recent call last):
    ...
backproof.engine.errors.UnsupportedOperation: exp is not a rational function: it has no exact dual number
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Any

import flint
import numpy as np

from backproof.engine import RATIONAL, NumberSystem, UnsupportedOperation
from backproof.engine.number_systems import ELEMENTARY, Array

LENGTH = 2  # coefficients that are kept: those of 1 and ε


@contextmanager
def dual_system() -> Generator[NumberSystem]:
    """The number system, with flint's series cut off after ε."""
    before = flint.ctx.cap
    flint.ctx.cap = LENGTH
    try:
        yield _system()
    finally:
        flint.ctx.cap = before


@dataclass(frozen=True, slots=True)
class Dual:
    """A series a + bε, as one number: NumPy would take flint's series itself for a sequence."""

    series: Any

    def __add__(self, other: Dual) -> Dual:
        return Dual(self.series + other.series)

    def __sub__(self, other: Dual) -> Dual:
        return Dual(self.series - other.series)

    def __mul__(self, other: Dual) -> Dual:
        return Dual(self.series * other.series)

    def __truediv__(self, other: Dual) -> Dual:
        if not other.series[0]:
            raise ZeroDivisionError("division by zero: the leaves lie outside the domain")
        return Dual(self.series / other.series)

    def __neg__(self) -> Dual:
        return Dual(-self.series)

    def __float__(self) -> float:
        """For an index; TypeError where it moves or is not whole."""
        return float(int(self))

    def __int__(self) -> int:
        """For an index; TypeError where it moves or is not whole."""
        if self.series[1] != 0 or self.real.q != 1:
            raise TypeError(f"an index is a whole number that does not move, found {self.series}")
        return int(self.real.p)

    @property
    def real(self) -> Any:
        """a: what comparisons and branches look at."""
        return self.series[0]


def dual(value: Any, epsilon: int = 0) -> Dual:
    """value + epsilon·ε."""
    if isinstance(value, Dual):
        return value
    exact = Fraction(value.item() if isinstance(value, np.generic) else value)
    return Dual(flint.fmpq_series([flint.fmpq(exact.numerator, exact.denominator), flint.fmpq(epsilon)], prec=LENGTH))


def derivative_part(values: Array) -> Array:
    """The coefficients of ε, as fractions."""
    parts = [Fraction(int(entry.series[1].p), int(entry.series[1].q)) for entry in values.reshape(-1)]
    return np.array(parts, dtype=object).reshape(values.shape)


def _power(base: Dual, exponent: Dual) -> Dual:
    whole = Fraction(int(exponent.real.p), int(exponent.real.q))
    if whole.denominator != 1 or exponent.series[1] != 0:
        raise UnsupportedOperation(f"power with exponent {whole} is not a rational function: it has no exact dual number")
    result = dual(1)
    for _ in range(abs(whole.numerator)):
        result = result * base
    return result if whole >= 0 else dual(1) / result


@cache
def _system() -> NumberSystem:
    def on_objects(function: Callable[..., Any], arity: int) -> Callable[..., Array]:
        made = np.frompyfunc(function, arity, 1)
        return lambda *operands: np.asarray(made(*operands), dtype=object)

    def refuse(name: str) -> Callable[..., Any]:
        def refused(*_: Any) -> Any:
            raise UnsupportedOperation(f"{name} is not a rational function: it has no exact dual number")

        return refused

    return replace(
        RATIONAL,
        name="dual",
        scalar=Dual,
        convert=dual,
        divide=on_objects(lambda a, b: a / b, 2),
        power=on_objects(_power, 2),
        maximum=on_objects(lambda a, b: a if a.real >= b.real else b, 2),
        minimum=on_objects(lambda a, b: a if a.real <= b.real else b, 2),
        absolute=on_objects(lambda a: a if a.real >= 0 else -a, 1),
        select=on_objects(lambda condition, a, b: a if condition.real > 0 else b, 3),
        **{name: refuse(name) for name in ELEMENTARY},
    )
