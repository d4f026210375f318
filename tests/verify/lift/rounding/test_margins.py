"""What a decision may be off in floats: some roundings of what it is computed from, whatever cancels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.rounding.margins import largest_value, rounding_of_margin

U = 2.0**-53


@pytest.mark.parametrize(
    ("f", "x", "least", "most"),
    [
        (lambda x: np.maximum(0.2 * x + 0.5, 0.0), -2.5, 0.5 * U, 4 * U),
        (lambda x: np.maximum(x, 2.5), 2.5, 0.0, 0.0),
        (lambda x: np.maximum((x + 1e8) - 1e8, 1.0), 1.0, 1e8 * U, 4e8 * U),
        (lambda x: np.maximum(x / 3, 1.0), 3.0, U, 3 * U),
    ],
)
def test_as_many_roundings_as_floats_make_on_the_way(f: Callable[[Any], Any], x: float, least: float, most: float) -> None:
    lifted = lift(f, (np.array([x]),))
    assert least <= rounding_of_margin(lifted, lifted.reads[0]) <= most


def test_the_largest_value_on_the_way() -> None:
    assert largest_value(lift(lambda x: (x + 1e8) - 1e8, (np.array([1.0]),))) == 1e8 + 1
