"""Where the forward cannot be followed and is smooth, differences tell; at a kink they are no witness."""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.by_differences import judge_smooth, wrong_beside
from backproof.verify.gradient_oracle.running import Question
from backproof.verify.verdicts import Verdict


def asked(f: Any, x: Any, gradient: Any) -> Any:
    x = np.asarray(x, dtype=float)
    return judge_smooth(Question(f, lambda args, out, ct: (np.asarray(gradient, dtype=float),), (x,), np.array(1.0), "here", usual=(1.0,)))


def test_a_wrong_gradient_and_one_that_is_not_finite_are_found() -> None:
    f = lambda x: np.sum(x * x)  # noqa: E731
    assert asked(f, [1.0, 2.0], [2.0, 4.0]).findings == ()
    assert asked(f, [1.0, 2.0], [2.0, 4.0 + 1e-6]).findings[0].verdict is Verdict.WRONG
    assert asked(f, [1.0, 2.0], [2.0, np.nan]).findings[0].words == "the entry [1] is nan"


def test_a_kink_is_not_judged_though_central_differences_agree_there() -> None:
    assert asked(lambda x: np.sum(np.abs(x)), [0.0, 1.0], [5.0, 1.0]) is None
    assert asked(lambda x: np.max(x), [1.0, 1.0], [1.0, 0.0]) is None


def test_the_edge_of_a_domain_is_not_judged() -> None:
    with np.errstate(invalid="ignore"):
        assert asked(lambda x: np.sum(np.sqrt(x)), [0.0], [np.inf]) is None


def test_a_flat_function_has_a_gradient_of_zero() -> None:
    assert asked(lambda x: np.sum(np.zeros_like(x)), [1.0, 2.0], [0.0, np.nan]).findings[0].words == "the entry [1] is nan"


def test_what_is_wrong_beside_a_point_is_wrong_at_two_places() -> None:
    x, rng = np.array([1.0, -2.0]), np.random.default_rng(0)
    found = wrong_beside(lambda x, k: x * x, lambda args, out, ct: (ct * args[0], None), (x, 3), "here", rng)
    assert found is not None
    question, judged = found
    assert (question.point, question.args[1], judged.findings[0].verdict) == ("here", 3, Verdict.WRONG)
    assert np.all(np.abs(question.args[0] / x - 1) < 0.02)
    assert wrong_beside(lambda x: x * x, lambda args, out, ct: (2 * ct * args[0],), (x,), "here", rng) is None


def test_what_does_not_bear_roundings_is_not_judged_and_what_raises_neither() -> None:
    rng = np.random.default_rng(0)
    assert wrong_beside(lambda x: np.sin(1e20 * x), lambda args, out, ct: (ct,), (np.ones(2),), "here", rng) is None
    assert wrong_beside(lambda x: x[9], lambda args, out, ct: (ct,), (np.ones(2),), "here", rng) is None
