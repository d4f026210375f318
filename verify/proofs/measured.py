"""Matrices that carry a bound of their own error: |value − exact| ≤ error, entry by entry, through sums and products.

It is a running error analysis (Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., §3.3): every
operation adds its own rounding to what its operands bring along. Two quantities that a theorem claims to be equal must
overlap. Over the rationals every error is 0 and equality is equality.

>>> from backproof.engine import FLOAT64, RATIONAL
>>> x = exactly(FLOAT64.array([[0.1]]), FLOAT64)
>>> total = (x + x + x) - exactly(FLOAT64.array([[0.3]]), FLOAT64)
>>> bool(total.value[0, 0] != 0), bool(abs(total.value[0, 0]) <= total.error[0, 0])
(True, True)
>>> third = exactly(RATIONAL.array([["1/3"]]), RATIONAL)
>>> (third + third + third).error.tolist()
[[0.0]]
>>> x @ exactly(FLOAT64.array([[1.0, 2.0], [3.0, 4.0]]), FLOAT64)
Traceback (most recent call last):
    ...
ValueError: cannot multiply 1 × 1 by 2 × 2
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from backproof.engine import NumberSystem
from backproof.engine.number_systems import Array

SLACK = 1 + 2.0**-40  # a bound is itself a float64: what forming it may lose, over some thousand operations
TINY = 2.0**-1074  # the smallest subnormal float64: what one product may lose by underflow
SMALLEST, LARGEST = 1e-50, 1e50  # chosen: six magnitudes between them can be multiplied within float64's 1e±308


@dataclass(frozen=True, eq=False)
class Measured:
    """A matrix in a number system, with a bound for the error of each entry, and the methods that took the derivatives
    in it from values.
    """

    value: Array
    error: Array
    system: NumberSystem
    methods: frozenset[str] = frozenset()

    def __add__(self, other: Measured) -> Measured:
        return self._sum(self.system.add(self.value, other.value), other)

    def __sub__(self, other: Measured) -> Measured:
        return self._sum(self.system.subtract(self.value, other.value), other)

    def __matmul__(self, other: Measured) -> Measured:
        inner = self.value.shape[1]
        if other.value.shape[0] != inner:
            raise ValueError("cannot multiply {} × {} by {} × {}".format(*self.value.shape, *other.value.shape))
        value = self.system.matmul(self.value, other.value)
        if self.system.exact:
            return self._made(value, other, np.zeros(value.shape))
        left, right = self._reach, other._reach
        carried = left @ other.error + self.error @ right
        rounding = (inner + 1) * self._unit * (left @ right) + (inner * TINY if self.system.family == "float" else 0.0)
        return self._made(value, other, carried + rounding)

    def _sum(self, value: Array, other: Measured) -> Measured:
        error = self.error + other.error
        return self._made(value, other, error if self.system.exact else error + self._unit * sizes(value))

    @cached_property
    def _reach(self) -> Array:
        """How large the exact entries may be."""
        return sizes(self.value) + self.error

    @property
    def _unit(self) -> float:
        return float(self.system.unit_roundoff) * SLACK

    def _made(self, value: Array, other: Measured, error: Array) -> Measured:
        return Measured(value, error * SLACK, self.system, self.methods | other.methods)


def exactly(value: Array, system: NumberSystem) -> Measured:
    """A matrix that is taken as it is given: its entries are the exact ones."""
    return Measured(value, np.zeros(value.shape), system)


def sizes(value: Array) -> Array:
    """The absolute values: as float64, or as they are where one lies so far from 1 that products of bounds would leave
    float64.
    """
    if value.dtype != object:
        return np.abs(value).astype(np.float64)
    absolute = np.abs(value)
    try:
        floats = absolute.astype(np.float64)
    except OverflowError:
        return absolute
    zero = floats == 0
    inside = zero | (floats >= SMALLEST) & (floats <= LARGEST)
    return floats if inside.all() and not any(absolute[zero]) else absolute
