"""The transcendental rows against closed forms of exp, log, sin and cos alone: 48 digits, differences, complex steps,
and extreme arguments."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import mpmath
import numpy as np
import pytest
from scipy import special

from backproof.engine import FLOAT32, FLOAT64, NumberSystem, mpmath_system
from backproof.engine.functions import TABLE

MP: Any = SimpleNamespace(**{name: np.frompyfunc(getattr(mpmath, name), 1, 1) for name in ("exp", "log", "sin", "cos")})
NP: Any = np
HIGH = mpmath_system(50)


def total(x: Any, axis: int | None) -> Any:
    return np.sum(x, axis=axis, keepdims=axis is not None)


def softmax(m: Any, x: Any, axis: int | None = None) -> Any:
    return m.exp(x) / total(m.exp(x), axis)


# Each closed form takes NumPy (floats and complex numbers) or `MP` (mpmath) as `m`, and uses the definition, not a
# stable rewriting.
CLOSED_FORMS: dict[str, Callable[..., Any]] = {
    "exp": lambda m, x: m.exp(x),
    "log": lambda m, x: m.log(x),
    "sin": lambda m, x: m.sin(x),
    "cos": lambda m, x: m.cos(x),
    "tanh": lambda m, x: (m.exp(x) - m.exp(-x)) / (m.exp(x) + m.exp(-x)),
    "sigmoid": lambda m, x: 1 / (1 + m.exp(-x)),
    "softplus": lambda m, x: m.log(1 + m.exp(x)),
    "sqrt": lambda m, x: m.exp(m.log(x) / 2),
    "power 0.75": lambda m, x: m.exp(m.log(x) * 3 / 4),
    "power -2.5": lambda m, x: m.exp(-m.log(x) * 5 / 2),
    "power": lambda m, x, y: m.exp(y * m.log(x)),
    "logsumexp": lambda m, x: m.log(total(m.exp(x), None)),
    "softmax": softmax,
    "log_softmax": lambda m, x: x - m.log(total(m.exp(x), None)),
    "logsumexp axis 0": lambda m, x: m.log(total(m.exp(x), 0)),
    "softmax axis 0": lambda m, x: softmax(m, x, 0),
    "log_softmax axis -1": lambda m, x: x - m.log(total(m.exp(x), -1)),
}
ATTRIBUTES: dict[str, dict[str, Any]] = {
    "power 0.75": {"exponent": 0.75},
    "power -2.5": {"exponent": -2.5},
    "logsumexp axis 0": {"axis": 0},
    "softmax axis 0": {"axis": 0},
    "log_softmax axis -1": {"axis": -1},
}
POINTS = [0.25, 1.0, 3.5, 30.0]


def operands(name: str, point: float) -> list[Any]:
    if "axis" in name:
        return [np.array([[point, 0.5, -1.25], [2.0, point / 2, 0.75]])]
    if name == "power":
        return [np.array([point, 1.5]), np.array([0.5, -point / 8])]
    return [np.array([point, 0.5, 2.0])]


def row_of(name: str) -> Any:
    return TABLE[name.split(maxsplit=1)[0]]


def relative_error(found: Any, wanted: Any) -> float:
    """The largest error of an entry, relative to the larger of that entry and 10⁻³ (1 − softmax_k cancels where
    softmax_k is almost 1)."""
    pairs = [(mpmath.mpf(a), mpmath.mpf(b)) for a, b in zip(np.ravel(found), np.ravel(wanted), strict=True)]
    return float(max(abs(a - b) / max(abs(b), 1e-3) for a, b in pairs))


def mpmath_operands(xs: list[Any]) -> list[Any]:
    return [np.frompyfunc(mpmath.mpf, 1, 1)(x) for x in xs]


def value_error(row: Any, name: str, point: float) -> float:
    xs = operands(name, point)
    with mpmath.workdps(80):
        wanted = CLOSED_FORMS[name](MP, *mpmath_operands(xs))
        return relative_error(row.value(HIGH, ATTRIBUTES.get(name, {}), [HIGH.array(x) for x in xs]), wanted)


def stepped(name: str, xs: list[Any], slot: int, entry: int, step: Any, m: Any) -> Any:
    moved = [x.copy() for x in xs]
    moved[slot].reshape(-1)[entry] += step
    return np.ravel(CLOSED_FORMS[name](m, *moved))


def jacobian_error_against_differences(row: Any, name: str, point: float) -> float:
    """Against (f(x + h) − f(x − h)) / 2h with h = 10⁻⁵⁰ and 160 digits, whose error is about 10⁻¹⁰⁰."""
    xs, worst = operands(name, point), 0.0
    with mpmath.workdps(160):
        h, points = mpmath.mpf(10) ** -50, mpmath_operands(xs)
        for slot, x in enumerate(xs):
            columns = [(stepped(name, points, slot, k, h, MP) - stepped(name, points, slot, k, -h, MP)) / (2 * h) for k in range(x.size)]
            found = row.jacobian(HIGH, ATTRIBUTES.get(name, {}), [HIGH.array(x) for x in xs], slot)
            worst = max(worst, relative_error(found, np.stack(columns, axis=1)))
    return worst


def jacobian_error_against_complex_steps(row: Any, name: str, point: float) -> float:
    """Against Im f(x + ih) / h with h = 10⁻³⁰ in float64, which has no difference to cancel."""
    xs, worst = operands(name, point), 0.0
    for slot, x in enumerate(xs):
        points = [y.astype(complex) for y in xs]
        columns = [stepped(name, points, slot, k, 1e-30j, NP).imag / 1e-30 for k in range(x.size)]
        found = row.jacobian(FLOAT64, ATTRIBUTES.get(name, {}), xs, slot)
        worst = max(worst, relative_error(found, np.stack(columns, axis=1)))
    return worst


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("name", CLOSED_FORMS)
def test_values_hold_to_48_digits(name: str, point: float) -> None:
    assert value_error(row_of(name), name, point) < 1e-48


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("name", CLOSED_FORMS)
def test_jacobians_agree_with_differences_to_45_digits(name: str, point: float) -> None:
    assert jacobian_error_against_differences(row_of(name), name, point) < 1e-45


@pytest.mark.parametrize("point", POINTS[:3])
@pytest.mark.parametrize("name", CLOSED_FORMS)
def test_jacobians_agree_with_complex_steps(name: str, point: float) -> None:
    assert jacobian_error_against_complex_steps(row_of(name), name, point) < 2e-12


def test_every_transcendental_row_is_covered() -> None:
    transcendental = {name for name, row in TABLE.items() if row.algebra({"exponent": 0.5}, 1) == "transcendental"}
    assert {name.split(maxsplit=1)[0] for name in CLOSED_FORMS} == transcendental


def test_these_tests_fail_for_a_slope_that_is_off_in_the_13th_digit() -> None:
    row = TABLE["tanh"]
    wrong = dataclasses.replace(row, jacobian=lambda s, a, xs, slot: s.scale(1 + 1e-11, row.jacobian(s, a, xs, slot)))
    assert jacobian_error_against_differences(wrong, "tanh", 0.25) > 1e-12
    assert jacobian_error_against_complex_steps(wrong, "tanh", 0.25) > 2e-12
    shifted = dataclasses.replace(row, value=lambda s, a, xs: s.add(row.value(s, a, xs), s.array(1e-40)))
    assert value_error(shifted, "tanh", 0.25) > 1e-48


FAR = [-1e4, -745.0, -700.0, -89.0, -40.0, -1e-30, 1e-30, 40.0, 89.0, 700.0, 745.0, 1e4]


@pytest.mark.parametrize("x", FAR)
@pytest.mark.parametrize("system", [FLOAT64, FLOAT32, HIGH], ids=lambda s: s.name)
@pytest.mark.parametrize("name", ["sigmoid", "softplus", "tanh"])
def test_far_out_values_and_slopes_keep_their_relative_accuracy(name: str, system: NumberSystem, x: float) -> None:
    slopes = {
        "sigmoid": lambda x: 1 / (2 + mpmath.exp(x) + mpmath.exp(-x)),
        "softplus": lambda x: 1 / (1 + mpmath.exp(-x)),
        "tanh": lambda x: 4 / (2 + mpmath.exp(2 * x) + mpmath.exp(-2 * x)),
    }
    operand = system.array(x)
    smallest = float(np.finfo(system.dtype).tiny) if system.family == "float" else 0
    with np.errstate(over="raise", invalid="raise", divide="raise"), mpmath.workdps(9000):
        exact = mpmath.mpf(float(operand) if system.family == "float" else x)
        for found, wanted in (
            (TABLE[name].value(system, {}, [operand]), CLOSED_FORMS[name](MP, exact)),
            (TABLE[name].jacobian(system, {}, [operand], 0), slopes[name](exact)),
        ):
            error = abs(mpmath.mpf(np.ravel(found)[0] if system is HIGH else float(np.ravel(found)[0])) - wanted)
            assert error <= 8 * float(system.unit_roundoff) * abs(wanted) + smallest


@pytest.mark.parametrize("x", FAR)
@pytest.mark.parametrize("system", [FLOAT64, FLOAT32, HIGH], ids=lambda s: s.name)
@pytest.mark.parametrize("name", ["logsumexp", "softmax", "log_softmax"])
def test_far_out_reductions_neither_overflow_nor_give_nan(name: str, system: NumberSystem, x: float) -> None:
    xs = np.array([x, 1.0, -x])
    operand = system.array(xs)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        value = np.asarray(TABLE[name].value(system, {}, [operand])).astype(float)
        jacobian = TABLE[name].jacobian(system, {}, [operand], 0).astype(float)
    wanted = getattr(special, name)(operand.astype(float))
    tolerance = 8 * max(float(system.unit_roundoff), 2**-53)
    np.testing.assert_allclose(value, wanted, rtol=tolerance, atol=1e-16)
    weights = special.softmax(operand.astype(float))
    closed = {"logsumexp": weights[None, :], "softmax": np.diag(weights) - np.outer(weights, weights), "log_softmax": np.eye(3) - weights}
    np.testing.assert_allclose(jacobian, closed[name], rtol=tolerance, atol=tolerance)


def test_a_large_common_shift_costs_log_softmax_no_digits() -> None:
    """log-softmax does not change when every entry moves by the same amount; these sums are exact, so nothing is
    rounded before."""
    row, x = TABLE["log_softmax"], np.array([0.5, 0.25, -1.0])
    np.testing.assert_allclose(row.value(FLOAT64, {}, [x + 2**30]), special.log_softmax(x), rtol=1e-15)
    np.testing.assert_allclose(row.value(FLOAT32, {}, [FLOAT32.array(x + 2**12)]), special.log_softmax(x), rtol=3e-7)
