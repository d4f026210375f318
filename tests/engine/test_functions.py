"""Every row of the function table against NumPy, SciPy and closed forms: values, Jacobians, and the facts a row states about itself."""

from __future__ import annotations

import dataclasses
import importlib.util
import itertools
import math
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
from backproof.engine import FLOAT32, FLOAT64, RATIONAL, NumberSystem, mpmath_system
from backproof.engine.functions import TABLE, look_up
from backproof.engine.functions.row import Row
from backproof.engine.graph import vertex

_spec = importlib.util.spec_from_file_location("expected_rows", Path(__file__).with_name("expected_rows.py"))
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = _module
_spec.loader.exec_module(_module)
Expected: Any = _module.Expected
EXPECTED: list[Any] = _module.EXPECTED
IDS = [f"{e.row}{e.shapes}{e.attributes or ''}" for e in EXPECTED]
SYSTEMS = [FLOAT64, FLOAT32, RATIONAL, mpmath_system(40)]


def attributes(expected: Any) -> dict[str, Any]:
    return dict(vertex("v", expected.row, (), **expected.attributes).attributes)


def draw(expected: Any, seed: int) -> list[Any]:
    """Dyadic operands, which every number system holds exactly."""
    rng = np.random.default_rng(seed)
    return [
        np.round(rng.uniform(0.3, 2.0, shape) * 256) / 256
        if expected.positive
        else np.round(rng.normal(size=shape) * 256 + 0.5) / 256 + 1 / 1024
        for shape in expected.shapes
    ]


def operands(expected: Any, arrays: list[Any], system: NumberSystem) -> list[Any]:
    label = [] if expected.label is None else [system.array(expected.label)]
    return [system.array(x) for x in arrays] + label


def differs_in_value(row: Row, expected: Any, system: NumberSystem, tolerance: float) -> bool:
    for seed in range(3):
        arrays = draw(expected, seed)
        found = np.asarray(row.value(system, attributes(expected), operands(expected, arrays, system)))
        wanted = np.asarray(expected.value(*arrays), dtype=float)
        if found.shape != wanted.shape or not np.allclose(found.astype(float), wanted, rtol=tolerance, atol=tolerance):
            return True
    return False


def differs_in_jacobian(row: Row, expected: Any, system: NumberSystem, tolerance: float) -> bool:
    for seed in range(3):
        arrays = draw(expected, seed)
        for slot, jacobian in enumerate(expected.jacobians):
            found = row.jacobian(system, attributes(expected), operands(expected, arrays, system), slot)
            wanted = np.asarray(jacobian(*arrays), dtype=float)
            if found.shape != wanted.shape or not np.allclose(found.astype(float), wanted, rtol=tolerance, atol=tolerance):
                return True
    return False


def supported(row: Row, expected: Any, system: NumberSystem) -> bool:
    count = len(expected.shapes) + (expected.label is not None)
    return not system.exact or row.algebra(attributes(expected), count) != "transcendental"


TOLERANCE = {"float64": 1e-13, "float32": 3e-5, "rational": 1e-14, "mpmath(40)": 1e-14}


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda s: s.name)
@pytest.mark.parametrize("expected", EXPECTED, ids=IDS)
def test_values_and_jacobians(expected: Any, system: NumberSystem) -> None:
    row = TABLE[expected.row]
    if supported(row, expected, system):
        assert not differs_in_value(row, expected, system, TOLERANCE[system.name])
        assert not differs_in_jacobian(row, expected, system, TOLERANCE[system.name])


