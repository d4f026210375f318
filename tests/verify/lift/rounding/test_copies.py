"""What a number that is broadcast loses among its copies, and what two different uses of a number do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.rounding.bounds import rounding_of_sweep
from backproof.verify.lift.rounding.copies import largest_of_copies
from backproof.verify.lift.rounding.second_derivatives import reverse_sweep

RNG = np.random.default_rng(0)


def found(f: Any, *args: Any) -> tuple[float, float]:
    """The largest condition of a copy, and that of the sum, for the first entry."""
    lifted = lift(f, args)
    sweep = reverse_sweep(lifted, np.random.default_rng(1).normal(size=np.shape(f(*args))))
    return largest_of_copies(sweep, 0, (0,)), rounding_of_sweep(sweep, 0, (0,)).condition


def centred(b: Any, x: Any) -> Any:
    t = np.tanh(x + b)
    return t - t.mean(axis=0)


@pytest.mark.parametrize("size", [1e-4, 1e-8])
def test_a_shared_bias_cancels_among_the_rows(size: float) -> None:
    copies, condition = found(centred, size * RNG.normal(size=2), size * RNG.normal(size=(3, 2)))
    assert 0.01 < copies < 100
    assert condition < 100 * size**2


def test_behind_a_product_the_copies_are_those_of_what_is_shared() -> None:
    def f(w: Any, x: Any) -> Any:
        return centred(w * 3.0 + w * w, x)

    copies, condition = found(f, 1e-8 * RNG.normal(size=2), 1e-8 * RNG.normal(size=(3, 2)))
    assert 0.01 < copies < 100
    assert condition < 1e-12


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x - np.sin(x),
        lambda x: np.sin(x) / x,
        lambda x: x * x,
        lambda x: np.exp(x[:, None] * np.array([1.0, -1.0])).sum(axis=1),
        lambda x: np.exp(x) + np.exp(-x),
    ],
)
def test_other_uses_are_no_copies(f: Any) -> None:
    assert found(f, np.array([1e-8, 2e-8]))[0] == 0.0


@pytest.mark.parametrize(
    "f",
    [
        lambda b, x: x + b - np.sin(x + b),
        lambda b, x: x + b - np.sin(b + x),
        lambda b, x: (x + 2 * b) - np.sin(x + 2 * b),
        lambda b, x: x + b - np.sin(x - (-b)),
    ],
)
def test_each_copy_has_a_condition_of_its_own(f: Any) -> None:
    """The sum of y − sin y over rows that share a bias is as small as its terms, however often y is computed."""
    size = 1e-6
    copies, _ = found(f, np.full(1, size), size * np.array([[1.0], [2.0], [3.0]]))
    assert copies < 100 * size**2
