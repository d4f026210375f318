"""How a row of the function table is fitted to given operands: which shapes it wants, and with which attributes.

A `Recipe` asks for the shape of each operand and chooses attributes; operands of another shape are brought into it by a
vertex that reshapes, repeats or drops entries (`adapter`). Most recipes follow from what the row says of itself
(`usual_recipe`); rows that want certain shapes or attributes have their `OWN`.

>>> from backproof.verify.cases.choices import seeded
>>> choices = seeded(np.random.default_rng(0))
>>> RECIPES["multiply"].fit(choices, [(3,), (), (2,)], False).shapes
((3,), (), (3,))
>>> adapter(choices, (2, 2), (4,)), adapter(choices, (), (2,))
(('reshape', {'to': (4,)}), ('broadcast', {'to': (2,)}))
>>> RECIPES["reshape"].fit(choices, [(5,)], False)
Traceback (most recent call last):
    ...
ValueError: nothing to pick from
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from backproof.engine.functions import TABLE
from backproof.engine.functions.row import Row, Shape
from backproof.verify.cases.choices import Choices

LARGEST = 4  # chosen: entries of an operand; enough for every kind of broadcasting, and a path with matrices on it stays cheap
VECTORS: tuple[Shape, ...] = ((2,), (3,), (4,), (1,))  # the simplest that shows something stands first, for Hypothesis
SHAPES: tuple[Shape, ...] = ((), (2,), (3,), (4,), (1,), (2, 2), (1, 2), (2, 1))
MANY = 16  # operands of a row that takes any number: more than the vertices of a plan


@dataclass(frozen=True)
class Fitted:
    """The shapes in which a row wants its operands, and its attributes."""

    shapes: tuple[Shape, ...]
    attributes: dict[str, Any]


@dataclass(frozen=True)
class Recipe:
    """How to use one row: it takes `fewest` … `most` operands, and `fit(choices, shapes, rational)` says how it wants
    them."""

    fewest: int
    most: int
    fit: Callable[[Choices, Sequence[Shape], bool], Fitted]


def adapter(choices: Choices, given: Shape, wanted: Shape) -> tuple[str, dict[str, Any]]:
    """The row and attributes of a vertex that turns an operand of shape `given` into one of shape `wanted`."""
    size = math.prod(given)
    if size == math.prod(wanted):
        return "reshape", {"to": wanted}
    if size == 1 and given == ():
        return "broadcast", {"to": wanted}
    numbers = np.array([(start + choices.integer(0, 1)) % size for start in range(math.prod(wanted))])
    return "take", {"indices": numbers.reshape(wanted)}


def dyadic(choices: Choices) -> float:
    """A weight k/4 with few bits, seldom 0."""
    return choices.pick((4, 2, -4, -2, 1, -1, 3, 6, -3, 0)) / 4


def dyadic_weights(choices: Choices, shapes: Sequence[Shape], rows: int) -> list[list[list[float]]]:
    """One constant matrix for each operand of a weighted sum."""
    return [[[dyadic(choices) for _ in range(math.prod(shape))] for _ in range(rows)] for shape in shapes]


def _as_it_is(choices: Choices, shapes: Sequence[Shape], rational: bool) -> Fitted:
    return Fitted(tuple(shapes), {})


def _alike(choices: Choices, shapes: Sequence[Shape], rational: bool) -> Fitted:
    """One shape for all, or a scalar, which broadcasts."""
    target = max(shapes, key=lambda shape: (math.prod(shape), len(shape)))
    return Fitted(tuple(shape if shape in (target, ()) else target for shape in shapes), {})


def _some_axis(choices: Choices, shape: Shape) -> dict[str, Any]:
    if not shape or choices.chance(50):
        return {}
    return {"axis": choices.integer(-len(shape), len(shape) - 1)}


def _reduce(choices: Choices, shapes: Sequence[Shape], rational: bool) -> Fitted:
    wanted = shapes[0] if math.prod(shapes[0]) > 1 else choices.pick(VECTORS)
    return Fitted((wanted,), _some_axis(choices, wanted))


def _weighted_sum(choices: Choices, shapes: Sequence[Shape], rational: bool) -> Fitted:
    return Fitted(tuple(shapes), {"weights": dyadic_weights(choices, shapes, choices.integer(1, LARGEST))})


def _matrix(choices: Choices, given: Shape, others: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The shape of a matrix operand: that of the operand at hand if it is a matrix, mostly."""
    return (given[0], given[1]) if len(given) == 2 and choices.chance(70) else choices.pick(others)


def _affine(choices: Choices, shapes: Sequence[Shape], rational: bool) -> Fitted:
    m, d = _matrix(choices, shapes[0], ((2, 2), (1, 2), (2, 1), (1, 3), (3, 1), (1, 1)))
    return Fitted(((m, d), (d,), (m,)), {})


def _matvec(choices: Choices, shapes: Sequence[Shape], rational: bool) -> Fitted:
    m, d = _matrix(choices, shapes[0], ((2, 2), (1, 2), (2, 1), (1, 4), (3, 1), (1, 1)))
    return Fitted(((m, d), (d,)), {})


def _matmul(choices: Choices, shapes: Sequence[Shape], rational: bool) -> Fitted:
    a, b, c = choices.pick(((2, 2, 2), (1, 2, 1), (2, 1, 2), (2, 2, 1), (1, 3, 1), (1, 2, 2), (1, 1, 1)))
    return Fitted(((a, b), (b, c)), {})


def _dot(choices: Choices, shapes: Sequence[Shape], rational: bool) -> Fitted:
    shape = choices.pick(VECTORS)
    return Fitted((shape, shape), {})


