"""Roughness is that of errors, whatever is smooth or has a kink at the point."""

from __future__ import annotations

import math

import numpy as np
import pytest

from backproof.verify.gradient_oracle.differences.noise import roughness

SPACING = 2.0**-20


def test_what_is_smooth_is_not_rough() -> None:
    assert roughness(lambda t: math.exp(t) * math.sin(3 + t), SPACING) < 1e-15


def test_a_kink_at_the_point_is_no_roughness() -> None:
    assert roughness(lambda t: 5 * max(t, 0.0), SPACING) < 1e-20


@pytest.mark.parametrize("size", [1e-4, 1e-9])
def test_errors_are_found_to_their_size(size: float) -> None:
    rng = np.random.default_rng(0)
    assert size / 8 < roughness(lambda t: t + size * rng.normal(), SPACING) < 3 * size


def test_values_of_a_coarser_dtype_are_rough() -> None:
    assert 1e-9 < roughness(lambda t: float(np.float32(math.sin(1 + t))), SPACING) < 1e-7


def test_where_there_are_no_values_nothing_is_rough() -> None:
    assert roughness(lambda t: math.nan, SPACING) == 0.0
