"""Path sums by blocks against their definition: another value, another number of paths, a magnitude that is cut, each
is an internal disagreement; what rounding allows is none."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest

from backproof.engine import FLOAT64, RATIONAL, Graph, NumberSystem, forward, jacobians, leaf, vertex
from backproof.engine.graph import Edge
from backproof.verify.cases.case import make_case
from backproof.verify.cases.draws import campaign_case
from backproof.verify.numbers.balls import real_ball_system
from backproof.verify.paths.blocks import PathSums
from backproof.verify.paths.sums import PathSum, WrongPaths, path_sum
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.definition import CLAIM_DEFINITION, blocks_against_definition, is_small
from backproof.verify.three_way.routes import Routes
from backproof.verify.verdicts import Evidence, Reason, Verdict

BALLS = real_ball_system(326)
DIAMOND = Graph(
    1,
    (
        leaf("x", (2,)),
        vertex("a", "square", (1,)),
        vertex("b", "negate", (1,)),
        vertex("c", "multiply", (2, 3)),
        vertex("o", "add", (2, 4)),
    ),
)
SYSTEMS = [RATIONAL, FLOAT64, BALLS]
EVIDENCE = [Evidence.EXACT, Evidence.ROUNDING, Evidence.CERTIFIED]


def of(system: NumberSystem) -> tuple[dict[Edge, Any], dict[Edge, PathSum]]:
    D = jacobians(DIAMOND, forward(DIAMOND, [[3, -5]], system), system)
    return D, {(j, 5): total for j, total in PathSums(DIAMOND, D, system).to(5, (1, 2, 3, 4, 5)).items()}


@pytest.mark.parametrize(("system", "evidence"), list(zip(SYSTEMS, EVIDENCE, strict=True)), ids=["rational", "float64", "ball"])
def test_what_is_equal_is_right_and_another_value_is_an_internal_disagreement(system: NumberSystem, evidence: Evidence) -> None:
    D, found = of(system)
    right = blocks_against_definition(DIAMOND, D, found, path_sum, system)
    assert (right.verdict, right.claim, right.evidence, right.entries) == (Verdict.CORRECT, CLAIM_DEFINITION, evidence, 20)
    changed = dataclasses.replace(found[1, 5], value=system.scale(1 + 2.0**-40, found[1, 5].value))
    wrong = blocks_against_definition(DIAMOND, D, {**found, (1, 5): changed}, path_sum, system)
    assert wrong.verdict is Verdict.WRONG
    assert wrong.detail == "internal disagreement: 1 of 5 path sums by blocks is not that of the definition (x to o: another value)"
    assert wrong.failures[0].where.startswith("∂o[")


def test_floats_may_round_differently_and_a_magnitude_may_not_be_cut() -> None:
    D, found = of(FLOAT64)
    for share, verdict in ((1 + 2.0**-52, Verdict.CORRECT), (1 + 2.0**-46, Verdict.WRONG), (0.5, Verdict.WRONG)):
        for part in ("value", "magnitude"):
            changed = dataclasses.replace(found[1, 5], **{part: getattr(found[1, 5], part) * share})
            assert blocks_against_definition(DIAMOND, D, {(1, 5): changed}, path_sum, FLOAT64).verdict is verdict, (share, part)


@pytest.mark.parametrize(("field", "value", "words"), [("count", 2, "2 paths"), ("longest", 2, "of up to 2 edges")])
def test_another_number_of_paths_or_edges_is_an_internal_disagreement(field: str, value: int, words: str) -> None:
    D, found = of(RATIONAL)
    changed = dataclasses.replace(found[1, 5], **{field: value})
    wrong = blocks_against_definition(DIAMOND, D, {(1, 5): changed}, path_sum, RATIONAL)
    assert wrong.verdict is Verdict.WRONG
    assert words in wrong.failures[0].left


def test_a_definition_that_raises_and_a_ball_that_says_nothing() -> None:
    def refusing(*given: Any) -> PathSum:
        raise WrongPaths("a path is missing")

    D, found = of(RATIONAL)
    wrong = blocks_against_definition(DIAMOND, D, found, refusing, RATIONAL)
    assert (wrong.verdict, wrong.failed, "a path is missing" in wrong.detail) == (Verdict.WRONG, 5, True)
    D, found = of(BALLS)
    wide = dataclasses.replace(found[1, 5], value=found[1, 5].value / BALLS.array([0]))
    left_open = blocks_against_definition(DIAMOND, D, {(1, 5): wide}, path_sum, BALLS)
    assert (left_open.verdict, left_open.reason) == (Verdict.INCONCLUSIVE, Reason.DTYPE)


def doubled(graph: Graph, D: Mapping[Edge, Any], j: int, k: int, system: NumberSystem = FLOAT64) -> PathSum:
    right = path_sum(graph, D, j, k, system)
    return dataclasses.replace(right, value=system.scale(2, right.value)) if right.count > 1 else right


def without_sizes(*given: Any) -> PathSums:
    """Blocks whose magnitudes are those of nothing: every bound made of them is too small, and of an exact graph unseen."""
    sums = PathSums(*given)
    whole = sums.to

    def cut(k: int, sources: Any) -> dict[int, PathSum]:
        return {j: dataclasses.replace(total, magnitude=total.magnitude * 0.25) for j, total in whole(k, sources).items()}

    sums.to = cut  # type: ignore[method-assign]
    return sums


@pytest.mark.parametrize("routes", [Routes(definition=doubled), Routes(blocks=without_sizes)], ids=["sums.py", "blocks.py"])
def test_a_wrong_definition_and_wrong_blocks_fail_a_case_by_nothing_else(routes: Routes) -> None:
    case = make_case("diamond", "random", DIAMOND, [[3, -5]])
    assert check_case(case, routes).verdict is Verdict.CORRECT
    result = check_case(case, routes, definition=True)
    assert result.verdict is Verdict.WRONG
    assert {c.claim for c in result.comparisons if c.verdict is Verdict.WRONG} == {CLAIM_DEFINITION}


def test_small_is_what_takes_no_time() -> None:
    assert is_small(make_case("diamond", "random", DIAMOND, [[3, -5]]))
    inner = (vertex(f"v{i}", "add", range(1, i)) if i > 2 else vertex("v2", "square", (1,)) for i in range(2, 10))
    assert not is_small(make_case("complete", "random", Graph(1, (leaf("x"), *inner)), [1])), "512 paths"
    assert sum(is_small(campaign_case(0, number)) for number in range(30)) / 30 > 0.4
