"""One gradient by itself: each planted slip is named with its kind, and an error that is none of them is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.causes.alone import alone_causes
from backproof.verify.gradient_oracle.causes.cause import Fault
from backproof.verify.gradient_oracle.causes.edges import Edges
from backproof.verify.gradient_oracle.causes.observed import Observed

RIGHT = np.random.default_rng(3).normal(size=(4, 4))
OTHER = np.random.default_rng(4).normal(size=(4, 4))


def causes(found: Any) -> list[tuple[Fault, str]]:
    edges = Edges([], [], [], [np.arange(16).reshape(4, 4), np.arange(16, 32).reshape(4, 4)], (0, 1), [])
    seen = Observed(("`x`", "`y`"), [RIGHT, OTHER], [found, OTHER], edges, np.ones(5))
    return [(cause.fault, cause.words.removeprefix("the gradient of `x` ")) for cause in alone_causes(0, seen)]


def moved(step: int) -> Any:
    kept = np.zeros((4, 4))
    kept[step:] = RIGHT[:-step]
    return kept


@pytest.mark.parametrize(
    ("found", "fault", "words"),
    [
        (0 * RIGHT, Fault.ZERO, "is zero: nothing flows back to it"),
        (-RIGHT, Fault.SIGN, "is minus the derivative"),
        (RIGHT / 5, Fault.FACTOR, "is 0.2 times the derivative (5 is the length of an axis)"),
        (RIGHT.T, Fault.TRANSPOSED, "is transposed"),
        (RIGHT[:, ::-1], Fault.ORDER, "is turned around along axis 1"),
        (np.roll(RIGHT, -1, 0), Fault.ORDER, "is shifted by one along axis 0"),
        (moved(2), Fault.SLICE, "is shifted by 2 along axis 0"),
        (OTHER, Fault.EXCHANGED, "is that of `y`"),
    ],
)
def test_every_slip_is_named(found: Any, fault: Fault, words: str) -> None:
    assert causes(found)[0] == (fault, words)


def test_what_is_no_slip_has_no_name() -> None:
    assert causes(RIGHT + OTHER) == []


def test_a_single_number_is_a_multiple_of_anything_and_that_says_nothing() -> None:
    def of_one(found: float) -> list[Fault]:
        edges = Edges([], [], [], [np.array([0])], (0,), [])
        seen = Observed(("`x`",), [np.array([3.5])], [np.array([found])], edges, np.ones(1))
        return [cause.fault for cause in alone_causes(0, seen)]

    assert (of_one(1.0), of_one(7.0), of_one(-3.5), of_one(0.0)) == ([], [Fault.FACTOR], [Fault.SIGN], [Fault.ZERO])
