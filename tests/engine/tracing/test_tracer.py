"""The graph of traced code: its leaves, its output, its gradients, and what `trace` refuses to start from."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np
import pytest

from backproof.engine import Graph, TraceError, backward, forward, jacobians, trace

Function = Callable[..., Any]


def relu_layer(W: Any, x: Any, b: Any) -> Any:
    return np.maximum(W @ x + b, 0)


def stable_softmax(x: Any) -> Any:
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def huber(x: Any) -> Any:
    return np.where(np.abs(x) <= 1, 0.5 * x * x, np.abs(x) - 0.5).sum()


def gradient(graph: Graph, *point: Any) -> list[Any]:
    u = forward(graph, list(point))
    p = backward(graph, jacobians(graph, u))
    return [p[i].reshape(graph.shape(i)) for i in range(1, graph.l + 1)]


def test_gradients_against_closed_forms() -> None:
    W, x, b = np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([2.0, 1.0]), np.array([0.1, 0.2])
    graph = trace(lambda W, x, b: np.sum(np.tanh(W @ x + b)), W, x, b)
    slope = 1 / np.cosh(W @ x + b) ** 2
    dW, dx, db = gradient(graph, W, x, b)
    np.testing.assert_allclose(dW, np.outer(slope, x), rtol=1e-13)
    np.testing.assert_allclose(dx, W.T @ slope, rtol=1e-13)
    np.testing.assert_allclose(db, slope, rtol=1e-13)


SCALARS: list[tuple[str, Function]] = [
    ("huber", huber),
    ("softmax", lambda x: np.sum(stable_softmax(x) * np.arange(6.0).reshape(2, 3))),
    ("prod", lambda x: np.prod(2 * x)),
    ("division", lambda x: np.sum(x[0] / (x[1] ** 2 + 1))),
    ("rational power", lambda x: np.sum((x * x + 1) ** 1.5)),
    ("constant to the power", lambda x: np.sum(2.0**x)),
    ("array of exponents", lambda x: np.sum(x[..., None] ** np.array([1.0, 2.0, 3.0]))),
    ("softplus", lambda x: np.sum(np.logaddexp(0, x))),
    ("relu6", lambda x: np.sum(np.where((x > 0) & (x < 0.35), x * x, 1.0))),
    ("max and min", lambda x: np.max(x, axis=0)[1] * np.min(x)),
    ("repeated entries", lambda x: np.sum(x[:, [0, 0, 2]] * np.arange(1.0, 7.0).reshape(2, 3))),
    ("concatenate", lambda x: np.sum(np.concatenate([x, x * x], axis=1) @ np.arange(6.0))),
    ("variance", lambda x: np.sum(np.var(x, axis=1) * np.mean(x, axis=1))),
    ("outer product", lambda x: np.sum(np.outer(x[0], x[1]) * np.arange(9.0).reshape(3, 3))),
    ("sine", lambda x: np.sum(np.sin(x) * np.cos(x.T @ x)[0, 0])),
]


@pytest.mark.parametrize("f", [pytest.param(f, id=name) for name, f in SCALARS])
def test_gradients_against_autograd(f: Function) -> None:
    autograd = pytest.importorskip("autograd")
    anp = pytest.importorskip("autograd.numpy")
    x = np.array([[0.3, -1.7, 0.4], [2.0, 0.1, -0.6]])
    ours = gradient(trace(f, x), x)[0]
    scope = {**f.__globals__, "np": anp, "stable_softmax": FunctionType(stable_softmax.__code__, {"np": anp})}
    theirs = autograd.grad(FunctionType(f.__code__, scope))(x)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14)


def test_gradient_of_repeat_along_a_negative_axis() -> None:
    """Each entry gets the sum of its two weights (here autograd 1.9.1 itself is wrong)."""
    weights = np.arange(12.0).reshape(2, 6)
    x = np.ones((2, 3))
    found = gradient(trace(lambda x: np.sum(np.repeat(x, 2, axis=-1) * weights), x), x)[0]
    np.testing.assert_array_equal(found, [[1.0, 5.0, 9.0], [13.0, 17.0, 21.0]])


def test_a_square_written_as_a_product_has_one_edge() -> None:
    graph = trace(lambda x: x * x, 3.0)
    assert graph.edges == ((1, 2),)
    assert gradient(graph, 3.0)[0] == 6.0


def test_leaves_are_named_after_the_parameters_and_all_are_kept() -> None:
    graph = trace(relu_layer, np.ones((2, 3)), np.ones(3), np.ones(2))
    assert [graph.name(i) for i in range(1, 4)] == ["W", "x", "b"]
    unused = trace(lambda x, y: 2 * x, 1.0, 1.0)
    assert unused.l == 2
    assert gradient(unused, 1.0, 1.0)[1] == 0


def test_equal_constants_are_one_vertex_and_dead_code_leaves_none() -> None:
    def f(x: Any) -> Any:
        np.exp(x)
        return (x + 2) * 2

    graph = trace(f, 1.0)
    assert [v.function for v in graph.vertices] == [None, "constant", "add", "multiply"]


def test_f_runs_exactly_once() -> None:
    calls = 0

    def f(x: Any) -> Any:
        nonlocal calls
        calls += 1
        return np.exp(x)

    trace(f, 1.0)
    assert calls == 1


def test_a_discrete_leaf_indexes() -> None:
    graph = trace(lambda q, y: -q[y], np.zeros(3), 1, discrete=("y",))
    assert graph.is_discrete(2)
    assert forward(graph, [[1.0, 2.0, 5.0], 2])[graph.n].item() == -5.0
    assert trace(lambda q, y: -q[y], np.zeros(3), 1, discrete=(1,)) == graph


def test_maximum_with_zero_is_relu_and_keeps_its_derivative_at_zero() -> None:
    graph = trace(lambda x: np.maximum(x, 0), 1.0)
    assert [v.function for v in graph.vertices] == [None, "relu"]
    assert gradient(graph, 0.0)[0] == 0.0


@pytest.mark.parametrize(
    ("f", "args", "words"),
    [
        (lambda x: (x, x), [1.0], "f returned tuple; it must return one number or array"),
        (lambda x: None, [1.0], "f returned NoneType"),
        (lambda x: x > 0, [1.0], "f returned Comparison"),
        (lambda x: x, [1j], "argument 'x' must be a number"),
        (lambda x: x, [True], "argument 'x' is true or false"),
        (lambda x: x, [np.ma.array([1.0])], "argument 'x' must be a number or a non-empty array of real numbers, found MaskedArray"),
        (lambda x: x, ["a"], "argument 'x' must be a number"),
        (lambda x: x, [np.zeros(0)], "argument 'x' must be a number or a non-empty array"),
    ],
)
def test_bad_arguments_and_results_are_refused(f: Function, args: list[Any], words: str) -> None:
    with pytest.raises(TraceError, match=words):
        trace(f, *args)


def test_a_label_can_only_index() -> None:
    with pytest.raises(TraceError, match="add uses the discrete leaf 'y'; a label can only index"):
        trace(lambda q, y: q + y, np.zeros(3), 1, discrete=("y",))
    with pytest.raises(TraceError, match="discrete names 'z', which is no argument; f has q, y"):
        trace(lambda q, y: q, np.zeros(3), 1, discrete=("z",))


def test_an_error_of_the_code_itself_passes_through() -> None:
    def f(x: Any) -> Any:
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        trace(f, 1.0)
