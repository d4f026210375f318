"""Each number system computes in its own numbers: dtypes stay, conversions are exact, exact ones are exact."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import ml_dtypes
import mpmath
import numpy as np
import pytest

from backproof.engine import FLOAT32, FLOAT64, RATIONAL, NumberSystem, UnsupportedOperation, mpmath_system, number_system
from backproof.engine.number_systems import ELEMENTARY, _float_system  # pyright: ignore[reportPrivateUsage]

BFLOAT16 = _float_system(ml_dtypes.bfloat16)
LOW = [_float_system(np.float16), BFLOAT16]
FLOATS = [FLOAT64, FLOAT32, *LOW]
BINARY = ("add", "subtract", "multiply", "divide", "power", "maximum", "minimum")
PUBLIC = [FLOAT64, FLOAT32, RATIONAL, mpmath_system(50)]
SYSTEMS = [*PUBLIC, *LOW]


@pytest.mark.parametrize("system", FLOATS, ids=lambda s: s.name)
def test_every_operation_of_a_float_system_keeps_its_dtype(system: NumberSystem) -> None:
    x, matrix = system.array([0.5, 0.25]), system.array([[1.0, 2.0], [3.0, 4.0]])
    for name in BINARY:
        assert getattr(system, name)(x, system.array(2)).dtype == system.dtype
    for name in (*ELEMENTARY, "absolute"):
        assert getattr(system, name)(x).dtype == system.dtype
    for result in (
        system.matmul(matrix, matrix),
        system.sum(x),
        system.peak(x),
        system.zeros((2, 2)),
        system.identity(3),
        system.scale(Fraction(1, 3), x),
        system.negative(x),
        system.select(x, x, x),
        system.transpose(matrix),
    ):
        assert result.dtype == system.dtype


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda s: s.name)
def test_arithmetic_by_hand(system: NumberSystem) -> None:
    a, b = system.array([1, 2]), system.array([3, -4])
    assert system.add(a, b).tolist() == [4, -2]
    assert system.subtract(a, b).tolist() == [-2, 6]
    assert system.multiply(a, b).tolist() == [3, -8]
    assert system.divide(system.array([1]), system.array([4])).tolist() == [Fraction(1, 4)]
    assert system.maximum(a, b).tolist() == [3, 2]
    assert system.minimum(a, b).tolist() == [1, -4]
    assert system.absolute(b).tolist() == [3, 4]
    assert system.power(b, system.array(2)).tolist() == [9, 16]
    assert system.select(b, a, system.array(0)).tolist() == [1, 0]
    assert system.matmul(system.array([[1, 2], [3, 4]]), a).tolist() == [5, 11]
    assert system.sum(system.array([[1, 2], [3, 4]]), 0).tolist() == [4, 6]
    assert system.identity(2).tolist() == [[1, 0], [0, 1]]
    assert system.sum(a).item() == 3
    assert system.peak(b).tolist() == [3]


def test_conversions_do_not_round_what_fits() -> None:
    tiny = 5e-324
    assert RATIONAL.array(0.1).item() == Fraction(3602879701896397, 36028797018963968)
    assert RATIONAL.array(np.float32(0.1)).item() == Fraction(float(np.float32(0.1)))
    assert float(mpmath_system(50).array(tiny).item()) == tiny
    assert mpmath_system(20).array(mpmath_system(60).array(Fraction(1, 3)).item()).item() != 0
    assert FLOAT64.array(Fraction(1, 3)).item() == 1 / 3
    assert FLOAT32.array(0.1).item() == float(np.float32(0.1))


def test_a_third_is_exact_over_the_rationals_and_has_fifty_digits_in_mpmath() -> None:
    third = RATIONAL.divide(RATIONAL.array(1), RATIONAL.array(3))
    assert RATIONAL.multiply(third, RATIONAL.array(3)).item() == 1
    system = mpmath_system(50)
    value = system.divide(system.array(1), system.array(3)).item()
    with mpmath.workdps(80):
        assert abs(mpmath.mpf(value) - mpmath.mpf(1) / 3) < mpmath.mpf(10) ** -50


def test_precision_is_a_property_of_the_system_and_touches_no_global_setting() -> None:
    before = mpmath.mp.prec
    low, high = mpmath_system(20), mpmath_system(80)
    difference = high.array(low.exp(low.array(1)).item()).item() - high.exp(high.array(1)).item()
    assert 0 < abs(difference) < 1e-20
    assert mpmath.mp.prec == before


@pytest.mark.parametrize("name", ELEMENTARY)
def test_elementary_functions_are_refused_over_the_rationals_by_name(name: str) -> None:
    with pytest.raises(UnsupportedOperation, match=f"{name} is not defined in the number system rational"):
        getattr(RATIONAL, name)(RATIONAL.array(1))


def test_a_root_is_refused_over_the_rationals() -> None:
    with pytest.raises(UnsupportedOperation, match="power with exponent 1/2 is not defined in the number system rational"):
        RATIONAL.power(RATIONAL.array(4), RATIONAL.array(0.5))
    assert RATIONAL.power(RATIONAL.array(4), RATIONAL.array(-2)).item() == Fraction(1, 16)


def test_unit_roundoff() -> None:
    assert FLOAT64.unit_roundoff == Fraction(1, 2**53)
    assert FLOAT32.unit_roundoff == Fraction(1, 2**24)
    assert [(s.unit_roundoff, s.itemsize) for s in LOW] == [(Fraction(1, 2**11), 2), (Fraction(1, 2**8), 2)]
    assert RATIONAL.exact
    assert RATIONAL.unit_roundoff == 0
    assert 0 < mpmath_system(50).unit_roundoff <= Fraction(1, 10**50)


@pytest.mark.parametrize("system", [RATIONAL, mpmath_system(30)], ids=lambda s: s.name)
def test_a_number_from_outside_is_seen_as_a_leak(system: NumberSystem) -> None:
    good = system.array([1, 2])
    assert system.leaks(good) == []
    mixed = good.copy()
    mixed[1] = 0.5
    assert system.leaks(mixed) == [0.5]


def test_a_widened_dtype_is_seen_as_a_leak() -> None:
    assert FLOAT32.leaks(np.zeros(2, dtype=np.float64)) == [0.0, 0.0]


@pytest.mark.parametrize("values", [1, [1, 2], [[1, 2], [3, 4]], np.arange(3), np.ones((2, 2), dtype=np.float32)])
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda s: s.name)
def test_arrays_keep_their_shape(system: NumberSystem, values: Any) -> None:
    assert system.array(values).shape == np.shape(values)
    assert not system.leaks(system.array(values))


def test_number_systems_are_found_by_name() -> None:
    for system in PUBLIC:
        assert number_system(system.name) is system
    with pytest.raises(ValueError, match="unknown number system 'decimal'; known: float64, float32, float16, bfloat16, rational, mpmath"):
        number_system("decimal")


def test_the_sigmoid_and_the_tangent_are_accurate_far_out() -> None:
    for x in (-30.0, -1.0, 1.0, 30.0):
        with mpmath.workdps(40):
            expected = float(1 / (1 + mpmath.exp(-mpmath.mpf(x))))
        assert FLOAT64.sigmoid(FLOAT64.array(x)).item() == pytest.approx(expected, rel=4e-16)


@pytest.mark.parametrize("system", FLOATS, ids=lambda s: s.name)
def test_the_unit_roundoff_is_half_the_gap_above_one(system: NumberSystem) -> None:
    one = system.array(1)
    u = float(system.unit_roundoff)
    assert system.add(one, system.array(2 * u)).item() > 1
    assert system.add(one, system.array(0.99 * u)).item() == 1


def test_mpmath_rounds_a_fraction_once() -> None:
    """Numerator and denominator of 200 digits each are not rounded before the division: the error is at most the unit
    roundoff."""
    system = mpmath_system(30)
    for k in range(1, 200):
        fraction = Fraction(10**200 + k**7, 3**400 + k**5)
        man, exponent = mpmath.frexp(system.array(fraction).item())
        with mpmath.workdps(60):
            found = Fraction(int(mpmath.ldexp(man, 200))) * Fraction(2) ** (int(exponent) - 200)
        assert abs(found - fraction) <= system.unit_roundoff * fraction


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda s: s.name)
def test_one_and_zero_are_shared_and_cannot_be_written_to(system: NumberSystem) -> None:
    assert (system.one.item(), system.zero.item()) == (1, 0)
    assert not system.leaks(np.stack([system.one, system.zero]))
    assert system.one is system.one
    with pytest.raises(ValueError, match="read-only"):
        system.one[...] = 2


def test_an_array_of_low_precision_numbers_goes_into_every_system_unrounded() -> None:
    tenth = ml_dtypes.bfloat16(0.1)
    for system in SYSTEMS:
        converted = system.array(np.array([tenth]))
        assert not system.leaks(converted)
        assert float(converted[0]) == 0.10009765625
    assert BFLOAT16.array(np.array([tenth])).tolist() == [0.10009765625]


@pytest.mark.parametrize("system", FLOATS, ids=lambda s: s.name)
@pytest.mark.parametrize("name", ELEMENTARY)
def test_elementary_functions_are_accurate_to_four_units_of_roundoff(system: NumberSystem, name: str) -> None:
    closed = {"sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)), "softplus": lambda x: mpmath.log(1 + mpmath.exp(x))}.get(
        name, getattr(mpmath, name, None)
    )
    assert closed is not None
    xs = system.array([0.01, 0.3, 0.5, 2.0, 5.0, 9.0])
    for x, found in zip(xs.astype(float), getattr(system, name)(xs).astype(float), strict=True):
        with mpmath.workdps(40):
            wanted = closed(mpmath.mpf(float(x)))
            assert abs(mpmath.mpf(float(found)) - wanted) <= 4 * float(system.unit_roundoff) * abs(wanted)


@pytest.mark.parametrize("bad", ["x", None, 1j, [[1, 2], [3]]])
@pytest.mark.parametrize("system", SYSTEMS, ids=lambda s: s.name)
def test_what_is_not_an_array_of_numbers_is_refused(system: NumberSystem, bad: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        system.array(bad)
