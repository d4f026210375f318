"""Floats against the certified value: what rounding explains is CORRECT, what it does not is INACCURATE and named."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from flint import arb

from backproof.engine import FLOAT32, FLOAT64, Graph, backward, forward, jacobians, leaf, vertex
from backproof.verify.cases.case import Case, make_case
from backproof.verify.derivatives.kinks import enclosures_or_hulls
from backproof.verify.three_way.floats import BINS, FloatEntry, agreed_digits, floats_against_enclosures, judged_floats, share_of_bound
from backproof.verify.verdicts import Verdict


def example(x: float = 0.5) -> Case:
    graph = Graph(1, (leaf("x"), vertex("a", "exp", (1,)), vertex("b", "multiply", (1, 2)), vertex("o", "add", (2, 3))))
    return make_case("x exp x + exp x", "random", graph, [[x]])


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


@pytest.mark.parametrize("true", [arb(math.nan), arb(0, math.inf)])
def test_a_float_is_not_called_right_where_the_true_value_is_not_enclosed(true: Any) -> None:
    entries = [FloatEntry(lambda: "adjoint of x", 1.0, ball, 1e-9) for ball in (arb(1), true)]
    found = judged_floats("a claim", "a theorem", "float64", entries, "are wrong")
    assert (found.comparison, found.undecidable) == (None, "the true adjoint of x is not enclosed")
    assert share_of_bound(1.0, true, 1e-9) == math.inf


@pytest.mark.parametrize(("value", "true", "digits"), [(1.0, 1, 17), (1.0 + 1e-9, 1, 8), (-1.0, 1, 0), (math.inf, 1, 0), (3.0, 0, None)])
def test_the_digits_that_agree_are_those_of_the_relative_error(value: float, true: float, digits: int | None) -> None:
    assert agreed_digits(value, arb(true)) == digits


def test_digits_that_agree_are_counted_and_derivatives_that_may_be_zero_are_left_out() -> None:
    entries = [
        FloatEntry(lambda: "x", value, true, 1.0) for value, true in ((1.0, arb(1)), (1.002, arb(1)), (0.0, arb(0)), (0.5, arb(0, 1)))
    ]
    assert judged_floats("a claim", "a theorem", "float64", entries, "are wrong").agreed == {2: 1, 17: 1}
