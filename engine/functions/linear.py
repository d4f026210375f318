"""Rows of linear algebra: products of matrices and vectors, the affine map `Wx + b`, and weighted sums with constant
weights.

A matrix is the vector of its entries, row by row (L7): `∂(Wx)/∂W` is m × (m·d).

>>> from backproof.engine.number_systems import RATIONAL
>>> (matvec,) = [row for row in ROWS if row.name == "matvec"]
>>> W, x = RATIONAL.array([[1, 2], [3, 4]]), RATIONAL.array([5, 6])
>>> matvec.value(RATIONAL, {}, [W, x]).astype(int).tolist()
[17, 39]
>>> matvec.jacobian(RATIONAL, {}, [W, x], 0).astype(int).tolist()
[[5, 6, 0, 0], [0, 0, 5, 6]]
>>> matvec.shape({}, [(2, 2), (3,)])
Traceback (most recent call last):
    ...
ValueError: inner dimensions differ: (2, 2) and (3,)
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from backproof.engine.functions.row import Attributes, Operands, Row, Shape, always, check_numbers
from backproof.engine.number_systems import Array, NumberSystem


def kronecker(system: NumberSystem, left: Array, right: Array) -> Array:
    """The Kronecker product `left ⊗ right`.

    >>> from backproof.engine.number_systems import FLOAT64
    >>> kronecker(FLOAT64, FLOAT64.identity(2), FLOAT64.array([[1, 2]])).tolist()
    [[1.0, 2.0, 0.0, 0.0], [0.0, 0.0, 1.0, 2.0]]
    """
    blocks = system.multiply(left[:, None, :, None], right[None, :, None, :])
    return blocks.reshape(left.shape[0] * right.shape[0], left.shape[1] * right.shape[1])


def _ranks(*ranks: int):
    """A shape rule's first half: the operands must be matrices (2) and vectors (1) as named."""

    def check(shapes: Sequence[Shape]) -> None:
        for slot, (shape, rank) in enumerate(zip(shapes, ranks, strict=True)):
            if len(shape) != rank:
                kind = {1: "a vector", 2: "a matrix"}[rank]
                raise ValueError(f"operand {slot + 1} must be {kind}, found shape {shape}")

    return check


def _inner(left: Shape, right: Shape) -> None:
    if left[-1] != right[0]:
        raise ValueError(f"inner dimensions differ: {left} and {right}")


def _matvec_shape(a: Attributes, shapes: Sequence[Shape]) -> Shape:
    _ranks(2, 1)(shapes)
    _inner(shapes[0], shapes[1])
    return shapes[0][:1]


def _affine_shape(a: Attributes, shapes: Sequence[Shape]) -> Shape:
    _ranks(2, 1, 1)(shapes)
    _inner(shapes[0], shapes[1])
    if shapes[2] != shapes[0][:1]:
        raise ValueError(f"W of shape {shapes[0]} needs b of shape {shapes[0][:1]}, found {shapes[2]}")
    return shapes[2]


def _matmul_shape(a: Attributes, shapes: Sequence[Shape]) -> Shape:
    _ranks(2, 2)(shapes)
    _inner(shapes[0], shapes[1])
    return (shapes[0][0], shapes[1][1])


def _dot_shape(a: Attributes, shapes: Sequence[Shape]) -> Shape:
    _ranks(1, 1)(shapes)
    _inner(shapes[0], shapes[1])
    return ()


def _weights_shape(a: Attributes, shapes: Sequence[Shape]) -> Shape:
    try:
        weights = [np.shape(weight) for weight in a["weights"]]
    except (ValueError, TypeError):
        raise ValueError("weights must be a list of matrices, each a list of rows of equal length") from None
    sizes = [int(np.prod(shape, dtype=int)) for shape in shapes]
    if len(weights) != len(shapes):
        raise ValueError(f"{len(shapes)} operands need as many weight matrices, found {len(weights)}")
    for slot, (weight, size) in enumerate(zip(weights, sizes, strict=True)):
        if len(weight) != 2 or weight[1] != size or weight[0] != weights[0][0]:
            expected = f"{weights[0][0] if weights[0] else 'm'} × {size}"
            raise ValueError(f"weight {slot + 1} must be {expected}, found shape {weight}")
        check_numbers(f"weight {slot + 1}", a["weights"][slot])
    return (weights[0][0],)


