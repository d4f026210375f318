"""The three passes against hand calculations; they are iterative, linear in the edges, and refuse what they cannot
hold."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from backproof.engine import (
    FLOAT32,
    FLOAT64,
    RATIONAL,
    DomainError,
    EdgeTooLarge,
    Graph,
    GraphError,
    NumberSystem,
    backward,
    forward,
    jacobians,
    leaf,
    mpmath_system,
    vertex,
)
from backproof.engine.number_systems import _float_system  # pyright: ignore[reportPrivateUsage]

SYSTEMS = [FLOAT64, FLOAT32, RATIONAL, mpmath_system(50)]


def adjoints(graph: Graph, values: list[Any], system: NumberSystem = FLOAT64, cotangent: Any = None) -> dict[int, Any]:
    return backward(graph, jacobians(graph, forward(graph, values, system), system), cotangent, system)


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda s: s.name)
def test_the_four_vertex_example_by_hand(system: NumberSystem) -> None:
    graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
    u = forward(graph, [3, 4], system)
    assert [float(u[i][0]) for i in range(1, 5)] == [3, 4, 7, 28]
    D = jacobians(graph, u, system)
    assert {edge: float(D[edge][0, 0]) for edge in D} == {(1, 3): 1, (2, 3): 1, (2, 4): 7, (3, 4): 4}
    p = backward(graph, D, system=system)
    assert [float(p[i][0, 0]) for i in (4, 3, 2, 1)] == [1, 4, 11, 4]


def test_the_scalar_chain_gives_192() -> None:
    graph = Graph(1, (leaf("x"), vertex("z", "power", (1,), exponent=3), vertex("y", "square", (2,))))
    u = forward(graph, [2])
    D = jacobians(graph, u)
    assert (u[2][0], D[1, 2][0, 0], D[2, 3][0, 0], backward(graph, D)[1][0, 0]) == (8, 12, 16, 192)


def test_the_jacobian_of_log_softmax_by_hand() -> None:
    """At l = log(1, 2, 5): softmax = (1, 2, 5)/8, and entry (k, k′) is [[k = k′]] − softmax_k′."""
    graph = Graph(1, (leaf("l", (3,)), vertex("q", "log_softmax", (1,))))
    p = adjoints(graph, [np.log([1.0, 2.0, 5.0])])
    np.testing.assert_allclose(p[1], np.eye(3) - np.array([1, 2, 5]) / 8, rtol=1e-14, atol=1e-15)


def test_a_product_with_itself_has_derivative_2x() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "multiply", (1, 1))))
    assert adjoints(graph, [Fraction(5, 3)], RATIONAL)[1][0, 0] == Fraction(10, 3)


def test_fan_out_adds() -> None:
    middle = tuple(vertex(f"v{k}", "weighted_sum", (1,), weights=[[[k]]]) for k in range(1, 8))
    graph = Graph(1, (leaf("x"), *middle, vertex("o", "add", range(2, 9))))
    assert adjoints(graph, [0.5])[1].item() == sum(range(1, 8))


def test_constants_dead_vertices_and_unused_leaves_have_zero_or_their_own_adjoint() -> None:
    vertices = (leaf("x"), leaf("unused"), vertex("c", "constant", value=3.0), vertex("dead", "exp", (1,)), vertex("o", "multiply", (1, 3)))
    p = adjoints(Graph(2, vertices), [2.0, 7.0])
    assert {i: p[i].item() for i in p} == {5: 1, 4: 0, 3: 2, 2: 0, 1: 3}


def test_a_vector_output_is_seeded_with_the_identity() -> None:
    W = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    graph = Graph(1, (leaf("x", (2,)), vertex("y", "weighted_sum", (1,), weights=[W])))
    np.testing.assert_array_equal(adjoints(graph, [[1.0, 1.0]])[1], W)


def test_the_backward_pass_takes_any_cotangent() -> None:
    W = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    graph = Graph(1, (leaf("x", (2,)), vertex("y", "weighted_sum", (1,), weights=[W])))
    np.testing.assert_array_equal(adjoints(graph, [[1.0, 1.0]], cotangent=[1, -1, 2])[1], [[8, 10]])
    rows = [[1, 0, 0], [0, 0, 1]]
    np.testing.assert_array_equal(adjoints(graph, [[1.0, 1.0]], cotangent=rows)[1], W[[0, 2]])
    with pytest.raises(GraphError, match=r"row vector of d_n = 3 entries .*, found shape \(2,\)"):
        adjoints(graph, [[1.0, 1.0]], cotangent=[1, 2])


def test_a_discrete_leaf_has_no_adjoint() -> None:
    graph = Graph(2, (leaf("q", (3,)), leaf("y", discrete=True), vertex("o", "pick", (1, 2))))
    p = adjoints(graph, [[5.0, 6.0, 7.0], 1])
    assert 2 not in p
    assert p[1].tolist() == [[0, 1, 0]]


def test_a_label_outside_the_vector_is_a_domain_error() -> None:
    graph = Graph(2, (leaf("q", (3,)), leaf("y", discrete=True), vertex("o", "pick", (1, 2))))
    with pytest.raises(DomainError, match=r"vertex 3 \('o'\): pick is not defined"):
        forward(graph, [[5.0, 6.0, 7.0], 3])


@pytest.mark.parametrize(
    ("function", "value", "what"),
    [
        ("log", 0.0, "is not defined"),
        ("log", -1.0, "is not defined"),
        ("reciprocal", 0.0, "is not defined"),
        ("sqrt", -1.0, "is not defined"),
    ],
)
def test_outside_the_domain_names_the_vertex_and_the_operand(function: str, value: float, what: str) -> None:
    graph = Graph(1, (leaf("x"), vertex("y", function, (1,))))
    for system in (FLOAT64, mpmath_system(30)):
        with pytest.raises(DomainError, match=rf"vertex 2 \('y'\): {function} {what} at x = \[{value}\]"):
            forward(graph, [value], system)


def test_the_root_of_zero_has_a_value_and_no_derivative() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "sqrt", (1,))))
    u = forward(graph, [0.0])
    assert u[2].item() == 0
    with pytest.raises(DomainError, match="sqrt has no derivative at x"):
        jacobians(graph, u)


def test_leaf_values_that_do_not_fit_are_refused() -> None:
    graph = Graph(2, (leaf("x", (2, 2)), leaf("y"), vertex("o", "multiply", (1, 2))))
    with pytest.raises(GraphError, match="the graph has 2 leaves, found 1 leaf values; give one for each of x, y"):
        forward(graph, [[1, 2, 3, 4]])
    with pytest.raises(GraphError, match=r"vertex 1 \('x'\) needs a value of shape \(2, 2\), found shape \(3,\)"):
        forward(graph, [[1, 2, 3], 1])
    assert forward(graph, [[1, 2, 3, 4], 2])[3].tolist() == forward(graph, [[[1, 2], [3, 4]], 2])[3].tolist()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("system", [FLOAT64, mpmath_system(30)], ids=lambda s: s.name)
def test_a_leaf_value_that_is_not_finite_is_refused_by_name(value: float, system: NumberSystem) -> None:
    with pytest.raises(GraphError, match=r"vertex 1 \('x'\) has a value that is not finite"):
        forward(Graph(1, (leaf("x"), vertex("y", "exp", (1,)))), [value], system)


def test_a_chain_of_100000_vertices_runs_through_all_three_passes() -> None:
    n = 100_000
    graph = Graph(1, (leaf("x"), *(vertex(f"v{i}", "negate", (i - 1,)) for i in range(2, n + 1))))
    assert adjoints(graph, [2.0])[1].item() == -1.0


def test_the_backward_pass_does_one_product_and_one_sum_per_edge() -> None:
    counts = {"matmul": 0, "add": 0}

    def counted(name: str) -> Any:
        def operation(a: Any, b: Any) -> Any:
            counts[name] += 1
            return getattr(FLOAT64, name)(a, b)

        return operation

    graph = Graph(1, (leaf("x"), *(vertex(f"v{i}", "add", range(1, i)) if i > 2 else vertex("v2", "exp", (1,)) for i in range(2, 12))))
    D = jacobians(graph, forward(graph, [0.1]))
    backward(graph, D, system=dataclasses.replace(FLOAT64, matmul=counted("matmul"), add=counted("add")))
    assert counts == {"matmul": len(graph.edges), "add": len(graph.edges)}


def test_an_edge_above_256_mb_is_refused_by_name_and_size() -> None:
    graph = Graph(1, (leaf("big", (6000,)), vertex("y", "exp", (1,))))
    with pytest.raises(EdgeTooLarge, match=r"edge \(1, 2\): .* 6000 × 6000, 288 MB in float64; the limit is 256 MB"):
        jacobians(graph, forward(graph, [np.zeros(6000)]))


def test_gradients_agree_with_autograd() -> None:
    autograd = pytest.importorskip("autograd")
    anp = pytest.importorskip("autograd.numpy")
    from backproof.engine import trace

    def attention(np: Any, W: Any, x: Any) -> Any:
        scores = np.dot(W, x)
        weights = np.exp(scores) / np.sum(np.exp(scores))
        return np.dot(weights, x * x) + np.sum(np.sqrt(1 + scores * scores))

    def loss(np: Any, W: Any, x: Any) -> Any:
        h = np.maximum(np.dot(W, x), 0)
        logits = np.dot(W, h) + x
        return np.log(np.sum(np.exp(logits))) - logits[1] + np.mean(np.abs(W) / (2 + np.cos(x)))

    def f(np: Any, W: Any, x: Any) -> Any:
        h = np.tanh(np.dot(W, x)) * np.sin(x)
        return np.sum(np.exp(h) / (1 + h * h)) + np.sum(W * W * W)

    rng = np.random.default_rng(2)
    W, x = rng.normal(size=(3, 3)), rng.normal(size=3)
    for function in (f, attention, loss):
        graph = trace(lambda W, x, function=function: function(np, W, x), W, x)
        p = adjoints(graph, [W, x])
        gradients = autograd.grad(lambda W, x, function=function: function(anp, W, x), (0, 1))(W, x)
        for slot, expected in enumerate(gradients, start=1):
            np.testing.assert_allclose(p[slot].reshape(expected.shape), expected, rtol=1e-11, atol=1e-14)


MIXED = Graph(
    3,
    (
        *(leaf("x", (3,)), leaf("W", (2, 3)), leaf("y", discrete=True)),
        *(vertex("z", "matvec", (2, 1)), vertex("s", "square", (1,)), vertex("t", "sum", (5,)), vertex("c", "constant", value=(0.5, 2.0))),
        *(
            vertex("m", "maximum", (4, 6, 7)),
            vertex("d", "divide", (8, 6)),
            vertex("a", "concatenate", (9, 5)),
            vertex("o", "pick", (10, 3)),
        ),
    ),
)
LOW = [_float_system(np.float16), _float_system(ml_dtypes.bfloat16)]


@pytest.mark.parametrize("system", [*SYSTEMS, *LOW], ids=lambda s: s.name)
def test_every_value_jacobian_and_adjoint_stays_in_its_number_system(system: NumberSystem) -> None:
    values = [[1, -2, 0.5], [[1, 2, 3], [0.25, 1, -1]], 1]
    u = forward(MIXED, values, system)
    D = jacobians(MIXED, u, system)
    for cotangent in (None, [0.5]):
        p = backward(MIXED, D, cotangent, system)
        for array in (*u.values(), *D.values(), *p.values()):
            assert array.dtype == system.dtype
            assert not system.leaks(array)


def test_a_foreign_number_in_a_jacobian_is_seen_as_a_leak_in_the_adjoint() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "square", (1,)), vertex("z", "square", (2,))))
    D = jacobians(graph, forward(graph, [2], RATIONAL), RATIONAL)
    D[2, 3] = np.array([[8.0]], dtype=object)
    assert RATIONAL.leaks(backward(graph, D, system=RATIONAL)[1]) == [32.0]


def test_shapes_of_values_jacobians_and_adjoints() -> None:
    u = forward(MIXED, [[1, -2, 0.5], [[1, 2, 3], [0.25, 1, -1]], 1])
    D = jacobians(MIXED, u)
    p = backward(MIXED, D)
    assert all(u[i].shape == (MIXED.dimension(i),) for i in u)
    assert {edge: matrix.shape for edge, matrix in D.items()} == {
        (j, i): (MIXED.dimension(i), MIXED.dimension(j)) for j, i in MIXED.edges if j != 3
    }
    assert {j: row.shape for j, row in p.items()} == {j: (1, MIXED.dimension(j)) for j in range(1, 12) if j != 3}


def test_a_matrix_output_takes_a_cotangent_of_its_shape() -> None:
    graph = Graph(2, (leaf("A", (2, 2)), leaf("B", (2, 2)), vertex("C", "matmul", (1, 2))))
    A, B, G = np.array([[1.0, 2], [3, 4]]), np.array([[5.0, 6], [7, 8]]), np.array([[1.0, -1], [0, 2]])
    p = adjoints(graph, [A, B], cotangent=G)
    np.testing.assert_array_equal(p[1].reshape(2, 2), G @ B.T)
    np.testing.assert_array_equal(p[2].reshape(2, 2), A.T @ G)


@pytest.mark.parametrize("cotangent", [[1, 2], [[1, 2]], 1.0, [[[1, 2, 3]]]])
def test_a_cotangent_of_another_width_is_refused(cotangent: Any) -> None:
    graph = Graph(1, (leaf("x", (3,)), vertex("y", "exp", (1,))))
    with pytest.raises(GraphError, match=r"the cotangent must be a row vector of d_n = 3 entries"):
        adjoints(graph, [[1, 2, 3]], cotangent=cotangent)


def test_the_passes_do_not_change_the_leaf_values_they_are_given() -> None:
    x = np.array([1.0, 2.0])
    graph = Graph(1, (leaf("x", (2,)), vertex("y", "square", (1,))))
    u = forward(graph, [x])
    D = jacobians(graph, u)
    backward(graph, D)
    assert x.tolist() == [1, 2]
    assert u[2].tolist() == [1, 4]
