"""Traced NumPy code computes what NumPy computes, at the example point and elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special

from backproof.engine import forward, trace

Function = Callable[..., Any]


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


def in_place_on_a_copy(x: Any) -> Any:
    y = x.copy()
    y *= 2
    y **= 2
    return y - x


def attention(q: Any, k: Any) -> Any:
    return stable_softmax(q @ k.T / np.sqrt(3)) @ k


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
    ("attention", attention, 2),
    ("returns its argument", lambda x: x, 1),
    ("constant output", lambda x: 5.0, 1),
    ("power with an array of exponents", lambda x: x[..., None] ** np.arange(4), 1),
    ("power with equal exponents", lambda x: x[0] ** np.array([[2.0], [2.0]]), 1),
    ("square root as a power", lambda x: (x * x) ** 0.5, 1),
    ("float exponent that is whole", lambda x: np.power(x, 3.0), 1),
    ("and", lambda x: np.where((x > 0) & (x <= 0.4), x, 0.0), 1),
    ("or", lambda x: np.where((x < 0) | ~(x < 0.3), x, 5.0), 1),
    ("and with a mask", lambda x: np.where(np.logical_and(x > 0, [True, False, True]), x, -x), 1),
    ("sum of two comparisons is an or", lambda x: ((x > 0) + (x > -1)) * x, 1),
    ("product of two comparisons is an and", lambda x: ((x > 0) * (x < 1)).astype(float) + x, 1),
    ("share of a comparison", lambda x: np.mean(x > 0) * x + (x > 0).sum(), 1),
    ("comparison of two arrays", lambda x, y: np.where(x >= y, x, 2 * y), 2),
    ("relu the other way round", lambda x: np.maximum(0.0, x), 1),
    ("maximum of several", lambda x: np.maximum(np.maximum(x[0], x[1]), 0.1), 1),
    ("keepdims as a number", lambda x: x - x.sum(axis=1, keepdims=1), 1),
    ("maximum.reduce", np.maximum.reduce, 1),
    ("methods", lambda x: x.std() + x.var(axis=0) + x.prod() + x.swapaxes(0, 1).take([0, 1, 1]).sum(), 1),
    ("clip with keywords", lambda x: x.clip(min=-0.1, max=0.2), 1),
    ("trace of a square", lambda x: np.trace(x @ x.T), 1),
    ("diagonal", lambda x: np.diagonal(x).copy(), 1),
    ("split", lambda x: np.split(x, 3, axis=1)[1] * 2, 1),
    ("column_stack", lambda x, y: np.column_stack([x, y[:, 0]]), 2),
    ("concatenate flat", lambda x, y: np.concatenate([x, y], axis=None), 2),
    ("concatenate the rows of one array", np.concatenate, 1),
    ("reshape in the other order", lambda x: x.reshape((3, 2), order="F") - x.flatten().reshape(3, 2), 1),
    ("moveaxis", lambda x: np.moveaxis(x[None], 0, -1), 1),
    ("negative step and integer arrays", lambda x: x[[1, 0, 1], ::-1], 1),
    ("two integer arrays", lambda x: x[np.array([0, 1]), np.array([2, 0])], 1),
    ("zeros of another shape", lambda x: np.zeros_like(x, shape=(4, 2, 3)) + x, 1),
    ("full_like", lambda x: np.full_like(x, 2.0) ** x, 1),
    ("numpy scalar on the left", lambda x: np.float64(2.0) * x + np.int64(3), 1),
    ("float32 constant", lambda x: np.float32(0.1) * x, 1),
    ("in place on a copy", in_place_on_a_copy, 1),
    ("sample variance", lambda x: np.var(x, axis=1, ddof=1) + np.std(x, ddof=1), 1),
    ("equal constants of two shapes", lambda x: x[0, 0] * 2.0 + x[0, 1] * np.array([2.0]), 1),
    ("sum over no axis", lambda x: np.sum(x, axis=()), 1),
    ("scalar output from an array", lambda x: x.mean() - x.min(), 1),
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
        np.testing.assert_array_max_ulp(found, expected, maxulp=4)


@pytest.mark.parametrize("f", [lambda x: np.where(x > 1, x, 5.0), lambda x: np.where(x >= 1, x, 5.0), lambda x: np.where(x < 1, 5.0, x)])
def test_comparisons_are_exact_where_the_sides_are_equal_and_next_to_it(f: Function) -> None:
    point = np.array([1.0, np.nextafter(1.0, 2), np.nextafter(1.0, 0)])
    graph = trace(f, point)
    np.testing.assert_array_equal(forward(graph, [point])[graph.n], f(point))
