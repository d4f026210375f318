"""Both calls of an engine are judged, and what changes between them is said: beyond the bound WRONG, within it INCONCLUSIVE unless it is allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from backproof.engine import Graph, backward, forward, jacobians, leaf, vertex
from backproof.engine.number_systems import Array
from backproof.verify.cases.case import make_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.engine_oracle.answers import Ending
from backproof.verify.engine_oracle.trial import CLAIM_CALLS, check_engine, diagnose_engine
from backproof.verify.results.case_record import case_record
from backproof.verify.three_way.check import CaseResult
from backproof.verify.three_way.comparison import Change
from backproof.verify.three_way.planned import CLAIM_DERIVATIVE, CLAIM_PATHS
from backproof.verify.verdicts import Reason, Verdict

Adjoints = Mapping[int, Any]


def right(graph: Graph, leaves: Sequence[Array], cotangent: Array) -> dict[int, Array]:
    return dict(backward(graph, jacobians(graph, forward(graph, leaves)), cotangent))


def only(result: CaseResult, claim: str) -> Any:
    (comparison,) = [c for c in result.comparisons if c.claim == claim]
    return comparison


SMOOTH = make_case("smooth", "replay", Graph(1, (leaf("x"), vertex("s", "sin", (1,)), vertex("y", "exp", (2,)))), [0.5])
INSIDE, OUTSIDE = 1 + 2.0**-51, 1.5


def drifting(factors: Mapping[int, float], on: int = 2, only_then: Sequence[int] = ()) -> Any:
    """The right adjoints, times a factor for some vertices on call number `on` of each two; vertices in `only_then` are
    answered on that call alone.
    """
    calls = 0

    def engine(graph: Graph, leaves: Sequence[Array], cotangent: Array) -> Adjoints:
        nonlocal calls
        calls += 1
        then = (calls - on) % 2 == 0
        p = {j: value * (factors.get(j, 1.0) if then else 1.0) for j, value in right(graph, leaves, cotangent).items()}
        return {j: value for j, value in p.items() if then or j not in only_then}

    return engine


@pytest.mark.parametrize("on", [1, 2])
@pytest.mark.parametrize(("vertex_number", "claim", "where"), [(1, CLAIM_DERIVATIVE, "adjoint of x"), (2, CLAIM_PATHS, "adjoint of s")])
def test_a_change_beyond_the_bound_is_wrong_on_either_call_at_leaves_and_inside(
    vertex_number: int, claim: str, where: str, on: int
) -> None:
    for allowed in (False, True):
        result = check_engine(SMOOTH, drifting({vertex_number: OUTSIDE}, on), allow_nondeterminism=allowed)
        found = only(result, claim)
        assert result.verdict is found.verdict is Verdict.WRONG
        assert found.failures[0].where == where
        words = (
            "on a second call with the same arguments, " if on == 2 else "on the first of two calls with the same arguments, which differ, "
        )
        assert found.detail.startswith(words)
        assert len({c.claim for c in result.comparisons}) == len(result.comparisons)
        assert diagnose_engine(result)


@pytest.mark.parametrize("vertex_number", [1, 2])
def test_a_change_within_the_bound_is_inconclusive_unless_it_is_allowed(vertex_number: int) -> None:
    result = check_engine(SMOOTH, drifting({vertex_number: INSIDE}))
    found = only(result, CLAIM_CALLS)
    name = "xs"[vertex_number - 1]
    assert (result.verdict, found.verdict, found.reason) == (Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE, Reason.NONDETERMINISTIC)
    assert found.change is not None
    assert (found.change.where, found.change.entries) == (f"adjoint of {name}", 1)
    assert 0 < (found.change.share or 0.0) < 1
    assert (found.sentence or "").startswith(f"nondeterministic: adjoint of {name} changed by ")
    assert "of the bound" in found.detail
    allowed = check_engine(SMOOTH, drifting({vertex_number: INSIDE}), allow_nondeterminism=True)
    assert allowed.verdict is Verdict.CORRECT
    assert only(allowed, CLAIM_CALLS).change == found.change


def test_a_vertex_that_is_answered_on_the_second_call_alone_is_judged_there() -> None:
    assert check_engine(SMOOTH, drifting({2: OUTSIDE}, only_then=(2,))).verdict is Verdict.WRONG
    result = check_engine(SMOOTH, drifting({}, only_then=(2,)))
    assert (result.verdict, only(result, CLAIM_CALLS).detail) == (
        Verdict.INCONCLUSIVE,
        "adjoint of s was returned by one of two calls only",
    )
    assert check_engine(SMOOTH, drifting({}, only_then=(2,)), allow_nondeterminism=True).verdict is Verdict.CORRECT


def test_a_leaf_that_is_none_on_one_call_is_zero_there() -> None:
    assert check_engine(SMOOTH, drifting({1: 0.0})).verdict is Verdict.WRONG
    unused = make_case("unused", "replay", Graph(2, (leaf("x"), leaf("u"), vertex("y", "square", (1,)))), [3, 1])
    zeros = iter((None, 0.0, -0.0, None))
    for _ in range(2):
        assert check_engine(unused, lambda *_: {1: 6.0, 2: next(zeros)}).verdict is Verdict.CORRECT


def test_the_sign_of_zero_and_the_kind_of_nan_are_no_change() -> None:
    graph = Graph(2, (leaf("x"), leaf("y"), vertex("z", "multiply", (1, 2))))
    case = make_case("zero", "replay", graph, [0.0, 5.0])
    zeros = iter((0.0, -0.0))
    assert check_engine(case, lambda *_: {1: 5.0, 2: next(zeros)}).verdict is Verdict.CORRECT
    nans = iter((float("nan"), -float("nan")))
    result = check_engine(case, lambda *_: {1: 5.0, 2: next(nans)})
    assert [c.claim for c in result.comparisons] == [CLAIM_DERIVATIVE]
    assert result.verdict is Verdict.WRONG


def test_the_output_must_be_the_cotangent_on_both_calls() -> None:
    assert check_engine(SMOOTH, drifting({3: INSIDE})).verdict is Verdict.WRONG


def test_at_a_kink_a_change_is_said_beside_the_kink() -> None:
    kinked = make_case("relu at 0", "replay", Graph(1, (leaf("x"), vertex("y", "relu", (1,)))), [0])
    values = iter((0.0, 1.0))
    result = check_engine(kinked, lambda *_: {1: next(values)})
    assert {c.reason for c in result.comparisons} == {Reason.KINK, Reason.NONDETERMINISTIC}
    assert only(result, CLAIM_CALLS).change == Change("adjoint of x", "1", None, 1)


def test_an_ending_on_the_second_call_is_said_to_be_there() -> None:
    endings = iter((None, SystemExit(0)))

    def leaves(graph: Graph, leaves: Sequence[Array], cotangent: Array) -> Adjoints:
        error = next(endings)
        if error is not None:
            raise error
        return right(graph, leaves, cotangent)

    (found,) = check_engine(lecture_cases()[0], leaves).comparisons
    assert (found.verdict, found.ending) == (Verdict.WRONG, Ending.EXIT)
    assert found.detail.endswith(", on the second call")


def test_an_engine_that_answers_once_and_is_unsupported_then_is_judged_by_what_it_answered() -> None:
    def once(factor: float) -> Any:
        calls = iter((True, False))

        def engine(graph: Graph, leaves: Sequence[Array], cotangent: Array) -> Adjoints:
            if next(calls):
                return {j: factor * p for j, p in right(graph, leaves, cotangent).items()}
            raise NotImplementedError

        return engine

    assert check_engine(SMOOTH, once(2.0)).verdict is Verdict.WRONG
    for allowed, reason in ((False, Reason.NONDETERMINISTIC), (True, Reason.UNSUPPORTED)):
        result = check_engine(SMOOTH, once(1.0), allow_nondeterminism=allowed)
        found = only(result, CLAIM_CALLS)
        assert (result.verdict, found.reason) == (Verdict.INCONCLUSIVE, reason)
        assert found.change == Change("the second call", "unsupported", None, 3)
        assert case_record(result, True)["verdict"] == "INCONCLUSIVE"
