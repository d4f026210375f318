"""No function varies more than its bound says, and none much less where the errors are small."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backproof.engine.number_systems import ELEMENTARY
from backproof.verify.numbers.tangents import ANALYTIC, pair
from backproof.verify.numbers.variations import VARIATIONS, variation_of_power

SHARES = np.linspace(-1, 1, 41)


def test_every_elementary_function_has_one() -> None:
    assert set(VARIATIONS) == set(ELEMENTARY) == set(ANALYTIC)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(VARIATIONS)), st.floats(-30, 30), st.floats(1e-9, 20))
def test_a_function_varies_at_most_by_its_bound(name: str, x: float, e: float) -> None:
    function, slope = ANALYTIC[name]
    if name in ("log", "sqrt"):
        x = abs(x) + 1e-3
    at = np.array([x])
    with np.errstate(all="ignore"):
        value = function(at)
        bound = VARIATIONS[name](at, value, slope(at, value), np.array([e]))[0]
        around = function(x + e * SHARES)
    if name in ("log", "sqrt") and e >= x:
        assert bound == np.inf
    else:
        rounding = 1e-15 * (1 + abs(x)) * (1 + np.max(np.abs(around)))  # of this test
        assert np.max(np.abs(around - value)) <= bound * (1 + 1e-9) + rounding


@pytest.mark.parametrize("name", sorted(VARIATIONS))
def test_to_first_order_it_is_the_slope(name: str) -> None:
    function, slope = ANALYTIC[name]
    at, e = np.array([0.7]), np.array([1e-6])
    slopes = slope(at, function(at))
    assert VARIATIONS[name](at, function(at), slopes, e)[0] == pytest.approx(abs(slopes[0]) * 1e-6, rel=1e-4)


@pytest.mark.parametrize(("x", "e", "y", "f"), [(1.5, 0.3, 2.5, 0.2), (0.2, 0.5, 3.0, 0.0), (-2.0, 0.25, 3.0, 0.0), (2.0, 0.5, -1.0, 0.0)])
def test_a_power_varies_at_most_by_its_bound(x: float, e: float, y: float, f: float) -> None:
    value = np.power(np.array([x]), y)
    with np.errstate(all="ignore"):
        bound = variation_of_power(pair(np.array([x]), np.array([e])), pair(np.array([y]), np.array([f])), value)[0]
    around = [np.power(x + e * a, y + f * b) for a in SHARES for b in SHARES]
    assert np.max(np.abs(np.array(around) - value)) <= bound * (1 + 1e-9)