def test_every_row_of_the_table_has_an_expectation() -> None:
    assert {expected.row for expected in EXPECTED} == set(TABLE)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_these_tests_fail_for_a_wrong_value_and_a_wrong_jacobian(name: str) -> None:
    row = TABLE[name]
    expected = next(e for e in EXPECTED if e.row == name)

    def shifted(s: NumberSystem, a: Any, xs: Any) -> Any:
        return s.add(row.value(s, a, xs), s.array(Fraction(1, 1000)))

    def scaled(s: NumberSystem, a: Any, xs: Any, slot: int) -> Any:
        return s.add(row.jacobian(s, a, xs, slot), s.array(Fraction(1, 1000)))

    assert differs_in_value(dataclasses.replace(row, value=shifted), expected, FLOAT64, 1e-13)
    if expected.jacobians:
        assert differs_in_jacobian(dataclasses.replace(row, jacobian=scaled), expected, FLOAT64, 1e-13)


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda s: s.name)
@pytest.mark.parametrize("expected", EXPECTED, ids=IDS)
def test_values_and_jacobians_stay_in_their_number_system(expected: Any, system: NumberSystem) -> None:
    row = TABLE[expected.row]
    if not supported(row, expected, system):
        return
    xs = operands(expected, draw(expected, 0), system)
    value = np.asarray(row.value(system, attributes(expected), xs))
    assert value.dtype == system.dtype
    assert not system.leaks(value)
    for slot in range(len(expected.jacobians)):
        jacobian = row.jacobian(system, attributes(expected), xs, slot)
        assert jacobian.dtype == system.dtype
        assert not system.leaks(jacobian)


MP = mpmath_system(60)
CLOSED_FORMS: dict[str, tuple[Any, Any]] = {
    "exp": (mpmath.exp, mpmath.exp),
    "log": (mpmath.log, lambda x: 1 / x),
    "tanh": (mpmath.tanh, lambda x: mpmath.sech(x) ** 2),
    "sigmoid": (lambda x: 1 / (1 + mpmath.exp(-x)), lambda x: 1 / (2 + 2 * mpmath.cosh(x))),
    "softplus": (lambda x: mpmath.log(1 + mpmath.exp(x)), lambda x: 1 / (1 + mpmath.exp(-x))),
    "sin": (mpmath.sin, mpmath.cos),
    "cos": (mpmath.cos, lambda x: -mpmath.sin(x)),
    "sqrt": (mpmath.sqrt, lambda x: 1 / (2 * mpmath.sqrt(x))),
}


@pytest.mark.parametrize("name", CLOSED_FORMS)
@pytest.mark.parametrize("x", [0.25, 1.0, 3.5, 30.0])
def test_transcendental_rows_to_50_digits(name: str, x: float) -> None:
    value, slope = CLOSED_FORMS[name]
    row = TABLE[name]
    with mpmath.workdps(70):
        for found, wanted in (
            (np.asarray(row.value(MP, {}, [MP.array(x)])).item(), value(mpmath.mpf(x))),
            (row.jacobian(MP, {}, [MP.array(x)], 0).item(), slope(mpmath.mpf(x))),
        ):
            assert abs(mpmath.mpf(found) - wanted) <= mpmath.mpf(10) ** -50 * abs(wanted)


@pytest.mark.parametrize("x", [-1e4, -745.0, -40.0, 40.0, 745.0, 1e4])
@pytest.mark.parametrize("name", ["sigmoid", "softplus", "tanh", "logsumexp", "softmax", "log_softmax"])
def test_extreme_arguments_neither_overflow_nor_give_nan(name: str, x: float) -> None:
    row = TABLE[name]
    operand = FLOAT64.array([x, 1.0, -x])
    with np.errstate(all="raise", under="ignore"):
        value = np.asarray(row.value(FLOAT64, {}, [operand]))
        jacobian = row.jacobian(FLOAT64, {}, [operand], 0)
    assert np.all(np.isfinite(value))
    assert np.all(np.isfinite(jacobian))
    assert np.all(np.abs(jacobian) <= 1)


DOMAINS = [
    ("log", {}, [0.5, 2.0], 0.5, False),
    ("log", {}, [-0.25, 2.0], -0.25, False),
    ("sqrt", {}, [0.0, 1.0], 0.0, True),
    ("reciprocal", {}, [-0.25, 2.0], 0.25, False),
    ("power", {"exponent": -1}, [-0.5], 0.5, False),
    ("power", {"exponent": 0.5}, [0.0], 0.0, True),
    ("power", {"exponent": -0.5}, [0.0], 0.0, False),
    ("power", {"exponent": 2}, [-3.0], math.inf, True),
    ("exp", {}, [-1000.0], math.inf, False),
]


@pytest.mark.parametrize(("name", "given", "x", "distance", "closed"), DOMAINS)
def test_the_distance_to_the_edge_of_the_domain(name: str, given: Any, x: Any, distance: float, closed: bool) -> None:
    row = TABLE[name]
    assert row.domain(given, [FLOAT64.array(x)]) == distance
    if distance <= 0:
        assert row.closed(given) is closed


