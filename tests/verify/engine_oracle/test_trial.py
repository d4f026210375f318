"""Somebody else's engine: right ones pass however they are written, and whatever is wrong with one is found, graded and
named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from backproof.engine import Graph, backward, forward, jacobians, leaf, vertex
from backproof.engine.number_systems import Array
from backproof.verify.cases.case import Case, make_case
from backproof.verify.cases.draws import restricted_case, usual_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.engine_oracle.answers import Answer, Ending
from backproof.verify.engine_oracle.target import TargetError, load_engine
from backproof.verify.engine_oracle.trial import CLAIM_CONTRACT, check_asked, check_engine, diagnose_engine, nothing_to_tell
from backproof.verify.three_way.check import CaseResult
from backproof.verify.three_way.planned import CLAIM_DERIVATIVE, CLAIM_PATHS
from backproof.verify.verdicts import Reason, Verdict

Adjoints = Mapping[int, Any]


def right(graph: Graph, leaves: Sequence[Array], cotangent: Array) -> dict[int, Array]:
    return dict(backward(graph, jacobians(graph, forward(graph, leaves)), cotangent))


def l11() -> Case:
    """(x + y)·y at 3, 4: the derivatives are 4 and 11, the adjoint of x + y is 4."""
    graph = Graph(2, (leaf("x"), leaf("y"), vertex("s", "add", (1, 2)), vertex("z", "multiply", (2, 3))))
    return make_case("L11", "lecture", graph, [3, 4])


def by_hand(x: float, y: float, inside: float | None = 4.0) -> Any:
    found: dict[int, Any] = {1: x, 2: y}
    return lambda graph, leaves, cotangent: found if inside is None else {**found, 3: inside, 4: 1.0}


def only(result: CaseResult, claim: str) -> Any:
    (comparison,) = [c for c in result.comparisons if c.claim == claim]
    return comparison


def test_the_hand_calculated_adjoints_pass() -> None:
    assert check_engine(l11(), by_hand(4.0, 11.0)).verdict is Verdict.CORRECT
    assert check_engine(l11(), by_hand(4.0, 11.0, inside=None)).verdict is Verdict.CORRECT


@pytest.mark.parametrize("index", range(30))
def test_backproofs_own_engine_passes_on_random_graphs(index: int) -> None:
    case = usual_case(3, index)
    if nothing_to_tell(case) is None:
        assert check_engine(case, right).verdict is Verdict.CORRECT


@pytest.mark.parametrize("index", range(20))
def test_an_engine_that_writes_tanh_and_sigmoid_derivatives_from_the_value_passes(index: int) -> None:
    def textbook(graph: Graph, leaves: Sequence[Array], cotangent: Array) -> dict[int, float]:
        u = {j: float(x) for j, x in enumerate(leaves, start=1)}
        slopes: dict[tuple[int, int], float] = {}
        for i in range(graph.l + 1, graph.n + 1):
            a = [u[j] for j in graph.operands(i)]
            name = graph.row(i).name
            u[i] = sum(a) if name == "add" else float(np.prod(a)) if name == "multiply" else float(np.tanh(a[0]))
            u[i] = 1 / (1 + float(np.exp(-a[0]))) if name == "sigmoid" else u[i]
            for slot, j in enumerate(graph.operands(i)):
                rest = float(np.prod([b for other, b in enumerate(a) if other != slot]))
                slope = {"add": 1.0, "multiply": rest, "tanh": 1 - u[i] * u[i], "sigmoid": u[i] * (1 - u[i])}[name]
                slopes[j, i] = slopes.get((j, i), 0.0) + slope
        p = {graph.n: float(cotangent[0, 0])}
        for j in range(graph.n - 1, 0, -1):
            p[j] = sum(p[i] * slopes[j, i] for i in graph.children(j))
        return p

    case = restricted_case(1, index, frozenset({"add", "multiply", "tanh", "sigmoid"}), scalars=True)
    assert nothing_to_tell(case) or check_engine(case, textbook).verdict is Verdict.CORRECT


def test_a_wrong_leaf_adjoint_is_wrong_and_shown_beside_the_derivative() -> None:
    result = check_engine(l11(), by_hand(4.0, 7.0))
    assert result.verdict is Verdict.WRONG
    failure = only(result, CLAIM_DERIVATIVE).failures[0]
    assert (failure.where, failure.left, failure.right) == ("adjoint of y", "7.0", "11.0")


def test_a_wrong_adjoint_inside_the_graph_is_wrong_though_the_leaves_are_right() -> None:
    result = check_engine(l11(), by_hand(4.0, 11.0, inside=5.0))
    assert only(result, CLAIM_DERIVATIVE).verdict is Verdict.CORRECT
    assert only(result, CLAIM_PATHS).verdict is Verdict.WRONG
    assert only(result, CLAIM_PATHS).failures[0].where == "adjoint of s"


def test_an_error_of_the_size_of_float32_rounding_is_inaccurate_and_a_larger_one_wrong() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "exp", (1,))))
    case = make_case("exp", "replay", graph, [0.5])
    assert check_engine(case, lambda *_: {1: float(np.exp(np.float32(0.5)))}).verdict is Verdict.INACCURATE
    assert check_engine(case, lambda *_: {1: float(np.exp(0.5)) * 1.001}).verdict is Verdict.WRONG
    assert check_engine(case, lambda *_: {1: float(np.exp(0.5))}).verdict is Verdict.CORRECT


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        ({2: 11.0}, "no adjoint of leaf 'x'"),
        ({1: [4.0, 4.0], 2: 11.0}, "must have 1 × 1 entries, found shape (2,)"),
        ({1: "four", 2: 11.0}, "must be 1 × 1 real numbers, found text (str 'four')"),
        ([4.0, 11.0], "must return a mapping from vertices to adjoints, found list"),
        (None, "must return a mapping from vertices to adjoints, found NoneType"),
    ],
)
def test_what_is_no_adjoint_is_wrong_and_says_what_was_expected(returned: Any, words: str) -> None:
    comparison = only(check_engine(l11(), lambda *_: returned), CLAIM_CONTRACT)
    assert comparison.verdict is Verdict.WRONG
    assert words in (comparison.sentence or "")


def test_none_stands_for_a_leaf_that_nothing_depends_on_and_for_no_other() -> None:
    graph = Graph(2, (leaf("x"), leaf("unused"), vertex("y", "square", (1,))))
    case = make_case("unused", "replay", graph, [3, 1])
    assert check_engine(case, lambda *_: {1: 6.0, 2: None}).verdict is Verdict.CORRECT
    assert check_engine(case, lambda *_: {1: None, 2: None}).verdict is Verdict.WRONG


def test_nan_is_wrong() -> None:
    result = check_engine(l11(), by_hand(float("nan"), 11.0))
    assert result.verdict is Verdict.WRONG
    assert only(result, CLAIM_DERIVATIVE).failures[0].difference == "not finite"


def test_an_engine_that_raises_is_wrong_and_its_line_is_named() -> None:
    def broken(graph: Graph, leaves: Sequence[Array], cotangent: Array) -> Adjoints:
        raise ZeroDivisionError("division by zero")

    result = check_engine(l11(), broken)
    assert (result.verdict, result.comparisons[0].ending) == (Verdict.WRONG, Ending.RAISED)
    assert "exception: the engine raised ZeroDivisionError: division by zero (test_trial.py:" in (result.comparisons[0].sentence or "")


def test_an_engine_without_the_function_says_so() -> None:
    def poor(graph: Graph, leaves: Sequence[Array], cotangent: Array) -> Adjoints:
        raise NotImplementedError("multiply")

    result = check_engine(l11(), poor)
    assert (result.verdict, result.comparisons[0].ending) == (Verdict.INCONCLUSIVE, Ending.UNSUPPORTED)
    assert "NotImplementedError: multiply (test_trial.py:" in (result.comparisons[0].sentence or "")


def test_an_engine_that_changes_its_inputs_is_wrong() -> None:
    def careless(graph: Graph, leaves: Sequence[Array], cotangent: Array) -> Adjoints:
        p = right(graph, leaves, cotangent)
        leaves[0][...] = 0
        return p

    assert "changed the value of leaf 'x' (vertex 1) in place" in (check_engine(l11(), careless).comparisons[0].sentence or "")


def test_what_is_left_over_from_the_first_call_is_found_on_the_second() -> None:
    kept: dict[int, Array] = {}

    def accumulating(graph: Graph, leaves: Sequence[Array], cotangent: Array) -> Adjoints:
        for j, p in right(graph, leaves, cotangent).items():
            kept[j] = kept.get(j, 0.0 * p) + p
        return dict(kept)

    result = check_engine(l11(), accumulating)
    assert result.verdict is Verdict.WRONG
    assert any("second call" in (c.sentence or "") for c in result.comparisons)


def test_the_diagnosis_names_the_edge_that_is_missing() -> None:
    sentence = diagnose_engine(check_engine(l11(), by_hand(4.0, 7.0)))
    assert sentence is not None
    assert "s→" in sentence or "y→s" in sentence
    assert "is missing" in sentence
    assert diagnose_engine(check_engine(l11(), by_hand(4.0, 11.0))) is None


def test_a_cotangent_of_several_rows_is_held_against_row_by_row() -> None:
    graph = Graph(1, (leaf("x", (2,)), vertex("y", "square", (1,))))
    case = make_case("rows", "replay", graph, [[3, 5]], cotangent=[[1, 0], [2, 1]])
    assert check_engine(case, lambda *_: {1: np.array([[6.0, 0.0], [12.0, 10.0]])}).verdict is Verdict.CORRECT
    wrong = check_engine(case, lambda *_: {1: np.array([[6.0, 0.0], [12.0, 11.0]])})
    assert only(wrong, CLAIM_DERIVATIVE).failures[0].where == "adjoint of x[1], row 1"
    transposed = check_engine(case, lambda *_: {1: np.zeros((4,))})
    assert "must have 2 × 2 entries" in (transposed.comparisons[0].sentence or "")


def test_kinks_and_swallowed_derivatives_are_told_beforehand_and_inconclusive_if_asked_for() -> None:
    relu = make_case("relu at 0", "replay", Graph(1, (leaf("x"), vertex("y", "relu", (1,)))), [0])
    assert nothing_to_tell(relu) is not None
    assert check_engine(relu, right).verdict is Verdict.INCONCLUSIVE
    assert nothing_to_tell(l11()) is None


def test_the_reason_is_that_of_the_bound_and_not_a_word_in_a_name() -> None:
    kinked = make_case("relu at 0", "replay", Graph(1, (leaf("x"), vertex("y", "relu", (1,)))), [0])
    large = make_case("overflow", "replay", Graph(1, (leaf("x"), vertex("kink", "exp", (1,)))), [800])
    (at_a_kink,), (beyond,) = (check_engine(case, lambda *_: {1: 0.0}).comparisons for case in (kinked, large))
    assert (at_a_kink.verdict, at_a_kink.reason) == (Verdict.INCONCLUSIVE, Reason.KINK)
    assert (beyond.verdict, beyond.reason) == (Verdict.INCONCLUSIVE, Reason.DTYPE)
    assert "kink" in beyond.detail


def test_the_lectures_examples_pass_with_leaf_adjoints_alone() -> None:
    for case in lecture_cases():
        result = check_engine(case, lambda g, x, c: {j: p for j, p in right(g, x, c).items() if j <= g.l})
        assert result.verdict is Verdict.CORRECT, case.name


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("json", "write package.module:factory"),
        ("json:", "write package.module:factory"),
        ("no_such_module:make", "cannot import no_such_module"),
        ("json:make", "json has no function 'make'"),
        ("json:loads", "loads() raised TypeError"),
        ("builtins:dict", "dict() returned dict"),
    ],
)
def test_a_target_that_is_no_engine_is_refused_with_the_reason(target: str, words: str) -> None:
    with pytest.raises(TargetError) as refused:
        load_engine(target)
    assert words in str(refused.value)


def test_an_engine_that_is_reached_in_another_way_is_judged_alike() -> None:
    asked: list[Case] = []

    def answers(case: Case) -> Answer:
        asked.append(case)
        return Answer({1: np.array([[4.0]]), 2: np.array([[11.0]])})

    assert check_asked(l11(), answers).verdict is Verdict.CORRECT
    assert len(asked) == 2
    for ending in Ending:
        (found,) = check_asked(l11(), lambda case, ending=ending: Answer({}, ending, "why")).comparisons
        assert found.verdict is (Verdict.INCONCLUSIVE if ending is Ending.UNSUPPORTED else Verdict.WRONG)
        assert found.ending == ending
        assert found.sentence == ("unsupported operation: why" if ending is Ending.UNSUPPORTED else f"{ending}: why")


def test_what_cannot_be_called_is_refused() -> None:
    with pytest.raises(TypeError, match="an engine is a callable"):
        check_engine(l11(), 5)  # pyright: ignore[reportArgumentType]


def test_what_we_cannot_do_with_a_case_is_not_held_against_the_engine_and_hides_no_change() -> None:
    large = make_case("large", "replay", Graph(1, (leaf("x"), vertex("y", "square", (1,)))), [10**400])
    assert "beyond float64" in (nothing_to_tell(large) or "")
    (found,) = check_engine(large, lambda *_: {1: 0.0}).comparisons
    assert (found.verdict, found.reason) == (Verdict.INCONCLUSIVE, Reason.DTYPE)
    outside = make_case("log", "replay", Graph(1, (leaf("x"), vertex("y", "log", (1,)))), [-1.0])
    values = iter((0.0, 1.0))
    result = check_engine(outside, lambda *_: {1: next(values)})
    assert {c.reason for c in result.comparisons} == {Reason.DOMAIN, Reason.NONDETERMINISTIC}
    assert result.verdict is Verdict.INCONCLUSIVE


def test_memory_that_our_side_uses_up_leaves_the_case_open(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr("backproof.verify.engine_oracle.trial.enclosures_or_hulls", full)
    (found,) = check_engine(l11(), right).comparisons
    assert (found.verdict, found.reason, found.ending) == (Verdict.INCONCLUSIVE, Reason.MEMORY, None)
