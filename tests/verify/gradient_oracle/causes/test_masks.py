"""Masks and multiples entry by entry: named where the cotangents agree, and where the forward has no edge at all."""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.causes.cause import Fault
from backproof.verify.gradient_oracle.check import check
from backproof.verify.gradient_oracle.diagnosis import diagnosis_of

RNG = np.random.default_rng(15)
X = RNG.normal(size=(3, 4))


def said(vjp: Any) -> tuple[set[tuple[Fault, int | None]], str]:
    diagnosis = check(lambda x: np.maximum(x, 0), (X,), vjp=vjp, effort="quick").diagnosis
    return (set(), "") if diagnosis is None else ({(c.fault, c.argument) for c in diagnosis.causes}, str(diagnosis))


def test_the_mask_of_the_cotangent() -> None:
    faults, words = said(lambda args, out, ct: (ct * (ct > 0),))
    assert faults == {(Fault.LOCAL, 0)}
    assert "its mask is another one for another cotangent" in words


def test_no_mask_at_all() -> None:
    faults, words = said(lambda args, out, ct: (ct.copy(),))
    assert faults == {(Fault.LOCAL, 0)}
    assert "it is 1 in the place of 0" in words


def test_what_is_no_multiple_of_the_cotangent_is_no_mask() -> None:
    assert not said(lambda args, out, ct: (np.cumsum(ct, axis=1) * (args[0] > 0),))[0]
    assert not said(lambda args, out, ct: (ct * np.abs(ct) * (args[0] > 0),))[0]


def test_one_cotangent_alone_shows_no_mask() -> None:
    """Any gradient is a multiple of one cotangent, entry by entry."""
    ct = RNG.normal(size=(3, 4))
    assert diagnosis_of(lambda x: np.maximum(x, 0), (X,), ct, [np.cos(X)]) is None