def _weighted_sum(s: NumberSystem, a: Attributes, xs: Operands) -> Array:
    """(W₁ W₂ …) times the operands, one below the other."""
    return s.matmul(_side_by_side(s, a["weights"]), xs[0].reshape(-1) if len(xs) == 1 else np.concatenate([x.reshape(-1) for x in xs]))


@lru_cache(maxsize=256)
def _side_by_side(s: NumberSystem, weights: tuple[tuple[tuple[Any, ...], ...], ...]) -> Array:
    """(W₁ W₂ …), kept for the next pass over the same graph."""
    whole = s.array([[entry for row in rows for entry in row] for rows in zip(*weights, strict=True)])
    whole.setflags(write=False)
    return whole


def _matvec_jacobian(s: NumberSystem, a: Attributes, xs: Operands, slot: int) -> Array:
    matrix, vector = xs[0], xs[1]
    if slot == 0:
        rows, width = matrix.shape
        blocks = s.zeros((rows, rows, width))
        blocks[np.arange(rows), np.arange(rows)] = vector
        return blocks.reshape(rows, rows * width)
    return matrix if slot == 1 else s.identity(matrix.shape[0])


def _matmul_jacobian(s: NumberSystem, a: Attributes, xs: Operands, slot: int) -> Array:
    left, right = xs
    if slot == 0:
        return kronecker(s, s.identity(left.shape[0]), s.transpose(right))
    return kronecker(s, left, s.identity(right.shape[1]))


def _sum_of_degrees(a: Attributes, degrees: Sequence[int]) -> int:
    return sum(degrees)


ROWS: tuple[Row, ...] = (
    Row(
        name="affine",
        formula="Wx + b",
        fewest=3,
        most=3,
        shape=_affine_shape,
        value=lambda s, a, xs: s.add(s.matmul(xs[0], xs[1]), xs[2]),
        jacobian=_matvec_jacobian,
        algebra=always("polynomial"),
        degree=lambda a, degrees: max(degrees[0] + degrees[1], degrees[2]),
        product=True,
    ),
    Row(
        name="matvec",
        formula="Wx",
        fewest=2,
        most=2,
        shape=_matvec_shape,
        value=lambda s, a, xs: s.matmul(xs[0], xs[1]),
        jacobian=_matvec_jacobian,
        algebra=always("polynomial"),
        degree=_sum_of_degrees,
        product=True,
    ),
    Row(
        name="matmul",
        formula="AB",
        fewest=2,
        most=2,
        shape=_matmul_shape,
        value=lambda s, a, xs: s.matmul(xs[0], xs[1]),
        jacobian=_matmul_jacobian,
        algebra=always("polynomial"),
        degree=_sum_of_degrees,
        product=True,
    ),
    Row(
        name="dot",
        formula="x · y",
        fewest=2,
        most=2,
        shape=_dot_shape,
        value=lambda s, a, xs: s.sum(s.multiply(xs[0], xs[1])),
        jacobian=lambda s, a, xs, slot: xs[1 - slot][None, :],
        algebra=always("polynomial"),
        degree=_sum_of_degrees,
        product=True,
    ),
    Row(
        name="weighted_sum",
        formula="W₁x₁ + W₂x₂ + … with constant W",
        fewest=1,
        most=None,
        shape=_weights_shape,
        value=_weighted_sum,
        jacobian=lambda s, a, xs, slot: s.array(a["weights"][slot]),
        algebra=always("polynomial"),
        required=("weights",),
    ),
)
