"""Strategies: they draw without tripping a health check, keep to what they are asked for, and shrink to small
graphs."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import Phase, find, given, settings

from backproof.engine import Graph
from backproof.verify.cases.case import Case, is_exact
from backproof.verify.cases.choices import Choices
from backproof.verify.cases.families import FAMILIES
from backproof.verify.cases.random_graphs import random_case
from backproof.verify.cases.replay import from_replay_id
from backproof.verify.selftest.mutants import by_name
from backproof.verify.strategies import cases, graphs
from backproof.verify.three_way.check import check_case
from backproof.verify.verdicts import Verdict


@given(cases())
@settings(max_examples=60, deadline=None)
def test_every_drawn_case_is_correct(case: Case) -> None:
    assert check_case(case).verdict is Verdict.CORRECT


@given(graphs())
@settings(deadline=None)
def test_graphs_are_drawn_without_a_health_check(graph: Graph) -> None:
    """Hypothesis's own health checks are on: too slow, too large or too often discarded would fail here."""
    assert 0 < graph.l < graph.n


@given(graphs(family="diamond", max_vertices=7, rational=True))
def test_a_rational_graph_has_no_transcendental_function(graph: Graph) -> None:
    for i in range(graph.l + 1, graph.n + 1):
        assert graph.row(i).algebra(graph.attributes(i), len(graph.operands(i))) != "transcendental"


@given(cases(family="ladder", rational=False))
@settings(max_examples=30, deadline=None)
def test_a_family_and_a_number_system_are_what_was_asked_for(case: Case) -> None:
    assert case.family == "ladder"
    assert not is_exact(case)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_simplest_case_of_every_family_is_small(family: str) -> None:
    assert random_case(Choices(lambda lo, hi: lo), family=family).graph.n <= 5


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_failing_property_shrinks_to_a_small_graph(seed: int) -> None:
    """ "No vertex is read twice" fails first at three vertices: a leaf and two readers."""
    smallest = find(
        graphs(),
        lambda graph: any(len(graph.children(j)) > 1 for j in range(1, graph.n + 1)),
        settings=settings(deadline=None, max_examples=2000, database=None),
        random=random.Random(seed),
    )
    assert 3 <= smallest.n <= 4


def test_an_unknown_family_or_size_is_refused() -> None:
    with pytest.raises(ValueError, match="max_vertices must be at least 2, found 1"):
        graphs(max_vertices=1)
    with pytest.raises(ValueError, match="unknown family 'star'; known: chain, diamond"):
        random_case(Choices(lambda lo, hi: lo), family="star")


def test_a_failing_test_ends_with_the_small_graph_as_a_replay_line_and_a_test(capsys: pytest.CaptureFixture[str]) -> None:
    forgetful = by_name("last consumer only").routes

    @settings(max_examples=200, database=None, derandomize=True, deadline=None, phases=(Phase.generate, Phase.shrink))
    @given(cases(max_vertices=6))
    def the_backward_pass_is_the_path_sum(case: Case) -> None:
        assert check_case(case, forgetful).verdict is Verdict.CORRECT

    with pytest.raises(AssertionError) as failure:
        the_backward_pass_is_the_path_sum()
    report = "\n".join([*failure.value.__notes__, capsys.readouterr().out])
    line = re.search(r"backproof replay '(backproof1:[^']+)'", report)
    assert line is not None
    assert "def test_shrunk_case() -> None:" in report
    small = from_replay_id(line[1])
    assert small.graph.n <= 5
    assert check_case(small, forgetful).verdict is Verdict.WRONG
