"""Rows that combine the entries of one operand, all of them or along one axis: sum, mean, logsumexp, softmax,
log-softmax (L4).

The attribute `axis` (optional; all entries where absent) is a whole number, negative ones counting from the end as in
NumPy.

>>> from backproof.engine.number_systems import RATIONAL
>>> (mean,) = [row for row in ROWS if row.name == "mean"]
>>> mean.value(RATIONAL, {"axis": -1}, [RATIONAL.array([[1, 2], [3, 6]])]).tolist()
[Fraction(3, 2), Fraction(9, 2)]
>>> mean.shape({"axis": 2}, [(2, 2)])
Traceback (most recent call last):
    ...
ValueError: axis 2 does not exist in an operand of shape (2, 2)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from backproof.engine.functions.row import Algebra, Attributes, Jacobian, Operands, Row, Shape, ShapeRule, Value, always
from backproof.engine.number_systems import Array, NumberSystem


def _axis(a: Attributes, shape: Shape) -> int | None:
    axis = a.get("axis")
    if axis is None:
        return None
    if isinstance(axis, bool) or not isinstance(axis, int) or not -len(shape) <= axis < len(shape):
        raise ValueError(f"axis {axis!r} does not exist in an operand of shape {shape}")
    return axis % len(shape)


def _reduced_shape(a: Attributes, shapes: Sequence[Shape]) -> Shape:
    axis = _axis(a, shapes[0])
    return () if axis is None else shapes[0][:axis] + shapes[0][axis + 1 :]


def _same_shape(a: Attributes, shapes: Sequence[Shape]) -> Shape:
    _axis(a, shapes[0])
    return shapes[0]


def _group(a: Attributes, shape: Shape) -> Array:
    """For every entry of the operand, the number of the result's entry into which it is reduced."""
    axis = _axis(a, shape)
    if axis is None:
        return np.zeros(int(np.prod(shape, dtype=int)), dtype=int)
    kept = shape[:axis] + (1,) + shape[axis + 1 :]
    return np.broadcast_to(np.arange(int(np.prod(kept, dtype=int))).reshape(kept), shape).reshape(-1)


def _softmax(s: NumberSystem, a: Attributes, x: Array) -> Array:
    axis = _axis(a, x.shape)
    weights = s.exp(s.subtract(x, s.peak(x, axis)))
    total = s.sum(weights, axis)
    return s.divide(weights, total if axis is None else np.expand_dims(total, axis))


def _logsumexp(s: NumberSystem, a: Attributes, x: Array) -> Array:
    axis = _axis(a, x.shape)
    peak = s.peak(x, axis)
    total = s.sum(s.exp(s.subtract(x, peak)), axis)
    return s.add(s.log(total), peak.reshape(total.shape))


def _log_softmax(s: NumberSystem, a: Attributes, x: Array) -> Array:
    """(x_k − peak) − log Σ exp(x_k′ − peak): the large peak is taken away first, so that it costs no digits."""
    axis = _axis(a, x.shape)
    below = s.subtract(x, s.peak(x, axis))
    total = s.log(s.sum(s.exp(below), axis))
    return s.subtract(below, total if axis is None else np.expand_dims(total, axis))


def _members(s: NumberSystem, a: Attributes, x: Array, weight: Array) -> Array:
    """The Jacobian of a reduction: `weight` of each entry, in the row of the result that it is reduced into."""
    group = _group(a, x.shape)
    jacobian = s.zeros((int(group.max()) + 1, x.size))
    jacobian[group, np.arange(x.size)] = np.broadcast_to(weight, x.shape).reshape(-1)
    return jacobian


def _pairs(s: NumberSystem, a: Attributes, softmax: Array) -> Array:
    """Entry (k, k′) is softmax_k′ where k and k′ are reduced together, else 0."""
    group = _group(a, softmax.shape)
    together = s.array((group[:, None] == group[None, :]).astype(int))
    return s.multiply(together, softmax.reshape(1, -1))


def _softmax_jacobian(s: NumberSystem, a: Attributes, xs: Operands, slot: int) -> Array:
    """∂softmax_k/∂x_k′ = softmax_k · ([[k = k′]] − softmax_k′)."""
    softmax = _softmax(s, a, xs[0])
    return s.multiply(softmax.reshape(-1, 1), s.subtract(s.identity(softmax.size), _pairs(s, a, softmax)))


def _log_softmax_jacobian(s: NumberSystem, a: Attributes, xs: Operands, slot: int) -> Array:
    """∂LS_k/∂l_k′ = [[k = k′]] − exp(l_k′) / Σ exp(l_k″) (L4)."""
    return s.subtract(s.identity(xs[0].size), _pairs(s, a, _softmax(s, a, xs[0])))


def _count(a: Attributes, x: Array) -> int:
    axis = _axis(a, x.shape)
    return x.size if axis is None else x.shape[axis]


def _textbook_log_softmax(library: int, v: Array, x: Array, D: Array) -> Array:
    """D = I − exp(v), from the value v: |I − D|·(L + |v| + 1)."""
    return np.abs(np.eye(*D.shape) - D) * (library + np.max(np.abs(v)) + 1)


def _textbook_logsumexp(library: int, v: Array, x: Array, D: Array) -> Array:
    """D = exp(x − v), from the value v: |D|·(L + |x| + |v| + 1)."""
    return np.abs(D) * (library + np.max(np.abs(x)) + np.max(np.abs(v)) + 1)


def _row(
    name: str, formula: str, shape: ShapeRule, value: Value, jacobian: Jacobian, algebra: Algebra = "transcendental", **facts: Any
) -> Row:
    return Row(name, formula, 1, 1, shape, value, jacobian, always(algebra), optional=("axis",), **facts)


ROWS: tuple[Row, ...] = (
    _row(
        "sum",
        "Σ x_k",
        _reduced_shape,
        lambda s, a, xs: s.sum(xs[0], _axis(a, xs[0].shape)),
        lambda s, a, xs, slot: _members(s, a, xs[0], s.one),
        "polynomial",
        plain=True,
    ),
    _row(
        "mean",
        "(Σ x_k) / count",
        _reduced_shape,
        lambda s, a, xs: s.divide(s.sum(xs[0], _axis(a, xs[0].shape)), s.array(_count(a, xs[0]))),
        lambda s, a, xs, slot: _members(s, a, xs[0], s.divide(s.one, s.array(_count(a, xs[0])))),
        "polynomial",
    ),
    _row(
        "logsumexp",
        "log Σ exp x_k",
        _reduced_shape,
        lambda s, a, xs: _logsumexp(s, a, xs[0]),
        lambda s, a, xs, slot: _members(s, a, xs[0], _softmax(s, a, xs[0])),
        textbook=_textbook_logsumexp,
    ),
    _row("softmax", "exp x_k / Σ exp x_k′", _same_shape, lambda s, a, xs: _softmax(s, a, xs[0]), _softmax_jacobian),
    _row(
        "log_softmax",
        "x_k − log Σ exp x_k′",
        _same_shape,
        lambda s, a, xs: _log_softmax(s, a, xs[0]),
        _log_softmax_jacobian,
        textbook=_textbook_log_softmax,
    ),
)
