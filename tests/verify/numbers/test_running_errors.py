"""Running errors bound what the hardware really does, in every dtype; and too small ones are noticed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backproof.engine import FLOAT32, FLOAT64, NumberSystem, mpmath_system
from backproof.engine.number_systems import BFLOAT16, FLOAT16, RATIONAL
from backproof.verify.numbers.float_model import smallest_error
from backproof.verify.numbers.running_errors import running_errors
from backproof.verify.numbers.tangents import pair

SYSTEMS = (FLOAT64, FLOAT32, FLOAT16, BFLOAT16)
UNARY = ("exp", "log", "tanh", "sigmoid", "softplus", "sin", "cos", "sqrt", "absolute")
BINARY = ("add", "subtract", "multiply", "divide", "maximum", "minimum")
HIGH = mpmath_system(60)

floats = st.floats(0.0625, 8.0)
signs = st.sampled_from([-1.0, 1.0])


def held(system: NumberSystem, values: list[float]) -> Any:
    """The values as the number system holds them, as float64."""
    return system.array(values).astype(np.float64)


def off(computed: Any, exact: Any) -> list[float]:
    return [float(abs(mpmath.mpf(float(a)) - b)) for a, b in zip(np.ravel(computed), np.ravel(exact), strict=True)]


def within(errors: list[float], bound: Any) -> bool:
    return all(error <= allowed * 1.001 for error, allowed in zip(errors, np.ravel(bound.imag), strict=True))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SYSTEMS), st.sampled_from(UNARY), st.lists(floats, min_size=1, max_size=4), signs)
def test_elementary_functions_stay_within_their_bound(system: NumberSystem, name: str, values: list[float], sign: float) -> None:
    x = held(system, values) * (1.0 if name in ("log", "sqrt") else sign)
    computed, exact = getattr(system, name)(system.array(x)), getattr(HIGH, name)(HIGH.array(x))
    assert within(off(computed, exact), getattr(running_errors(system), name)(pair(x, 0.0)))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SYSTEMS), st.sampled_from(BINARY), floats, floats, signs)
def test_operations_stay_within_their_bound(system: NumberSystem, name: str, a: float, b: float, sign: float) -> None:
    x, y = held(system, [a]) * sign, held(system, [b])
    computed = getattr(system, name)(system.array(x), system.array(y))
    exact = getattr(HIGH, name)(HIGH.array(x), HIGH.array(y))
    assert within(off(computed, exact), getattr(running_errors(system), name)(pair(x, 0.0), pair(y, 0.0)))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(SYSTEMS), st.lists(st.tuples(floats, signs), min_size=2, max_size=12), st.randoms(use_true_random=False))
def test_sums_and_products_of_matrices_stay_within_their_bound_in_any_order(system: NumberSystem, values: Any, random: Any) -> None:
    x = held(system, [value * sign for value, sign in values])
    shuffled = x.copy()
    random.shuffle(shuffled)
    running: Any = running_errors(system)
    exact = HIGH.sum(HIGH.array(x))
    slack = 1 + 4 * len(x) * float(system.unit_roundoff)
    for order in (x, shuffled):
        total = system.array(0)
        for value in order:
            total = system.add(total, system.array(value))
        assert off(total, exact)[0] <= running.sum(pair(x, 0.0)).imag * slack
        assert off(system.sum(system.array(order)), exact)[0] <= running.sum(pair(x, 0.0)).imag * slack
    product = system.matmul(system.array(x).reshape(1, -1), system.array(x))
    squares = HIGH.matmul(HIGH.array(x).reshape(1, -1), HIGH.array(x))
    assert off(product, squares)[0] <= running.matmul(pair(x, 0.0).reshape(1, -1), pair(x, 0.0)).imag.item() * slack


def test_inherited_errors_are_carried_on_to_first_order() -> None:
    running: Any = running_errors(FLOAT64)
    x = pair(np.array([3.0]), 1e-8)
    assert running.multiply(x, x).imag.item() == pytest.approx(6e-8, rel=1e-6)
    assert running.exp(x).imag.item() == pytest.approx(np.exp(3.0) * 1e-8, rel=1e-6)
    assert running.divide(running.one, x).imag.item() == pytest.approx(1e-8 / 9, rel=1e-6)


def test_exact_operations_add_nothing() -> None:
    running: Any = running_errors(FLOAT32)
    x = pair(np.array([3.5]), 0.0)
    assert running.multiply(x, running.array(-1)).imag.item() == 0
    assert running.multiply(x, running.zero).imag.item() == 0
    assert running.add(x, running.zero).imag.item() == 0


def test_a_number_that_the_dtype_cannot_hold_has_an_error() -> None:
    running: Any = running_errors(BFLOAT16)
    assert running.array([0.1, 0.5]).imag.tolist() == [pytest.approx(0.1 * 2**-8), 0.0]


def test_an_overflow_and_an_uncertain_branch_have_infinite_errors() -> None:
    running: Any = running_errors(FLOAT16)
    big = running.array([60000.0])
    assert np.isinf(running.add(big, big).imag).all()
    assert np.isinf(running.select(pair(np.array([1e-9]), 1e-8), running.one, running.zero).imag).all()
    assert running.select(pair(np.array([1e-9]), 1e-8), running.one, running.one).imag.item() == 0
    assert np.isinf(running.divide(running.one, pair(np.array([1e-9]), 1e-8)).imag).all()


def test_a_factor_of_zero_hides_an_unknown_factor_but_an_inexact_zero_does_not() -> None:
    running: Any = running_errors(FLOAT64)
    unknown = pair(np.array([1.0]), np.inf)
    with np.errstate(invalid="ignore"):
        assert running.multiply(unknown, running.zero).imag.item() == 0
        assert np.isinf(running.multiply(unknown, pair(np.array([0.0]), 1e-9)).imag).all()


def test_half_of_the_rounding_would_be_too_little() -> None:
    """The bound is sharp: with half the unit roundoff the same property fails."""
    running: Any = running_errors(FLOAT32)
    x = np.linspace(1.0, 2.0, 200, dtype=np.float32).astype(np.float64)
    computed, exact = FLOAT32.divide(FLOAT32.array(1.0), FLOAT32.array(x)), HIGH.divide(HIGH.array(1.0), HIGH.array(x))
    bound = running.divide(running.one, pair(x, 0.0))
    assert within(off(computed, exact), bound)
    assert not within(off(computed, exact), pair(bound.real, bound.imag / 2.2))


@pytest.mark.parametrize("system", [RATIONAL, HIGH, replace(FLOAT64, name="float128")])
def test_only_hardware_numbers_have_running_errors(system: NumberSystem) -> None:
    with pytest.raises(ValueError, match="running errors are those of a hardware number system"):
        running_errors(system)


def test_eta_is_half_the_smallest_subnormal_number() -> None:
    assert smallest_error(FLOAT16) == 2.0**-25
    assert smallest_error(BFLOAT16) == 2.0**-134


def _beyond(system: NumberSystem, function: Any, *operands: tuple[float, float]) -> float:
    """By how much a change of the operands within their errors exceeds the error of the result; negative or 0 if it
    never does."""
    errors = getattr(system, function)(*(pair(np.array(value), error) for value, error in operands))
    plain = getattr(FLOAT64, function)
    sides = [value + error * np.linspace(-1, 1, 21) for value, error in operands]
    moved = plain(*np.meshgrid(*sides))
    return float(np.max(np.abs(moved - plain(*(np.array(value) for value, _ in operands)))) - errors.imag)


@pytest.mark.parametrize(
    ("function", "operands"),
    [
        *(
            (name, ((x, e),))
            for name in ("exp", "tanh", "sigmoid", "softplus", "sin", "cos")
            for x in (-2.5, 0.0, 0.3, 1.6)
            for e in (0.05, 0.7, 3.0)
        ),
        *((name, ((x, e * x),)) for name in ("log", "sqrt") for x in (0.2, 3.0) for e in (0.05, 0.6, 0.99)),
        ("multiply", ((0.0, 0.1), (0.0, 0.2))),
        ("multiply", ((2.0, 0.5), (-3.0, 1.0))),
        ("divide", ((1.0, 0.5), (2.0, 1.5))),
        ("power", ((2.0, 0.5), (3.0, 0.0))),
        ("power", ((0.1, 0.5), (2.0, 0.0))),
        ("power", ((-2.0, 0.5), (3.0, 0.0))),
        ("power", ((2.0, 0.9), (-1.5, 0.0))),
        ("power", ((2.0, 0.5), (1.5, 0.4))),
    ],
)
def test_to_all_orders_no_change_within_the_errors_leads_further(function: str, operands: tuple[tuple[float, float], ...]) -> None:
    with np.errstate(all="ignore"):
        assert _beyond(running_errors(FLOAT64, all_orders=True), function, *operands) <= 1e-15


def test_to_first_order_some_do() -> None:
    assert _beyond(running_errors(FLOAT64), "exp", (0.0, 0.7)) > 0.1
    assert _beyond(running_errors(FLOAT64), "cos", (0.0, 0.7)) > 0.1
    assert _beyond(running_errors(FLOAT64), "multiply", (0.0, 0.1), (0.0, 0.2)) > 0.01
    assert _beyond(running_errors(FLOAT64), "divide", (1.0, 0.5), (2.0, 1.5)) > 0.1


def test_what_may_reach_a_pole_has_no_bound() -> None:
    with np.errstate(all="ignore"):
        system = running_errors(FLOAT64, all_orders=True)
        for found in (
            system.log(pair(1.0, 1.0)),
            system.sqrt(pair(1.0, 1.5)),
            system.divide(pair(1.0, 0.0), pair(1.0, 1.0)),
            system.power(pair(1.0, 2.0), pair(-1.0, 0.0)),
        ):
            assert np.imag(found) == np.inf


def test_to_all_orders_products_of_matrices_and_their_own_roundings_grow_with_the_errors() -> None:
    system = running_errors(BFLOAT16, all_orders=True)
    a, b = pair(np.zeros((1, 2)), 0.5), pair(np.zeros((2, 1)), 0.25)
    assert np.imag(system.matmul(a, b)).item() >= 2 * 0.5 * 0.25
    one, other = pair(1.0, 1.0), pair(1.0, 0.0)
    assert np.imag(system.add(one, other)) > np.imag(running_errors(BFLOAT16).add(one, other))
