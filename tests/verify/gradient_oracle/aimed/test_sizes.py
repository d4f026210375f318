"""A gradient of a wrong shape is held against a backward where one size that is tied to nothing is another one, and is
noted everywhere else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify import Verdict, check
from backproof.verify.gradient_oracle.aimed.sizes import is_size_free


def strided(x: Any, w: Any) -> Any:
    steps = (len(x) - len(w)) // 2 + 1
    return np.array([np.sum(x[2 * i : 2 * i + len(w)] * w) for i in range(steps)])


def strided_back(whole: bool) -> Any:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        x, w = args
        gx, gw = np.zeros(len(x) if whole else 2 * (len(ct) - 1) + len(w)), np.zeros_like(w)
        for i in range(len(ct)):
            gx[2 * i : 2 * i + len(w)] += ct[i] * w
            gw += ct[i] * x[2 * i : 2 * i + len(w)]
        return gx, gw

    return vjp


X, W = np.array([0.3, -1.2, 0.8, 0.1, 1.7, -0.4, 0.9]), np.array([0.6, -0.2, 1.1])


def test_a_convolution_whose_input_gradient_forgets_the_remainder_is_wrong() -> None:
    result = check(strided, (X, W), strided_back(False))
    assert result.verdict is Verdict.WRONG
    assert "the argument has shape" in result.findings[0].words
    right = check(strided, (X, W), strided_back(True))
    assert right.ok, right.explain()


def test_what_is_meant_for_one_length_by_its_own_numbers_is_only_noted() -> None:
    """A literal, an array that the function holds: the gradient always has the length that they name."""
    weights = np.array([0.5, 1.0, 2.0])

    def with_literal(x: Any) -> Any:
        return np.sum(x[:3] * 2.0)

    def with_weights(x: Any) -> Any:
        return np.sum(x[: len(weights)] * weights)

    cases: list[tuple[Any, Any, Any]] = [
        (with_literal, (np.ones(3),), lambda args, out, ct: (ct * 2.0 * np.ones(3),)),
        (with_weights, (np.ones(3),), lambda args, out, ct: (ct * weights,)),
    ]
    for f, args, vjp in cases:
        result = check(f, args, vjp)
        assert result.ok, result.explain()


@pytest.mark.parametrize(
    ("shapes", "others", "free"),
    [
        (((4, 3), (3,)), ((4, 5), (5,)), True),
        (((4, 3), (3,)), ((4, 5), (3,)), False),  # one of two
        (((4, 3),), ((4, 1),), False),  # to one
        (((4, 1),), ((4, 3),), False),  # from one
        (((4, 3),), ((5, 2),), False),  # two sizes
        (((3, 3),), ((3, 4),), False),  # one of two axes
        (((3, 3),), ((4, 4),), True),
        (((3, 2, 3),), ((4, 2, 4),), False),  # two sizes that happen to be the same, perhaps
        (((4, 3),), ((4, 3, 2),), False),  # another rank
        (((4, 3),), ((4, 4),), False),  # now equal to another
        (((4, 3),), ((4, 3),), False),
    ],
)
def test_one_size_everywhere(shapes: Any, others: Any, free: bool) -> None:
    assert is_size_free([np.ones(s) for s in others], [np.ones(s) for s in shapes], set) is free


def test_other_settings_are_other_questions() -> None:
    assert not is_size_free((np.ones(4), 2), (np.ones(3), 1), set)
    assert not is_size_free((np.ones(4), 3), (np.ones(3), 3), set)
    shape = (3, 5)
    assert not is_size_free((np.ones(4), shape), (np.ones(3), shape), set)
    assert is_size_free((np.ones(4), "mean"), (np.ones(3), "mean"), set)
