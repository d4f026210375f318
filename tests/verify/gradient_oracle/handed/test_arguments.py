"""Arguments as flat ones: what is differentiated, what is data, and which data may vary."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.handed.arguments import handed_over

X = np.array([[0.5, -1.0, 2.0], [1.5, 0.3, -0.7]])


def f(x: Any, params: Any, y: Any = None) -> Any:
    return x, params, y


def test_plain_arguments_stay_as_they_are() -> None:
    handed = handed_over((X, 3, "mean"), f)
    assert handed.plain
    assert handed.names == ()
    assert handed.core == (X, 3, "mean")


@pytest.mark.parametrize(
    ("wrt", "differentiated"),
    [
        (None, ["x", "params['W']", "params['b']", "y"]),
        ((0,), ["x"]),
        (1, ["params['W']", "params['b']"]),
        ("params", ["params['W']", "params['b']"]),
        (("x", "params['b']"), ["x", "params['b']"]),
    ],
)
def test_wrt_names_positions_arguments_and_paths(wrt: Any, differentiated: list[str]) -> None:
    handed = handed_over((X, {"W": np.ones((3, 2)), "b": 0.5}, np.array([1.0, 0.0])), f, wrt)
    assert [handed.names[k] for k in handed.differentiated] == differentiated


@pytest.mark.parametrize("wrt", ["W", 3, "params['c']", ("x", "z"), ()])
def test_what_wrt_does_not_find_is_refused(wrt: Any) -> None:
    with pytest.raises(ValueError, match="wrt names"):
        handed_over((X, {"W": np.ones(2)}), f, wrt)


@pytest.mark.parametrize(
    ("data", "varies"),
    [
        (np.array([1.0, 0.5, 1.0]), True),  # targets
        (np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]), True),  # one row with a one for each sample
        (X, True),  # samples
        (np.array([0.0, 0.5, 1.5, 2.0]), False),  # a grid
        (np.array([[2.0, 1.0], [1.0, 3.0]]), False),  # symmetric
        (np.array([[0.6, 0.8, 0.0], [-0.8, 0.6, 0.0]]), False),  # a basis
        (np.array(2.0), False),
        (2.5, False),
    ],
)
def test_data_vary_where_that_is_sure_to_keep_what_they_are(data: Any, varies: bool) -> None:
    handed = handed_over((X, data), f, wrt=(0,))
    assert (handed.frame.slots[1] is not None) == varies
    x, same = handed.frame.arguments(handed.core)
    assert np.array_equal(x, X)
    assert np.array_equal(same, data)


def test_data_vary_by_whole_rows() -> None:
    labels = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    handed = handed_over((X, labels), f, wrt=(0,))
    _, varied = handed.frame.arguments((X, np.array([1, 1, 0])))
    assert varied.tolist() == [[1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]


def test_complex_numbers_in_a_tree_are_refused_with_what_to_write() -> None:
    with pytest.raises(TypeError, match=r"p\['z'\] is .*not taken yet; give x.real and x.imag"):
        handed_over(({"z": np.ones(2) * 1j},), lambda p: p)
