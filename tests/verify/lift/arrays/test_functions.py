"""Small functions as people write them, unmodified: the lifted value against NumPy's, the derivative against
differences at 400 bits."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pytest

X = np.array([0.3, -0.7, 1.2])
Y = np.array([0.8, 0.4, -1.1])
P = np.array([0.5, 1.7, 2.3])
A = np.array([[0.5, -1.2, 0.7], [1.1, 0.3, -0.4]])
B = np.array([[1.5, 0.2], [-0.3, 0.9], [0.6, -1.4]])
M = np.array([[2.0, 0.3, -0.5], [0.1, 1.7, 0.4], [-0.6, 0.2, 1.3]])
W = np.array([[0.4, -0.2, 0.9], [1.3, 0.6, -0.8]])
LABELS = np.array([2, 0])


def stack_filled(x: Any) -> Any:
    out = np.zeros((2, 3))
    out[0] = x
    out[1, 1:] = x[:2] * x[1:]
    return out


def scan(x: Any) -> Any:
    h, states = np.zeros(2), list[Any]()
    for value in x:
        h = np.tanh(0.5 * h + value)
        states.append(h)
    return np.stack(states)


def elu(x: Any) -> Any:
    out = np.empty_like(x)
    mask = x > 0
    out[mask] = x[mask]
    out[~mask] = np.exp(x[~mask]) - 1
    return out


def branch(x: Any) -> Any:
    if x[0] > 0 and x.sum() < 10:
        return x * x
    return -x


def layer_norm(x: Any, g: Any, b: Any, eps: Any = 1e-5) -> Any:
    mu = x.mean(axis=-1, keepdims=True)
    var = x.var(axis=-1, keepdims=True)
    return g * (x - mu) / np.sqrt(var + eps) + b


def attention(q: Any, k: Any, v: Any) -> Any:
    s = q @ k.T / np.sqrt(q.shape[-1])
    s = np.where(np.tril(np.ones(s.shape, dtype=bool)), s, -np.inf)
    s = s - s.max(axis=-1, keepdims=True)
    p = np.exp(s)
    return (p / p.sum(axis=-1, keepdims=True)) @ v


def cross_entropy(x: Any) -> Any:
    z = x - x.max(axis=1, keepdims=True)
    return -(z - np.log(np.exp(z).sum(axis=1, keepdims=True)))[np.arange(2), LABELS].mean()


def convolution(x: Any, w: Any) -> Any:
    windows = np.lib.stride_tricks.sliding_window_view(x, 2)
    return windows @ w[:2]


def gelu(x: Any) -> Any:
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def newton(x: Any) -> Any:
    y = np.ones_like(x)
    for _ in range(4):
        y = 0.5 * (y + x / y)
    return y


def horner(x: Any) -> Any:
    return reduce(lambda total, c: total * x + c, [0.5, -1.0, 2.0])


def rotate(x: Any) -> Any:
    c, s = np.cos(x[0]), np.sin(x[0])
    return np.array([[c, -s], [s, c]]) @ x[1:]


def forward_algorithm(x: Any) -> Any:
    """log Σ over monotone paths, with log 0 for what cannot be reached."""
    states = np.full(3, -np.inf)
    states[0] = x[0, 0]
    for row in x[1:]:
        states = np.logaddexp(states, np.concatenate([[-np.inf], states[:-1]])) + row
    return np.logaddexp.reduce(states)


def _bordered(line: Any, width: Any, axis: Any, options: Any) -> Any:
    line[: width[0]] = options["of"][0, 0] * 3
    line[-width[1] :] = 2.0


FOLLOWED: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "sinc": (lambda x: np.sinc(x), (X,)),
    "round": (lambda x: np.round(x, 1) * x, (X,)),
    "clip": (lambda x: np.clip(x, -0.5, 1.0), (X,)),
    "clip method": (lambda x: x.clip(0.0), (X,)),
    "relu": (lambda x: np.maximum(x, 0), (X,)),
    "leaky relu": (lambda x: np.where(x > 0, x, 0.01 * x), (X,)),
    "relu by mask": (lambda x: x * (x > 0), (X,)),
    "mask as float": (lambda x: x * (x > 0).astype(float), (X,)),
    "elu": (elu, (X,)),
    "gelu": (gelu, (X,)),
    "silu": (lambda x: x / (1 + np.exp(-x)), (X,)),
    "softplus": (lambda x: np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0), (X,)),
    "diff": (lambda x: np.diff(x) ** 2, (X,)),
    "trapezoid": (lambda x: np.trapezoid(x * x, dx=0.5), (X,)),
    "cov": (lambda x: np.cov(x), (A,)),
    "corrcoef": (lambda x: np.corrcoef(x), (A,)),
    "kron": (lambda a, b: np.kron(a, b), (A, B)),
    "cross": (lambda x, y: np.cross(x, y), (X, Y)),
    "convolve": (lambda x, y: np.convolve(x, y), (X, Y)),
    "correlate": (lambda x, y: np.correlate(x, y, "full"), (X, Y)),
    "polyval": (lambda x: np.polyval([0.5, -1.0, 2.0], x), (X,)),
    "vander": (lambda x: np.vander(x, 3), (X,)),
    "compress": (lambda a: a.compress([1, 0, 1], axis=1) ** 2 + np.compress(np.array([False, True]), a, axis=0)[:, :2], (A,)),
    "pad by a function": (lambda a: np.pad(a, 1, _bordered, of=a) ** 2, (A,)),
    "vectorize with a type": (lambda x: np.vectorize(math.sin, otypes=[float])(x) * x, (X,)),
    "vectorize to floats": (lambda x: np.vectorize(lambda v: float(v) ** 2, otypes=[np.float64])(x), (X,)),
    "vectorize to whole numbers": (lambda x: np.vectorize(lambda v: v > 0, otypes=[int])(x) * x, (X,)),
    "forward algorithm": (forward_algorithm, (A,)),
    "reshape transpose": (lambda a: a.T.reshape(-1) ** 2, (A,)),
    "swapaxes moveaxis": (lambda a: np.moveaxis(a, 0, 1).swapaxes(0, 1) * a, (A,)),
    "concatenate": (lambda x, y: np.concatenate([x, y * x]), (X, Y)),
    "stack": (lambda x, y: np.stack([x, y], axis=1) ** 2, (X, Y)),
    "hstack vstack": (lambda x, y: np.vstack([np.hstack([x, y]), np.hstack([y, x])]) ** 2, (X, Y)),
    "block": (lambda a: np.block([[a, -a], [a, a]]) ** 2, (A,)),
    "split": (lambda x: np.split(x, 3)[1] * x, (X,)),
    "tile repeat": (lambda x: np.tile(x, 2) * np.repeat(x, 2), (X,)),
    "repeat along a negative axis": (lambda a: np.repeat(a, 2, axis=-1) ** 2, (A,)),
    "roll flip": (lambda x: np.roll(x, 1) * np.flip(x), (X,)),
    "rot90": (lambda a: np.rot90(a) ** 2, (A,)),
    "pad": (lambda a: np.pad(a, 1) ** 2, (A,)),
    "pad edge": (lambda x: np.pad(x, (1, 2), mode="edge") ** 2, (X,)),
    "pad reflect": (lambda x: np.pad(x, 2, mode="reflect") ** 2, (X,)),
    "tril triu": (lambda a: np.tril(a) @ np.triu(a), (M,)),
    "diag": (lambda a, x: np.diag(a) * x + np.diag(x) @ x, (M, X)),
    "fancy indexing": (lambda x: x[[0, 2, 0]] * x[[1, 1, 2]], (X,)),
    "boolean indexing": (lambda x: x[x > 0] ** 2, (X,)),
    "take_along_axis": (lambda a: np.take_along_axis(a, np.argsort(a, axis=1), axis=1) ** 2, (A,)),
    "take": (lambda a: np.take(a, [0, 0, 1], axis=0) ** 2, (A,)),
    "broadcasting": (lambda x, y: x[:, None] * y[None, :] + x, (X, Y)),
    "broadcast_to": (lambda x: np.broadcast_to(x, (2, 3)) ** 2, (X,)),
    "insert delete append": (lambda x: np.append(np.delete(np.insert(x, 1, 2.0), 0), x) ** 2, (X,)),
    "select": (lambda x: np.select([x < 0, x > 1], [x * x, 2 * x], 0.5), (X,)),
    "piecewise": (lambda x: np.piecewise(x, [x < 0, x >= 0], [lambda v: v * v, lambda v: v]), (X,)),
    "filled array": (stack_filled, (X,)),
    "scan": (scan, (X,)),
    "branch": (branch, (X,)),
    "newton": (newton, (P,)),
    "horner": (horner, (X,)),
    "rotation of a list": (rotate, (X,)),
    "sliding windows": (convolution, (X, Y)),
    "layer norm": (layer_norm, (A, X, Y)),
    "attention": (attention, (A, W, A[:, :2])),
    "cross entropy": (cross_entropy, (A,)),
    "apply_along_axis": (lambda a: np.apply_along_axis(lambda v: v / (1 + v @ v), 1, a), (A,)),
    "vectorize": (lambda x: np.vectorize(lambda v: v * v if v > 0 else -v)(x), (X,)),
    "r_ and c_": (lambda x, y: np.c_[x, y] @ np.r_[x[:1], 0.5], (X, Y)),
    "numpy i0": (lambda x: np.i0(x), (X,)),
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_value_is_numpys_and_derivative_that_of_differences(name: str, followed: Callable[..., None]) -> None:
    followed(*FOLLOWED[name])


def test_there_are_at_least_200_functions() -> None:
    """In this file and in those beside it."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in Path(__file__).parents[1].rglob("test_*.py")]
    assigned = [node for tree in trees for node in tree.body if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "FOLLOWED"]
    assert len(assigned) >= 12
    assert sum(len(node.value.keys) for node in assigned if isinstance(node.value, ast.Dict)) >= 200
