"""A gradient of another shape is explained by the sum, the transposition or the reshape that makes it right."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.causes.cause import Fault
from backproof.verify.gradient_oracle.causes.shapes import misshapen

TERMS = np.arange(1.0, 25.0).reshape(2, 3, 4) ** 2
WIDE = np.arange(1.0, 7.0).reshape(2, 3)


@pytest.mark.parametrize(
    ("right", "found", "fault", "words"),
    [
        (TERMS.sum(axis=(0, 1)), TERMS, Fault.UNSUMMED, "the contribution of `b` is not summed over axes 0, 1"),
        (TERMS.sum(axis=1, keepdims=True), TERMS, Fault.UNSUMMED, "the contribution of `b` is not summed over axis 1"),
        (WIDE, WIDE.T, Fault.TRANSPOSED, "the gradient of `b` is transposed"),
        (WIDE, WIDE.reshape(-1), Fault.SHAPE, "the gradient of `b` has the right entries in shape (6,), not (2, 3)"),
    ],
)
def test_each_way_back_to_the_right_shape_is_named(right: Any, found: Any, fault: Fault, words: str) -> None:
    (cause,) = misshapen(["`b`"], [4], [right], [found])
    assert (cause.fault, cause.words, cause.argument) == (fault, words, 4)


@pytest.mark.parametrize("found", [None, WIDE, TERMS + 1], ids=["none", "right shape", "other entries"])
def test_nothing_is_said_where_no_way_leads_back(found: Any) -> None:
    assert not list(misshapen(["`b`"], [0], [WIDE], [found]))
