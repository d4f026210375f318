"""A failing case shrinks to the smallest graph that shows the fault, and still fails in the same way."""

from __future__ import annotations

from typing import Any

import pytest

from backproof.engine import Graph, leaf, vertex
from backproof.verify.campaign.shrinking import candidates, same_failure, shrink
from backproof.verify.cases.case import Case, make_case
from backproof.verify.cases.draws import campaign_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.cases.replay import regression_test
from backproof.verify.selftest.mutants import by_name
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.routes import Routes
from backproof.verify.verdicts import Verdict


def failing(mutant: str, count: int) -> list[Case]:
    """The first random cases on which a mutant is caught."""
    found: list[Case] = []
    index = 0
    while len(found) < count:
        case = campaign_case(5, index)
        if check_case(case, by_name(mutant).routes).verdict is Verdict.WRONG:
            found.append(case)
        index += 1
    return found


def shrunk(case: Case, routes: Routes) -> Case:
    return shrink(case, same_failure(check_case(case, routes), routes)).case


@pytest.mark.parametrize("mutant", ["last consumer only", "first consumer only", "overwrite"])
def test_the_fan_out_fault_shrinks_to_three_vertices(mutant: str) -> None:
    for case in failing(mutant, 3):
        small = shrunk(case, by_name(mutant).routes)
        assert small.graph.n == 3
        assert check_case(small, by_name(mutant).routes).verdict is Verdict.WRONG
        assert check_case(small).verdict is Verdict.CORRECT


def test_a_repeated_operand_counted_once_shrinks_to_two_vertices() -> None:
    for case in failing("repeated operand once", 2):
        assert shrunk(case, by_name("repeated operand once").routes).graph.n == 2


def test_a_wrong_row_stays_in_the_shrunk_graph() -> None:
    (case,) = failing("softmax without off-diagonal", 1)
    small = shrunk(case, by_name("softmax without off-diagonal").routes)
    assert "softmax" in {v.function for v in small.graph.vertices}
    assert small.graph.n <= 3


@pytest.mark.parametrize("mutant", ["relative error 1e-9", "stale value", "path missed"])
def test_the_shrunk_case_is_never_larger_and_fails_in_the_same_way(mutant: str) -> None:
    routes = by_name(mutant).routes
    (case,) = failing(mutant, 1)
    before = check_case(case, routes)
    result = shrink(case, same_failure(before, routes))
    assert result.case.graph.n <= case.graph.n
    assert same_failure(before, routes)(result.case)
    assert result == shrink(case, same_failure(before, routes))
    assert result.steps


def test_an_inconclusive_case_shrinks_with_its_reason() -> None:
    rest = (vertex("a", "tanh", (1,)), vertex("c", "constant", value=1.0), vertex("k", "where", (2, 4, 2)), vertex("o", "add", (3, 5)))
    graph = Graph(2, (leaf("x"), leaf("z"), *rest))
    case = make_case("jump", "random", graph, [0.75, 0.0])
    small = shrink(case, same_failure(check_case(case))).case
    assert check_case(small).verdict is Verdict.INCONCLUSIVE
    assert small.graph.n < graph.n
    assert small.graph.vertices[-1].function == "where"


def test_every_candidate_is_a_valid_case() -> None:
    for words, candidate in candidates(campaign_case(5, 3)):
        assert words
        assert candidate.graph.n <= campaign_case(5, 3).graph.n + 1


def test_a_case_that_does_not_fail_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fail, so there is nothing to shrink"):
        shrink(campaign_case(0, 0), same_failure_of_nothing)


def same_failure_of_nothing(case: Case) -> bool:
    return False


def test_the_pasteable_test_runs_and_fails_where_it_should(monkeypatch: pytest.MonkeyPatch) -> None:
    space: dict[str, Any] = {}
    exec(regression_test(campaign_case(5, 3)), space)
    space["test_shrunk_case"]()
    jump = Graph(1, (leaf("x"), vertex("c", "constant", value=1.0), vertex("y", "where", (1, 2, 1))))
    exec(regression_test(make_case("jump", "random", jump, [0.0]), "test_jump"), space)
    with pytest.raises(AssertionError):
        space["test_jump"]()


def test_a_case_that_holds_has_no_failure_to_keep() -> None:
    with pytest.raises(ValueError, match="the case 'L11 four vertices' does not fail"):
        same_failure(check_case(lecture_cases()[0]))
