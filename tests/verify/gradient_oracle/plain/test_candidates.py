"""Sizes that are equal change together, entries stay of their kind, and what f was given is not changed."""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.plain.candidates import ANOTHER, MOST_ENTRIES, Axis, reformed, reset, resized


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def shapes(args: Any, *sizes: int) -> list[list[tuple[int, ...]]]:
    return [[np.shape(a) for a in one.args] for one in resized(args, sizes, rng())]


def test_equal_sizes_change_together_and_a_doubled_one_alone_too() -> None:
    assert shapes((np.ones((3, 2)), np.ones(3)), 5) == [[(3, 5), (3,)], [(5, 2), (5,)]]
    assert shapes((np.ones((3, 3)),), 5) == [[(5, 5)], [(5, 3)]]


def test_the_other_axes_are_short_where_a_size_is_large() -> None:
    assert shapes((np.ones((50, 400)),), 1000) == [[(1000, 3)], [(3, 1000)]]
    assert shapes((np.ones((50, 40)),), MOST_ENTRIES) == []


def test_entries_keep_dtype_sign_and_range() -> None:
    args = (np.array([0.5, 2.0], dtype=np.float32), np.array([0, 1, 1, 0, 1]), np.array([True, False, True, True]))
    for one in resized(args, (9,), rng()):
        positive, index, mask = one.args
        assert positive.dtype == np.float32
        assert np.all(positive > 0)
        assert set(index.tolist()) <= {0, 1}
        assert mask.dtype == bool


def test_whole_numbers_go_with_the_size_only_where_f_refuses_the_other_way() -> None:
    one = next(one for one in resized((np.ones(5), np.array([[4, 0, 3]]), 5), (2,), rng()) if one.words == "size 5 made 2")
    assert (one.args[1].tolist(), one.args[2]) == ([[4, 0, 3]], 5)
    assert (one.as_told().args[1].tolist(), one.as_told().args[2]) == ([[0, 0, 1]], 2)


def test_settings_are_words_of_the_code_and_one_that_no_code_knows() -> None:
    found = [one.args[1:] for one in reset((np.ones(2), "sum", True, 100), ["mean", "sum"], [7])]
    assert found == [("mean", True, 100), (ANOTHER, True, 100), ("sum", False, 100)]


def test_whole_numbers_around_those_of_the_code_are_settings() -> None:
    values = [one.args[1] for one in reset((np.ones(2), 3), [], [7])]
    assert {0, 1, 2, 4, 6, 7, 8} == set(values)


def test_forms_are_dtypes_ranks_and_types_and_never_the_given_ones() -> None:
    found = {one.words: one for one in reformed((np.ones((2, 3)), np.ones(3)), rng())}
    assert found["dtype float32"].args[0].dtype == np.float32
    assert found["dtype float32"].axis is Axis.DTYPE
    assert isinstance(found["argument 1 a float of Python"].args[1], float)
    assert found["argument 0 without its first axis"].args[0].shape == (3,)
    assert found["None for argument 1"].args[1] is None
    assert "dtype float64" not in found