def test_a_quotient_is_defined_where_the_divisor_is_not_zero() -> None:
    assert TABLE["divide"].domain({}, [FLOAT64.array([0.0, 1.0]), FLOAT64.array([2.0, -0.125])]) == 0.125


@pytest.mark.parametrize(
    ("name", "xs", "distance"),
    [
        ("relu", [[1.0, -0.25]], 0.25),
        ("abs", [[0.0, 3.0]], 0.0),
        ("maximum", [[1.0, 5.0], [2.0, 4.5]], 0.5),
        ("maximum", [[1.0], [1.0], [9.0]], 8.0),
        ("minimum", [[1.0], [1.25], [9.0]], 0.25),
        ("where", [[0.5, -0.125], [1.0, 1.0], [2.0, 2.0]], 0.125),
        ("exp", [[0.0]], math.inf),
    ],
)
def test_the_distance_to_the_nearest_kink(name: str, xs: Any, distance: float) -> None:
    assert TABLE[name].kinks({}, [FLOAT64.array(x) for x in xs]) == distance


def test_the_conventions_at_kinks() -> None:
    zero, one = FLOAT64.array([0.0]), FLOAT64.array([1.0])
    assert TABLE["relu"].jacobian(FLOAT64, {}, [zero], 0).item() == 0
    assert TABLE["abs"].jacobian(FLOAT64, {}, [zero], 0).item() == 0
    assert TABLE["where"].value(FLOAT64, {}, [zero, one, zero]).item() == 0
    for name in ("maximum", "minimum"):
        taken = [TABLE[name].jacobian(FLOAT64, {}, [one, one, one], slot).item() for slot in range(3)]
        assert taken == [1, 0, 0]


POLYNOMIALS = [e for e in EXPECTED if TABLE[e.row].algebra(attributes(e), len(e.shapes) + (e.label is not None)) == "polynomial"]


def differences_along_a_line(row: Row, expected: Any, order: int) -> list[Fraction]:
    """The order-th differences of f along a line, exactly: zero for a polynomial of lower degree."""
    rng = np.random.default_rng(4)
    base = [[Fraction(int(k), 7) for k in rng.integers(-9, 9, math.prod(s))] for s in expected.shapes]
    step = [[Fraction(int(k), 5) for k in rng.integers(1, 9, math.prod(s))] for s in expected.shapes]
    label = [] if expected.label is None else [RATIONAL.array(expected.label)]
    rows = []
    for t in range(order + 1):
        xs = [
            RATIONAL.array(np.array([b + t * d for b, d in zip(bs, ds, strict=True)], dtype=object).reshape(s))
            for bs, ds, s in zip(base, step, expected.shapes, strict=True)
        ]
        rows.append(np.asarray(row.value(RATIONAL, attributes(expected), xs + label)).reshape(-1))
    for _ in range(order):
        rows = [b - a for a, b in itertools.pairwise(rows)]
    return list(rows[0])


@pytest.mark.parametrize("expected", POLYNOMIALS, ids=[f"{e.row}{e.shapes}" for e in POLYNOMIALS])
def test_polynomial_rows_have_exactly_the_degree_they_state(expected: Any) -> None:
    row = TABLE[expected.row]
    degree = row.degree(attributes(expected), [1] * len(expected.shapes))
    assert all(value == 0 for value in differences_along_a_line(row, expected, degree + 1))
    if degree:
        assert any(value != 0 for value in differences_along_a_line(row, expected, degree))


def test_rational_and_piecewise_rows_run_over_the_rationals_and_others_do_not() -> None:
    kinds = {name: row.algebra({"exponent": 2}, 1) for name, row in TABLE.items()}
    assert {name for name, kind in kinds.items() if kind == "rational"} == {"divide", "reciprocal"}
    assert {name for name, kind in kinds.items() if kind == "piecewise"} == {"relu", "abs", "maximum", "minimum", "where"}
    assert TABLE["power"].algebra({"exponent": -1}, 1) == "rational"
    assert TABLE["power"].algebra({"exponent": 0.5}, 1) == "transcendental"


def test_an_unknown_row_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(ValueError, match="unknown function 'soft_max'; did you mean 'softmax'"):
        look_up("soft_max")
