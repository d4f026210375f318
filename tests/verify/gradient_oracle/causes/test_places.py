"""Places in the forward: what is held constant is named before a factor that fits by chance of few numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.causes.cause import Fault
from backproof.verify.gradient_oracle.check import check

X = np.random.default_rng(2).normal(size=(6, 2))
Y = np.exp(np.random.default_rng(3).normal(size=6))


def log_likelihood(w: Any) -> Any:
    mean = np.exp(X @ w)
    scale = ((Y - mean) ** 2 / mean).mean()
    return -0.5 * (((Y - mean) ** 2).sum() / scale + 6 * np.log(scale))


def with_scale_held(args: Any, out: Any, ct: Any) -> Any:
    mean = np.exp(X @ args[0])
    scale = ((Y - mean) ** 2 / mean).mean()
    return (ct * X.T @ ((Y - mean) * mean / scale),)


def test_a_variable_that_is_held_constant_is_named_with_its_line() -> None:
    result = check(log_likelihood, (np.array([0.1, -0.2]),), vjp=with_scale_held)
    assert result.diagnosis is not None
    line = log_likelihood.__code__.co_firstlineno + 2
    first = result.diagnosis.causes[0]
    assert (first.fault, first.place) == (Fault.CONSTANT, f"test_places.py:{line}")
    assert "`scale = ((Y - mean) ** 2 / mean).mean()`" in first.words
    assert "as if it were held constant" in first.words
