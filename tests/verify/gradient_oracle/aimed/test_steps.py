"""A step towards a decision: to first order, in the form of the arguments, and onto a threshold where it comes within
rounding of one."""

from __future__ import annotations

import numpy as np

from backproof.verify.gradient_oracle.aimed.steps import in_form_of, slopes_of, stepped
from backproof.verify.gradient_oracle.lifted_runs import lifted_forward


def test_the_margin_of_a_sum_is_moved_along_all_entries() -> None:
    x = np.array([1.0, 2.0])
    (read,) = lifted_forward(lambda x: np.maximum(np.sum(x), 5.0), (x,)).reads
    moved = stepped((x, "mean"), (0,), slopes_of(read), 2.0)
    assert moved is not None
    assert (moved[0].tolist(), moved[1]) == ([2.0, 3.0], "mean")


def test_a_threshold_is_met_exactly_also_of_the_absolute_value() -> None:
    for at, wanted in ((0.7, 0.1), (-0.7, -0.1)):
        x = np.array([at])
        *_, read = lifted_forward(lambda x: np.maximum(np.abs(x), 0.1), (x,)).reads
        moved = stepped((x,), (0,), slopes_of(read), 0.1 - 0.7, onto=0.1)
        assert moved is not None
        assert moved[0].tolist() == [wanted]


def test_what_is_not_a_rounding_away_is_left_where_it_is() -> None:
    x = np.array([0.7])
    (read,) = lifted_forward(lambda x: np.maximum(x, 0.1), (x,)).reads
    moved = stepped((x,), (0,), slopes_of(read), -0.5, onto=0.1)
    assert moved is not None
    assert moved[0].tolist() == [0.7 - 0.5]


def test_a_margin_that_depends_on_nothing_leads_nowhere() -> None:
    assert stepped((np.ones(2),), (0,), [np.zeros(2)], 1.0) is None


def test_a_plain_float_stays_one() -> None:
    assert type(in_form_of(1.0, np.array(2.0))) is float
