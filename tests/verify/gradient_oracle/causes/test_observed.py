"""What was observed: which gradients are wrong, and what the backward says of another cotangent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.causes.edges import Edges
from backproof.verify.gradient_oracle.causes.observed import Observed

EDGES = Edges([], [], [], [np.arange(2), np.arange(2, 4)], (0, 2), [])
RIGHT = [np.array([1.0, 2.0]), np.array([3.0, 4.0])]


def seen(found: Sequence[Any], again: Any = None) -> Observed:
    return Observed(("`x`", "`n`", "`y`"), RIGHT, found, EDGES, np.ones(2), again)


def test_the_wrong_gradients_are_known_by_their_place_and_named_by_the_argument() -> None:
    here = seen([RIGHT[0], RIGHT[1] * 2])
    assert (here.wrong, here.name(1)) == ((1,), "`y`")
    assert here.fit({1: RIGHT[1] * 2})
    assert not here.fit({1: RIGHT[1] * 3})
    assert not here.fit({1: np.array([6.0])})


@pytest.mark.parametrize("answer", [None, [RIGHT[0]], [RIGHT[0], np.array([np.nan, 1.0])]], ids=["none", "one too few", "nan"])
def test_what_is_no_gradient_is_no_answer(answer: Any) -> None:
    assert seen(RIGHT, lambda cotangent: answer).asked(np.ones(2)) is None


def test_an_answer_is_handed_on() -> None:
    assert seen(RIGHT, lambda cotangent: [part * cotangent for part in RIGHT]).asked(np.full(2, 3.0))[1].tolist() == [9.0, 12.0]  # pyright: ignore[reportOptionalSubscript]
