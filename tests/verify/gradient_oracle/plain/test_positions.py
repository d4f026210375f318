"""Labels 0 and 1 are not tried with −1, positions are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.plain.positions import reads_as_positions
from backproof.verify.gradient_oracle.variants import variants

Z, Y = np.array([0.5, -1.0, 2.0]), np.array([0, 1, 1])


@pytest.mark.parametrize(
    ("f", "position"),
    [
        (lambda z, y: np.where(y == 1, z, -z), False),
        (lambda z, y: (y * z + (1 - y) * z**2), False),
        (lambda z, y: z[y], True),
        (lambda z, y: np.eye(2)[y] @ z[:2], True),
        (lambda z, y: np.take_along_axis(z, y, 0), True),
    ],
)
def test_what_reads_whole_numbers_as_positions_does_not_bear_one_that_no_axis_has(f: Any, position: bool) -> None:
    assert reads_as_positions(f, (Z, Y), 1) is position


@pytest.mark.parametrize(("y", "position", "tried"), [(Y, False, False), (Y, True, True), (np.array([0, 2, 1]), False, True)])
def test_a_minus_one_is_tried_unless_it_would_be_no_label(y: Any, position: bool, tried: bool) -> None:
    points = variants((Z, y), np.random.default_rng(0), lambda k: position)
    assert any(point.words == "indices with a -1" for point in points) is tried
