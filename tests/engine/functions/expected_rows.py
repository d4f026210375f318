"""Expected values and Jacobians of every row of the function table, from NumPy, SciPy and closed forms written here;
nothing from the table itself.

The closed forms of rational rows also take arrays of `Fraction`, and then give exact numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import special

Arrays = list[Any]


@dataclass(frozen=True)
class Expected:
    """One use of a row: operands of these shapes, with these attributes; `value(*operands)` and one Jacobian per
    operand, m × d arrays.

    `positive` operands are drawn from (0.3, 2), others from a normal distribution.
    """

    row: str
    shapes: tuple[tuple[int, ...], ...]
    value: Callable[..., Any]
    jacobians: tuple[Callable[..., Any] | None, ...]
    attributes: dict[str, Any] = field(default_factory=dict)
    positive: bool = False
    label: int | None = None


def diagonal(slope: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *xs: np.diag(np.asarray(slope(*xs)).reshape(-1))


def scattered(result: tuple[int, ...], slope: Callable[..., Any], slot: int) -> Callable[..., Any]:
    """The Jacobian of an entrywise function of broadcast operands, entry by entry with NumPy's index arithmetic."""

    def jacobian(*xs: Any) -> Any:
        slopes = np.broadcast_to(slope(*xs), result)
        shape = xs[slot].shape
        full = np.zeros((*result, *shape), dtype=slopes.dtype)
        for index in np.ndindex(result):
            aligned = index[len(result) - len(shape) :]
            full[index + tuple(0 if size == 1 else k for size, k in zip(shape, aligned, strict=True))] += slopes[index]
        return full.reshape(int(np.prod(result, dtype=int)), -1)

    return jacobian


def softmax_jacobian(x: Any, axis: int | None) -> Any:
    """d softmax_k / dx_k' = s_k ([[k=k']] − s_k'), within groups along the axis."""
    full = np.zeros((x.size, x.size))
    s = special.softmax(x, axis=axis)
    indices = list(np.ndindex(x.shape))
    for a, k in enumerate(indices):
        for b, l in enumerate(indices):
            together = axis is None or all(k[m] == l[m] for m in range(x.ndim) if m != axis % x.ndim)
            if together:
                full[a, b] = s[k] * ((k == l) - s[l])
    return full


def log_softmax_jacobian(x: Any, axis: int | None) -> Any:
    return softmax_jacobian(x, axis) / special.softmax(x, axis=axis).reshape(-1, 1)


def summing(x: Any, axis: int | None) -> Any:
    """The 0/1 matrix that sums: one column at a time, by summing a unit array."""
    columns = []
    for k in range(x.size):
        unit = x.reshape(-1) * 0
        unit[k] += 1
        columns.append(np.asarray(np.sum(unit.reshape(x.shape), axis=axis)).reshape(-1))
    return np.stack(columns, axis=1)


def moving(move: Callable[..., Any], slot: int) -> Callable[..., Any]:
    """The 0/1 matrix of a linear map, by applying NumPy's own function to unit arrays."""

    def jacobian(*xs: Any) -> Any:
        columns = []
        for k in range(xs[slot].size):
            units = [np.zeros(x.shape) for x in xs]
            units[slot].reshape(-1)[k] = 1
            columns.append(np.asarray(move(*units)).reshape(-1))
        return np.stack(columns, axis=1)

    return jacobian


V, M, S = (3,), (2, 3), ()


def unary(row: str, value: Any, slope: Any, positive: bool = False, **attributes: Any) -> list[Expected]:
    return [Expected(row, (shape,), value, (diagonal(slope),), attributes, positive) for shape in (S, V, M)]


def structural(row: str, shapes: Any, move: Any, **attributes: Any) -> Expected:
    return Expected(row, shapes, move, tuple(moving(move, slot) for slot in range(len(shapes))), attributes)


