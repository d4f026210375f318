"""The slope of what is smooth is found to its estimate, and kinks and jumps in reach are seen."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from backproof.verify.gradient_oracle.differences.slopes import slope_of

H, NOISE = 2.0**-4, 1e-16


@pytest.mark.parametrize(
    ("f", "slope"),
    [(math.exp, 1.0), (lambda t: math.sin(50 * t + 1), 50 * math.cos(1)), (lambda t: 1 / (0.2 + t), -25.0), (lambda t: 3 * t, 3.0)],
)
def test_a_smooth_slope_is_right_within_ten_estimates(f: Callable[[float], float], slope: float) -> None:
    found = slope_of(f, H, NOISE)
    assert abs(found.value - slope) <= 10 * found.estimate
    assert found.estimate < 1e-7 * abs(slope)


@pytest.mark.parametrize("distance", [0.03, 1e-2, 1e-3, 1e-4, 1e-5, -1e-3, -3e-6])
@pytest.mark.parametrize("bend", [1.0, -2.0, 1e3])
def test_a_kink_in_reach_of_the_first_steps_spoils_nothing(distance: float, bend: float) -> None:
    found = slope_of(lambda t: math.sin(t) + bend * (max(t - distance, 0.0) if distance > 0 else min(t - distance, 0.0)), H, NOISE)
    assert abs(found.value - 1) <= 10 * found.estimate
    assert found.estimate < 1e-4


def test_many_kinks_to_both_sides_leave_the_slope_between_the_nearest() -> None:
    def f(t: float) -> float:
        return 2 * t + sum(max(t - k * 1e-3, 0.0) + max(-t - (k + 0.5) * 1e-3, 0.0) for k in range(1, 40))

    found = slope_of(f, H, NOISE)
    assert abs(found.value - 2) <= 10 * found.estimate < 1e-6


@pytest.mark.parametrize("shift", [0.0, 1e-12])
def test_a_kink_at_the_point_is_said_by_the_estimate(shift: float) -> None:
    found = slope_of(lambda t: 3 * max(t - shift, 0.0) + t, H, NOISE)
    assert 1.0 < found.estimate < 2.0
    assert found.value == pytest.approx(2.5, abs=1e-3)


def test_a_jump_is_no_slope() -> None:
    assert not slope_of(lambda t: 1.0 if t > 1e-9 else 0.0, H, NOISE).estimate < 0.1


def test_the_edge_of_a_domain_only_costs_the_steps_beyond_it() -> None:
    found = slope_of(lambda t: math.sqrt(1e-3 + t) if t > -1e-3 else math.nan, H, NOISE)
    assert abs(found.value - 0.5 / math.sqrt(1e-3)) <= 10 * found.estimate < 1e-6


def test_noise_is_in_the_estimate() -> None:
    assert slope_of(math.exp, H, 1e-6).estimate > 4e-6 / H


def test_without_two_values_there_is_no_slope() -> None:
    found = slope_of(lambda t: math.nan if t else 1.0, H, NOISE)
    assert math.isnan(found.value)
    assert math.isinf(found.estimate)
