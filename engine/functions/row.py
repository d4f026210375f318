"""What one row of the table of local functions says, and the builders for rows that share a form.

A `Row` is data: how many operands, the shape of the result, the value `f(A)`, the Jacobian `∂f/∂u` with respect to each
operand (L13), where f is defined, where it has kinks, and what kind of algebra it is. `elementwise` builds the rows
that work entry by entry from one partial derivative per operand; `structural` builds those that only move entries.
Other rows write their Jacobian out.

Values and Jacobians use only the operations of a `NumberSystem`, hence the same row runs in every number system.
A Jacobian reads its operands row by row as vectors (L7): for an operand of d entries and a result of m it is m × d.

>>> from backproof.engine.number_systems import FLOAT64, RATIONAL
>>> cube = elementwise("cube", "x³", lambda s, a, x: x * x * x, lambda s, a, slot, x: s.scale(3, x * x), "polynomial", degree=lambda a, d: 3 * d[0])
>>> cube.jacobian(RATIONAL, {}, [RATIONAL.array([2, 5])], 0).tolist()
[[Fraction(12, 1), Fraction(0, 1)], [Fraction(0, 1), Fraction(75, 1)]]
>>> cube.algebra({}, 1), cube.degree({}, [1]), cube.is_affine({}, 1), cube.domain({}, [FLOAT64.array([2])])
('polynomial', 3, False, inf)
>>> cube.shape({}, [(2,), (3,)])
Traceback (most recent call last):
    ...
ValueError: shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is between arg 0 with shape (2,) and arg 1 with shape (3,).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, reduce
from typing import Any, Literal, TypeAlias

import numpy as np

from backproof.engine.in_words import brief
from backproof.engine.number_systems import Array, NumberSystem

Shape: TypeAlias = tuple[int, ...]
Attributes: TypeAlias = Mapping[str, Any]
Algebra: TypeAlias = Literal["polynomial", "rational", "piecewise", "transcendental"]
Operands: TypeAlias = Sequence[Array]
ShapeRule: TypeAlias = Callable[[Attributes, Sequence[Shape]], Shape]
Value: TypeAlias = Callable[[NumberSystem, Attributes, Operands], Array]
Jacobian: TypeAlias = Callable[[NumberSystem, Attributes, Operands, int], Array]
Distance: TypeAlias = Callable[[Attributes, Operands], Any]
Textbook: TypeAlias = Callable[[int, Array, Array, Array], Array]


def positive(attributes: Attributes, operands: Operands) -> Any:
    """The domain x > 0: the distance of the operand to its edge."""
    return smallest(operands[0])


def everywhere(attributes: Attributes, operands: Operands) -> float:
    """The distance to the edge of the domain, or to the nearest kink, of a function that has none."""
    return math.inf


def open_domain(attributes: Attributes) -> bool:
    """The value is not defined on the edge of the domain (log at 0); `sqrt` at 0 is the other kind."""
    return False


@dataclass(frozen=True, repr=False)
class Row:
    """One local function `f`, by name, in every number system.

    `fewest`, `most`     how many operands it takes (`most=None`: any number)
    `shape`              (attributes, operand shapes) → shape of the result; ValueError says what does not fit
    `value`              (system, attributes, operands) → f(A), in the result's shape
    `jacobian`           (system, attributes, operands, slot) → ∂f/∂(operand number `slot`), entries of f × entries of
                         the operand
    `algebra`            (attributes, number of operands) → polynomial, rational, piecewise (rational on each piece) or
                         transcendental
    `degree`             (attributes, degrees of the operands) → total degree, for polynomial rows, and on each piece of
                         piecewise ones
    `domain`             (attributes, operands) → signed distance of the operands to the edge of the domain, negative
                         outside, inf without an edge
    `closed`             (attributes) → whether the value is defined on that edge (the Jacobian is not)
    `kinks`              (attributes, operands) → distance of the operands to the nearest kink or jump, inf for smooth
                         functions
    `required`, `optional`  names of the attributes
    `discrete`           the slots that take a discrete leaf (a label), with respect to which there is no derivative
                         (L6)
    `partial`            for a row that works entry by entry: (system, attributes, slot, *operands) → ∂f/∂(operand
                         number `slot`) at each entry
    `product`            the value is the product of the first two operands as matrices, and what is added to it
    `copies`             the entries of the value are entries of the operands or constants: nothing is rounded
    `textbook`           (roundings of a library function, value, operand, D) → what the usual formula of the derivative
                         may lose, in units of roundoff, beyond what this row's loses; None: nothing
    `plain`              nothing is simpler to read; a failing case is made of these where it can be
    """

    name: str
    formula: str
    fewest: int
    most: int | None
    shape: ShapeRule
    value: Value
    jacobian: Jacobian
    algebra: Callable[[Attributes, int], Algebra]
    degree: Callable[[Attributes, Sequence[int]], int] = lambda attributes, degrees: max(degrees, default=0)
    domain: Distance = everywhere
    closed: Callable[[Attributes], bool] = open_domain
    kinks: Distance = everywhere
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    discrete: tuple[int, ...] = ()
    partial: Callable[..., Array] | None = None
    product: bool = False
    copies: bool = False
    textbook: Textbook | None = None
    plain: bool = False

    def __repr__(self) -> str:
        return brief("Row", self.name, self.formula)

    def is_affine(self, attributes: Attributes, count: int) -> bool:
        """Whether f of `count` operands is a polynomial of degree 1 at most, on each of its pieces: its Jacobian is the
        same all around a point that is no kink."""
        return self.algebra(attributes, count) in ("polynomial", "piecewise") and self.degree(attributes, (1,) * count) <= 1


def always(algebra: Algebra) -> Callable[[Attributes, int], Algebra]:
    """The algebra of a row that does not depend on its attributes."""
    return lambda attributes, count: algebra


def whole(what: str, value: Any) -> int:
    """`value` if it is a whole number; ValueError otherwise (0.5 would be cut to 0, and True read as 1).

    >>> whole("index", 0.5)
    Traceback (most recent call last):
        ...
    ValueError: index must be a whole number, found 0.5
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{what} must be a whole number, found {value!r}")
    return value


