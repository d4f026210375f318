"""The same difference is a finding at the given point, a note at a chosen one, and nothing where the caller ignores the
guard or no float shows it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.excuses import IGNORED, WITHIN, has_no_derivative_without
from backproof.verify.gradient_oracle.judge import Judged, judge
from backproof.verify.gradient_oracle.running import Question
from backproof.verify.verdicts import Verdict

X, CT = np.array([0.25]), np.array([1.0])


def inverse(args: Any, out: Any, ct: Any) -> Any:
    return (ct / args[0],)


def judged(guard: float, x: Any = X, vjp: Any = inverse, **options: Any) -> Judged:
    return judge(Question(lambda p: np.log(p + guard), vjp, (x,), CT, "here", **options))


def test_at_the_given_point_it_is_explained() -> None:
    found = judged(1e-7)
    assert [finding.verdict for finding in found.findings] == [Verdict.WRONG]
    assert str(found.findings[0].explained).startswith("it is the derivative with the guard 1e-07 at test_excuses.py:")
    assert found.note is None


def test_at_a_chosen_point_it_is_a_note_and_nothing_is_certified() -> None:
    found = judged(1e-7, usual=(1.0,))
    assert not found.findings
    assert not found.certified
    assert found.settled
    assert found.note is not None
    assert [guard.literal.value for guard in found.guards] == [1e-7]


def test_a_large_constant_is_not_forgiven_at_a_chosen_point() -> None:
    assert judged(0.5, usual=(1.0,)).findings


def test_what_the_caller_ignores_is_certified_without() -> None:
    found = judged(1e-7, ignored=(1e-7,))
    assert found.certified
    assert found.note is not None
    assert found.note.words.endswith(IGNORED)
    assert judged(1e-7, ignored=(1e-8,)).findings


def test_a_difference_that_no_float_shows_is_none() -> None:
    found = judged(5e-16)
    assert found.certified
    assert found.note is not None
    assert found.note.words.endswith(WITHIN)
    assert judged(1e-13).findings


def test_the_floats_are_judged_all_the_same() -> None:
    def coarse(args: Any, out: Any, ct: Any) -> Any:
        return (ct / (args[0] / 3).astype(np.float32).astype(float) / 3,)

    assert [finding.verdict for finding in judged(1e-7, vjp=coarse, ignored=(1e-7,)).findings] == [Verdict.INACCURATE]


@pytest.mark.parametrize(("x", "without"), [([0.0], True), ([0.25], False)])
def test_where_f_has_no_derivative_without_what_is_ignored(x: Any, without: bool) -> None:
    question = Question(lambda p: np.log(p + 1e-7), inverse, (np.array(x),), CT, "here", ignored=(1e-7,))
    assert has_no_derivative_without(question) is without
    assert not has_no_derivative_without(Question(question.f, inverse, question.args, CT, "here"))
