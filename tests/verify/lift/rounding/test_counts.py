"""The table of roundings: what each operation may lose beside what NumPy loses."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest

from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.rounding.counts import Counted, units_of
from backproof.verify.lift.tape.rules import RULES
from backproof.verify.numbers.ball_arrays import precision
from backproof.verify.numbers.float_model import DOUBLE, unit_of

RNG = np.random.default_rng(0)


def error_and_bound(f: Any, x: Any) -> tuple[float, float]:
    """How far NumPy's value of a one-node f is off, and what the table allows."""
    lifted = lift(f, (x,))
    tape = lifted.tape
    with precision(tape.bits):
        bound = Counted(tape, units_of(tape, [unit_of(x.dtype)])).value(len(tape.nodes) - 1)[0]
        truth = tape.nodes[-1][2]
        return abs(float((truth - type(truth)(float(f(x)))).mid())), bound


FUNCTIONS = {
    "sum": np.sum,
    "dot": lambda x: x @ x[::-1],
    "product": lambda x: x[0] * x[1],
    "quotient": lambda x: x[0] / x[1],
    "square": lambda x: x[0] ** 2,
    "exp": lambda x: np.exp(x[0]),
    "log": lambda x: np.log(np.abs(x[0])),
    "tanh": lambda x: np.tanh(x[0]),
    "sin": lambda x: np.sin(x[0]),
    "power": lambda x: np.abs(x[0]) ** 1.7,
    "det": lambda x: np.linalg.det(x.reshape(4, 4)),
    "solve": lambda x: np.linalg.solve(x.reshape(4, 4), np.ones(4))[3],
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_value_in_numpy_is_within_its_count(name: str, dtype: Any) -> None:
    worst = 0.0
    for _ in range(40):
        error, bound = error_and_bound(FUNCTIONS[name], RNG.normal(size=16).astype(dtype))
        worst = max(worst, error / bound)
    assert 0.0 < worst <= 1.0


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16, ml_dtypes.bfloat16])
def test_the_unit_of_a_dtype(dtype: Any) -> None:
    one = np.asarray(1, dtype=dtype)
    u = unit_of(np.dtype(dtype)).u
    assert one + np.asarray(2 * u, dtype=dtype) > one
    assert one + np.asarray(u, dtype=dtype) == one


def test_operations_have_the_finest_unit_of_their_operands() -> None:
    args = np.array([1.5, 2.0], dtype=np.float32), np.array([3.0, 0.7])
    tape = lift(lambda x, y: np.sum(np.exp(x) * y), args).tape
    units = units_of(tape, [unit_of(np.float32), DOUBLE])
    assert {unit.u for (rule, _, _), unit in zip(tape.nodes, units, strict=True) if rule.name == "exp"} == {2.0**-24}
    assert units[-1] == DOUBLE


def test_a_python_float_takes_the_unit_of_what_it_meets() -> None:
    tape = lift(lambda x, y: x * y, (2.5, np.array([1.0], dtype=np.float32))).tape
    assert units_of(tape, [None, unit_of(np.float32)])[-1].u == 2.0**-24
    alone = lift(lambda x: x * x, (2.5,)).tape
    assert units_of(alone, [None])[-1] == DOUBLE


def test_a_constant_that_the_code_computed_counts() -> None:
    x = np.array([1.0, 3.0])
    plain, computed = (lift(f, (x,)).tape for f in (lambda x: x * 0.25, lambda x: x * (np.sign(x) / 3)))
    bounds = [Counted(tape, [DOUBLE] * len(tape.nodes)).value(len(tape.nodes) - 1)[0] for tape in (plain, computed)]
    assert bounds[0] < bounds[1]


def test_a_constant_that_does_not_fit_into_the_dtype_is_rounded_once() -> None:
    for dtype, constant, roundings in (
        (np.float64, 0.1, 1),
        (np.float32, 0.1, 2),
        (np.float32, 0.25, 1),
        (np.float16, 1025.0, 1),
        (np.float16, 2049.0, 2),
    ):
        x, unit = np.array([1.0], dtype=dtype), unit_of(dtype)
        tape = lift(lambda x, c=constant: x * c, (x,)).tape
        table = Counted(tape, units_of(tape, [unit]))
        assert table.value(1)[0] == pytest.approx(roundings * unit.u * constant), (dtype, constant)
        assert table.edges(1)[0][[o.index for o in tape.nodes[1][1]].index(0)] == pytest.approx(roundings * unit.u)


@pytest.mark.parametrize("name", ["exp", "sqrt", "tanh", "expit"])
def test_what_a_partial_inherits_from_the_value_is_its_derivative_by_the_value(name: str) -> None:
    derivative = {"exp": lambda v: v, "sqrt": lambda v: 0.5 / v, "tanh": lambda v: 1 - v * v, "expit": lambda v: v * (1 - v)}[name]
    v, h = 0.7, 1e-6
    slope = abs(derivative(v + h) - derivative(v - h)) / (2 * h) * v
    inherited = RULES[name].roundings.from_value
    assert inherited is not None
    assert inherited(v, 0.3) >= slope * (1 - 1e-6)
