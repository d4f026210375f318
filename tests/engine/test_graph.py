"""Every violation of L10 is an error that names the vertex or the edge; a graph is immutable, hashable data."""

from __future__ import annotations

import dataclasses
import pickle
import re
from typing import Any

import numpy as np
import pytest

from backproof.engine import Graph, GraphError, Vertex, leaf, vertex

FOUR = (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3)))


def place_in(message: str) -> Any:
    """The vertex or the edge that a message begins with, or "l"."""
    found = re.match(r"edge \((\d+), (\d+)\)|vertex (\d+) |(l) = ", message)
    if found is None:
        return None
    j, i, number, l = found.groups()
    return l or (int(number) if number else (int(j), int(i)))


def test_the_four_vertex_example() -> None:
    graph = Graph(2, FOUR, ((1, 3), (2, 3), (2, 4), (3, 4)))
    assert (graph.n, graph.l) == (4, 2)
    assert [graph.parents(i) for i in range(1, 5)] == [(), (), (1, 2), (2, 3)]
    assert [graph.children(j) for j in range(1, 5)] == [(3,), (3, 4), (4,), ()]
    assert [graph.dimension(i) for i in range(1, 5)] == [1, 1, 1, 1]
    assert graph == Graph(2, FOUR)


def test_edges_may_be_given_in_any_order() -> None:
    assert Graph(2, FOUR, ((3, 4), (2, 4), (2, 3), (1, 3))) == Graph(2, FOUR)


EDGE_ERRORS: list[tuple[Any, str]] = [
    (((1, 2), (1, 3), (2, 3), (2, 4), (3, 4)), r"edge \(1, 2\) goes into vertex 2 \('u2'\), which is a leaf"),
    (((1, 3), (2, 3), (2, 4), (4, 3)), r"edge \(4, 3\) needs j < i"),
    (((1, 3), (2, 3), (2, 4), (4, 4)), r"edge \(4, 4\) needs j < i"),
    (((1, 3), (1, 3), (2, 3), (2, 4), (3, 4)), r"edge \(1, 3\) is listed twice"),
    (((1, 3), (2, 3), (2, 4)), r"edge \(3, 4\) is missing from E, but vertex 4 \('u4'\) reads vertex 3 \('u3'\)"),
    (((1, 3), (1, 4), (2, 3), (2, 4), (3, 4)), r"edge \(1, 4\) is in E, but vertex 4 \('u4'\) does not read vertex 1"),
    (((1, 3), (2, 3), (2, 4), (3, 4), (4, 5)), r"edge \(4, 5\) names an unknown vertex; vertices are 1 … 4"),
    (((0, 3), (2, 3), (2, 4), (3, 4)), r"edge \(0, 3\) names an unknown vertex"),
    (((1, 3, 4),), r"edge \(1, 3, 4\) is not a pair \(j, i\) of vertex numbers"),
    (((1.0, 3.0), (2, 3)), r"edge \(1\.0, 3\.0\) is not a pair"),
    (((True, 3), (2, 3)), r"edge \(True, 3\) is not a pair"),
    ((1, 2), r"edge 1 is not a pair"),
]


@pytest.mark.parametrize(("edges", "message"), EDGE_ERRORS)
def test_a_wrong_edge_set_names_the_edge(edges: Any, message: str) -> None:
    with pytest.raises(GraphError, match=message) as caught:
        Graph(2, FOUR, edges)
    assert caught.value.at == place_in(str(caught.value))


