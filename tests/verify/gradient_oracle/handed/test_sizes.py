"""Sizes that go together, and data that fix theirs."""

from __future__ import annotations

import numpy as np
import pytest

from backproof.verify import Verdict, check
from backproof.verify.gradient_oracle.handed.sizes import all_of, beside, together

X, W, B = np.ones((4, 3)), np.ones((3, 2)), np.ones((1, 2))


@pytest.mark.parametrize(
    ("shapes", "inside"),
    [
        (((7, 3), (3, 2), (1, 2)), True),  # another batch
        (((4, 5), (5, 2), (1, 2)), True),  # another width in both
        (((4, 5), (3, 2), (1, 2)), False),  # in one of them
        (((4, 3), (3, 2), (4, 2)), False),  # a bias is no batch
        (((4, 3), (3, 2), (2,)), False),  # another rank
    ],
)
def test_equal_sizes_are_changed_together(shapes: tuple[tuple[int, ...], ...], inside: bool) -> None:
    assert together([X, W, B])(*map(np.ones, shapes)) is inside


def test_fixed_data_fix_their_sizes_and_no_others() -> None:
    within = beside([X, 3], fixed=[np.ones((4, 4))])
    assert within(np.ones((4, 9)), 5)
    assert not within(np.ones((5, 3)), 3)
    assert not within(np.ones((2, 4, 3)), 3)
    assert all_of(within, lambda x, n: n == 3)(X, 3)
    assert not all_of(within, lambda x, n: n == 4)(X, 3)


def test_a_forward_that_ignores_rows_beyond_its_labels_is_right() -> None:
    labels = np.array([2, 0])

    def f(x: np.ndarray, t: np.ndarray) -> np.ndarray:
        e = np.exp(x)
        p = e / e.sum(axis=1, keepdims=True)
        return -np.log(p[np.arange(len(t)), t]).sum() / len(t)

    def vjp(args: tuple[np.ndarray, ...], out: float, ct: float) -> tuple[np.ndarray, None]:
        x, t = args
        e = np.exp(x)
        g = e / e.sum(axis=1, keepdims=True)
        g[np.arange(len(t)), t] -= 1
        return ct * g / len(t), None

    x = np.array([[0.3, -0.2, 0.5], [1.0, 0.1, -0.4]])
    assert check(f, (x, labels), vjp, effort="quick").ok
    assert check(f, (x, labels), lambda a, o, ct: (vjp(a, o, ct)[0] * len(a[1]), None), effort="quick").verdict is Verdict.WRONG
