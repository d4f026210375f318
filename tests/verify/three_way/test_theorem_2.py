"""Adjoints against path sums, by one judge for each kind of number; overflow and underflow are never called WRONG."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb

from backproof.engine import FLOAT64, RATIONAL, Graph, NumberSystem, backward, forward, jacobians, leaf, mpmath_system, vertex
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.verify.cases.case import make_case
from backproof.verify.numbers.balls import real_ball_system
from backproof.verify.numbers.modular import modular_system
from backproof.verify.paths.sums import path_sum
from backproof.verify.three_way.check import CaseResult, check_case
from backproof.verify.three_way.comparison import Comparison
from backproof.verify.three_way.routes import Routes
from backproof.verify.three_way.theorem_2 import (
    CLAIM_ADJOINTS,
    Agreement,
    Apart,
    adjoints_against_paths,
    equal,
    opening_adjoints,
    overlapping,
    within,
)
from backproof.verify.verdicts import Evidence, Reason, Verdict

L11 = Graph(2, (leaf("x"), leaf("y"), vertex("s", "add", (1, 2)), vertex("z", "multiply", (2, 3))))


def judged(system: NumberSystem, change: Any = lambda p: p) -> Comparison:
    """The adjoints of (x + y)·y at 3, 4, changed, against its path sums."""
    D = jacobians(L11, forward(L11, [3, 4], system), system)
    sums = {j: path_sum(L11, D, j, 4, system) for j in (1, 2, 3, 4)}
    return adjoints_against_paths(L11, change(dict(backward(L11, D, None, system))), None, sums, system)


@pytest.mark.parametrize(
    ("system", "name", "evidence", "worst"),
    [
        (RATIONAL, "rational", Evidence.EXACT, None),
        (FLOAT64, "float64", Evidence.ROUNDING, 0.0),
        (mpmath_system(90), "mpmath(90)", Evidence.ROUNDING, 0.0),
        (real_ball_system(300), "ball", Evidence.CERTIFIED, None),
    ],
    ids=["rational", "float64", "mpmath", "ball"],
)
def test_every_kind_of_number_has_its_own_evidence_and_its_own_judge(
    system: NumberSystem, name: str, evidence: Evidence, worst: float | None
) -> None:
    right = judged(system)
    assert (right.verdict, right.system, right.evidence, right.worst, right.entries) == (Verdict.CORRECT, name, evidence, worst, 4)
    assert (opening_adjoints(system).system, opening_adjoints(system).evidence) == (name, evidence)
    wrong = judged(system, lambda p: {**p, 2: system.scale(Fraction(1, 2), p[2])})
    assert (wrong.verdict, wrong.failed, wrong.reason) == (Verdict.WRONG, 1, None)
    assert wrong.detail == "1 of 4 adjoint entries are not the path sum"
    assert (wrong.failures[0].where, float(Fraction(wrong.failures[0].left)), float(wrong.failures[0].right)) == ("adjoint of y", 5.5, 11.0)


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (lambda p: {j: q for j, q in p.items() if j != 1}, "no adjoint"),
        (lambda p: {**p, 1: p[1].reshape(1, 1, 1)}, "an adjoint of shape (1, 1, 1)"),
    ],
)
def test_a_missing_or_misshapen_adjoint_is_wrong_and_stands_first(change: Any, left: str) -> None:
    found = judged(FLOAT64, lambda p: change({**p, 2: p[2] + 1e-9}))
    assert (found.verdict, found.failed) == (Verdict.WRONG, 2)
    assert (found.failures[0].where, found.failures[0].left, found.failures[0].right) == ("adjoint of x", left, "shape (1, 1)")


def test_equal_names_every_entry_that_is_not_equal_modulo_a_prime_too() -> None:
    assert equal(np.array([[Fraction(1, 3)]]), np.array([[Fraction(2, 6)]])) == Agreement()
    found = equal(np.array([[1.0, math.nan]]), np.array([[1.0, 2.0]]))
    assert [(apart.at, apart.right, apart.allowed, apart.share) for apart in found.apart] == [((0, 1), 2.0, 0, math.inf)]
    assert opening_adjoints(modular_system(7)).evidence is Evidence.EXACT


def test_balls_agree_where_they_overlap_and_decide_nothing_where_they_are_not_finite() -> None:
    half, wide, far = arb(0.5), arb(0.5, 0.25), arb(2)
    assert overlapping(np.array([[half, wide]]), np.array([[wide, half]])) == Agreement([])
    assert [(apart.at, apart.allowed) for apart in overlapping(np.array([[half], [far]]), np.array([[half], [wide]])).apart] == [
        ((1, 0), wide.rad())
    ]
    found = overlapping(np.array([[arb(math.nan)]]), np.array([[half]]))
    assert (found.apart, found.undecided) == ([], "a path sum of {vertex} is not finite in {system}")


def test_rounded_numbers_may_lie_apart_by_what_is_allowed_and_underflow_explains_nothing_else() -> None:
    one = np.array([[1.0]])
    assert within(one, one, np.array([[0.0]]), 0.0) == Agreement([])
    assert within(one * 1.5, one, np.array([[1.0]]), 0.0).worst == 0.5
    (apart,) = within(one * 1.5, one, np.array([[0.125]]), 0.0).apart
    assert apart == Apart((0, 0), 1.5, 1.0, 0.125, 4.0)
    (apart,) = within(one * 1.5, one, np.array([[0.0]]), 0.0).apart
    assert apart.share == math.inf
    under = within(one * 1.5, one, np.array([[0.125]]), 1.0)
    assert (list(under.apart), under.worst, under.undecided) == ([], 0.0, "the adjoint of {vertex} underflows {system}")
    over = within(one, one * math.inf, np.array([[math.inf]]), 0.0)
    assert (list(over.apart), over.undecided) == ([], "a path sum of {vertex} overflows {system}")
    for bad in (math.nan, math.inf):
        (apart,) = within(one * bad, one, np.array([[1e308]]), 1e308).apart
        assert apart.share == math.inf


def test_a_bound_below_the_range_of_floats_is_still_a_bound_in_mpmath() -> None:
    one, tiny = np.array([[mpmath.mpf(1)]]), np.array([[mpmath.mpf(10) ** -400]])
    with mpmath.workdps(500):
        (apart,) = within(one + 3 * tiny, one, tiny, 0.0).apart
    assert apart.share == pytest.approx(3.0)


def by_claim(result: CaseResult) -> dict[tuple[str, str], Comparison]:
    return {(c.claim, c.system): c for c in result.comparisons}


def test_an_overflow_is_inconclusive_and_a_nan_from_the_backward_pass_is_wrong() -> None:
    smooth = make_case("smooth", "random", Graph(1, (leaf("x"), vertex("t", "tanh", (1,)))), [0.5])
    graph = Graph(1, (leaf("x"), vertex("a", "multiply", (1, 1)), vertex("b", "multiply", (2, 2, 2)), vertex("o", "multiply", (3, 3))))
    huge = by_claim(check_case(make_case("huge", "random", graph, [1e28])))[CLAIM_ADJOINTS, "float64"]
    assert huge.verdict is Verdict.INCONCLUSIVE
    assert huge.sentence == "undecidable in this dtype: a path sum of x overflows float64"

    def nan(graph: Graph, D: Mapping[Edge, Array], cotangent: Any = None, system: NumberSystem = FLOAT64) -> dict[int, Array]:
        p = backward(graph, D, cotangent, system)
        return {**p, 1: np.full_like(p[1], math.nan)} if system is FLOAT64 else p

    assert by_claim(check_case(smooth, Routes(backward=nan)))[CLAIM_ADJOINTS, "float64"].verdict is Verdict.WRONG


def test_underflow_in_float64_is_never_called_wrong() -> None:
    """1e-170 · 1e-170 underflows in one order of multiplication and not in the other."""
    rows = [("a", 1e-170), ("b", 1e-170)]
    chain = tuple(vertex(name, "weighted_sum", (i,), weights=[[[factor]]]) for i, (name, factor) in enumerate(rows, start=1))
    result = check_case(make_case("under", "random", Graph(1, (leaf("x"), *chain)), [1.0], cotangent=[[1e170]]))
    float64 = by_claim(result)[CLAIM_ADJOINTS, "float64"]
    assert float64.verdict is Verdict.INCONCLUSIVE
    assert float64.sentence == "undecidable in this dtype: the adjoint of x underflows float64"
    assert (float64.reason, float64.failures) == (Reason.DTYPE, ())
