"""How a case is witnessed: entry by entry up to 64 leaf entries and vertices, along named directions above."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from backproof.engine import Graph, leaf, vertex
from backproof.verify.cases.case import Case, make_case
from backproof.verify.cases.replay import case_id, from_replay_id, replay_id
from backproof.verify.derivatives.differences import Difference, differences_along
from backproof.verify.derivatives.directions import Direction, directions
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.directional import CLAIM_DIRECTIONS
from backproof.verify.three_way.routes import Routes
from backproof.verify.three_way.theorem_1 import CLAIM_DIFFERENCES
from backproof.verify.three_way.witness import Witness, fitting
from backproof.verify.verdicts import Verdict


def case(entries: int = 1, chain: int = 1, x: float = 0.75) -> Case:
    inner = (vertex(f"v{i}", "tanh" if i % 2 else "identity", (i,)) for i in range(1, chain))
    graph = Graph(1, (leaf("x", (entries,)), *inner, vertex("y", "sum", (chain,))))
    return make_case("a chain", "random", graph, [[x + k / 8 for k in range(entries)]])


LARGE = case(65, 2)


@pytest.mark.parametrize(("entries", "chain"), [(64, 1), (1, 63)])
def test_up_to_64_entries_and_64_vertices_every_entry_is_moved(entries: int, chain: int) -> None:
    assert fitting(case(entries, chain)) is Witness.ENTRIES
    assert fitting(case(entries + (entries > 1), chain + (chain > 1))) is Witness.DIRECTIONS


def claims(found: Any) -> set[str]:
    return {comparison.claim for comparison in found.comparisons} & {CLAIM_DIFFERENCES, CLAIM_DIRECTIONS}


def test_a_large_case_is_witnessed_along_directions_that_its_replay_line_gives_again() -> None:
    found, again = check_case(LARGE), check_case(from_replay_id(replay_id(LARGE)))
    assert found.verdict is Verdict.CORRECT
    assert claims(found) == {CLAIM_DIRECTIONS}
    assert found.directions == again.directions == tuple(f"{case_id(LARGE)}/{number}" for number in range(3))
    assert found.moved == {}
    assert claims(check_case(LARGE, witness=Witness.ENTRIES)) == {CLAIM_DIFFERENCES}
    assert claims(check_case(LARGE, witness=Witness.NONE)) == set()


def of_other_directions(graph: Graph, leaves: Sequence[Any], some: Sequence[Direction], digits: int) -> dict[int, Difference]:
    return differences_along(graph, leaves, directions(graph, leaves, "another case"), digits)


def of_other_leaves(graph: Graph, leaves: Sequence[Any], some: Sequence[Direction], digits: int) -> dict[int, Difference]:
    return differences_along(graph, [[*leaves[0][:-1], leaves[0][-1] * (1 + 1e-9)]], some, digits)


@pytest.mark.parametrize("wrong", [of_other_directions, of_other_leaves])
def test_a_wrong_direction_and_a_wrong_difference_fail_the_case(wrong: Any) -> None:
    found = check_case(LARGE, Routes(differences_along=wrong))
    assert found.verdict is Verdict.WRONG
    assert [c.claim for c in found.comparisons if c.verdict is Verdict.WRONG] == [CLAIM_DIRECTIONS]


def test_what_the_judge_decides_is_not_left_open_by_directions_and_the_reason_is_kept() -> None:
    graph = Graph(1, (leaf("x", (65,)), vertex("r", "relu", (1,)), vertex("y", "sum", (2,))))
    found = check_case(make_case("a kink", "random", graph, [[0.0, *[1.0] * 64]]))
    assert found.verdict is Verdict.CORRECT
    assert claims(found) == set()
    assert found.left_open is not None
    assert found.left_open.startswith("kink: ∂r[0] along ")
