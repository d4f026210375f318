"""Comparisons of lifted numbers: margins, ties and their flips, equal numbers, and what cannot be decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flint import arb

from backproof.verify.lift.lifted import pull_back
from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.tape.reads import Undecided

X = np.array([0.5, -1.5, 2.25])


def reads_of(f: Callable[..., Any], *args: Any) -> list[tuple[str, Any]]:
    return [(read.what, read.outcome) for read in lift(f, args).reads]


def test_margin_is_the_distance_and_its_gradient_that_of_the_difference() -> None:
    lifted = lift(lambda x, y: x if np.sum(x * x) > y else -x, (X, 3.0))
    (read,) = lifted.reads
    assert read.margin == arb(0.25) + arb(2.25) + arb(5.0625) - 3
    by_x, by_y = read.gradient()
    assert [float(entry.mid()) for entry in by_x] == [1.0, -3.0, 4.5]
    assert float(by_y[()].mid()) == -1.0


@pytest.mark.parametrize(
    ("f", "kept", "flipped"),
    [
        (lambda x: np.maximum(x, 0.0), 1.0, 0.0),
        (lambda x: np.maximum(0.0, x), 0.0, 1.0),
        (lambda x: np.abs(x), 1.0, -1.0),
        (lambda x: np.where(x > 0, x, 3 * x), 3.0, 1.0),
        (lambda x: np.where(x >= 0, x, 3 * x), 1.0, 3.0),
        (lambda x: x * (x == 0), 1.0, 0.0),
        (lambda x: x * np.floor(x), 0.0, -1.0),
        (lambda x: x % 1.0, 1.0, 1.0),
    ],
)
def test_a_tie_takes_the_convention_of_numpy_and_its_opposite_when_flipped(f: Callable[..., Any], kept: float, flipped: float) -> None:
    at = (np.array([0.0]),)
    lifted = lift(f, at)
    assert lifted.reads[0].tie
    assert float(pull_back(lifted, np.ones(1))[0][0].mid()) == kept
    assert float(pull_back(lift(f, at, flips={0}), np.ones(1))[0][0].mid()) == flipped


def test_a_flipped_read_falls_the_other_way() -> None:
    lifted = lift(lambda x: np.abs(x), (X,), flips={0, 2})
    assert [read.outcome for read in lifted.reads] == [False, False, False]
    assert not any(read.tie for read in lifted.reads)


def test_with_many_bits_equal_balls_are_a_tie() -> None:
    def f(x: Any) -> Any:
        p = x / x.sum()
        return p if p.sum() == 1.0 else -p

    with pytest.raises(Undecided):
        lift(f, (np.array([1.0, 2.0, 3.3]),))
    reads = lift(f, (np.array([1.0, 2.0, 3.3]),), bits=600).reads
    assert [(read.outcome, read.tie) for read in reads] == [(True, True)]


def test_equal_numbers_that_are_computed_alike_are_a_tie() -> None:
    lifted = lift(lambda x: np.max(np.tanh(x) / 3), (np.array([0.3, 0.3]),))
    assert [read.tie for read in lifted.reads] == [True]


def test_a_number_compared_with_itself_is_no_decision() -> None:
    def f(x: Any) -> Any:
        y = np.exp(x)
        return y - np.where(y == y, 0.0, 1.0)  # noqa: PLR0124

    assert lift(f, (X,)).reads == ()


def test_overlapping_balls_that_are_no_tie_are_undecided_and_the_line_is_named() -> None:
    def f(x: Any) -> Any:
        return x if np.exp(np.log(x))[0] > x[0] else -x

    with pytest.raises(Undecided, match=r"x > y is not decided \(test_decisions\.py:\d+\)") as caught:
        lift(f, (np.array([0.1]),))
    assert caught.value.what == "x > y"
    assert caught.value.place == f"test_decisions.py:{f.__code__.co_firstlineno + 1}"


def test_a_comparison_with_no_number_is_undecided() -> None:
    with pytest.raises(Undecided):
        lift(lambda x: x if np.log(x)[1] > 0 else -x, (X,))


def test_constants_decide_without_a_read() -> None:
    assert reads_of(lambda x: x * max(np.sqrt(2.0), 1.0) if np.pi > 3 else x, X) == []
