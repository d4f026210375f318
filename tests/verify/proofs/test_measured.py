"""The running error bound: it contains the true error, which Fractions compute, and it is not generous."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backproof.engine import FLOAT32, FLOAT64, RATIONAL, NumberSystem, mpmath_system
from backproof.verify.proofs.measured import Measured, exactly, sizes

numbers = st.integers(-(2**20), 2**20).map(lambda k: k / 7)
FLOATS = [FLOAT64, FLOAT32]


def exact(value: Any) -> Any:
    return np.array([Fraction(float(entry)) for entry in value.reshape(-1)], dtype=object).reshape(value.shape)


def measured(entries: list[float], shape: tuple[int, int], system: NumberSystem) -> Measured:
    return exactly(system.array(np.array(entries).reshape(shape)), system)


def within(found: Measured, true: Any) -> bool:
    errors = np.abs(exact(found.value) - true)
    return all(error <= Fraction(float(bound)) for error, bound in zip(errors.reshape(-1), found.error.reshape(-1), strict=True))


@pytest.mark.parametrize("system", FLOATS, ids=lambda system: system.name)
@given(entries=st.lists(numbers, min_size=24, max_size=24))
def test_sums_and_products_stay_within_their_bound(system: NumberSystem, entries: list[float]) -> None:
    a, b, c = measured(entries[:6], (2, 3), system), measured(entries[6:12], (3, 2), system), measured(entries[12:16], (2, 2), system)
    found = a @ b - c + c @ c
    A, B, C = exact(a.value), exact(b.value), exact(c.value)
    assert within(found, A @ B - C + C @ C)


@pytest.mark.parametrize("system", FLOATS, ids=lambda system: system.name)
def test_a_bound_that_is_too_small_would_be_noticed(system: NumberSystem) -> None:
    a = measured([1 / 3, 2 / 7, 5 / 11, 1 / 13], (2, 2), system)
    found = a @ a @ a @ a
    true = exact(a.value)
    for _ in range(3):
        true = true @ exact(a.value)
    assert within(found, true)
    assert not within(Measured(found.value, found.error / 1e4, system), true)


def test_a_bound_of_zero_is_too_small() -> None:
    a = measured([1 / 3], (1, 1), FLOAT64)
    found = a @ a
    assert within(found, exact(a.value) ** 2)
    assert not within(Measured(found.value, found.error * 0, FLOAT64), exact(a.value) ** 2)


small = st.tuples(st.sampled_from([-1, 1]), st.floats(1, 2), st.integers(-560, -520)).map(
    lambda drawn: drawn[0] * drawn[1] * 2.0 ** drawn[2]
)


@given(entries=st.lists(small, min_size=6, max_size=6))
def test_the_bound_holds_where_products_underflow(entries: list[float]) -> None:
    a, b = measured(entries[:3], (1, 3), FLOAT64), measured(entries[3:], (3, 1), FLOAT64)
    assert within(a @ b, exact(a.value) @ exact(b.value))


def test_the_bound_is_a_few_roundings_of_the_magnitude() -> None:
    a = measured([1.0, 2.0, 3.0, 4.0], (2, 2), FLOAT64)
    found = a @ a
    assert (found.error <= 4 * 2.0**-53 * (np.abs(a.value) @ np.abs(a.value))).all()
    assert (found.error > 0).all()


def test_an_error_of_the_factors_is_carried_along() -> None:
    a = Measured(np.array([[2.0]]), np.array([[0.5]]), FLOAT64)
    b = Measured(np.array([[3.0]]), np.array([[0.25]]), FLOAT64)
    product = (a @ b).error.item()
    assert product >= 2 * 0.25 + 3 * 0.5 + 0.5 * 0.25
    assert product <= 2.5 * 3.25 - 6 + 0.25


def test_over_the_rationals_nothing_is_rounded() -> None:
    a = exactly(RATIONAL.array([[Fraction(1, 3)]]), RATIONAL)
    found = a @ a + a - a @ a
    assert found.value.item() == Fraction(1, 3)
    assert not found.error.any()


def test_magnitudes_that_float64_cannot_hold_stay_in_their_system() -> None:
    system = mpmath_system(30)
    tiny = exactly(system.array([[system.convert(10) ** -400]]), system)
    assert sizes(tiny.value).dtype == object
    found = tiny @ tiny
    assert 0 < found.error.item() < system.convert(10) ** -820


def test_the_methods_of_both_sides_are_kept() -> None:
    a = Measured(np.eye(1), np.zeros((1, 1)), FLOAT64, frozenset(["difference"]))
    assert (exactly(np.eye(1), FLOAT64) @ a).methods == {"difference"}
    assert (a + exactly(np.eye(1), FLOAT64)).methods == {"difference"}


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot multiply 2 × 3 by 2 × 3"):
        _ = measured([1.0] * 6, (2, 3), FLOAT64) @ measured([1.0] * 6, (2, 3), FLOAT64)
