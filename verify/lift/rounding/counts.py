"""How many roundings each operation of a tape makes in floats, and of which size: the table behind `verify.lift.rounding.bounds`.

`Counted` gives, for every node of a tape, a bound of the absolute error of its value in floats, given exact operands, and for every use of an operand one of
the error of adjoint · partial; both to first order:

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

and (k − 1)·u in every one of k adjoints that are added up. The first rows are the standard model (N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd
ed., §2.2, §3.1, §4.2). *Assumed*, since it cannot be derived: L = `running_errors.LIBRARY`; that special functions and their derivatives are mixed stable with the same L;
that factorizations are backward stable without growth (§9.3 with a growth factor of one, in the norm of the largest entry); that a constant which the code computed from others
has at most `FOLDED` roundings (any other has one, if it does not fit into the dtype); and that a value which underflows is off by the smallest normal number at most (in half
precisions, which NumPy rounds from float32, by the smallest subnormal).

Some derivatives everybody computes from the value: e^x, 1 − tanh², s(1 − s). The error of the value is then one of theirs, of the size |∂D/∂v|·|v| (`FROM_THE_VALUE`).

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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from backproof.verify.lift.tape.rules import Rule
from backproof.verify.lift.tape.tape import Tape
from backproof.verify.numbers.ball_arrays import arb
from backproof.verify.numbers.float_model import DOUBLE, Unit

FOLDED = 16
JOINT = frozenset({"solve", "inv", "det", "eigenvalue", "eigenvector", "expm"})
LIBRARY_FUNCTIONS = frozenset(
    [
        "exp",
        "exp2",
        "expm1",
        "log",
        "log2",
        "log10",
        "log1p",
        "sin",
        "cos",
        "tan",
        "arcsin",
        "arccos",
        "arctan",
        "sinh",
        "cosh",
        "tanh",
        "arcsinh",
        "arccosh",
        "arctanh",
        "arctan2",
        "hypot",
        "power",
        "cbrt",
        "expit",
        "log_expit",
        "softplus",
        "logaddexp",
        "logaddexp2",
        "deg2rad",
        "rad2deg",
    ]
)
VALUE_ROUNDINGS = {"leaf": 0, "negative": 0, **dict.fromkeys(["add", "subtract", "multiply", "divide", "square", "reciprocal", "sqrt"], 1)}
EDGE_ROUNDINGS = {
    **dict.fromkeys(["add", "subtract", "negative", "sum"], 0),
    **dict.fromkeys(["multiply", "square", "dot", "exp"], 1),
    "sqrt": 2,
    **dict.fromkeys(["divide", "reciprocal", "tanh", "exp2"], 3),
}
FROM_THE_VALUE: Mapping[str, Callable[..., float]] = {
    "exp": lambda v, x: abs(v),
    "exp2": lambda v, x: abs(v),
    "sqrt": lambda v, x: abs(0.5 / v) if v else 0.0,
    "cbrt": lambda v, x: abs(2 / (3 * v * v)) if v else 0.0,
    "tanh": lambda v, x: 2 * v * v,
    "expit": lambda v, x: abs(v * (1 - v)) + v * v,
    "erfcx": lambda v, x: abs(2 * x * v),
    "dawsn": lambda v, x: abs(2 * x * v),
    "i0e": lambda v, x: abs(v),
    "i1e": lambda v, x: abs(v) + (abs(v / x) if x else 0.0),
}
"""|∂D/∂v|·|v| for functions whose derivative D everybody computes from their value v."""


def units_of(tape: Tape, inputs: Sequence[Unit | None]) -> list[Unit]:
    """The unit of every node. `inputs` has that of every lifted input, None for Python's own floats, which take the dtype of what they meet. As NumPy promotes, an
    operation has the finest dtype of its operands; constants are left out, so that a unit is never too fine."""
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
    """The table for one tape; `units[v]` is that of node v. Errors are absolute numbers, u included, and found when asked for."""

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
        """The relative errors of adjoint · partial for each operand, and the absolute error of a partial that is computed from a value in error."""
        if index not in self._edges:
            self._edges[index] = self._of_edges(index)
        return self._edges[index]

    def _of_value(self, index: int) -> tuple[float, float]:
        rule, operands, value = self.tape.nodes[index]
        unit, name = self.units[index], name_of(rule, operands)
        if not operands:
            return 0.0, 0.0
        own = abs(size(value))
        if name == "sum":
            count, own = len(operands) - 1, sum(abs(size(x.value)) for x in operands)
        elif name == "dot":
            count = len(operands) // 2
            own = sum(abs(size(operands[k].value) * size(operands[k + 1].value)) for k in range(0, len(operands), 2))
        else:
            count = VALUE_ROUNDINGS.get(name, unit.library)
        error = unit.u * count * own if own and count else 0.0
        off = self.backward(index)
        if off is not None:
            error += sum(abs(size(p)) * e for p, e in zip(partials_of(self.tape, index), off, strict=True) if e)
            count += 3 * len(operands) if name in JOINT else unit.library * len(operands)
        for k, x in enumerate(operands):
            if roundings := constant_roundings(x, unit):
                error += unit.u * roundings * abs(size(partials_of(self.tape, index)[k]) * size(x.value))
                count += roundings
        return error, unit.u * count

    def _of_edges(self, index: int) -> tuple[list[float], float]:
        rule, operands, value = self.tape.nodes[index]
        unit = self.units[index]
        known = edge_roundings(name_of(rule, operands), unit)
        constants = [constant_roundings(x, unit) for x in operands]
        lost = 0.0
        if rule.name in FROM_THE_VALUE:
            count = VALUE_ROUNDINGS.get(rule.name, unit.library) + 1
            lost = unit.u * count * FROM_THE_VALUE[rule.name](size(value), *[size(x.value) for x in operands])
        return [unit.u * (known + sum(constants) - own) for own in constants], lost

    def backward(self, index: int) -> list[float] | None:
        """How far off the operands are for which value and partials are exact; None where both have a small relative error anyway."""
        if index not in self._backward:
            self._backward[index] = self._of_operands(index)
        return self._backward[index]

    def _of_operands(self, index: int) -> list[float] | None:
        rule, operands, _ = self.tape.nodes[index]
        return operand_errors(rule.name, operands, self.units[index])


def name_of(rule: Rule, operands: Sequence[Any]) -> str:
    """The row of the table: x² is a product, as NumPy computes it."""
    return "square" if rule.name == "power" and operands[1].index < 0 and operands[1].value == 2 else rule.name


def edge_roundings(name: str, unit: Unit) -> int:
    """Roundings of adjoint · partial."""
    return EDGE_ROUNDINGS.get(name, 4 if name in JOINT else 2 * unit.library + 5)


def size(ball: Any) -> float:
    """The middle as a float; inf beyond their range."""
    return math.inf if ball is None or ball.is_nan() else float(ball.mid())


def constant_roundings(x: Any, unit: Unit) -> int:
    """How many roundings a constant may have: one if it does not fit into the dtype, `FOLDED` if it is no float at all, hence was computed from others."""
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


def operand_errors(name: str, operands: Sequence[Any], unit: Unit) -> list[float] | None:
    """How far off the operands are for which the float value is exact; None where the value has a small relative error anyway."""
    if name in JOINT:
        n = math.isqrt(len(operands))
        entries = [abs(size(x.value)) for x in operands]
        largest = max(entries[: n * n], default=0.0)
        return [3 * n * n * unit.u * largest if k < n * n else 0.0 for k in range(len(operands))]
    if name in VALUE_ROUNDINGS or name in EDGE_ROUNDINGS or name in LIBRARY_FUNCTIONS:
        return None
    return [unit.library * unit.u * abs(size(x.value)) if x.index >= 0 else 0.0 for x in operands]
