"""Outside of its domain a graph has no derivative, and every route must say so at the same vertices: an enclosure too
many, or a refusal too many, is WRONG."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from backproof.engine import FLOAT64, Graph, NumberSystem, forward, leaf, vertex
from backproof.engine.passes import Values
from backproof.verify.cases.case import Case, make_case
from backproof.verify.derivatives.enclosures import Enclosure
from backproof.verify.derivatives.polydiscs import NoEnclosure
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.outside import OUTSIDE
from backproof.verify.three_way.routes import Routes
from backproof.verify.verdicts import Reason, Verdict


def laundered(group: str = OUTSIDE, x: float = -2.0) -> Case:
    vertices = (vertex("d", "log", (1,)), vertex("r", "power", (2,), exponent=0), vertex("b", "exp", (1,)), vertex("o", "add", (3, 4)))
    return make_case("log⁰", group, Graph(1, (leaf("x"), *vertices)), [x])


def with_enclosures(change: Any) -> Routes:
    return Routes(enclosures=lambda *given: change(dict(Routes().enclosures(*given))))


def test_all_routes_refuse_the_same_vertices() -> None:
    found = check_case(laundered())
    assert found.verdict is Verdict.CORRECT
    assert found.comparisons[0].entries == 4 + 2  # four pairs of a leaf and a vertex, two number systems


@pytest.mark.parametrize("k", [2, 3, 5])
def test_an_enclosure_where_nothing_is_defined_is_wrong(k: int) -> None:
    routes = with_enclosures(lambda found: {**found, (1, k): Enclosure.of([[0]], [[0.0]])})
    assert check_case(laundered(), routes).verdict is Verdict.WRONG


def test_a_refusal_of_what_is_defined_is_wrong() -> None:
    routes = with_enclosures(lambda found: {**found, (1, 4): NoEnclosure(4, Reason.DOMAIN, "vertex 4 ('b'): no")})
    assert check_case(laundered(), routes).verdict is Verdict.WRONG


def test_a_refusal_for_another_reason_or_one_that_a_smaller_ball_may_lift_is_wrong() -> None:
    for other in (NoEnclosure(2, Reason.KINK, "a kink"), NoEnclosure(2, Reason.DOMAIN, "near the edge", final=False)):
        routes = with_enclosures(lambda found, other=other: {**found, (1, 2): other})
        assert check_case(laundered(), routes).verdict is Verdict.WRONG


def test_a_forward_pass_that_goes_on_in_one_number_system_is_wrong() -> None:
    def lax(graph: Graph, leaf_values: Sequence[Any], system: NumberSystem = FLOAT64) -> Values:
        return {} if system.family == "ball" else forward(graph, leaf_values, system)

    found = check_case(laundered(), Routes(forward=lax))
    assert found.verdict is Verdict.WRONG
    assert found.comparisons[0].failures[0].left == "none"


def test_inside_its_domain_nothing_is_decided_and_in_another_group_the_case_is_left_open() -> None:
    assert check_case(laundered(x=2.0)).verdict is Verdict.INCONCLUSIVE
    left_open = check_case(laundered("random"))
    assert (left_open.verdict, left_open.comparisons[0].reason) == (Verdict.INCONCLUSIVE, Reason.DOMAIN)