X, Y, M = leaf("x"), leaf("y", (2,)), leaf("M", (2, 3))
LABEL = leaf("k", discrete=True)
VERTEX_ERRORS: list[tuple[Any, tuple[Any, ...], str]] = [
    (True, (X, vertex("z", "exp", (1,))), r"l = True, the number of leaves, must be a whole number"),
    (1.0, (X, vertex("z", "exp", (1,))), r"l = 1\.0, the number of leaves, must be a whole number"),
    (1, (leaf(""), vertex("z", "exp", (1,))), r"vertex 1 has the name ''; a name is a text of 1 to 1,000 characters"),
    (1, (X, vertex("z" * 1001, "exp", (1,))), r"vertex 2 has the name 'z+'; a name is a text of 1 to 1,000 characters"),
    (1, (Vertex(7, ()), vertex("z", "exp", (1,))), r"vertex 1 has the name '7'; a name is a text"),  # pyright: ignore[reportArgumentType]
    (
        1,
        (Vertex("x", (), None, (), (("axis", 0),)), vertex("z", "exp", (1,))),
        r"vertex 1 \('x'\) is a leaf and has no attributes; found 'axis'",
    ),
    (
        1,
        (Vertex("x", (), "exp"), vertex("z", "exp", (1,))),
        r"vertex 1 \('x'\) is given the function 'exp', but is a leaf \(leaves are 1 … 1\)",
    ),
    (1, (Y, Vertex("z", None, "sum", (1,), (("axis", 0), ("axis", 0)))), r"vertex 2 \('z'\) is given an attribute twice; found axis, axis"),
    (1, (Y, Vertex("z", None, "sum", (1,), (("axis", {0}),))), r"vertex 2 \('z'\): found a set among the attributes; use numbers"),  # pyright: ignore[reportArgumentType]
    (1, (X, vertex("z", "exp", ("x",))), r"vertex 2 \('z'\) has the unknown parent 'x'"),  # pyright: ignore[reportArgumentType]
    (2, (X, Y), r"l = 2 leaves in a graph of n = 2 vertices"),
    (0, (), r"l = 0 leaves in a graph of n = 0 vertices"),
    (-1, (X,), r"l = -1 leaves"),
    (1, (X, Vertex("z")), r"vertex 2 \('z'\) has no function"),
    (1, (X, vertex("z", "exp", (2,))), r"edge \(2, 2\): .* needs j < i"),
    (1, (X, vertex("z", "exp", (3,))), r"vertex 2 \('z'\) has the unknown parent 3; vertices are 1 … 2"),
    (1, (X, vertex("z", "exp", (0,))), r"unknown parent 0"),
    (1, (X, vertex("z", "exp", (True,))), r"unknown parent True"),
    (2, (X, vertex("z", "exp", (1,)), vertex("o", "exp", (2,))), r"edge \(1, 2\) goes into vertex 2 \('z'\), which is a leaf"),
    (1, (Vertex("x"), vertex("z", "exp", (1,))), r"vertex 1 \('x'\) is a leaf without a shape"),
    (1, (X, vertex("x", "exp", (1,))), r"vertex 2 \('x'\) has the name of vertex 1"),
    (1, (X, vertex("z", "expp", (1,))), r"vertex 2 \('z'\): unknown function 'expp'; did you mean 'exp'\?"),
    (1, (X, vertex("z", "add", (1,))), r"vertex 2 \('z'\): add takes 2 or more operands, found 1"),
    (1, (X, vertex("z", "exp", (1, 1))), r"exp takes 1 operands, found 2"),
    (1, (X, vertex("z", "reshape", (1,))), r"reshape needs the attribute 'to'"),
    (1, (X, vertex("z", "exp", (1,), axis=0)), r"exp has no attribute 'axis'; it knows: none"),
    (1, (Y, vertex("z", "sum", (1,), axis=1)), r"sum does not fit its operands: axis 1 does not exist in an operand of shape \(2,\)"),
    (
        1,
        (Y, vertex("z", "exp", (1,), shape=(3,))),
        r"vertex 2 \('z'\) is given shape \(3,\) \(dimension 3\), but exp of its operands has shape \(2,\)",
    ),
    (2, (Y, M, vertex("z", "matvec", (2, 1))), r"inner dimensions differ: \(2, 3\) and \(2,\)"),
    (1, (leaf("x", (0,)), vertex("z", "exp", (1,))), r"every size must be a whole number of at least 1"),
    (
        1,
        (leaf("x", (-1,)), vertex("z", "exp", (1,))),
        r"vertex 1 \('x'\) has shape \(-1,\); every size must be a whole number of at least 1",
    ),
    (1, (leaf("x", (2.0,)), vertex("z", "exp", (1,))), r"vertex 1 \('x'\) has shape \(2\.0,\); every size"),  # pyright: ignore[reportArgumentType]
    (1, (Vertex("x", 3), vertex("z", "exp", (1,))), r"vertex 1 \('x'\) has shape 3; every size"),  # pyright: ignore[reportArgumentType]
    (1, (leaf("x", (1,) * 33), vertex("z", "exp", (1,))), r"vertex 1 \('x'\) has a shape of 33 axes; the limit is 32"),
    (
        1,
        (Y, vertex("z", "broadcast", (1,), to=[10**9, 2])),
        r"vertex 2 \('z'\) has shape \(1000000000, 2\): 2,000,000,000 entries; the limit",
    ),
    (
        2,
        (leaf("a", (10**5, 1)), leaf("b", (1, 10**5)), vertex("z", "multiply", (1, 2))),
        r"vertex 3 \('z'\) has shape .*10,000,000,000 entries",
    ),
    (1, (leaf("x", (10**8,)), vertex("z", "add", (1, 1))), r"vertex 2 \('z'\) reads 200,000,000 entries; the limit is 100,000,000"),
    (1, (leaf("x", (10**9,)), vertex("z", "exp", (1,))), r"1,000,000,000 entries; the limit is 100,000,000"),
    (1, (LABEL, vertex("z", "exp", (1,))), r"operand 1 of exp, vertex 1 \('k'\), must not be discrete"),
    (2, (Y, X, vertex("z", "pick", (1, 2))), r"operand 2 of pick, vertex 2 \('x'\), must be a discrete leaf"),
    (1, (Y, Vertex("z", None, "exp", (1,), (), True)), r"vertex 2 \('z'\) is discrete, but only a leaf can be"),
    (1, (Y, vertex("z", "slice", (1,), start=5)), r"the result would be empty"),
    (1, (Y, vertex("z", "take", (1,), indices=[0, 7])), r"take does not fit its operands: index 7 is out of bounds"),
    (1, (Y, vertex("z", "pick", (1,), index=2)), r"index 2 is outside 0…1"),
]


