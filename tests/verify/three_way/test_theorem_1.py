"""Path sums against derivatives: what meets the enclosure is CORRECT, what does not proved WRONG, a kink is named."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from backproof.engine import Graph, forward, jacobians, leaf, mpmath_system, vertex
from backproof.verify.cases.case import Case, make_case
from backproof.verify.derivatives.differences import differences
from backproof.verify.derivatives.enclosures import Enclosure
from backproof.verify.derivatives.kinks import enclosures_or_hulls
from backproof.verify.numbers.balls import real_ball_system
from backproof.verify.paths.sums import PathSum, path_sum
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.theorem_1 import (
    CLAIM_CERTIFIED,
    CLAIM_DIFFERENCES,
    opening_certified,
    opening_differences,
    paths_against_differences,
    paths_against_enclosures,
)
from backproof.verify.three_way.witness import Witness
from backproof.verify.verdicts import Evidence, Reason, Verdict

BALLS = real_ball_system(300)


def example(x: float = 0.5) -> Case:
    graph = Graph(1, (leaf("x"), vertex("a", "exp", (1,)), vertex("b", "multiply", (1, 2)), vertex("o", "add", (2, 3))))
    return make_case("x exp x + exp x", "random", graph, [[x]])


def sums_of(case: Case) -> dict[tuple[int, int], PathSum]:
    D = jacobians(case.graph, forward(case.graph, case.leaves, BALLS), BALLS)
    return {(1, k): path_sum(case.graph, D, 1, k, BALLS) for k in range(2, case.graph.n + 1)}


def test_path_sums_meet_the_enclosures_and_the_claim_is_certified() -> None:
    case = example()
    found = paths_against_enclosures(case.graph, sums_of(case), enclosures_or_hulls(case.graph, case.leaves), BALLS)
    assert (found.verdict, found.evidence, found.entries) == (Verdict.CORRECT, Evidence.CERTIFIED, 3)
    assert found.digits is not None
    assert found.digits >= 18


def test_a_path_sum_off_by_one_part_in_a_trillion_is_proved_wrong() -> None:
    case = example()
    sums = sums_of(case)
    sums[1, 4] = replace(sums[1, 4], value=BALLS.scale(1 + Fraction(1, 10**12), sums[1, 4].value))
    found = paths_against_enclosures(case.graph, sums, enclosures_or_hulls(case.graph, case.leaves), BALLS)
    assert (found.verdict, found.failed, found.failures[0].where) == (Verdict.WRONG, 1, "∂o/∂x")
    assert float(found.failures[0].right) == pytest.approx(2.5 * math.exp(0.5))


def test_a_path_sum_that_is_wrong_far_below_all_floats_is_shown_with_its_size() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "exp", (1,))))
    case = make_case("tiny", "random", graph, [[-1500.0]])
    sums = {edge: replace(total, value=BALLS.zeros((1, 1))) for edge, total in {(1, 2): sums_of(case)[1, 2]}.items()}
    found = paths_against_enclosures(graph, sums, enclosures_or_hulls(graph, case.leaves), BALLS)
    (failure,) = found.failures
    assert (failure.left, failure.right[:8], failure.right[-5:]) == ("0", "3.616405", "e-652")  # exp(−1500)
    assert failure.difference == failure.right
    assert failure.allowed.endswith(tuple(f"e-{exponent}" for exponent in range(665, 760)))


def test_an_enclosure_without_digits_decides_nothing() -> None:
    case = example()
    vague: dict[Any, Any] = {
        edge: Enclosure.of(e.mid, np.full(e.rad.shape, 1e-3))
        for edge, e in enclosures_or_hulls(case.graph, case.leaves).items()
        if isinstance(e, Enclosure)
    }
    found = paths_against_enclosures(case.graph, sums_of(case), vague, BALLS)
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "digits of ∂a/∂x are certified" in (found.sentence or "")


def test_at_a_kink_any_value_of_the_interval_is_right_and_the_place_is_said() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "relu", (1,)), vertex("z", "negate", (2,))))
    case = make_case("kink", "random", graph, [[0.0]])
    found = paths_against_enclosures(graph, sums_of(case), enclosures_or_hulls(graph, case.leaves), BALLS)
    assert (found.verdict, found.sentence) == (Verdict.CORRECT, "at a kink, inside Clarke's interval: ∂y/∂x and 1 more")
    outside = {edge: replace(total, value=BALLS.add(total.value, BALLS.array([[2]]))) for edge, total in sums_of(case).items()}
    assert paths_against_enclosures(graph, outside, enclosures_or_hulls(graph, case.leaves), BALLS).verdict is Verdict.WRONG


def test_a_jump_is_inconclusive_and_names_the_vertex() -> None:
    graph = Graph(1, (leaf("x"), vertex("c", "constant", value=1.0), vertex("y", "where", (1, 2, 1))))
    found = check_case(make_case("jump", "random", graph, [[0.0]]), witness=Witness.NONE)
    reasons = [comparison.sentence for comparison in found.comparisons if comparison.verdict is Verdict.INCONCLUSIVE]
    assert reasons == ["kink: vertex 3 ('y'): where is at a kink"]


def test_each_judge_opens_with_its_own_claim_and_evidence() -> None:
    certified, witnessed = opening_certified(), opening_differences(mpmath_system(90))
    assert (certified.claim, certified.system, certified.evidence) == (CLAIM_CERTIFIED, "ball", Evidence.CERTIFIED)
    assert (witnessed.claim, witnessed.system, witnessed.evidence) == (CLAIM_DIFFERENCES, "mpmath(90)", Evidence.DIGITS)
    assert certified.theorem == witnessed.theorem


def by_differences(name: str, x: float, factor: Fraction = Fraction(1)) -> Any:
    """The derivative of a function at x, times a factor, against its difference."""
    graph, system = Graph(1, (leaf("x"), vertex("y", name, (1,)))), mpmath_system(90)
    total = path_sum(graph, jacobians(graph, forward(graph, [x], system), system), 1, 2, system)
    sums = {(1, 2): replace(total, value=system.scale(factor, total.value))}
    return paths_against_differences(graph, sums, {1: differences(graph, [x], 1)}, system, 50)


def test_a_difference_decides_to_the_digits_asked_for_and_finds_one_part_in_10_to_the_40() -> None:
    right, wrong = by_differences("exp", 0.5), by_differences("exp", 0.5, 1 + Fraction(1, 10**40))
    assert (right.verdict, right.digits) == (Verdict.CORRECT, 50)
    assert (wrong.verdict, wrong.failed, wrong.failures[0].where) == (Verdict.WRONG, 1, "∂y/∂x")
    assert wrong.worst is not None
    assert wrong.worst > 1


def test_at_a_kink_a_difference_decides_nothing_and_says_where() -> None:
    found = by_differences("abs", 0.0)
    assert (found.verdict, found.reason, found.detail, found.digits) == (Verdict.INCONCLUSIVE, Reason.KINK, "∂y/∂x", None)
    assert found.sentence == "kink: ∂y/∂x"


@pytest.mark.parametrize(("share", "verdict"), [(0.98, Verdict.CORRECT), (1.02, Verdict.WRONG), (2.0, Verdict.WRONG)])
def test_a_difference_whose_estimate_is_half_of_its_error_is_wrong(share: float, verdict: Verdict) -> None:
    graph, system = Graph(1, (leaf("x"), vertex("y", "exp", (1,)))), mpmath_system(90)
    sums = {(1, 2): path_sum(graph, jacobians(graph, forward(graph, [0.5], system), system), 1, 2, system)}
    right = differences(graph, [0.5], 1)[2]
    estimate = right.value * type(right.value[0, 0])(10) ** -45
    off = replace(right, value=right.value + share * estimate, estimate=estimate)
    assert paths_against_differences(graph, sums, {1: {2: off}}, system, 50).verdict is verdict
