"""At exact ties every mixture of the derivatives on the sides is right, all entries together; elsewhere nearby
derivatives tell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.check import check
from backproof.verify.gradient_oracle.judge import judge
from backproof.verify.gradient_oracle.kinks import MOST_SIDES, Sides, in_hull, nearby_range, sides_of, turned_by_rounding
from backproof.verify.gradient_oracle.lifted_runs import lifted_forward
from backproof.verify.gradient_oracle.running import Question

ONE = np.array([1.0])


def asked(f: Any, x: Any, ct: Any) -> Question:
    return Question(f, lambda *_: None, (np.asarray(x),), np.asarray(ct, dtype=float), "here", usual=(1.0,))


def sides(f: Any, x: Any, ct: Any) -> Sides:
    question = asked(f, np.asarray(x, dtype=float), ct)
    return sides_of(question, lifted_forward(f, question.args))


def slopes(f: Any, x: Any, ct: Any) -> tuple[list[list[float]], bool]:
    found = sides(f, x, ct)
    return sorted([float(ball.mid()) for ball in truth[0].reshape(-1)] for truth in found.truths), found.complete


def test_one_tie_has_two_sides() -> None:
    assert slopes(lambda x: np.maximum(x, 0.0), [0.0], [1.0]) == ([[0.0], [1.0]], True)
    assert slopes(np.abs, [0.0], [2.0]) == ([[-2.0], [2.0]], True)


def test_two_ties_have_four_and_no_tie_one() -> None:
    found, complete = slopes(np.abs, [0.0, 0.0], [1.0, 1.0])
    assert found == [[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]]
    assert complete
    assert slopes(np.abs, [3.0], [1.0]) == ([[1.0]], True)


def test_a_maximum_over_entries_that_tie_gives_the_slope_to_either() -> None:
    found, _ = slopes(lambda x: np.max(x), [2.0, 2.0], 1.0)
    assert [0.0, 1.0] in found
    assert [1.0, 0.0] in found


def test_many_ties_that_share_no_entry_are_all_taken_each_by_itself() -> None:
    found, complete = slopes(np.abs, [0.0] * 12, [1.0] * 12)
    assert complete
    assert found == [[-1.0] * 12, [1.0] * 12, [1.0] * 12]


def test_too_many_ties_are_not_all_taken_and_that_is_told() -> None:
    found = sides(np.max, [0.0] * 12, 1.0)
    assert not found.complete
    assert len(found.truths) <= MOST_SIDES == 64


def test_seven_ties_of_one_number_are_a_kink_like_any_other() -> None:
    """A number has no shape to add entries up in."""
    y = np.array([1.0] + [2.0] * 7 + [3.0])
    found = sides(lambda c: np.sum(np.abs(y - c)), 2.0, 1.0)
    assert found.ties is not None
    assert [truth[0].shape for truth in found.truths] == [(), (), ()]
    assert [float(np.asarray(truth[0]).item().mid()) for truth in found.truths[1:]] == [-7.0, 7.0]


def truths(*rows: list[float]) -> list[tuple[Any, ...]]:
    from backproof.verify.numbers.ball_arrays import arb

    return [(np.array([arb(x) for x in row], dtype=object),) for row in rows]


@pytest.mark.parametrize(
    ("gradient", "inside"),
    [([0.5, 0.5], True), ([0.0, 1.0], True), ([1.0, 0.0], True), ([0.9, 0.9], False), ([0.0, 0.0], False), ([1.5, -0.5], False)],
)
def test_mixtures_are_of_all_entries_together(gradient: list[float], inside: bool) -> None:
    """Of (1, 0) and (0, 1): each entry of (0.9, 0.9) lies between 0 and 1, and it is no mixture."""
    assert in_hull([np.array(gradient)], truths([1.0, 0.0], [0.0, 1.0])) is inside


def test_near_a_norm_at_the_origin_slopes_are_bounded_and_near_a_root_they_are_not() -> None:
    found = nearby_range(asked(lambda x: np.sqrt(np.sum(x * x)), np.zeros(2), 1.0))
    assert found is not None
    low, high = found
    assert (low[0] >= -1).all()
    assert (high[0] <= 1).all()
    assert nearby_range(asked(np.sqrt, np.zeros(1), ONE)) is None


def test_points_nearby_are_found_also_where_the_dtype_does_not_hold_them() -> None:
    found = nearby_range(asked(lambda x: np.sin(x) / x, np.zeros(1, dtype=np.float16), ONE))
    assert found is not None
    assert abs(found[0][0][0]) < 1e-9


@pytest.mark.parametrize(("slope", "right"), [(0.0, True), (0.5, True), (1.0, True), (-0.1, False), (1.1, False)])
def test_check_accepts_exactly_the_mixtures_at_the_kink_of_relu(slope: float, right: bool) -> None:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        return (ct * np.where(args[0] > 0, 1.0, np.where(args[0] == 0, slope, 0.0)),)

    assert check(lambda x: np.maximum(x, 0.0), (np.array([0.0, 1.0]),), vjp=vjp).ok is right


def test_a_maximum_with_a_tie_counted_twice_is_wrong() -> None:
    def doubled(args: Any, out: Any, ct: Any) -> Any:
        return (ct * (args[0] == out),)

    result = check(lambda x: np.max(x), (np.array([2.0, 2.0, 1.0]),), vjp=doubled)
    assert not result.ok
    assert "no mixture" in result.explain()


@pytest.mark.parametrize(
    ("f", "near", "agree"), [(np.abs, True, False), (lambda x: 2 * x if x[0] >= 0 else x + x, True, True), (np.exp, False, True)]
)
def test_sides_say_whether_there_is_a_kink_and_whether_anything_depends_on_it(f: Any, near: bool, agree: bool) -> None:
    found = sides(f, [0.0], ONE)
    assert (found.near, found.agree, found.finite) == (near, agree, True)
    assert not sides(np.sqrt, [0.0], ONE).finite


# decisions that rounding turns


SECOND = np.array([[1.5, -0.5], [0.5, 2.0]])


def unit(x: Any, w: Any, b: Any) -> Any:
    return np.maximum(x @ w + b, 0.0) @ SECOND


def unit_backward(mask: Any) -> Any:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        x, w, b = args
        d = SECOND @ ct * mask(x @ w + b)
        return w @ d, np.outer(x, d), d

    return vjp


def cancelling(seed: int, beside: float = 0.0) -> tuple[Any, Any, Any]:
    """Arguments at which the first of two sums is 0 in floats, and not in exact numbers."""
    rng = np.random.default_rng(seed)
    x, w = rng.normal(size=3), rng.normal(size=(3, 2))
    return x, w, np.array([beside - (x @ w)[0], 5.0])


def found_at(args: Any, vjp: Any) -> Any:
    return judge(Question(unit, vjp, args, np.array([0.7, -1.3]), "here", usual=(1.0,) * 3))


@pytest.mark.parametrize("seed", range(6))
def test_floats_are_right_on_the_other_side_of_what_cancels_to_roundings(seed: int) -> None:
    judged = found_at(cancelling(seed), unit_backward(lambda z: z > 0))
    assert judged.certified
    assert not judged.unsettled


@pytest.mark.parametrize("seed", range(6))
def test_neither_side_excuses_other_digits(seed: int) -> None:
    def coarse(args: Any, out: Any, ct: Any) -> Any:
        return tuple(g.astype(np.float32).astype(float) for g in unit_backward(lambda z: z > 0)(args, out, ct))

    judged = found_at(cancelling(seed), coarse)
    assert judged.unsettled or {finding.verdict for finding in judged.findings} <= {"INACCURATE", "WRONG"}
    assert not judged.certified


@pytest.mark.parametrize("mask", [lambda z: z > 1e-12, lambda z: np.abs(z) > 1e-12])
def test_a_side_that_is_a_thousand_roundings_away_is_another_one(mask: Any) -> None:
    assert {finding.verdict for finding in found_at(cancelling(0, 1e-13), unit_backward(mask)).findings} == {"WRONG"}


def test_sides_that_rounding_turns_are_those_of_the_nearest_decisions() -> None:
    args = cancelling(0)
    question = Question(unit, lambda *_: None, args, np.ones(2), "here")
    assert len(list(turned_by_rounding(question, lifted_forward(unit, args)))) == 1
    far = cancelling(0, 1e-13)
    assert list(turned_by_rounding(question, lifted_forward(unit, far))) == []
