"""Random forwards: seen, seeded before every call, and said with the line."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from backproof.verify import Verdict, check

X = np.array([[0.5, -1.0, 2.0], [1.5, 0.3, -0.7]])
HELD = np.random.default_rng(7)


def by_numpy(shape: Any) -> Any:
    return np.random.rand(*shape) > 0.3


def by_held(shape: Any) -> Any:
    return HELD.random(shape) > 0.3


def by_fresh(shape: Any) -> Any:
    return np.random.default_rng().random(shape) > 0.3


def by_random(shape: Any) -> Any:
    return random.random() + np.zeros(shape)


@pytest.mark.parametrize("mask", [by_numpy, by_held, by_fresh, by_random])
def test_masks_are_constants(mask: Any) -> None:
    result = check(lambda x: x**2 * mask(x.shape), (X,), lambda a, o, ct: 2 * a[0] * ct * mask(a[0].shape), effort="quick")
    assert result.ok
    assert result.proved == result.points
    line = mask.__code__.co_firstlineno + 1
    assert f"random numbers are drawn at test_randomness.py:{line}: the same ones in every call, seeded before each" in result.notes
    assert (
        check(lambda x: x**2 * mask(x.shape), (X,), lambda a, o, ct: a[0] * ct * mask(a[0].shape), effort="quick").verdict is Verdict.WRONG
    )


def test_a_backward_that_leaves_the_mask_out_is_wrong() -> None:
    assert check(lambda x: x * by_numpy(x.shape), (X,), lambda a, o, ct: ct * 0.7, effort="quick").verdict is Verdict.WRONG


def test_the_same_check_says_the_same_and_leaves_the_global_generator_alone() -> None:
    np.random.seed(1)
    expected = np.random.RandomState(1).rand(2)
    ask = lambda: check(lambda x: x * np.random.rand(*x.shape), (X,), lambda a, o, ct: ct, effort="quick").explain()  # noqa: E731
    first = ask()
    np.random.seed(1)
    assert ask() == first
    np.random.seed(1)
    check(lambda x: 2 * x, (X,), lambda a, o, ct: 2 * ct, effort="quick")
    assert np.random.rand(2).tolist() == expected.tolist()
