"""At many ties what lies between two sides is right without the others; whatever does not is judged by all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle import judge as judging
from backproof.verify.gradient_oracle.judge import judge
from backproof.verify.gradient_oracle.kinks import FEWEST_TIES, Sides, sides_of, two_ways
from backproof.verify.gradient_oracle.lifted_runs import lifted_forward
from backproof.verify.gradient_oracle.running import Question
from backproof.verify.lift.lifted import Lifted

W = np.random.default_rng(0).normal(size=(2, 3))
LAYER = (np.zeros((4, 2)), W, np.zeros(3))
IMAGE = (np.zeros(16),)


def relu(x: Any, w: Any, b: Any) -> Any:
    return np.maximum(x @ w + b, 0)


def relu_backward(mask: Callable[[Any], Any]) -> Any:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        x, w, b = args
        d = ct * mask(x @ w + b)
        return d @ w.T, x.T @ d, d.sum(axis=0)

    return vjp


def pool(x: Any) -> Any:
    return np.max(x.reshape(4, 4), axis=1)


def pool_backward(share: Callable[[Any], Any]) -> Any:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        return ((share(args[0].reshape(4, 4)) * ct[:, None]).reshape(16),)

    return vjp


def largest(x: Any) -> Any:
    return 1.0 * (x == np.max(x, axis=1, keepdims=True))


def first(x: Any) -> Any:
    return np.eye(4)[np.argmax(x, axis=1)]


RIGHT_BETWEEN = {
    "0 at 0": (relu, relu_backward(lambda z: z > 0), LAYER),
    "1 at 0": (relu, relu_backward(lambda z: z >= 0), LAYER),
    "half at 0": (relu, relu_backward(lambda z: (z > 0) + 0.5 * (z == 0)), LAYER),
    "first": (pool, pool_backward(first), IMAGE),
}
RIGHT_ELSEWHERE = {
    "another in each column": (relu, relu_backward(lambda z: np.where(np.arange(3) == 1, z >= 0, z > 0)), LAYER),
    "shared": (pool, pool_backward(lambda x: largest(x) / largest(x).sum(axis=1, keepdims=True)), IMAGE),
}
WRONG = {
    "more than 1 at 0": (relu, relu_backward(lambda z: (z > 0) + 1.05 * (z == 0)), LAYER),
    "less than 0 at 0": (relu, relu_backward(lambda z: (z > 0) - 0.05 * (z == 0)), LAYER),
    "a bias apart": (relu, lambda args, out, ct: (*relu_backward(lambda z: z > 0)(args, out, ct)[:2], ct.sum(axis=0)), LAYER),
    "the whole to each": (pool, pool_backward(largest), IMAGE),
    "two sides added": (pool, pool_backward(lambda x: first(x) + first(x)[:, ::-1]), IMAGE),
}


def asked(case: tuple[Any, Any, Any], chosen: bool) -> Question:
    f, vjp, args = case
    ct = np.random.default_rng(1).normal(size=np.shape(f(*args)))
    return Question(f, vjp, args, ct, "here", usual=(1.0,) * len(args) if chosen else ())


@pytest.mark.parametrize("chosen", [False, True])
@pytest.mark.parametrize("name", RIGHT_BETWEEN)
def test_what_lies_between_two_ways_needs_no_other_side(name: str, chosen: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any) -> Any:
        raise AssertionError("all sides are taken")

    monkeypatch.setattr(judging, "sides_of", refused)
    judged = judge(asked(RIGHT_BETWEEN[name], chosen))
    assert judged.certified
    assert judged.kink


@pytest.mark.parametrize("name", RIGHT_ELSEWHERE)
def test_what_does_not_is_judged_by_all_sides(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[bool] = []

    def noted(question: Question, forward: Lifted) -> Sides:
        taken.append(True)
        return sides_of(question, forward)

    monkeypatch.setattr(judging, "sides_of", noted)
    assert judge(asked(RIGHT_ELSEWHERE[name], True)).certified
    assert taken


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_mixture_stays_wrong(name: str) -> None:
    assert {finding.verdict for finding in judge(asked(WRONG[name], False)).findings} == {"WRONG"}


@pytest.mark.parametrize("name", ["more than 1 at 0", "the whole to each", "two sides added"])
def test_so_it_does_at_a_point_that_nobody_gave(name: str) -> None:
    assert {finding.verdict for finding in judge(asked(WRONG[name], True)).findings} == {"WRONG"}


def test_two_sides_are_asked_for_where_all_are_too_many() -> None:
    for ties in (FEWEST_TIES - 1, FEWEST_TIES):
        question = asked((np.abs, lambda *_: None, (np.zeros(ties),)), False)
        found = two_ways(question, lifted_forward(question.f, question.args))
        assert (found is None) == (ties < FEWEST_TIES)
        assert found is None or (len(found.truths) == 2 and not found.complete)


def test_a_guard_has_no_other_way() -> None:
    def guarded(x: Any) -> Any:
        assert np.all(x <= 0)
        return np.exp(x).sum()

    question = asked((guarded, lambda args, out, ct: (ct * np.exp(args[0]),), (np.zeros(FEWEST_TIES),)), False)
    assert two_ways(question, lifted_forward(guarded, question.args)) is None
    assert judge(question).certified


@pytest.mark.parametrize("size", [1, FEWEST_TIES])
def test_a_side_beyond_the_range_of_floats_is_one(size: int) -> None:
    def steep(x: Any) -> Any:
        return np.maximum(x, 0.0) * 1e200 * 1e200

    def vjp(slope: float) -> Any:
        return lambda args, out, ct: (slope * ct,)

    args = (np.zeros(size),)
    assert judge(asked((steep, vjp(0.0), args), True)).findings == ()
    assert judge(asked((steep, vjp(np.inf), args), True)).findings != ()
