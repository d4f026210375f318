"""Rows, columns, slices and sums: planted in real backward passes and named by `check`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.causes.cause import Diagnosis, Fault
from backproof.verify.gradient_oracle.diagnosis import diagnosis_of

RNG = np.random.default_rng(8)
X, W, B = RNG.normal(size=(3, 3)), RNG.normal(size=(3, 3)), RNG.normal(size=3)
CT = RNG.normal(size=(3, 3))


def dense(x: Any, w: Any, b: Any) -> Any:
    return x @ w + b


def found(dx: Any = None, dw: Any = None, db: Any = None) -> Diagnosis | None:
    right = (CT @ W.T, X.T @ CT, CT.sum(axis=0))
    given = [own if own is not None else part for own, part in zip((dx, dw, db), right, strict=True)]
    return diagnosis_of(dense, (X, W, B), CT, given)


@pytest.mark.parametrize(
    ("wrong", "fault", "words"),
    [
        ({"db": CT.sum(axis=1)}, Fault.AXIS, "the gradient of `b` is summed along the wrong axis"),
        ({"db": CT[0]}, Fault.MISSING, "the gradient of `b` keeps of the 3 contributions to each entry the one of index 0"),
        ({"dw": (X.T @ CT) * B}, Fault.AXIS, "the gradient of `w` has a factor for each index of axis 1"),
        (
            {"dx": (CT @ W.T) * [[1.0], [1.0], [0.5]]},
            Fault.SLICE,
            "the gradient of `x` is wrong only at index 2 of axis 0: it is 0.5 times",
        ),
    ],
)
def test_each_is_named_with_its_argument(wrong: dict[str, Any], fault: Fault, words: str) -> None:
    diagnosis = found(**wrong)
    assert diagnosis is not None
    assert (fault, ["dx", "dw", "db"].index(next(iter(wrong)))) in {(cause.fault, cause.argument) for cause in diagnosis.causes}
    assert words in str(diagnosis)


def concatenated(a: Any, m: Any, b: Any) -> Any:
    return np.concatenate([a, m.astype(a.dtype), b])


def test_the_cotangent_of_another_slice_is_named_with_how_far_it_is() -> None:
    a, m, b, ct = RNG.normal(size=2), np.array([1, 2, 3]), RNG.normal(size=2), RNG.normal(size=7)
    diagnosis = diagnosis_of(concatenated, (a, m, b), ct, (ct[:2], ct[2:4]))
    assert diagnosis is not None
    assert {(cause.fault, cause.argument) for cause in diagnosis.causes} == {(Fault.SLICE, 2)}
    assert str(diagnosis) == "the gradient of `b` is another slice of the cotangent, 3 places too early"


@pytest.mark.parametrize("noise", [lambda: CT * RNG.normal(size=(3, 3)), lambda: CT + 1.0], ids=["a factor for each entry", "a shift"])
def test_an_error_without_a_pattern_has_no_such_name(noise: Callable[[], Any]) -> None:
    diagnosis = found(dw=noise())
    assert diagnosis is None or not diagnosis.faults & {Fault.AXIS, Fault.SLICE}
