"""Losses that are sums of functions of one entry each: a wrong local derivative is named, what mixes entries is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.causes.cause import Fault
from backproof.verify.gradient_oracle.check import check

RNG = np.random.default_rng(17)
X, T = RNG.normal(size=6), RNG.uniform(0.2, 2.0, size=6)


def focal(x: Any) -> Any:
    p = 1 / (1 + np.exp(-x))
    return -np.sum((1 - p) ** 2 * np.log(p) * T)


def faults(f: Any, gradient: Any) -> set[tuple[Fault, int | None]]:
    diagnosis = check(f, (X,), gradient=gradient, effort="quick").diagnosis
    return set() if diagnosis is None else {(cause.fault, cause.argument) for cause in diagnosis.causes}


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def test_a_factor_that_is_missing_in_one_term_is_a_local_derivative() -> None:
    wrong = lambda x: T * (1 - sigmoid(x)) ** 2 * (2 * np.log(sigmoid(x)) + sigmoid(x) - 1)  # noqa: E731
    assert faults(focal, wrong) == {(Fault.LOCAL, 0)}


@pytest.mark.parametrize(
    "mixed",
    [lambda x: x * np.cos(x).sum(), lambda x: np.sin(np.roll(x, 2)) + 0.1, lambda x: np.sin(T**2), lambda x: np.sin(np.cumsum(x))],
    ids=["a sum", "another entry", "no entry at all", "sums from the left"],
)
def test_entries_that_depend_on_others_or_on_nothing_are_not(mixed: Callable[..., Any]) -> None:
    linear = lambda x: np.sum(x * T)  # noqa: E731
    assert (Fault.LOCAL, 0) not in faults(linear, mixed)


def test_a_loss_that_mixes_entries_is_not_judged_so() -> None:
    assert (Fault.LOCAL, 0) not in faults(lambda x: np.log(np.sum(np.exp(x))), lambda x: np.exp(1.3 * x) + 1)
