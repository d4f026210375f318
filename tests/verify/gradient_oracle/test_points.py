"""The other side of a decision: exactly on it, just across, and across; and another whole number."""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.lifted_runs import lifted_forward
from backproof.verify.gradient_oracle.points import JUST, ON, Point, across, shifted


def f_with_branch(x: Any) -> Any:
    return np.where(x > 3.0, 2.0 * x, x)


def at(t: float, args: Any, read: Any = None) -> Point:
    lifted = lifted_forward(f_with_branch, args)
    point = across(read or lifted.reads[0], args, lifted.positions, t)
    assert point is not None
    return point


def test_the_other_side_of_a_decision_is_one_newton_step_away() -> None:
    args = (np.array([1.0, 2.0]),)
    read = next(read for read in lifted_forward(f_with_branch, args).reads if float(read.margin.mid()) == -1.0)
    assert at(ON, args, read).args[0].tolist() == [1.0, 3.0]
    assert 3.0 < at(JUST, args, read).args[0][1] < 3.001
    assert at(4.0, args, read).args[0].tolist() == [1.0, 6.0]


def test_the_words_say_which_decision_and_on_which_side() -> None:
    words = [at(t, (np.array([1.0]),)).words for t in (ON, JUST, 4.0)]
    assert words[0].startswith("exactly on the decision x > 3 at test_points.py:")
    assert words[1].startswith("just across the decision")
    assert words[2].startswith("across the decision")


def test_on_a_decision_already_there_is_nowhere_to_go() -> None:
    args = (np.array([3.0]),)
    lifted = lifted_forward(f_with_branch, args)
    assert across(lifted.reads[0], args, lifted.positions, ON) is None


def test_another_whole_number_of_a_floor_is_reached_by_the_slope_of_its_argument() -> None:
    args = (np.array([1.25]),)
    lifted = lifted_forward(lambda x: np.floor(2 * x) * x, args)
    point = shifted(lifted.reads[0], args, lifted.positions, 3)
    assert point is not None
    assert point.args[0].tolist() == [2.75]
    assert point.words.startswith("floor 5 at")
