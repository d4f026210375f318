"""The rules of the hostile benchmark: every row's derivative against differences of its values, values against mpmath and NumPy, edges and kinks by hand."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest

from backproof.engine import FLOAT64, Graph, forward, leaf, vertex
from backproof.engine.vertices import Vertex
from backproof.verify.cases.coverage import FUNCTIONS
from benchmarks.duals.graph import RULES, duals

A, B, M, N = leaf("a", (2,)), leaf("b", (2,)), leaf("M", (2, 2)), leaf("N", (2, 2))
SMOOTH: dict[str, tuple[tuple[Vertex, ...], Vertex]] = {
    **{
        name: ((A,), vertex("y", name, (1,)))
        for name in (
            *("identity", "negate", "square", "reciprocal", "exp", "log", "tanh", "sigmoid", "softplus", "sin", "cos", "sqrt", "relu"),
            *("abs", "sum", "mean", "logsumexp", "softmax", "log_softmax"),
        )
    },
    **{
        name: ((A, B), vertex("y", name, (1, 2)))
        for name in ("add", "subtract", "multiply", "divide", "maximum", "minimum", "dot", "power")
    },
    "where": ((A, B, leaf("c", (2,))), vertex("y", "where", (3, 1, 2))),
    "affine": ((M, A, B), vertex("y", "affine", (1, 2, 3))),
    "matvec": ((M, A), vertex("y", "matvec", (1, 2))),
    "matmul": ((M, N), vertex("y", "matmul", (1, 2))),
    "weighted_sum": ((A, B), vertex("y", "weighted_sum", (1, 2), weights=[[[1.0, 2.0]], [[0.0, -3.0]]])),
    "concatenate": ((A, B), vertex("y", "concatenate", (1, 2))),
    "slice": ((A,), vertex("y", "slice", (1,), step=-1)),
    "take": ((M,), vertex("y", "take", (1,), indices=[3, 0, 3])),
    "reshape": ((M,), vertex("y", "reshape", (1,), to=[4])),
    "transpose": ((M,), vertex("y", "transpose", (1,))),
    "broadcast": ((A,), vertex("y", "broadcast", (1,), to=[3, 2])),
    "pick": ((A,), vertex("y", "pick", (1,), index=1)),
    "power of a constant": ((A,), vertex("y", "power", (1,), exponent=2.5)),
    "axis": ((M,), vertex("y", "softmax", (1,), axis=0)),
    "several": ((A, B), vertex("y", "multiply", (1, 2, 1))),
    "a scalar beside": ((A, leaf("s")), vertex("y", "divide", (1, 2))),
}


def test_every_row_has_a_rule() -> None:
    assert set(RULES) | {"constant"} == set(FUNCTIONS) | {"constant"}
    assert set(FUNCTIONS) <= {str(last.function) for _, last in SMOOTH.values()} | {"constant"}


def scalar(graph: Graph, leaves: list[Any], j: int, entry: int, k: int, moved: Any) -> Any:
    """Entry k of the last vertex, with one entry of a leaf moved."""
    given = [np.array([mpmath.mpf(x) for x in np.reshape(value, -1)], dtype=object) for value in leaves]
    given[j - 1][entry] = moved
    found = duals(graph, [value.reshape(graph.shape(i)) for i, value in enumerate(given, start=1)])[graph.n]
    assert found is not None
    return found.v.reshape(-1)[k]


@pytest.mark.parametrize("name", SMOOTH)
def test_the_values_are_numpys_and_the_derivative_is_the_slope_of_the_values(name: str) -> None:
    given, last = SMOOTH[name]
    graph = Graph(len(given), (*given, last))
    rng = np.random.default_rng(5)
    leaves = [rng.uniform(0.3, 2.0, graph.shape(i)) for i in range(1, graph.l + 1)]
    with mpmath.workdps(40):
        found = duals(graph, leaves)[graph.n]
        assert found is not None
        values = np.asarray(forward(graph, leaves, FLOAT64)[graph.n])
        np.testing.assert_allclose(found.v.astype(float).reshape(-1), values.reshape(-1), rtol=1e-13)
        assert found.v.shape == graph.shape(graph.n)
        rows = found.d.reshape(found.v.size, -1)
        for k in range(found.v.size):
            place = 0
            for j in range(1, graph.l + 1):
                for entry in range(graph.dimension(j)):
                    at = float(np.reshape(leaves[j - 1], -1)[entry])
                    slope = mpmath.diff(lambda x, j=j, entry=entry, k=k: scalar(graph, leaves, j, entry, k, x), at)
                    assert abs(slope - rows[k, place]) < 1e-15
                    place += 1


def last(vertices: tuple[Vertex, ...], *leaves: Any) -> Any:
    return duals(Graph(len(leaves), vertices), leaves)[len(vertices)]


X, Y = leaf("x"), leaf("y")


@pytest.mark.parametrize(
    ("row", "attributes", "at"),
    [
        ("log", {}, 0.0),
        ("log", {}, -1.0),
        ("sqrt", {}, 0.0),
        ("sqrt", {}, -5e-324),
        ("reciprocal", {}, 0.0),
        ("power", {"exponent": -1}, 0.0),
        ("power", {"exponent": 0.5}, 0.0),
        ("power", {"exponent": -0.5}, 0.0),
        ("power", {"exponent": 1 / 3}, -8.0),
    ],
)
def test_outside_of_its_domain_a_row_and_all_that_reads_it_is_none(row: str, attributes: dict[str, Any], at: float) -> None:
    assert last((X, vertex("v", row, (1,), **attributes)), at) is None
    assert last((X, vertex("v", row, (1,), **attributes), vertex("w", "power", (2,), exponent=0)), at) is None


def test_on_the_edge_what_does_not_move_is_defined() -> None:
    found = last((X, vertex("c", "constant", value=0.0), vertex("r", "sqrt", (2,)), vertex("y", "add", (1, 3))), 5.0)
    assert (found.v.item(), found.d.item()) == (5, 1)


@pytest.mark.parametrize(
    ("vertices", "slope"),
    [
        ((X, vertex("y", "relu", (1,))), None),
        ((X, vertex("y", "maximum", (1, 1))), 1),
        ((X, vertex("c", "constant", value=0.0), vertex("y", "minimum", (1, 2))), None),
        ((X, vertex("c", "constant", value=1.0), vertex("a", "abs", (1,)), vertex("y", "maximum", (2, 3))), 0),
        ((X, vertex("a", "abs", (1,)), vertex("y", "square", (2,))), 0),
        ((X, vertex("a", "abs", (1,)), vertex("y", "weighted_sum", (2,), weights=[[[0.0]]])), 0),
        ((X, vertex("c", "constant", value=1.0), vertex("y", "where", (1, 2, 1))), None),
        ((X, vertex("c", "constant", value=0.0), vertex("y", "where", (1, 2, 2))), 0),
        ((X, vertex("c", "constant", value=0.0), vertex("d", "constant", value=3.0), vertex("y", "where", (2, 3, 1))), 1),
    ],
)
def test_at_a_kink_there_is_a_derivative_where_the_sides_agree(vertices: tuple[Vertex, ...], slope: int | None) -> None:
    found = last(vertices, 0.0).d.item()
    assert mpmath.isnan(found) if slope is None else found == slope


def test_what_is_out_of_reach_is_left_out_with_all_that_reads_it() -> None:
    graph = Graph(1, (X, vertex("e", "exp", (1,)), vertex("f", "negate", (2,)), vertex("g", "negate", (1,))))
    assert set(duals(graph, [1e300])) == {1, 4}
    assert set(duals(Graph(1, (X, vertex("e", "exp", (1,)), vertex("s", "sin", (2,)))), [1e16])) == {1, 2}
    assert set(duals(Graph(1, (X, vertex("e", "exp", (1,)), vertex("g", "exp", (2,)))), [1e16])) == {1, 2}


def test_a_label_beyond_the_vector_is_outside_of_the_domain() -> None:
    graph = Graph(2, (A, leaf("k", discrete=True), vertex("y", "pick", (1, 2))))
    assert duals(graph, [[3.0, 5.0], 2])[3] is None
    found = duals(graph, [[3.0, 5.0], 1])[3]
    assert found is not None
    assert (found.v.item(), found.d.tolist()) == (5, [0, 1])