@pytest.mark.parametrize(("leaves", "vertices", "message"), VERTEX_ERRORS)
def test_a_wrong_vertex_is_named(leaves: int, vertices: tuple[Any, ...], message: str) -> None:
    with pytest.raises(GraphError, match=message) as caught:
        Graph(leaves, vertices)
    assert caught.value.at == place_in(str(caught.value)) is not None


def test_the_place_of_an_error_survives_pickling() -> None:
    with pytest.raises(GraphError) as caught:
        Graph(1, (X, vertex("z", "exp", (2,))))
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (str(copy), copy.at) == (str(caught.value), (2, 2))


def test_a_parent_used_twice_is_one_edge() -> None:
    graph = Graph(1, (X, vertex("z", "multiply", (1, 1))))
    assert graph.edges == ((1, 2),)
    assert graph.operands(2) == (1, 1)


def test_a_constant_has_no_parents_and_an_output_may_be_a_vector() -> None:
    graph = Graph(0, (vertex("c", "constant", value=[1.0, 2.0]),))
    assert graph.parents(1) == ()
    assert graph.dimension(graph.n) == 2


def test_a_matrix_has_the_dimension_of_its_entries() -> None:
    assert Graph(1, (M, vertex("z", "exp", (1,)))).dimension(2) == 6


def test_a_graph_is_immutable_hashable_and_picklable() -> None:
    graph = Graph(2, FOUR)
    with pytest.raises(dataclasses.FrozenInstanceError):
        graph.l = 3  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(dataclasses.FrozenInstanceError):
        graph.vertices[0].name = "z"  # pyright: ignore[reportAttributeAccessIssue]
    assert hash(graph) == hash(Graph(2, FOUR))
    assert pickle.loads(pickle.dumps(graph)) == graph
    assert graph != Graph(1, (X, vertex("z", "exp", (1,))))


def test_a_leaf_has_no_function() -> None:
    with pytest.raises(GraphError, match=r"vertex 1 \('u1'\) is a leaf and has no function"):
        Graph(2, FOUR).row(1)


def test_lists_and_arrays_become_tuples_and_attributes_are_sorted() -> None:
    given: Any = Vertex("z", [2], "slice", [1], (("stop", np.int64(2)), ("axis", 0)))  # pyright: ignore[reportArgumentType]
    graph = Graph(1, (leaf("x", (3,)), given))
    assert graph.vertices[1] == Vertex("z", (2,), "slice", (1,), (("axis", 0), ("stop", 2)))
    assert graph == Graph(1, (leaf("x", (3,)), vertex("z", "slice", (1,), axis=0, stop=2)))
    assert isinstance(hash(graph), int)
    assert [type(value) for value in graph.attributes(2).values()] == [int, int]


def test_an_array_constant_is_stored_as_numbers() -> None:
    graph = Graph(0, (vertex("c", "constant", value=np.array([[0.5, 1.5]])),))
    assert graph.shape(1) == (1, 2)
    assert graph.attributes(1) == {"value": ((0.5, 1.5),)}


def test_a_leaf_may_be_read_by_nobody() -> None:
    graph = Graph(2, (X, Y, vertex("z", "exp", (1,))))
    assert (graph.children(2), graph.edges) == ((), ((1, 3),))


def test_a_discrete_leaf_has_no_adjoint() -> None:
    graph = Graph(2, (Y, LABEL, vertex("z", "pick", (1, 2))))
    assert graph.differentiable_leaves() == (1,)
    assert (graph.is_discrete(1), graph.is_discrete(2)) == (False, True)


def test_a_graph_of_100_000_vertices() -> None:
    """The chain u_i = u_{i−1} + u_{i−2}; time that grew with n² would not end."""
    n = 100_000
    graph = Graph(2, (leaf("u1"), leaf("u2"), *(vertex(f"u{i}", "add", (i - 1, i - 2)) for i in range(3, n + 1))))
    assert graph.n == n
    assert len(graph.edges) == 2 * (n - 2)
    assert graph.parents(n) == (n - 2, n - 1)
    assert Graph(2, graph.vertices, graph.edges[::-1]) == graph


def test_a_leaf_that_100_000_vertices_read() -> None:
    n = 100_000
    graph = Graph(1, (leaf("x"), *(vertex(f"v{i}", "exp", (1,)) for i in range(2, n + 1))))
    assert graph.children(1) == tuple(range(2, n + 1))