def binary(row: str, value: Any, slopes: Any, positive: bool = False) -> list[Expected]:
    cases = []
    for shapes, result in (((V, V), V), ((S, M), M), ((M, V), M), (((2, 1), (1, 3)), M), ((V, S), V)):
        jacobians = tuple(scattered(result, slope, slot) for slot, slope in enumerate(slopes))
        cases.append(Expected(row, shapes, value, jacobians, positive=positive))
    return cases


W1, W2 = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -1.0]]), np.array([[2.0, 1.0, 0.0], [1.0, -1.0, 4.0]])
EXPECTED: list[Expected] = [
    *unary("identity", lambda x: x, np.ones_like),
    *unary("negate", np.negative, lambda x: -np.ones_like(x)),
    *unary("square", np.square, lambda x: 2 * x),
    *unary("reciprocal", lambda x: 1 / x, lambda x: -1 / x**2, positive=True),
    *unary("exp", np.exp, np.exp),
    *unary("log", np.log, lambda x: 1 / x, positive=True),
    *unary("tanh", np.tanh, lambda x: 1 / np.cosh(x) ** 2),
    *unary("sigmoid", special.expit, lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2),
    *unary("softplus", lambda x: np.log1p(np.exp(x)), lambda x: 1 / (1 + np.exp(-x))),
    *unary("sin", np.sin, np.cos),
    *unary("cos", np.cos, lambda x: -np.sin(x)),
    *unary("sqrt", np.sqrt, lambda x: 0.5 / np.sqrt(x), positive=True),
    *unary("relu", lambda x: np.maximum(x, 0), lambda x: (x > 0) * 1.0),
    *unary("abs", np.abs, np.sign),
    *unary("power", lambda x: x**3, lambda x: 3 * x**2, exponent=3),
    *unary("power", lambda x: 1 / (x * x), lambda x: -2 / (x * x * x), positive=True, exponent=-2),
    *unary("power", lambda x: x**0.75, lambda x: 0.75 * x**-0.25, positive=True, exponent=0.75),
    *unary("power", np.ones_like, np.zeros_like, exponent=0),
    *binary("power", np.power, (lambda x, y: y * x ** (y - 1), lambda x, y: x**y * np.log(x)), positive=True),
    *binary("add", np.add, (lambda x, y: 1.0, lambda x, y: 1.0)),
    *binary("subtract", np.subtract, (lambda x, y: 1.0, lambda x, y: -1.0)),
    *binary("multiply", np.multiply, (lambda x, y: y, lambda x, y: x)),
    *binary("divide", np.divide, (lambda x, y: 1 / y, lambda x, y: -x / y**2), positive=True),
    *binary("maximum", np.maximum, (lambda x, y: (x > y) * 1.0, lambda x, y: (y > x) * 1.0)),
    *binary("minimum", np.minimum, (lambda x, y: (x < y) * 1.0, lambda x, y: (y < x) * 1.0)),
    Expected("add", (V, V, S), lambda x, y, z: x + y + z, tuple(scattered(V, lambda x, y, z: 1.0, slot) for slot in range(3))),
    Expected(
        "multiply",
        (V, S, V),
        lambda x, y, z: x * y * z,
        (scattered(V, lambda x, y, z: y * z, 0), scattered(V, lambda x, y, z: x * z, 1), scattered(V, lambda x, y, z: x * y, 2)),
    ),
    Expected(
        "maximum",
        (V, V, V),
        lambda *xs: np.max(xs, axis=0),
        tuple(scattered(V, lambda *xs, slot=slot: (np.argmax(xs, axis=0) == slot) * 1.0, slot) for slot in range(3)),
    ),
    Expected(
        "minimum",
        (V, V, V),
        lambda *xs: np.min(xs, axis=0),
        tuple(scattered(V, lambda *xs, slot=slot: (np.argmin(xs, axis=0) == slot) * 1.0, slot) for slot in range(3)),
    ),
    Expected(
        "where",
        (V, V, S),
        lambda c, x, y: np.where(c > 0, x, y),
        (
            scattered(V, lambda c, x, y: 0.0, 0),
            scattered(V, lambda c, x, y: (c > 0) * 1.0, 1),
            scattered(V, lambda c, x, y: (c <= 0) * 1.0, 2),
        ),
    ),
    Expected(
        "affine",
        (M, V, (2,)),
        lambda W, x, b: np.einsum("ij,j->i", W, x) + b,
        (lambda W, x, b: np.einsum("ij,k->ijk", np.eye(2), x).reshape(2, 6), lambda W, x, b: W, lambda W, x, b: np.eye(2)),
    ),
    Expected(
        "matvec",
        (M, V),
        lambda W, x: np.einsum("ij,j->i", W, x),
        (lambda W, x: np.einsum("ij,k->ijk", np.eye(2), x).reshape(2, 6), lambda W, x: W),
    ),
    Expected(
        "matmul",
        (M, (3, 4)),
        lambda A, B: np.einsum("ij,jk->ik", A, B),
        (
            lambda A, B: np.einsum("ia,bk->ikab", np.eye(2), B).reshape(8, 6),
            lambda A, B: np.einsum("ia,kb->ikab", A, np.eye(4)).reshape(8, 12),
        ),
    ),
    Expected("dot", (V, V), lambda x, y: np.sum(x * y), (lambda x, y: y[None], lambda x, y: x[None])),
    Expected(
        "weighted_sum",
        (V, V),
        lambda x, y: np.einsum("ij,j->i", W1, x) + np.einsum("ij,j->i", W2, y),
        (lambda x, y: W1, lambda x, y: W2),
        {"weights": (W1.tolist(), W2.tolist())},
    ),
    *(
        case
        for shape, axis in ((S, None), (V, None), (M, None), (M, 0), (M, -1), ((2, 2, 3), 1))
        for attributes in [{} if axis is None else {"axis": axis}]
        for case in (
            Expected("sum", (shape,), lambda x, k=axis: np.sum(x, axis=k), (lambda x, k=axis: summing(x, k),), attributes),
            Expected(
                "mean",
                (shape,),
                lambda x, k=axis: np.mean(x, axis=k),
                (lambda x, k=axis: summing(x, k) / (x.size if k is None else x.shape[k]),),
                attributes,
            ),
            Expected(
                "logsumexp",
                (shape,),
                lambda x, k=axis: special.logsumexp(x, axis=k),
                (lambda x, k=axis: summing(x, k) * special.softmax(x, axis=k).reshape(1, -1),),
                attributes,
            ),
            Expected(
                "softmax", (shape,), lambda x, k=axis: special.softmax(x, axis=k), (lambda x, k=axis: softmax_jacobian(x, k),), attributes
            ),
            Expected(
                "log_softmax",
                (shape,),
                lambda x, k=axis: special.log_softmax(x, axis=k),
                (lambda x, k=axis: log_softmax_jacobian(x, k),),
                attributes,
            ),
        )
    ),
    structural("concatenate", (V, (1,), V), lambda *xs: np.concatenate(xs)),
    structural("concatenate", (M, (2, 1)), lambda *xs: np.concatenate(xs, axis=-1), axis=-1),
    structural("slice", (M,), lambda x: x[:, ::-1], axis=1, step=-1),
    structural("slice", ((5,),), lambda x: x[1:4:2], start=1, stop=4, step=2),
    structural("take", (M,), lambda x: np.take(x, [[0, 5], [5, 2]]), indices=((0, 5), (5, 2))),
    structural("reshape", (M,), lambda x: np.reshape(x, (3, 2)), to=(3, 2)),
    structural("transpose", (M,), np.transpose),
    structural("transpose", ((2, 3, 4),), lambda x: np.transpose(x, (2, 0, 1)), axes=(2, 0, 1)),
    structural("broadcast", (V,), lambda x: np.tile(x, (2, 1)), to=M),
    structural("broadcast", ((2, 1),), lambda x: np.repeat(x, 3, axis=1), to=M),
    structural("pick", (V,), lambda x: x[1], index=1),
    Expected("pick", (V,), lambda x: x[2], (lambda x: np.eye(3)[2:3],), label=2),
    Expected("constant", (), lambda: np.array([[1.5, 2.0]]), (), {"value": ((1.5, 2.0),)}),
]