def check_numbers(what: str, values: Any) -> None:
    """ValueError unless every entry of nested lists is a finite number.

    >>> check_numbers("value", ((1.0, Fraction(1, 3)), (2, "x")))
    Traceback (most recent call last):
        ...
    ValueError: value: expected finite numbers, found 'x'
    """
    array = np.asarray(values)
    if array.dtype.kind in "biuf" and np.all(np.isfinite(array)):
        return
    for entry in np.asarray(values, dtype=object).reshape(-1):
        if not isinstance(entry, int | float | Fraction) or (isinstance(entry, float) and not math.isfinite(entry)):
            raise ValueError(f"{what}: expected finite numbers, found {entry!r}")


def smallest(array: Array) -> Any:
    """The smallest entry. Of balls, which may overlap, a ball around the smallest: the order of the entries plays no
    part, and what is not a number is not passed over.

    >>> from flint import arb
    >>> balls = np.array([arb(3), arb(4, 2)])
    >>> smallest(balls) > 2.5, smallest(balls[::-1]) > 2.5
    (False, False)
    >>> smallest(np.array([3.0, 2.0]))
    2.0
    """
    return _least(array.reshape(-1).tolist())


def distance_to_zero(array: Array) -> Any:
    """The smallest absolute value of an entry."""
    return _least([abs(entry) for entry in array.reshape(-1).tolist()])


def _least(entries: Sequence[Any]) -> Any:
    first = entries[0]
    if isinstance(first, np.generic) or not hasattr(first, "min"):
        return min(entries)
    return reduce(lambda one, other: one.min(other), entries)


