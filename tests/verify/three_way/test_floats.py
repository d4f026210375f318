"""Path sums in balls against enclosures, and floats against the certified value: what agrees is CORRECT, what does not is named."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from backproof.engine import FLOAT32, FLOAT64, Graph, backward, forward, jacobians, leaf, vertex
from backproof.verify.cases.case import Case, make_case
from backproof.verify.derivatives.enclosures import Enclosure
from backproof.verify.derivatives.kinks import enclosures_or_hulls
from backproof.verify.numbers.ball_arrays import arb
from backproof.verify.numbers.balls import real_ball_system
from backproof.verify.paths.sums import PathSum, path_sum
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.floats import BINS, FloatEntry, floats_against_enclosures, judged_floats, share_of_bound, shown_fraction
from backproof.verify.three_way.theorem_1 import paths_against_enclosures
from backproof.verify.verdicts import Evidence, Verdict

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
    assert "digits of ∂a/∂x are certified" in (found.reason or "")


def test_at_a_kink_any_value_of_the_interval_is_right_and_the_place_is_said() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "relu", (1,)), vertex("z", "negate", (2,))))
    case = make_case("kink", "random", graph, [[0.0]])
    found = paths_against_enclosures(graph, sums_of(case), enclosures_or_hulls(graph, case.leaves), BALLS)
    assert (found.verdict, found.reason) == (Verdict.CORRECT, "at a kink, inside Clarke's interval: ∂y/∂x and 1 more")
    outside = {edge: replace(total, value=BALLS.add(total.value, BALLS.array([[2]]))) for edge, total in sums_of(case).items()}
    assert paths_against_enclosures(graph, outside, enclosures_or_hulls(graph, case.leaves), BALLS).verdict is Verdict.WRONG


def test_a_jump_is_inconclusive_and_names_the_vertex() -> None:
    graph = Graph(1, (leaf("x"), vertex("c", "constant", value=1.0), vertex("y", "where", (1, 2, 1))))
    found = check_case(make_case("jump", "random", graph, [[0.0]]), witness=False)
    reasons = [comparison.reason for comparison in found.comparisons if comparison.verdict is Verdict.INCONCLUSIVE]
    assert reasons == ["kink: vertex 3 ('y'): where is at a kink"]


@pytest.mark.parametrize("system", [FLOAT64, FLOAT32], ids=lambda system: system.name)
def test_floats_within_the_bound_are_correct_and_beyond_it_inaccurate(system: Any) -> None:
    case = example()
    p = backward(case.graph, jacobians(case.graph, forward(case.graph, case.leaves, system), system), None, system)
    certified = enclosures_or_hulls(case.graph, case.leaves)
    right = floats_against_enclosures(case, system, p, certified)
    assert right.comparison is not None
    assert (right.comparison.verdict, sum(right.bins), len(right.bins)) == (Verdict.CORRECT, 1, len(BINS) + 1)
    wrong = floats_against_enclosures(case, system, {**p, 1: p[1] * (1 + 200 * float(system.unit_roundoff))}, certified)
    assert wrong.comparison is not None
    assert (wrong.comparison.verdict, wrong.bins[-1]) == (Verdict.INACCURATE, 1)
    assert wrong.comparison.failures[0].where == "adjoint of x"


@pytest.mark.parametrize("bad", [np.array([[math.nan]]), np.array([[math.inf]]), np.zeros((1, 2)), None])
def test_a_float_that_is_not_finite_or_missing_is_not_correct(bad: Any) -> None:
    case = example()
    p = {} if bad is None else {1: bad}
    found = floats_against_enclosures(case, FLOAT64, p, enclosures_or_hulls(case.graph, case.leaves))
    assert found.comparison is not None
    assert found.comparison.verdict is Verdict.INACCURATE


def test_a_leaf_that_does_not_reach_the_output_must_have_adjoint_zero() -> None:
    graph = Graph(2, (leaf("x"), leaf("unused"), vertex("y", "exp", (1,))))
    case = make_case("unused", "random", graph, [[0.5], [1.0]])
    p = backward(graph, jacobians(graph, forward(graph, case.leaves)))
    certified = enclosures_or_hulls(graph, case.leaves)
    right, wrong = (floats_against_enclosures(case, FLOAT64, q, certified).comparison for q in (p, {**p, 2: np.array([[1e-300]])}))
    assert right is not None
    assert wrong is not None
    assert (right.verdict, wrong.verdict) == (Verdict.CORRECT, Verdict.INACCURATE)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(2), "2.0"),
        (Fraction(-1, 4), "-0.25000000000000000000"),
        (Fraction(10**25), "1.0000000000000000000e25"),
        (Fraction(1, 3 * 10**400), "3.3333333333333333333e-401"),
        (Fraction(999999999999999999999999, 10**24), "1.0"),
    ],
)
def test_fractions_are_shown_with_twenty_digits(value: Fraction, text: str) -> None:
    assert shown_fraction(value) == text
    assert float(Fraction(text)) == pytest.approx(float(value), rel=1e-15)


@pytest.mark.parametrize("true", [arb(math.nan), arb(0, math.inf)])
def test_a_float_is_not_called_right_where_the_true_value_is_not_enclosed(true: Any) -> None:
    entries = [FloatEntry(lambda: "adjoint of x", 1.0, ball, 1e-9) for ball in (arb(1), true)]
    found = judged_floats("a claim", "a theorem", "float64", entries, "are wrong")
    assert (found.comparison, found.undecidable) == (None, "the true adjoint of x is not enclosed")
    assert share_of_bound(1.0, true, 1e-9) == math.inf
