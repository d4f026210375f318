"""Which ufuncs `trace` knows, and the rows of the function table that they become; other NumPy functions are in
`engine.tracing.functions`.

`UFUNCS` holds those that are a row by themselves; comparisons, logic, powers and matrix products follow. Anything else
is a TraceError that names it.

>>> UFUNCS[np.tanh]
'tanh'
>>> raise refused("numpy.log1p")
Traceback (most recent call last):
    ...
backproof.engine.errors.TraceError: ...numpy.log1p cannot be traced; write np.log(1 + x)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from backproof.engine.errors import TraceError
from backproof.engine.tracing.arrays import Condition, Recorder, Traced
from backproof.engine.tracing.places import where

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
AND = (np.logical_and, np.bitwise_and, np.multiply, np.minimum)
OR = (np.logical_or, np.bitwise_or, np.add, np.maximum)
NOT = (np.logical_not, np.invert)
EQUALITY = "an equality holds at single points, where there is no derivative; compare with <= or >="
ADVICE = {
    "numpy.equal": EQUALITY,
    "numpy.not_equal": EQUALITY,
    "numpy.log1p": "write np.log(1 + x)",
    "numpy.expm1": "write np.exp(x) - 1",
    "numpy.log2": "write np.log(x) / np.log(2)",
    "numpy.log10": "write np.log(x) / np.log(10)",
    "numpy.exp2": "write 2.0**x",
    "numpy.tan": "write np.sin(x) / np.cos(x)",
    "numpy.sinh": "write (np.exp(x) - np.exp(-x)) / 2",
    "numpy.cosh": "write (np.exp(x) + np.exp(-x)) / 2",
    "numpy.sign": "write np.where(x > 0, 1.0, np.where(x < 0, -1.0, 0.0))",
    "numpy.einsum": "write it with @, transposes and np.sum",
}


def refused(name: str) -> TraceError:
    """The error for a function that has no rule."""
    return TraceError(
        f"{where()}{name} cannot be traced; {ADVICE.get(name, 'write it with functions that can, or add a row to the function table')}"
    )


def recorder_of(values: Sequence[Any]) -> Recorder:
    """The recorder of the first traced array among `values`."""
    for value in values:
        if isinstance(value, Traced | Condition):
            return value.recorder
    raise TraceError(f"{where()}no traced array among the direct arguments; pass traced arrays by position, in one list at most")


def recorded(recorder: Recorder, name: str, ufunc: Any, inputs: Sequence[Any]) -> Any:
    """What a call of `ufunc`, of that name in messages, becomes; TraceError where it has no rule."""
    if all(is_boolean(value) for value in inputs):
        return logic(recorder, name, ufunc, inputs)
    if ufunc in COMPARISONS:
        return compare(recorder, ufunc, inputs)
    if ufunc is np.power and not isinstance(inputs[1], Traced | Condition):
        return power(recorder, inputs[0], np.asarray(inputs[1]))
    if ufunc is np.logaddexp:
        return logaddexp(recorder, inputs)
    if ufunc is np.maximum and any(is_zero(value) for value in inputs):
        return recorder.add("relu", (recorder.lift(inputs[1] if is_zero(inputs[0]) else inputs[0]),))
    row = UFUNCS.get(ufunc) or BY_NAME.get(name)
    if row is None and ufunc not in (np.matmul, np.power):
        raise refused(name)
    operands = [recorder.lift(value) for value in inputs]
    return matrix_product(*operands) if ufunc is np.matmul else recorder.add(row or "power", operands)


def is_boolean(value: Any) -> bool:
    """Whether NumPy would see true and false here, with which it does not compute as with 1 and 0."""
    return isinstance(value, Condition) or (not isinstance(value, Traced) and np.asarray(value).dtype == bool)


def is_zero(value: Any) -> bool:
    """Whether it is the number 0, and not an array."""
    return not isinstance(value, Traced | Condition) and np.ndim(value) == 0 and bool(np.asarray(value) == 0)


def compare(recorder: Recorder, ufunc: Any, inputs: Sequence[Any]) -> Condition:
    """a > b is (a − b) > 0, a ≤ b its opposite; a < b and a ≥ b the same with the sides swapped. Exact at equality:
    a − b = 0 only for a = b."""
    first, inverted = COMPARISONS[ufunc]
    left, right = inputs[first], inputs[1 - first]
    if is_zero(right):
        return Condition(Traced(recorder, recorder.lift(left).number), inverted)
    return Condition(recorder.add("subtract", (recorder.lift(left), recorder.lift(right))), inverted)


def logic(recorder: Recorder, name: str, ufunc: Any, inputs: Sequence[Any]) -> Condition:
    """True and false as 1 and −1, so that no result lies on the jump at 0: a and b is a + b − 1 > 0, a or b is
    a + b + 1 > 0."""
    if ufunc in NOT:
        return ~inputs[0]
    if ufunc not in AND + OR:
        raise TraceError(f"{where()}{name} of true and false only, which NumPy does not compute as with 1 and 0; multiply by 1.0 first")
    signed = [
        value.chosen(1.0, -1.0) if isinstance(value, Condition) else recorder.constant(np.where(value, 1.0, -1.0)) for value in inputs
    ]
    return Condition(recorder.add("add", (*signed, recorder.constant(-1.0 if ufunc in AND else 1.0))), False)


def power(recorder: Recorder, base: Any, exponents: Any) -> Traced:
    """x ** c with constants c: one vertex for each different c, since unlike the power of two arrays it is defined for
    negative x too."""
    recorder.constant(exponents)  # refuses what is not a finite number
    x = recorder.lift(base)
    shape = np.broadcast_shapes(x.shape, exponents.shape)
    different = np.unique(exponents)
    if len(different) == 1:
        result = _constant_power(x, different[0])
        return result if shape == x.shape else recorder.add("broadcast", (result,), to=shape)
    spread = x.moved(lambda numbers: np.broadcast_to(numbers, shape).reshape(-1))
    places = [np.flatnonzero(np.broadcast_to(exponents, shape) == exponent) for exponent in different]
    powers = recorder.add("concatenate", [_constant_power(spread[place], c) for place, c in zip(places, different, strict=True)])
    order = np.argsort(np.concatenate(places)).reshape(shape)
    return powers.moved(lambda numbers: numbers[order])


def _constant_power(x: Traced, exponent: Any) -> Traced:
    c = float(exponent)
    return x.recorder.add("power", (x,), exponent=int(c) if c.is_integer() else c)


def logaddexp(recorder: Recorder, inputs: Sequence[Any]) -> Traced:
    """log(eˣ + e⁰), which is softplus; TraceError without an operand 0."""
    for slot in (0, 1):
        if is_zero(inputs[slot]):
            return recorder.add("softplus", (recorder.lift(inputs[1 - slot]),))
    raise TraceError(
        f"{where()}numpy.logaddexp can be traced only with the number 0 as one operand (softplus); write np.log(np.exp(x) + np.exp(y))"
    )


def matrix_product(a: Traced, b: Traced) -> Traced:
    """a @ b for vectors and matrices."""
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