def _power(choices: Choices, shapes: Sequence[Shape], rational: bool) -> Fitted:
    if len(shapes) == 2:
        return _alike(choices, shapes, rational)
    exponents = (2, 3, 1, 0, -1, -2) if rational else (2, 3, 1, 0, -1, -2, 0.5, 1.5, -0.25)
    return Fitted(tuple(shapes), {"exponent": choices.pick(exponents)})


def _concatenate(choices: Choices, shapes: Sequence[Shape], rational: bool) -> Fitted:
    if len(shapes) == 2 and choices.chance(20):
        return Fitted(((2, 1), (2, 1)), {"axis": choices.pick((1, -1))})
    sizes = [1] * len(shapes)
    for k, shape in enumerate(shapes):
        sizes[k] = max(1, min(math.prod(shape), LARGEST - sum(sizes) + sizes[k]))
    return Fitted(tuple((size,) for size in sizes), {})


def _slice(choices: Choices, shapes: Sequence[Shape], rational: bool) -> Fitted:
    wanted = shapes[0] if shapes[0] and shapes[0][0] > 1 else choices.pick(((2,), (3,), (4,), (2, 2), (1,)))
    start = choices.integer(0, wanted[0] - 1)
    kinds = ({"start": start}, {"stop": start + 1}, {"step": -1}, {"start": start, "stop": wanted[0], "axis": -len(wanted)}, {"step": 2})
    return Fitted((wanted,), dict(choices.pick(kinds)))


def _take(choices: Choices, shapes: Sequence[Shape], rational: bool) -> Fitted:
    shape = choices.pick(VECTORS + ((2, 2),))
    indices = [choices.integer(0, math.prod(shapes[0]) - 1) for _ in range(math.prod(shape))]
    return Fitted((shapes[0],), {"indices": np.array(indices).reshape(shape)})


def _reshape(choices: Choices, shapes: Sequence[Shape], rational: bool) -> Fitted:
    size = math.prod(shapes[0])
    fitting = [shape for shape in (*SHAPES, (4, 1), (1, 4), (3, 1), (1, 1)) if math.prod(shape) == size and shape != shapes[0]]
    return Fitted((shapes[0],), {"to": choices.pick(fitting)})


def _transpose(choices: Choices, shapes: Sequence[Shape], rational: bool) -> Fitted:
    wanted = shapes[0] if len(shapes[0]) == 2 else choices.pick(((2, 2), (1, 2), (2, 1), (3, 1), (1, 1)))
    return Fitted((wanted,), {"axes": (1, 0)} if choices.chance(50) else {})


def _broadcast(choices: Choices, shapes: Sequence[Shape], rational: bool) -> Fitted:
    small, large = choices.pick(
        (((), (3,)), ((1,), (4,)), ((2,), (2, 2)), ((2, 1), (2, 2)), ((1, 2), (2, 2)), ((3,), (1, 3)), ((4,), (1, 4)))
    )
    return Fitted((small,), {"to": large})


def _pick(choices: Choices, shapes: Sequence[Shape], rational: bool) -> Fitted:
    wanted = shapes[0] if len(shapes[0]) == 1 else choices.pick(VECTORS)
    if len(shapes) == 2:
        return Fitted((wanted, ()), {})
    return Fitted((wanted,), {"index": choices.integer(0, wanted[0] - 1)})


def _constant(choices: Choices, shapes: Sequence[Shape], rational: bool) -> Fitted:
    shape = choices.pick(SHAPES)
    values: list[Any] = [choices.fraction() if rational else Fraction(choices.integer(1, 40), 16) for _ in range(math.prod(shape))]
    array = np.array([value if rational else float(value) for value in values], dtype=object).reshape(shape)
    return Fitted((), {"value": array.tolist()})


OWN: dict[str, Recipe] = {
    "weighted_sum": Recipe(1, MANY, _weighted_sum),
    "affine": Recipe(1, 3, _affine),
    "matvec": Recipe(1, 2, _matvec),
    "matmul": Recipe(1, 2, _matmul),
    "dot": Recipe(1, 2, _dot),
    "power": Recipe(1, 2, _power),
    "concatenate": Recipe(1, LARGEST, _concatenate),
    "slice": Recipe(1, 1, _slice),
    "take": Recipe(1, 1, _take),
    "reshape": Recipe(1, 1, _reshape),
    "transpose": Recipe(1, 1, _transpose),
    "broadcast": Recipe(1, 1, _broadcast),
    "pick": Recipe(1, 1, _pick),
    "constant": Recipe(0, 0, _constant),
}
"""Rows that want certain shapes, or attributes that must be chosen."""


def usual_recipe(row: Row) -> Recipe | None:
    """The recipe that follows from the row: operands as they are, or of one shape where it works on several entry by
    entry; for a reduction sometimes an axis. None where shapes or attributes must be chosen, for which `OWN` is the
    place.

    >>> usual_recipe(TABLE["tanh"]).most, usual_recipe(TABLE["where"]).most, usual_recipe(TABLE["reshape"])
    (1, 3, None)
    """
    if row.partial is not None and not row.required + row.optional:
        return Recipe(1, row.most or MANY, _as_it_is if row.most == 1 else _alike)
    return Recipe(1, 1, _reduce) if row.most == 1 and row.optional == ("axis",) else None


def _in_order(rows: Iterable[Row]) -> list[Row]:
    """Functions of one operand, of any number of them, and of several; then those that do not work entry by entry."""
    return sorted(rows, key=lambda row: (row.partial is None, {1: 0, None: 1}.get(row.most, 2)))


RECIPES: dict[str, Recipe] = {row.name: recipe for row in _in_order(TABLE.values()) if (recipe := usual_recipe(row))} | OWN
"""How every row is drawn; their order is part of what a seed means."""
