"""How many roundings each operation of a tape makes in floats, and of which size: the table behind
`verify.lift.rounding.bounds`.

`Counted` gives, for every node of a tape, a bound of the absolute error of its value in floats, given exact operands,
and for every use of an operand one of the error of adjoint · partial; both to first order:

| operation | error of the value | error of adjoint · partial, beside the partial's size |
|---|---|---|
| −x, copies | 0 | 0 |
| x + y, x − y | u·|v| | 0 |
| x · y, x² | u·|v| | u |
| x / y, 1/x, √x | u·|v| | 3u |
| Σ of k terms, in any order | (k − 1)·u·Σ|x| | 0 |
| Σ of k products | k·u·Σ|x·y| | u |
| a function of a library | L·u·|v| | (2L + 5)·u: two functions and five operations |
| of `scipy.special`, sinc | and that of operands off by L·u·|x| | and that of operands off by L·u·|x| |
| A⁻¹, A⁻¹b, det A, eigenvalues, exp A | that of entries off by 3·n²·u·max|A| | that of entries off by as much |

and (k − 1)·u in every one of k adjoints that are added up. Which row is a function's, its `Rule` says (`Roundings`).
The first rows are the standard model (N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., §2.2,
§3.1, §4.2). *Assumed*, since it cannot be derived: L = `float_model.LIBRARY`; that special functions and their
derivatives are mixed stable with the same L; that factorizations are backward stable without growth (§9.3 with a growth
factor of one, in the norm of the largest entry); that a constant which the code computed from others has at most
`FOLDED` roundings (any other has one, if it does not fit into the dtype); and that a value which underflows is off by
the smallest normal number at most (in half precisions, which NumPy rounds from float32, by the smallest subnormal).

Some derivatives everybody computes from the value: e^x, 1 − tanh², s(1 − s). The error of the value is then one of
theirs, of the size |∂D/∂v|·|v| (`Roundings.from_value`).

>>> import numpy as np
>>> from backproof.verify.numbers.float_model import DOUBLE, unit_of
>>> from backproof.verify.lift.numpy_code.lifting import lift
>>> tape = lift(lambda x: x[0] * x[1] + x[2], (np.array([1.0, 2.0, -2.0]),)).tape
>>> [Counted(tape, units_of(tape, [DOUBLE])).value(v)[0] / DOUBLE.u for v in range(5)]
[0.0, 0.0, 0.0, 2.0, 0.0]
>>> unit_of(np.dtype(int))
Traceback (most recent call last):
    ...
ValueError: rounding is that of a dtype of floats, found int64
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from backproof.verify.lift.tape.arithmetic import POWER
from backproof.verify.lift.tape.rule import MULTIPLIED, Roundings, Rule, Stability
from backproof.verify.lift.tape.tape import Tape
from backproof.verify.numbers.ball_arrays import arb
from backproof.verify.numbers.float_model import DOUBLE, Unit

FOLDED = 16  # chosen: roundings of a constant that the code computed from others, as after a dozen operations
STEPS = 3  # of γ₃ₙ for A x = b by LU (Higham, §9.3); with pivots |L||U| ≤ n·max|A|, hence 3n·u · n·max|A|


def units_of(tape: Tape, inputs: Sequence[Unit | None]) -> list[Unit]:
    """The unit of every node. `inputs` has that of every lifted input, None for Python's own floats, which take the
    dtype of what they meet. As NumPy promotes, an operation has the finest dtype of its operands; constants are left
    out, so that a unit is never too fine."""
    leaf: dict[int, Unit | None] = {
        number: unit for numbers, unit in zip(tape.shapes, inputs, strict=False) for number in numbers.reshape(-1).tolist()
    }
    if len(set(inputs)) == 1 and inputs[0] is not None:
        return [inputs[0]] * len(tape.nodes)
    found: list[Unit | None] = []
    for index, (_, operands, _) in enumerate(tape.nodes):
        known = [unit for x in operands if x.index >= 0 and (unit := found[x.index]) is not None]
        found.append(min(known, key=lambda unit: unit.u) if known else leaf.get(index))
    return [unit or DOUBLE for unit in found]


@dataclass(frozen=True, eq=False)
class Counted:
    """The table for one tape; `units[v]` is that of node v. Errors are absolute numbers, u included, and found when
    asked for."""

    tape: Tape
    units: list[Unit]
    _values: dict[int, tuple[float, float]] = field(default_factory=dict[int, tuple[float, float]], repr=False)
    _edges: dict[int, tuple[list[float], float]] = field(default_factory=dict[int, tuple[list[float], float]], repr=False)
    _backward: dict[int, list[float] | None] = field(default_factory=dict[int, "list[float] | None"], repr=False)

    def value(self, index: int) -> tuple[float, float]:
        """The error of the value of a node, and the relative errors of which it is made, counted."""
        if index not in self._values:
            self._values[index] = self._of_value(index)
        return self._values[index]

    def edges(self, index: int) -> tuple[list[float], float]:
        """The relative errors of adjoint · partial for each operand, and the absolute error of a partial that is
        computed from a value in error."""
        if index not in self._edges:
            self._edges[index] = self._of_edges(index)
        return self._edges[index]

    def _of_value(self, index: int) -> tuple[float, float]:
        rule, operands, value = self.tape.nodes[index]
        if not operands:
            return 0.0, 0.0
        unit, roundings = self.units[index], roundings_of(rule, operands)
        count = roundings.of_value(len(operands), unit.library)
        own = sum(_terms(operands, roundings.terms)) if roundings.terms else abs(as_float(value))
        error = unit.u * count * own if own and count else 0.0
        off = self.backward(index)
        if off is not None:
            error += sum(abs(as_float(p)) * e for p, e in zip(partials_of(self.tape, index), off, strict=True) if e)
            count += len(operands) * (STEPS if roundings.stability is Stability.BACKWARD else unit.library)
        for k, x in enumerate(operands):
            if rounded := constant_roundings(x, unit):
                error += unit.u * rounded * abs(as_float(partials_of(self.tape, index)[k]) * as_float(x.value))
                count += rounded
        return error, unit.u * count

    def _of_edges(self, index: int) -> tuple[list[float], float]:
        rule, operands, value = self.tape.nodes[index]
        unit = self.units[index]
        known = edge_roundings(rule, operands, unit)
        constants = [constant_roundings(x, unit) for x in operands]
        lost, from_value = 0.0, rule.roundings.from_value
        if from_value is not None:
            count = rule.roundings.of_value(len(operands), unit.library) + 1
            lost = unit.u * count * from_value(as_float(value), *[as_float(x.value) for x in operands])
        return [unit.u * (known + sum(constants) - own) for own in constants], lost

    def backward(self, index: int) -> list[float] | None:
        """How far off the operands are for which value and partials are exact; None where both have a small relative
        error anyway."""
        if index not in self._backward:
            rule, operands, _ = self.tape.nodes[index]
            self._backward[index] = operand_errors(rule.roundings.stability, operands, self.units[index])
        return self._backward[index]


def roundings_of(rule: Rule, operands: Sequence[Any]) -> Roundings:
    """The row of the table: x² is a product, as NumPy computes it."""
    return MULTIPLIED if rule is POWER and operands[1].index < 0 and operands[1].value == 2 else rule.roundings


def edge_roundings(rule: Rule, operands: Sequence[Any], unit: Unit) -> int:
    """Roundings of adjoint · partial."""
    return roundings_of(rule, operands).of_partial(unit.library)


def as_float(ball: Any) -> float:
    """The middle as a float; inf beyond their range."""
    return math.inf if ball is None or ball.is_nan() else float(ball.mid())


def _terms(operands: Sequence[Any], each: int) -> Iterator[float]:
    """The sizes of the terms of a sum, each the product of so many operands."""
    for k in range(0, len(operands), each):
        yield abs(math.prod(as_float(x.value) for x in operands[k : k + each]))


def constant_roundings(x: Any, unit: Unit) -> int:
    """How many roundings a constant may have: one if it does not fit into the dtype, `FOLDED` if it is no float at all,
    hence was computed from others."""
    if x.index >= 0 or not x.value.is_finite():
        return 0
    if not (x.value.is_exact() and arb(float(x.value)) == x.value):
        return FOLDED
    return 0 if (math.frexp(float(x.value))[0] / unit.u).is_integer() else 1


def partials_of(tape: Tape, index: int) -> tuple[Any, ...]:
    """The partials of one node, kept on the tape."""
    known = tape.partials[index]
    if known is None:
        rule, operands, value = tape.nodes[index]
        known = rule.partials(value, *[x.value for x in operands]) if operands else ()
        tape.partials[index] = known
    return known


def operand_errors(stability: Stability, operands: Sequence[Any], unit: Unit) -> list[float] | None:
    """How far off the operands are for which the float value is exact; None where the value has a small relative error
    anyway."""
    if stability in (Stability.FORWARD, Stability.NORM):
        return None
    if stability is Stability.MIXED:
        return [unit.library * unit.u * abs(as_float(x.value)) if x.index >= 0 else 0.0 for x in operands]
    n = math.isqrt(len(operands))
    largest = max((abs(as_float(x.value)) for x in operands[: n * n]), default=0.0)
    return [STEPS * n * n * unit.u * largest if k < n * n else 0.0 for k in range(len(operands))]
