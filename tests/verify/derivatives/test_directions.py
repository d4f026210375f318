"""A direction is known by its name: the same again from the case, another for another case; every entry of it moves."""

from __future__ import annotations

from backproof.engine import Graph, leaf, vertex
from backproof.verify.derivatives.directions import DIRECTIONS, directions, exponent_of

GRAPH = Graph(3, (leaf("x", (40,)), leaf("c", discrete=True), leaf("z"), vertex("s", "sum", (1,)), vertex("y", "multiply", (3, 4))))
LEAVES = [[2.0 ** (k % 5) for k in range(40)], [1.0], [0.0]]


def test_a_direction_is_drawn_from_its_name() -> None:
    first, again = directions(GRAPH, LEAVES, "abc"), directions(GRAPH, LEAVES, "abc")
    assert first == again
    assert [direction.name for direction in first] == ["abc/0", "abc/1", "abc/2"]
    others = [*first, *directions(GRAPH, LEAVES, "abd")]
    assert len({str(direction.vectors) for direction in others}) == 2 * DIRECTIONS


def test_every_entry_that_can_move_does_by_about_its_own_size() -> None:
    for direction in directions(GRAPH, LEAVES, "abc"):
        vectors = direction.vectors
        assert set(vectors) == {1, 3}, "a discrete leaf does not move"
        assert all(1 <= abs(entry) / size < 2 for entry, size in zip(vectors[1], LEAVES[0], strict=True))
        assert {entry > 0 for entry in vectors[1]} == {True, False}
        assert 1 <= abs(vectors[3][0]) < 2, "beside 0 the size is 1"


def test_the_size_of_a_number_is_its_power_of_two() -> None:
    assert [exponent_of(value) for value in (1.0, 1.99, -2.0, 5e-324, 0.0)] == [0, 0, 1, -1074, 0]
