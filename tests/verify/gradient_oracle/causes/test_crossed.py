"""Sums along the wrong axis inside of a backward: a softmax, and rows of length one; what is near them is not named so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.causes.cause import Fault
from backproof.verify.gradient_oracle.check import check

RNG = np.random.default_rng(18)
X, SQUARE = RNG.normal(size=(3, 4)), RNG.normal(size=(3, 3))


def softmax(x: Any) -> Any:
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def plain_softmax(x: Any) -> Any:
    e = np.exp(x)
    return e / e.sum(axis=1, keepdims=True)


def directions(x: Any) -> Any:
    return x / np.sqrt(np.sum(x**2, axis=1, keepdims=True))


def named(f: Any, x: Any, vjp: Any) -> set[tuple[Fault, int | None]]:
    diagnosis = check(f, (x,), vjp=vjp, effort="quick").diagnosis
    return set() if diagnosis is None else {(cause.fault, cause.argument) for cause in diagnosis.causes}


@pytest.mark.parametrize("f", [softmax, plain_softmax], ids=["shifted by the largest", "plain"])
@pytest.mark.parametrize("x", [X, SQUARE], ids=["3 by 4", "square"])
@pytest.mark.parametrize("axis", [0, None])
def test_the_sum_of_a_softmax(f: Any, x: Any, axis: int | None) -> None:
    assert named(f, x, lambda args, out, ct: (out * (ct - np.sum(out * ct, axis=axis, keepdims=True)),)) == {(Fault.AXIS, 0)}


def test_the_sum_of_rows_of_length_one() -> None:
    length = lambda x: np.sqrt(np.sum(x**2, axis=1, keepdims=True))  # noqa: E731
    assert named(directions, X, lambda args, out, ct: ((ct - out * np.sum(out * ct)) / length(args[0]),)) == {(Fault.AXIS, 0)}


@pytest.mark.parametrize(
    "wrong",
    [
        lambda y, ct: y * (ct - 0.9 * np.sum(y * ct, axis=0, keepdims=True)),
        lambda y, ct: y * (ct - np.max(y * ct, axis=0, keepdims=True)),
        lambda y, ct: y * (ct - np.sum(y**2 * ct, axis=0, keepdims=True)),
    ],
    ids=["a part of it", "the largest", "other weights"],
)
def test_what_is_near_a_sum_along_the_wrong_axis_is_not_named_so(wrong: Any) -> None:
    assert (Fault.AXIS, 0) not in named(softmax, X, lambda args, out, ct: (wrong(out, ct),))
