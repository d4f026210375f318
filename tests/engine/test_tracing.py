"""Traced NumPy code computes what NumPy computes, at the example point and elsewhere; what cannot be traced is named with its line."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import FunctionType
from typing import Any

import numpy as np
import pytest
from backproof.engine import Graph, TraceError, backward, forward, jacobians, trace
from scipy import special

Function = Callable[..., Any]


def relu_layer(W: Any, x: Any, b: Any) -> Any:
    return np.maximum(W @ x + b, 0)


def layer_norm(x: Any, g: Any) -> Any:
    centred = x - x.mean(axis=-1, keepdims=True)
    return g * centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)


def stable_softmax(x: Any) -> Any:
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def accumulate(x: Any) -> Any:
    total = 0.0
    for row in x:
        total += row * 2
    return total


def huber(x: Any) -> Any:
    return np.where(np.abs(x) <= 1, 0.5 * x * x, np.abs(x) - 0.5).sum()


FUNCTIONS: list[tuple[str, Function, int]] = [
    ("add", lambda x: x + 1, 1),
    ("radd", lambda x: 1 + x, 1),
    ("subtract", lambda x, y: x - 2 * y, 2),
    ("rsubtract", lambda x: 3 - x, 1),
    ("divide", lambda x, y: x / (y * y + 1), 2),
    ("rdivide", lambda x: 1 / (x * x + 2), 1),
    ("power 2", lambda x: x**2, 1),
    ("power 3.5", lambda x: (x * x + 1) ** 3.5, 1),
    ("power two arrays", lambda x, y: (x * x + 1) ** y, 2),
    ("constant to the power", lambda x: 2.0**x, 1),
    ("negative", lambda x: -x, 1),
    ("positive", lambda x: +x, 1),
    ("exp", np.exp, 1),
    ("log", lambda x: np.log(x * x + 1), 1),
    ("tanh", np.tanh, 1),
    ("sin cos", lambda x: np.sin(x) * np.cos(x), 1),
    ("sqrt", lambda x: np.sqrt(x * x + 1), 1),
    ("square", np.square, 1),
    ("reciprocal", lambda x: np.reciprocal(x * x + 1), 1),
    ("absolute", np.abs, 1),
    ("builtin abs", abs, 1),
    ("expit", special.expit, 1),
    ("softplus", lambda x: np.logaddexp(0, x), 1),
    ("maximum", np.maximum, 2),
    ("minimum", lambda x: np.minimum(x, 0.3), 1),
    ("relu", lambda x: np.maximum(x, 0), 1),
    ("clip", lambda x: np.clip(x, -0.5, 0.5), 1),
    ("clip method", lambda x: x.clip(0.1), 1),
    ("where greater", lambda x: np.where(x > 0.2, x, 3 * x), 1),
    ("where less", lambda x: np.where(x < 0.2, x, 3 * x), 1),
    ("where at least", lambda x: np.where(x >= 0.2, x, 3 * x), 1),
    ("where at most", lambda x: np.where(x <= 0, np.exp(x), 1 + x), 1),
    ("where not", lambda x: np.where(~(x > 0), 0.0, x), 1),
    ("where mask", lambda x: np.where(np.array([True, False, True, True, False, False]).reshape(2, 3), x, -x), 1),
    ("mask times", lambda x: (x > 0) * x, 1),
    ("leaky relu", lambda x: x * np.where(x > 0, 1.0, 0.01), 1),
    ("matmul matrix vector", lambda x, y: x @ y[0], 2),
    ("matmul vector matrix", lambda x, y: x[0] @ y.T, 2),
    ("matmul matrices", lambda x, y: x @ y.T, 2),
    ("matmul vectors", lambda x, y: x[0] @ y[1], 2),
    ("matmul constant", lambda x: np.array([[1.0, 2.0], [3.0, 4.0]]) @ x, 1),
    ("dot", lambda x, y: np.dot(x, y.T), 2),
    ("inner", np.inner, 2),
    ("outer", lambda x, y: np.outer(x[0], y[1]), 2),
    ("sum", np.sum, 1),
    ("sum axis", lambda x: np.sum(x, axis=0), 1),
    ("sum negative axis", lambda x: x.sum(axis=-1), 1),
    ("sum keepdims", lambda x: x / np.sum(np.abs(x), axis=1, keepdims=True), 1),
    ("sum two axes", lambda x: np.sum(x[None], axis=(0, 2)), 1),
    ("add.reduce", lambda x: np.add.reduce(x, axis=1), 1),
    ("mean", np.mean, 1),
    ("mean axis", lambda x: np.mean(x, axis=0), 1),
    ("var std", lambda x: np.var(x, axis=1) + np.std(x), 1),
    ("max", lambda x: np.max(x, axis=1), 1),
    ("min all", lambda x: x.min(), 1),
    ("prod", lambda x: np.prod(x, axis=0), 1),
    ("norm", np.linalg.norm, 1),
    ("concatenate", lambda x, y: np.concatenate([x, y], axis=1), 2),
    ("stack", lambda x, y: np.stack([x, y], axis=-1), 2),
    ("hstack with a constant", lambda x: np.hstack([x, np.ones((2, 1))]), 1),
    ("vstack", lambda x, y: np.vstack((x, y)), 2),
    ("reshape", lambda x: x.reshape(3, 2) * 2, 1),
    ("reshape -1", lambda x: np.reshape(x, -1), 1),
    ("ravel", lambda x: x.ravel()[::-1], 1),
    ("transpose", lambda x: np.transpose(x) * np.arange(6.0).reshape(3, 2), 1),
    ("T", lambda x: x.T, 1),
    ("swapaxes", lambda x: np.swapaxes(x, 0, 1), 1),
    ("expand squeeze", lambda x: np.squeeze(np.expand_dims(x, 1) * 2), 1),
    ("broadcast_to", lambda x: np.broadcast_to(x[0], (4, 3)), 1),
    ("repeat", lambda x: np.repeat(x, 2, axis=-1), 1),
    ("tile roll flip", lambda x: np.flip(np.roll(np.tile(x, 2), 1)), 1),
    ("index", lambda x: x[1, 2], 1),
    ("negative index", lambda x: x[-1], 1),
    ("slices", lambda x: x[:, 1:] - x[:, :-1], 1),
    ("step and None", lambda x: x[::-1, None, ::2], 1),
    ("ellipsis", lambda x: x[..., 0], 1),
    ("integer array with repeats", lambda x: x[:, [0, 0, 2, 1]], 1),
    ("boolean mask", lambda x: x[np.array([[True, False, True], [False, True, False]])], 1),
    ("iteration", lambda x: sum(row * row for row in x), 1),
    ("in place on the name", accumulate, 1),
    ("shape and len", lambda x: x * x.shape[1] + len(x) + x.ndim + x.size, 1),
    ("zeros_like", lambda x: np.zeros_like(x) + x, 1),
    ("stable softmax", stable_softmax, 1),
    ("huber", huber, 1),
    ("layer norm", layer_norm, 2),
    ("returns its argument", lambda x: x, 1),
    ("constant output", lambda x: 5.0, 1),
]


@pytest.mark.parametrize(("f", "count"), [pytest.param(f, count, id=name) for name, f, count in FUNCTIONS])
def test_the_graph_computes_what_numpy_computes_here_and_elsewhere(f: Function, count: int) -> None:
    rng = np.random.default_rng(7)
    example = [rng.normal(size=(2, 3)) for _ in range(count)]
    graph = trace(f, *example)
    for point in (example, [rng.normal(size=(2, 3)) for _ in range(count)], [np.zeros((2, 3)) + 0.2 for _ in range(count)]):
        expected = np.asarray(f(*point), dtype=float)
        found = forward(graph, point)[graph.n].reshape(graph.shape(graph.n))
        assert found.shape == expected.shape
        np.testing.assert_array_max_ulp(found, expected, maxulp=8)


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


@pytest.mark.parametrize("f", [huber, lambda x: np.sum(stable_softmax(x) * np.arange(6.0).reshape(2, 3)), lambda x: np.prod(2 * x)])
def test_gradients_against_autograd(f: Function) -> None:
    autograd = pytest.importorskip("autograd")
    anp = pytest.importorskip("autograd.numpy")
    x = np.array([[0.3, -1.7, 0.4], [2.0, 0.1, -0.6]])
    ours = gradient(trace(f, x), x)[0]
    scope = {**f.__globals__, "np": anp, "stable_softmax": FunctionType(stable_softmax.__code__, {"np": anp})}
    theirs = autograd.grad(FunctionType(f.__code__, scope))(x)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


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


def branch(x: Any) -> Any:
    if x > 0:
        return x
    return -x


def assign(x: Any) -> Any:
    x[0] = 1.0
    return x


def assign_into_plain(x: Any) -> Any:
    y = np.zeros(3)
    y[0] = x[0]
    return y


REFUSED: list[tuple[str, Function, str]] = [
    ("branch", branch, r"a branch \(if, while"),
    ("float", lambda x: float(x[0]), r"float\(…\)"),
    ("math", lambda x: math.exp(x[0]), r"float\(…\), math"),
    ("int", lambda x: int(x[0]), r"int\(…\)"),
    ("assignment", assign, "assignment into a traced array"),
    ("assignment into plain", assign_into_plain, "assignment into a plain array"),
    ("asarray", np.asarray, "numpy.asarray"),
    ("sort", np.sort, "numpy.sort cannot be traced"),
    ("arctan", np.arctan, "numpy.arctan cannot be traced"),
    ("accumulate", np.add.accumulate, "numpy.add.accumulate cannot be traced"),
    ("inverse", lambda x: np.linalg.inv(np.outer(x, x)), "numpy.linalg.inv cannot be traced"),
    ("out", lambda x: np.exp(x, out=np.zeros(3)), "numpy.exp with out=… cannot be traced"),
    ("dtype", lambda x: x.astype(np.float32), r"astype\(float32\)"),
    ("traced index", lambda x: x[x > 0], "an index that is itself traced"),
    ("logaddexp", lambda x: np.logaddexp(x, 2 * x), "only with 0 as one operand"),
    ("where of a value", lambda x: np.where(x, x, 0), "needs a comparison"),
    ("complex", lambda x: x * 1j, "a constant must be a finite number"),
    ("infinity", lambda x: np.maximum(x, -np.inf), "a constant must be a finite number"),
    ("shapes", lambda x: x + np.ones(4), "add does not fit its operands"),
    ("empty", lambda x: x[:0], "the result is empty"),
    ("batched matmul", lambda x: np.ones((2, 3, 3)) @ x, "use matrices and vectors"),
]


@pytest.mark.parametrize(("f", "words"), [pytest.param(f, words, id=name) for name, f, words in REFUSED])
def test_what_cannot_be_traced_is_named_with_the_line_of_the_code(f: Function, words: str) -> None:
    with pytest.raises(TraceError, match=words) as caught:
        trace(f, np.array([1.0, 2.0, 3.0]))
    if hasattr(f, "__code__"):
        lines = range(f.__code__.co_firstlineno, f.__code__.co_firstlineno + 4)
        assert any(f"test_tracing.py:{line}: " in str(caught.value) for line in lines)


@pytest.mark.parametrize(
    ("f", "args", "words"),
    [
        (lambda x: (x, x), [1.0], "f returned tuple; it must return one number or array"),
        (lambda x: None, [1.0], "f returned NoneType"),
        (lambda x: x > 0, [1.0], "f returned Comparison"),
        (lambda x: x, [1j], "argument 'x' must be a number"),
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
