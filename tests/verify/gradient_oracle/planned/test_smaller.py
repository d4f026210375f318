"""Arguments are cut so that sizes stay equal, different, or one, as they were."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.planned.smaller import FEW, LEAST, smaller

SHAPES: list[list[tuple[int, ...]]] = [
    [(4001,)],
    [(100_000_000,)],
    [(4000, 3), (3,)],
    [(120, 120), (120, 120)],
    [(64, 784), (784, 128), (128,), (128, 10), (10,)],
    [(4001,), (4000,)],
    [(32, 1, 28, 28), (8, 1, 3, 3)],
    [(9, 9, 9, 9)],
    [(5, 5, 5, 5, 5, 5)],
]


def zeros(shape: tuple[int, ...]) -> Any:
    return np.broadcast_to(0.0, shape)


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
def test_every_candidate_has_few_entries_and_the_same_pattern_of_sizes(shapes: list[tuple[int, ...]]) -> None:
    candidates = list(smaller([zeros(shape) for shape in shapes]))
    assert candidates
    for args in candidates:
        assert sum(np.size(a) for a in args) <= FEW[-1]
        pairs = [(old, new) for shape, a in zip(shapes, args, strict=True) for old, new in zip(shape, np.shape(a), strict=True)]
        assert len(set(pairs)) == len({old for old, _ in pairs}) == len({new for _, new in pairs})
        assert all(new == old if old <= LEAST else LEAST <= new <= old for old, new in pairs)


def test_ratios_come_before_differences() -> None:
    args = [np.zeros(6000), np.zeros(2000)]
    first, *_ = smaller(args)
    assert np.size(first[0]) == 3 * np.size(first[1])
    assert any(np.size(a) - np.size(b) == 1 for a, b in smaller([np.zeros(5001), np.zeros(5000)]))


def test_values_are_those_at_the_start_and_indices_stay_inside() -> None:
    x, index = np.arange(5000.0), np.array([4999, 0, 7, 1234])
    (shrunk, where, size, small), *_ = smaller((x, index, 5000, 3))
    assert np.array_equal(shrunk, x[: shrunk.size])
    assert where.max() < shrunk.size
    assert (size, small) == (shrunk.size, 3)
    assert index.max() == 4999


def test_nothing_is_smaller_than_what_is_small() -> None:
    assert list(smaller((np.zeros(3), np.zeros((2, 1)), 1.5, "mean"))) == []
    assert list(smaller((np.zeros((0, 3)),))) == []


def test_what_cannot_be_made_small_enough_is_not_made_smaller() -> None:
    assert list(smaller((zeros((3,) * 12),))) == []
