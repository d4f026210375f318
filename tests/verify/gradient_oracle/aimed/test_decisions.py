"""Which outcomes were seen, and what is aimed at next: sides first, the nearest of them, then whole numbers, then
places."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.aimed.decisions import AROUND, MOST_AIMS, Decisions
from backproof.verify.gradient_oracle.lifted_runs import lifted_forward


def decided(f: Any, *xs: Any, given: bool = True) -> Decisions:
    found = Decisions()
    for x in xs:
        args = (np.asarray(x, dtype=float),)
        run = lifted_forward(f, args)
        found.take(run.reads, args, run.positions, given=given)
    return found


def aims(found: Decisions, most: int = 50) -> list[tuple[str, Any, int]]:
    """What is aimed at, one after the other, if no aim ever leads anywhere."""
    said: list[tuple[str, Any, int]] = []
    while len(said) < most and (aim := found.next_aim()) is not None:
        said.append((aim.decision.what, aim.outcome, aim.by))
        found.tried(aim)
    return said


def test_the_outcomes_of_a_line_are_collected() -> None:
    found = decided(lambda x: np.where(x > 1, x, 0.0), [0.5, 2.0])
    ((place, what), outcomes), *others = found.branches().items()
    assert (place.split(":")[0], what, set(outcomes), others) == ("test_decisions.py", "x > 1", {False, True}, [])


def test_a_side_that_was_seen_is_not_aimed_at() -> None:
    assert aims(decided(np.abs, [0.5])) == [("abs", True, 0)]
    assert aims(decided(np.abs, [0.5], [-2.0])) == []


def test_the_nearest_decision_comes_first_and_from_where_it_was_nearest() -> None:
    found = decided(lambda x: np.maximum(x, 0.0) + np.where(x > 10, 1.0, x), [3.0], [2.0])
    first = found.next_aim()
    assert first is not None
    assert (first.decision.what, first.start.distance, first.start.args[0].tolist()) == ("maximum", 2.0, [2.0])


def test_whole_numbers_between_those_given_and_some_around_are_aimed_at_once() -> None:
    found = decided(lambda x: np.floor(x) * x, [3.5, 7.5])
    numbers = [outcome for _, outcome, _ in aims(found)]
    assert sorted(numbers) == [1, 2, 4, 5, 6, 8, 9]
    assert [abs(by) for _, _, by in aims(decided(lambda x: np.floor(x) * x, [3.5]))] == [1, 1, AROUND, AROUND]


def test_whole_numbers_that_only_chosen_points_have_are_no_start() -> None:
    assert aims(decided(lambda x: np.floor(x) * x, [3.5], given=False)) == []


def test_sides_come_before_numbers_and_numbers_before_places() -> None:
    """Of three entries the second is the largest: that it is not the first or the third is read at one place of the
    code."""

    def f(x: Any) -> Any:
        return np.max(x) + np.floor(x[0]) + np.abs(x[2])

    kinds = [what for what, _, _ in aims(decided(f, [0.5, 2.5, 1.0]))]
    assert kinds.index("floor") > max(k for k, what in enumerate(kinds) if what in ("abs", "max"))


def test_an_aim_that_leads_nowhere_is_given_up() -> None:
    found = decided(np.abs, [0.5])
    for _ in range(MOST_AIMS):
        aim = found.next_aim()
        assert aim is not None
        found.tried(aim)
        run = lifted_forward(np.abs, (np.array([0.5]),))
        found.take(run.reads, (np.array([0.5]),), run.positions, given=False)
    assert found.next_aim() is None


def test_an_aim_is_tried_once_from_the_same_start() -> None:
    found = decided(np.abs, [0.5])
    aim = found.next_aim()
    assert aim is not None
    found.tried(aim)
    with pytest.raises(KeyError):
        found.tried(aim)
