"""Every row of the function table against NumPy, SciPy and closed forms, in every number system: values, Jacobians,
kinds of number, degrees."""

from __future__ import annotations

import dataclasses
import importlib.util
import itertools
import math
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from backproof.engine import FLOAT32, FLOAT64, RATIONAL, NumberSystem, mpmath_system
from backproof.engine.functions import TABLE
from backproof.engine.functions.row import Row
from backproof.engine.number_systems import _float_system  # pyright: ignore[reportPrivateUsage]
from backproof.engine.vertices import vertex

_spec = importlib.util.spec_from_file_location("expected_rows", Path(__file__).with_name("expected_rows.py"))
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = _module
_spec.loader.exec_module(_module)
Expected: Any = _module.Expected
EXPECTED: list[Any] = _module.EXPECTED
IDS = [f"{e.row}{e.shapes}{e.attributes or ''}" for e in EXPECTED]
LOW = [_float_system(np.float16), _float_system(ml_dtypes.bfloat16)]
SYSTEMS = [FLOAT64, FLOAT32, RATIONAL, mpmath_system(50), *LOW]


def attributes(expected: Any) -> dict[str, Any]:
    return dict(vertex("v", expected.row, (), **expected.attributes).attributes)


def rational_row(expected: Any) -> bool:
    count = len(expected.shapes) + (expected.label is not None)
    return TABLE[expected.row].algebra(attributes(expected), count) != "transcendental"


def draw(expected: Any, seed: int, system: NumberSystem) -> list[Any]:
    """Operands of few binary digits (those of float64 and longer ones hold them exactly), in the system."""
    rng = np.random.default_rng(seed)
    arrays = [
        np.round(rng.uniform(0.3, 2.0, shape) * 256) / 256
        if expected.positive
        else np.round(rng.normal(size=shape) * 256 + 0.5) / 256 + 1 / 1024
        for shape in expected.shapes
    ]
    return [system.array(array) for array in arrays]


def label(expected: Any, system: NumberSystem) -> list[Any]:
    return [] if expected.label is None else [system.array(expected.label)]


def agrees(found: Any, expected: Any, closed_form: Any, xs: list[Any], system: NumberSystem) -> bool:
    """Exactly over the rationals, to 48 digits in mpmath for rational rows, else to 16 units of roundoff (SciPy itself
    has 53 bits)."""
    if rational_row(expected) and system.family in {"rational", "mpmath"}:
        wanted = np.asarray(closed_form(*(RATIONAL.array(x.astype(float)) for x in xs)), dtype=object)
        tolerance = system.array(0 if system.exact else Fraction(1, 10**48))
    else:
        wanted = np.asarray(closed_form(*(x.astype(float) for x in xs)), dtype=float)
        tolerance = system.array(max(16 * float(system.unit_roundoff), 2e-15))
    if found.shape != wanted.shape:
        return False
    wanted = system.array(wanted)
    return all(abs(a - b) <= tolerance.item() * max(1, abs(b)) for a, b in zip(found.reshape(-1), wanted.reshape(-1), strict=True))


def value_agrees(row: Row, expected: Any, system: NumberSystem) -> bool:
    for seed in range(3):
        xs = draw(expected, seed, system)
        found = np.asarray(row.value(system, attributes(expected), xs + label(expected, system)))
        if not agrees(found, expected, expected.value, xs, system):
            return False
    return True


def jacobians_agree(row: Row, expected: Any, system: NumberSystem) -> bool:
    for seed in range(3):
        xs = draw(expected, seed, system)
        for slot, closed_form in enumerate(expected.jacobians):
            found = row.jacobian(system, attributes(expected), xs + label(expected, system), slot)
            if not agrees(found, expected, closed_form, xs, system):
                return False
    return True


CASES = [
    pytest.param(expected, system, id=f"{system.name}-{name}")
    for expected, name in zip(EXPECTED, IDS, strict=True)
    for system in SYSTEMS
    if rational_row(expected) or not system.exact
]


@pytest.mark.parametrize(("expected", "system"), CASES)
def test_the_value_is_the_closed_form(expected: Any, system: NumberSystem) -> None:
    assert value_agrees(TABLE[expected.row], expected, system)


@pytest.mark.parametrize(("expected", "system"), CASES)
def test_the_jacobians_are_the_closed_forms(expected: Any, system: NumberSystem) -> None:
    assert jacobians_agree(TABLE[expected.row], expected, system)


def test_every_row_and_every_operand_has_an_expectation() -> None:
    assert {expected.row for expected in EXPECTED} == set(TABLE)
    for expected in EXPECTED:
        row = TABLE[expected.row]
        differentiable = [slot for slot in range(len(expected.shapes)) if slot not in row.discrete]
        assert len(expected.jacobians) == len(differentiable) >= row.fewest - len(row.discrete)


