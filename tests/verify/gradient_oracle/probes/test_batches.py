"""Other arguments for a second call: each differs from those given, and every kind is there, whatever they look like."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest

from backproof.verify.gradient_oracle.probes.batches import batches, turned

ALIKE = [np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.4, -1.3, 2.2]), np.array([0.7]), np.array(0.7), np.array([1.0, 2.0, 2.0, 1.0])]


def words(*args: Any) -> list[str]:
    return [batch.words for batch in batches(args)]


@pytest.mark.parametrize("x", [*ALIKE, 0.7, np.float32(0.7), np.ones(3, np.float16), np.array([0.5, 1.0], ml_dtypes.bfloat16)])
def test_every_batch_differs_from_what_is_given_and_keeps_its_kind(x: Any) -> None:
    found = list(batches((x,)))
    signs = [batch.args[0] for batch in found if "other signs" in batch.words]
    assert [np.asarray(other, float).tolist() for other in signs] == [(-np.asarray(x, float)).tolist()]
    for batch in found:
        (other,) = batch.args
        assert type(other) is type(x)
        assert (np.shape(other), np.asarray(other).dtype, np.asarray(other).tobytes()) != (
            np.shape(x),
            np.asarray(x).dtype,
            np.asarray(x).tobytes(),
        )
        assert np.asarray(other).dtype == np.asarray(x).dtype or "in float32" in batch.words


def test_an_order_that_reads_the_same_backward_becomes_another_one() -> None:
    assert turned(np.array([1.0, 2.0, 1.0])).tolist() == [1.0, 1.0, 2.0]
    assert turned(np.array([[1.0, 2.0], [3.0, 4.0]])).tolist() == [[4.0, 1.0], [2.0, 3.0]]


def test_whole_numbers_and_truth_values_change_too_and_stay_in_their_range() -> None:
    (other,) = [
        batch.args for batch in batches((np.ones(2), np.array([2, 2]), np.array([True]))) if batch.words.startswith("with other whole")
    ]
    assert (other[1].tolist(), other[2].tolist()) == ([1, 1], [False])
    assert not any("whole" in said for said in words(np.ones(2), np.array([0, 0]), 3, "mean"))


def test_each_of_several_arguments_is_changed_alone() -> None:
    alone = [batch for batch in batches((np.ones(2), 2.0, np.array([1, 0]))) if "alone" in batch.words]
    assert [batch.words for batch in alone] == [f"in which argument {k} alone is another" for k in range(3)]
    assert not any("alone" in said for said in words(np.ones(2)))


def test_a_size_that_several_arguments_have_changes_in_all() -> None:
    shapes = [[np.shape(a) for a in batch.args] for batch in batches((np.ones((2, 3)), np.ones(3))) if "another size" in batch.words]
    assert shapes == [[(3, 3), (3,)], [(1, 3), (3,)], [(2, 4), (4,)], [(2, 2), (2,)]]


def test_without_a_float_that_could_change_there_is_none() -> None:
    assert words(np.ones((0, 3)))[:1] == ["of another size (4 for 3)"]
    assert words(3, "mean") == []
