"""A value and its derivative in one number: the rules of differentiation by hand, and that what is not rational is
refused."""

from __future__ import annotations

from fractions import Fraction

import flint
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backproof.engine import UnsupportedOperation
from backproof.verify.numbers.dual_numbers import Dual, derivative_part, dual, dual_system

fractions = st.fractions(-10, 10, max_denominator=9)


def parts(number: Dual) -> tuple[Fraction, Fraction]:
    return Fraction(int(number.series[0].p), int(number.series[0].q)), derivative_part(np.array([number], dtype=object))[0]


@given(fractions, fractions)
def test_product_and_quotient_rule(x: Fraction, y: Fraction) -> None:
    with dual_system():
        assert parts(dual(x, 1) * dual(y, 3)) == (x * y, y + 3 * x)
        if y:
            assert parts(dual(x, 1) / dual(y, 3)) == (x / y, (y - 3 * x) / y**2)
        assert parts(dual(x, 1) + dual(y, 3)) == (x + y, 4)
        assert parts(dual(x, 1) - dual(y, 3)) == (x - y, -2)
        assert parts(-dual(x, 1)) == (-x, -1)


@pytest.mark.parametrize("exponent", [-3, -1, 0, 1, 2, 5])
def test_power_rule(exponent: int) -> None:
    x = Fraction(3, 2)
    with dual_system() as system:
        found = system.power(np.array([dual(x, 1)], dtype=object), system.array([exponent]))[0]
    assert parts(found) == (x**exponent, exponent * x ** (exponent - 1))


def test_branches_look_at_the_value_alone() -> None:
    with dual_system() as system:
        a, b = np.array([dual(-2, 1)], dtype=object), np.array([dual(1, 5)], dtype=object)
        assert parts(system.absolute(a)[0]) == (2, -1)
        assert parts(system.maximum(a, b)[0]) == (1, 5)
        assert parts(system.minimum(a, b)[0]) == (-2, 1)
        assert parts(system.select(a, a, b)[0]) == (1, 5)


def test_the_series_length_of_flint_is_put_back() -> None:
    before = flint.ctx.cap
    seen: list[int] = []

    def broken_off() -> None:
        with dual_system():
            seen.append(flint.ctx.cap)
            raise KeyError

    with pytest.raises(KeyError):
        broken_off()
    assert seen == [2]
    assert flint.ctx.cap == before


@pytest.mark.parametrize("name", ["exp", "log", "tanh", "sin", "sqrt"])
def test_what_is_no_rational_function_is_refused(name: str) -> None:
    with dual_system() as system, pytest.raises(UnsupportedOperation, match=f"{name} is not a rational function"):
        getattr(system, name)(system.array([1]))


def test_a_root_is_refused_and_so_is_division_by_zero() -> None:
    with dual_system() as system:
        with pytest.raises(UnsupportedOperation, match="exponent 1/2"):
            system.power(system.array([4]), system.array([Fraction(1, 2)]))
        with pytest.raises(ZeroDivisionError, match="outside the domain"):
            _ = dual(1) / dual(0, 1)


def test_an_index_that_moves_is_refused() -> None:
    assert int(dual(3)) == 3
    with pytest.raises(TypeError, match="a whole number that does not move"):
        int(dual(3, 1))