@pytest.mark.parametrize("name", sorted(TABLE))
@pytest.mark.parametrize("system", [FLOAT64, RATIONAL, mpmath_system(50)], ids=lambda s: s.name)
def test_these_tests_fail_for_a_wrong_value_and_a_wrong_jacobian(name: str, system: NumberSystem) -> None:
    row = TABLE[name]
    expected = next(e for e in EXPECTED if e.row == name)
    if system.exact and not rational_row(expected):
        return
    error = system.array(Fraction(1, 10**12))

    def shifted(s: NumberSystem, a: Any, xs: Any) -> Any:
        return s.add(row.value(s, a, xs), error)

    def moved(s: NumberSystem, a: Any, xs: Any, slot: int) -> Any:
        return s.add(row.jacobian(s, a, xs, slot), error)

    def transposed(s: NumberSystem, a: Any, xs: Any, slot: int) -> Any:
        return s.transpose(row.jacobian(s, a, xs, slot))

    assert not value_agrees(dataclasses.replace(row, value=shifted), expected, system)
    if expected.jacobians:
        assert not jacobians_agree(dataclasses.replace(row, jacobian=moved), expected, system)
    if name in {"affine", "matvec", "weighted_sum", "dot"}:
        assert not jacobians_agree(dataclasses.replace(row, jacobian=transposed), expected, system)


@pytest.mark.parametrize(("expected", "system"), CASES)
def test_values_and_jacobians_stay_in_their_number_system(expected: Any, system: NumberSystem) -> None:
    row = TABLE[expected.row]
    xs = draw(expected, 0, system) + label(expected, system)
    results = [np.asarray(row.value(system, attributes(expected), xs))]
    results += [row.jacobian(system, attributes(expected), xs, slot) for slot in range(len(expected.jacobians))]
    for result in results:
        assert result.dtype == system.dtype
        assert not system.leaks(result)


@pytest.mark.parametrize("expected", EXPECTED, ids=IDS)
def test_the_shape_rule_states_the_shape_of_the_value(expected: Any) -> None:
    row = TABLE[expected.row]
    shapes = [*expected.shapes, ()] if expected.label is not None else list(expected.shapes)
    value = np.asarray(row.value(FLOAT64, attributes(expected), draw(expected, 0, FLOAT64) + label(expected, FLOAT64)))
    assert row.shape(attributes(expected), shapes) == value.shape


def test_no_row_changes_its_operands() -> None:
    for expected in EXPECTED:
        xs = draw(expected, 1, FLOAT64) + label(expected, FLOAT64)
        for x in xs:
            x.setflags(write=False)
        row = TABLE[expected.row]
        row.value(FLOAT64, attributes(expected), xs)
        for slot in range(len(expected.jacobians)):
            row.jacobian(FLOAT64, attributes(expected), xs, slot)


POLYNOMIALS = [e for e in EXPECTED if TABLE[e.row].algebra(attributes(e), len(e.shapes) + (e.label is not None)) == "polynomial"]


def differences_along_a_line(row: Row, expected: Any, degrees: list[int], order: int) -> list[Fraction]:
    """The order-th differences of f along a curve whose coordinates are t ↦ b + d·t^degree, exactly: zero for a
    polynomial of lower degree."""
    rng = np.random.default_rng(4)
    base = [[Fraction(int(k), 7) for k in rng.integers(-9, 9, math.prod(s))] for s in expected.shapes]
    step = [[Fraction(int(k), 5) for k in rng.integers(1, 9, math.prod(s))] for s in expected.shapes]
    rows: list[Any] = []
    for t in range(order + 1):
        xs = [
            RATIONAL.array(np.array([b + t**degree * d for b, d in zip(bs, ds, strict=True)], dtype=object).reshape(shape))
            for bs, ds, shape, degree in zip(base, step, expected.shapes, degrees, strict=True)
        ]
        rows.append(np.asarray(row.value(RATIONAL, attributes(expected), xs + label(expected, RATIONAL))).reshape(-1))
    for _ in range(order):
        rows = [b - a for a, b in itertools.pairwise(rows)]
    return list(rows[0])


@pytest.mark.parametrize("expected", POLYNOMIALS, ids=[f"{e.row}{e.shapes}{e.attributes or ''}" for e in POLYNOMIALS])
def test_polynomial_rows_have_exactly_the_degree_they_state(expected: Any) -> None:
    row = TABLE[expected.row]
    count = len(expected.shapes)
    for degrees in ([1] * count, [2] * count, list(range(1, count + 1))):
        degree = row.degree(attributes(expected), degrees)
        assert all(value == 0 for value in differences_along_a_line(row, expected, degrees, degree + 1))
        if degree:
            assert any(value != 0 for value in differences_along_a_line(row, expected, degrees, degree))
