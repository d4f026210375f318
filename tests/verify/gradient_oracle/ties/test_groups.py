"""Ties that share no entry of the gradient are separate kinks, and all their sides are found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.ties.groups import Runs, SeparateKink, separate_kinks
from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.tape.reads import Undecided


def separated(f: Callable[..., Any], x: Any, most_sides: int = 64, most_runs: int = 400) -> list[SeparateKink]:
    args = (np.asarray(x, dtype=float),)
    runs = Runs(lift(f, args), np.ones(np.shape(f(*args))), 2.0**-53, lambda **how: lift(f, args, **how))
    return separate_kinks(runs, most_sides=most_sides, most_runs=most_runs)[1]


def sides(kink: SeparateKink) -> set[tuple[float, ...]]:
    return {tuple(row) for row in kink.matrix.tolist()}


UNIT = {tuple(row) for row in np.eye(4).tolist()}


def in_steps(x: Any) -> Any:
    return x.reshape(2, 2, 2, 2).max(axis=1).max(axis=2)


def test_a_window_that_is_reduced_in_two_steps_has_one_side_for_each_entry() -> None:
    """The last one is met only where a tie of the first step and one of the second fall otherwise together."""
    found = separated(in_steps, np.zeros((4, 4)))
    assert [kink.entries for kink in found] == [(0, 1, 4, 5), (2, 3, 6, 7), (8, 9, 12, 13), (10, 11, 14, 15)]
    assert all(sides(kink) == UNIT and kink.complete for kink in found)


def test_ties_that_overlap_are_one_kink() -> None:
    found = separated(lambda x: np.maximum(x[:-1], x[1:]), np.zeros(8))
    assert [len(kink.entries) for kink in found] == [8]


def test_a_tie_behind_a_branch_that_is_taken_on_another_side_only_belongs_to_it() -> None:
    def nested(x: Any) -> Any:
        return 3 * x[1] if x[0] > 0 and x[1] > 0 else x[0]

    (kink,) = separated(nested, np.zeros(2))
    assert sides(kink) == {(1.0, 0.0), (0.0, 3.0)}


def test_what_a_branch_changes_belongs_to_it_also_where_it_is_not_asked_for() -> None:
    (kink,) = separated(lambda x: x[1:] * (2.0 if x[0] > 0 else 1.0), np.array([0.0, 5.0, 6.0]))
    assert kink.entries == (0, 1, 2)
    assert sides(kink) == {(0.0, 1.0, 1.0), (0.0, 2.0, 2.0)}


def test_ties_that_move_the_decisions_of_others_are_taken_together() -> None:
    """Where a tie falls otherwise, more decisions are asked before those of the other entry."""

    def one(x: Any) -> Any:
        return np.maximum(np.maximum(0.0, x), np.maximum(0.0, 2 * x))

    found = separated(lambda x: np.concatenate([np.atleast_1d(one(x[0])), np.atleast_1d(one(x[1]))]), np.zeros(2))
    assert [sides(kink) for kink in found] == [{(a, b) for a in (0.0, 1.0, 2.0) for b in (0.0, 1.0, 2.0)}]


@pytest.mark.parametrize(("most", "complete"), [(8, True), (7, False)])
def test_more_sides_than_may_be_taken_are_not_complete(most: int, complete: bool) -> None:
    (kink,) = separated(np.max, np.zeros(4), most_sides=most)
    assert kink.complete is complete


def test_more_ties_than_runs_are_undecided() -> None:
    with pytest.raises(Undecided, match="a kink with 8 ties"):
        separated(np.abs, np.zeros(8), most_runs=8)
