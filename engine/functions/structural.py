"""Rows that move entries (concatenate, slice, take, reshape, transpose, broadcast), pick one (L6), or are constant.

>>> from backproof.engine.number_systems import FLOAT64
>>> (slice_row,) = [row for row in ROWS if row.name == "slice"]
>>> slice_row.value(FLOAT64, {"start": 1}, [FLOAT64.array([5, 6, 7])]).tolist()
[6.0, 7.0]
>>> slice_row.jacobian(FLOAT64, {"start": 1}, [FLOAT64.array([5, 6, 7])], 0).tolist()
[[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
>>> slice_row.shape({"start": 3}, [(3,)])
Traceback (most recent call last):
    ...
ValueError: the result would be empty (shape (0,))
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from backproof.engine.functions.row import Attributes, Operands, Row, Shape, always, check_numbers, structural, whole
from backproof.engine.number_systems import Array, NumberSystem


def _by_trial(move: Any) -> Any:
    """The shape rule of a row that moves entries: move an array of that shape and look at the result."""

    def shape(a: Attributes, shapes: Sequence[Shape]) -> Shape:
        try:
            result = np.asarray(move(a, *(np.zeros(operand, dtype=np.int8) for operand in shapes))).shape
        except (IndexError, TypeError, OverflowError, MemoryError) as error:
            raise ValueError(str(error)) from None
        if 0 in result:
            raise ValueError(f"the result would be empty (shape {result})")
        return result

    return shape


def _concatenate(a: Attributes, *xs: Array) -> Array:
    return np.concatenate(xs, axis=a.get("axis", 0))


def _slice(a: Attributes, x: Array) -> Array:
    axis = a.get("axis", 0)
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(f"axis {axis} does not exist in an operand of shape {x.shape}")
    key: list[Any] = [slice(None)] * x.ndim
    key[axis] = slice(a.get("start"), a.get("stop"), a.get("step"))
    return x[tuple(key)]


def _take(a: Attributes, x: Array) -> Array:
    return x.reshape(-1)[np.asarray(a["indices"], dtype=int)]


def _take_shape(a: Attributes, shapes: Sequence[Shape]) -> Shape:
    for index in np.asarray(a["indices"], dtype=object).reshape(-1):
        whole("each index", index)
    return _by_trial(_take)(a, shapes)


def _reshape(a: Attributes, x: Array) -> Array:
    return x.reshape(a["to"])


def _transpose(a: Attributes, x: Array) -> Array:
    return np.transpose(x, a.get("axes"))


def _broadcast(a: Attributes, x: Array) -> Array:
    return np.broadcast_to(x, a["to"])


def _index(a: Attributes, xs: Operands) -> int:
    return int(a["index"]) if len(xs) == 1 else int(float(xs[1].item()))


def _pick_shape(a: Attributes, shapes: Sequence[Shape]) -> Shape:
    if (len(shapes) == 1) != ("index" in a):
        raise ValueError("pick takes either a label as second operand or the attribute index, and not both")
    if len(shapes) == 2 and shapes[1] != ():
        raise ValueError(f"the label must be a scalar, found shape {shapes[1]}")
    if len(shapes[0]) != 1:
        raise ValueError(f"pick takes a vector, found shape {shapes[0]}")
    if "index" in a and not 0 <= whole("index", a["index"]) < shapes[0][0]:
        raise ValueError(f"index {a['index']} is outside 0…{shapes[0][0] - 1}")
    return ()


def _pick_jacobian(s: NumberSystem, a: Attributes, xs: Operands, slot: int) -> Array:
    row = s.zeros((1, xs[0].size))
    row[0, _index(a, xs)] = s.convert(1)
    return row


def _constant_shape(a: Attributes, shapes: Sequence[Shape]) -> Shape:
    shape = np.shape(a["value"])
    if 0 in shape:
        raise ValueError(f"the value would be empty (shape {shape})")
    check_numbers("value", a["value"])
    return shape


def _label_distance(a: Attributes, xs: Operands) -> float:
    """A label is inside the domain if it is one of 0 … K−1."""
    label = 0 if len(xs) == 1 else xs[1].item()
    return math.inf if float(label).is_integer() and 0 <= label < xs[0].size else -1.0


ROWS: tuple[Row, ...] = (
    structural("concatenate", "x, y, … joined along an axis", _concatenate, _by_trial(_concatenate), (1, None), optional=("axis",)),
    structural("slice", "x[start:stop:step] along an axis", _slice, _by_trial(_slice), optional=("axis", "start", "stop", "step")),
    structural("take", "the entries of x with the given numbers", _take, _take_shape, required=("indices",)),
    structural("reshape", "x in another shape", _reshape, _by_trial(_reshape), required=("to",)),
    structural("transpose", "xᵀ", _transpose, _by_trial(_transpose), optional=("axes",)),
    structural("broadcast", "x repeated to a larger shape", _broadcast, _by_trial(_broadcast), required=("to",)),
    Row(
        name="pick",
        formula="x_y",
        fewest=1,
        most=2,
        shape=_pick_shape,
        value=lambda s, a, xs: xs[0][_index(a, xs)],
        jacobian=_pick_jacobian,
        algebra=always("polynomial"),
        degree=lambda a, degrees: degrees[0],
        copies=True,
        domain=_label_distance,
        optional=("index",),
        discrete=(1,),
    ),
    Row(
        name="constant",
        formula="a constant",
        fewest=0,
        most=0,
        shape=_constant_shape,
        value=lambda s, a, xs: s.array(a["value"]),
        jacobian=lambda s, a, xs, slot: s.zeros((0, 0)),
        algebra=always("polynomial"),
        degree=lambda a, degrees: 0,
        copies=True,
        required=("value",),
    ),
)
