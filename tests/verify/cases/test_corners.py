"""One of 25 random cases aims at a corner: broadcasts of non-scalars, constant conditions, vertices outside of their
domain that others read; each has its cell."""

from __future__ import annotations

import pytest

from backproof.engine import Graph, leaf, vertex
from backproof.verify.cases.case import make_case
from backproof.verify.cases.corners import CORNERS, ORDER, OUTSIDE, Cell, corner_case, corners_of, is_corner, outside_vertex
from backproof.verify.cases.coverage import Coverage
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.witness import Witness
from backproof.verify.verdicts import Verdict


def test_each_has_a_turn_and_one_of_each_kind_comes_early() -> None:
    assert sorted(ORDER) == sorted(CORNERS)
    assert len(CORNERS) == 8 * 2 + 3 + 5
    assert {cell.axis for cell in ORDER[:6]} == {cell.axis for cell in CORNERS}


@pytest.mark.parametrize("seed", [0, 1])
def test_every_case_fills_the_cell_it_aims_at_and_the_right_engine_is_correct(seed: int) -> None:
    for turn, cell in enumerate(ORDER):
        case = corner_case(seed, 12 + 25 * turn)
        assert cell in corners_of(case)
        assert check_case(case, witness=Witness.NONE).verdict is Verdict.CORRECT, cell.name


def test_the_share_is_one_in_twenty_five() -> None:
    assert sum(map(is_corner, range(1000))) == 40


def test_by_hand() -> None:
    x, c = leaf("x", (2, 1)), vertex("c", "constant", (), value=[0.0, 0.0])
    graph = Graph(1, (x, c, vertex("w", "where", (2, 1, 1)), vertex("s", "add", (1, 3))))
    assert [cell.name for cell in corners_of(make_case("x", "random", graph, [[1, 2]]))] == [
        "where, broadcast operands: an axis less",
        "add, broadcast operands: an axis of 1",
        "where, broadcast operands: an axis of 1",
        "where, constant condition: 0",
    ]


def test_a_scalar_that_is_broadcast_or_a_condition_that_moves_fills_no_cell() -> None:
    graph = Graph(2, (leaf("x", (2,)), leaf("y"), vertex("s", "add", (1, 2)), vertex("w", "where", (1, 3, 1))))
    assert corners_of(make_case("x", "random", graph, [[1, 2], 3])) == []


def test_a_vertex_outside_that_nobody_reads_fills_no_cell() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "log", (1,))))
    case = make_case("x", OUTSIDE, graph, [-1])
    assert outside_vertex(case) == 2
    assert corners_of(case) == []


def test_without_them_their_cells_stay_empty() -> None:
    coverage = Coverage()
    coverage.add_cells([CORNERS[0].name])
    assert {cell for cell in coverage.empty() if isinstance(cell, Cell)} >= set(CORNERS[1:])
    assert CORNERS[0] not in coverage.empty()
