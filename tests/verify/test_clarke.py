"""Clarke's interval at exact kinks, by hand: what is inside is right, what is outside is wrong, and what is not known is said."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from backproof.engine import Graph, leaf, vertex
from backproof.engine.graph import Vertex
from backproof.verify.clarke import ClarkeInterval, clarke
from backproof.verify.enclosures import Enclosure, Undecided, contains
from backproof.verify.verdicts import Reason


def interval(vertices: tuple[Vertex, ...], leaves: list[Any], leaf_count: int = 1, j: int = 1) -> Any:
    graph = Graph(leaf_count, vertices)
    return clarke(graph, leaves, j)[graph.n]


def ends(found: Any) -> tuple[float, float]:
    assert isinstance(found, ClarkeInterval)
    return round(float(found.low[0, 0]), 12), round(float(found.high[0, 0]), 12)


RELU = (leaf("x"), vertex("y", "relu", (1,)))


@pytest.mark.parametrize(
    ("vertices", "expected"),
    [
        (RELU, (0, 1)),
        ((leaf("x"), vertex("y", "abs", (1,))), (-1, 1)),
        ((*RELU, vertex("z", "add", (2, 1))), (1, 2)),
        ((*RELU, vertex("n", "negate", (1,)), vertex("m", "relu", (3,)), vertex("s", "add", (2, 4))), (-1, 1)),
        ((*RELU, vertex("e", "exp", (2,))), (0, 1)),
        ((*RELU, vertex("z", "relu", (2,))), (0, 1)),
        ((leaf("x"), vertex("a", "abs", (1,)), vertex("q", "square", (2,))), (0, 0)),
    ],
    ids=["relu", "abs", "relu + x", "relu(x) + relu(−x)", "exp of relu", "relu of relu", "|x|²"],
)
def test_the_interval_at_a_kink_by_hand(vertices: tuple[Vertex, ...], expected: tuple[float, float]) -> None:
    assert ends(interval(vertices, [0.0])) == expected


def test_a_maximum_of_two_leaves_that_tie() -> None:
    vertices = (leaf("x"), leaf("y"), vertex("m", "maximum", (1, 2)))
    assert ends(interval(vertices, [2.0, 2.0], 2, 1)) == (0, 1)
    assert ends(interval(vertices, [2.0, 2.0], 2, 2)) == (0, 1)


def test_a_maximum_of_three_that_tie() -> None:
    vertices = (leaf("x"), leaf("y"), leaf("z"), vertex("m", "maximum", (1, 2, 3)))
    assert ends(interval(vertices, [1.0, 1.0, 1.0], 3, 2)) == (0, 1)


def test_one_sided_derivatives_are_told() -> None:
    found = interval(RELU, [0.0])
    assert found.left.tolist() == [[Fraction(0)]]
    assert found.right.tolist() == [[Fraction(1)]]
    assert found.attained.all()
    assert found.kinks == (2,)
    assert found.pieces == 2


def test_values_inside_are_contained_and_others_are_not() -> None:
    found = interval((leaf("x"), vertex("y", "abs", (1,))), [0.0])
    assert [contains(found.enclosure, [[value]]).item() for value in (-1.0, -0.5, 0.0, 1.0)] == [True] * 4
    assert [contains(found.enclosure, [[value]]).item() for value in (-1.001, 1.001, 2.0)] == [False] * 3


def test_the_two_sides_of_one_relu_are_not_mixed_up_in_a_difference() -> None:
    """relu(x) − relu(x) is 0 on both sides: its pieces that mix them are in the hull, but nothing beyond it is claimed to be attained."""
    found = interval((*RELU, vertex("d", "subtract", (2, 2))), [0.0])
    if isinstance(found, ClarkeInterval):
        assert contains(found.enclosure, [[0.0]]).item()
        assert not (found.attained.all() and ends(found) != (0, 0))
    else:
        assert isinstance(found, Enclosure)
        assert contains(found, [[0.0]]).item()


def test_away_from_kinks_it_is_the_enclosure() -> None:
    found = interval(RELU, [0.5])
    assert isinstance(found, Enclosure)
    assert contains(found, [[1.0]]).item()


def test_a_vector_with_one_entry_at_the_kink() -> None:
    found = interval((leaf("x", (3,)), vertex("y", "relu", (1,))), [[1.0, 0.0, -2.0]])
    assert isinstance(found, ClarkeInterval)
    assert np.allclose(found.low.astype(float), np.diag([1.0, 0.0, 0.0]))
    assert np.allclose(found.high.astype(float), np.diag([1.0, 1.0, 0.0]))


@pytest.mark.parametrize(
    ("vertices", "x", "words"),
    [
        ((leaf("x"), vertex("c", "constant", value=1.0), vertex("y", "where", (1, 2, 1))), 0.0, "where is at a kink"),
        ((leaf("x"), vertex("y", "log", (1,))), 0.0, "log is at the edge of its domain or outside"),
        ((*RELU, vertex("z", "sqrt", (2,))), 0.0, "relu is at a kink"),
    ],
)
def test_jumps_and_edges_of_domains_stay_undecided(vertices: tuple[Vertex, ...], x: float, words: str) -> None:
    found = interval(vertices, [x])
    assert isinstance(found, Undecided)
    assert words in str(found)
    assert found.reason in (Reason.KINK, Reason.DOMAIN)


def test_more_pieces_than_can_be_looked_at_are_refused_by_number() -> None:
    found = clarke(Graph(1, (leaf("x", (9,)), vertex("y", "relu", (1,)), vertex("s", "sum", (2,)))), [[0.0] * 9], 1)[3]
    assert isinstance(found, Undecided)
    assert "more than 256 smooth pieces" in str(found)