def broadcast_shape(attributes: Attributes, shapes: Sequence[Shape]) -> Shape:
    """NumPy's broadcasting rule."""
    return shapes[0] if len(set(shapes)) == 1 else np.broadcast_shapes(*shapes)


def entrywise_jacobian(system: NumberSystem, partial: Array, operand: Shape, result: Shape) -> Array:
    """The Jacobian of an entrywise function: `partial` on the places where an entry of the operand reaches an entry of
    the result.

    An operand that is broadcast sends one entry to several places.
    """
    size, width = math.prod(result), math.prod(operand)
    slopes = partial if partial.shape in {(), result} else np.broadcast_to(partial, result)
    jacobian = system.zeros((size, width))
    if operand == result:
        jacobian.reshape(-1)[:: size + 1] = slopes.reshape(-1)
    else:
        jacobian[np.arange(size), np.broadcast_to(np.arange(width).reshape(operand), result).reshape(-1)] = slopes.reshape(-1)
    return jacobian


def elementwise(
    name: str,
    formula: str,
    value: Callable[..., Array],
    partial: Callable[..., Array],
    algebra: Algebra | Callable[[Attributes, int], Algebra] = "transcendental",
    operands: tuple[int, int | None] = (1, 1),
    **facts: Any,
) -> Row:
    """A row that works entry by entry, broadcasting like NumPy.

    `value(system, attributes, *operands)` is f; `partial(system, attributes, slot, *operands)` is ∂f/∂(operand `slot`)
    at each entry.
    """

    def jacobian(system: NumberSystem, attributes: Attributes, arrays: Operands, slot: int) -> Array:
        result = broadcast_shape(attributes, [array.shape for array in arrays])
        return entrywise_jacobian(system, partial(system, attributes, slot, *arrays), arrays[slot].shape, result)

    return Row(
        name=name,
        formula=formula,
        fewest=operands[0],
        most=operands[1],
        shape=broadcast_shape,
        value=lambda system, attributes, arrays: value(system, attributes, *arrays),
        jacobian=jacobian,
        partial=partial,
        algebra=algebra if callable(algebra) else always(algebra),
        **facts,
    )


def structural(
    name: str, formula: str, move: Callable[..., Array], shape: ShapeRule, operands: tuple[int, int | None] = (1, 1), **facts: Any
) -> Row:
    """A row that only moves, repeats or drops entries: `move(attributes, *arrays)` is f on arrays of anything.

    Its Jacobian has a 1 where an entry of the result is a copy of an entry of the operand: `move` applied to the
    entries' numbers says which.
    """

    @lru_cache(maxsize=256)
    def places(attributes: tuple[tuple[str, Any], ...], shapes: tuple[Shape, ...], slot: int) -> tuple[int, Array]:
        """How many entries the result has, and where its Jacobian has a 1, row by row."""
        size = math.prod(shapes[slot])
        numbers = [np.arange(size).reshape(shape) if k == slot else np.full(shape, -1) for k, shape in enumerate(shapes)]
        source = np.asarray(move(dict(attributes), *numbers)).reshape(-1)
        (copied,) = (source >= 0).nonzero()
        return source.size, copied * size + source[copied]

    def jacobian(system: NumberSystem, attributes: Attributes, arrays: Operands, slot: int) -> Array:
        known = tuple(attributes.items()), tuple(array.shape for array in arrays), slot
        try:
            count, ones = places(*known)
        except TypeError:  # lists among the attributes cannot be looked up
            count, ones = places.__wrapped__(*known)
        result = system.zeros((count, arrays[slot].size))
        result.reshape(-1)[ones] = system.one
        return result

    return Row(
        name=name,
        formula=formula,
        fewest=operands[0],
        most=operands[1],
        shape=shape,
        value=lambda system, attributes, arrays: move(attributes, *arrays),
        jacobian=jacobian,
        algebra=always("polynomial"),
        copies=True,
        **facts,
    )
