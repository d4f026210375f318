"""What comes after the sides that were never seen: whole numbers that are compared first, then visits, of which nothing
is missed where they cannot be judged."""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.aimed.further import Further
from backproof.verify.gradient_oracle.lifted_runs import lifted_forward


def further_of(f: Any, args: Any) -> Further:
    further = Further()
    further.begin(f, lambda args, out, ct: (ct, *[None] * (len(args) - 1)), args, np.ones(2))
    run = lifted_forward(f, args)
    further.take(run.reads, args, run.positions, np.ones(2), usual=True)
    return further


def test_whole_numbers_come_before_visits() -> None:
    args = (np.array([0.5, 2.0]), np.array([0, 1]))
    further = further_of(lambda x, t: np.where(x > 1, x, 0.0) * np.where(t == 4, 2.0, 1.0), args)
    found = [further.next_point(args) for _ in range(3)]
    assert [one is not None and one.counted for one in found] == [True, True, False]
    assert found[2] is not None
    assert found[2].words.split(" at ")[0] == "values on and just beside the decision x > 1"


def test_what_other_whole_numbers_show_is_kept() -> None:
    args = (np.array([0.5, 2.0]), np.array([0, 1]))
    further = further_of(lambda x, t: x * (t == 4), args)
    further.take((), (args[0], np.array([4, 0])), (), np.ones(2), usual=True)
    assert set(further.branches().values()) == {frozenset({True, False})}
    assert further.next_point(args) is None


def test_degenerate_matrices_are_there_for_code_that_calls_linear_algebra() -> None:
    further = Further()
    further.begin(np.linalg.det, lambda args, out, ct: (ct * args[0],), (np.ones((2, 2)) + np.eye(2),), np.array(1.0))
    assert len(list(further.degenerate(np.random.default_rng(0)))) == 4
    other = Further()
    other.begin(np.sum, lambda args, out, ct: (ct * args[0],), (np.ones((2, 2)),), np.array(1.0))
    assert list(other.degenerate(np.random.default_rng(0))) == []
