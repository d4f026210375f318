"""Path sums along directions: a wrong difference, another direction and an estimate that is half of the error are
WRONG; what the estimate allows is CORRECT."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from backproof.engine import Graph, forward, jacobians, leaf, vertex
from backproof.verify.derivatives.differences import Difference, differences_along
from backproof.verify.derivatives.directions import directions
from backproof.verify.numbers.balls import real_ball_system
from backproof.verify.paths.blocks import PathSums
from backproof.verify.three_way.comparison import Comparison
from backproof.verify.three_way.directional import CLAIM_DIRECTIONS, paths_along_directions
from backproof.verify.verdicts import Evidence, Reason, Verdict

BALLS = real_ball_system(326)
GRAPH = Graph(2, (leaf("x", (3,)), leaf("z"), vertex("e", "tanh", (1,)), vertex("m", "multiply", (2, 3)), vertex("y", "sum", (4,))))
LEAVES = [[0.5, -2.0, 1e-3], [1.5]]
SOME = directions(GRAPH, LEAVES, "abc")
MOVED = differences_along(GRAPH, LEAVES, SOME)


def sums(graph: Graph, leaves: Any) -> Any:
    found = PathSums(graph, jacobians(graph, forward(graph, leaves, BALLS), BALLS), BALLS)
    return {
        (j, k): total for j in (1, 2)[: graph.l] for k, total in found.leaving(j, range(graph.l + 1, graph.n + 1)).items() if total.count
    }


def compared(moved: dict[int, Difference], some: Any = SOME) -> Comparison:
    return paths_along_directions(GRAPH, sums(GRAPH, LEAVES), some, moved, 50)


def test_right_path_sums_are_right_along_every_direction() -> None:
    found = compared(MOVED)
    assert (found.verdict, found.claim, found.evidence, found.entries) == (Verdict.CORRECT, CLAIM_DIRECTIONS, Evidence.DIGITS, 7 * 3)
    assert found.digits == 50
    assert found.worst is not None
    assert found.worst < 1


def test_another_direction_is_wrong() -> None:
    found = compared(MOVED, [SOME[1], SOME[1], SOME[2]])
    assert found.verdict is Verdict.WRONG
    assert {failure.where.split(" along ")[1] for failure in found.failures} == {"abc/1"}, "it is named by the one that was contracted"


def with_value(change: Any) -> dict[int, Difference]:
    changed = {k: dataclasses.replace(found, value=found.value.copy()) for k, found in MOVED.items()}
    change(changed)
    return changed


@pytest.mark.parametrize("relative", [1e-9, 1e-30, 1e-45])
def test_a_wrong_difference_is_wrong(relative: float) -> None:
    def change(moved: dict[int, Difference]) -> None:
        moved[5].value[0, 2] *= 1 + type(moved[5].value[0, 2])(relative)

    found = compared(with_value(change))
    assert (found.verdict, found.failed) == (Verdict.WRONG, 1)
    assert found.failures[0].where == "∂y along abc/2"


@pytest.mark.parametrize(("share", "verdict"), [(0.98, Verdict.CORRECT), (1.02, Verdict.WRONG), (2.0, Verdict.WRONG)])
def test_an_error_of_the_estimate_is_right_and_twice_that_is_wrong(share: float, verdict: Verdict) -> None:
    """A difference that is off by as much as it says, or by more: an estimate that is half of the error."""
    estimate = MOVED[5].value[0, 0] * 1e-42

    def change(moved: dict[int, Difference]) -> None:
        rough = np.full(moved[5].estimate.shape, estimate, dtype=object)
        moved[5] = dataclasses.replace(moved[5], estimate=abs(rough))
        moved[5].value[0, 0] += share * estimate

    assert compared(with_value(change)).verdict is verdict


def test_a_rough_difference_and_a_kink_decide_nothing() -> None:
    def roughen(moved: dict[int, Difference]) -> None:
        moved[5] = dataclasses.replace(moved[5], estimate=moved[5].estimate + 1e-20)

    rough = compared(with_value(roughen))
    assert (rough.verdict, rough.reason, rough.digits) == (Verdict.INCONCLUSIVE, Reason.DTYPE, None)
    graph, at = Graph(1, (leaf("x", (2,)), vertex("y", "relu", (1,)))), [[1.0, 0.0]]
    some = directions(graph, at, "abc")
    kink = paths_along_directions(graph, sums(graph, at), some, differences_along(graph, at, some), 50)
    assert (kink.verdict, kink.reason) == (Verdict.INCONCLUSIVE, Reason.KINK)


def test_a_vertex_of_which_a_path_sum_is_not_known_is_not_compared() -> None:
    known = {pair: total for pair, total in sums(GRAPH, LEAVES).items() if pair != (2, 5)}
    assert paths_along_directions(GRAPH, known, SOME, MOVED, 50).entries == 6 * 3
