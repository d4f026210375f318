"""Operations on single balls as operations on arrays of balls, for `verify.numbers.balls`: entry by entry, and point by
point.

`Points` is an entry that holds one value for each of several points, so that one pass over a graph evaluates it at all
of them. It has no arithmetic of its own: only the operations made here take it, and anything else (a plain `x * x`, a
`math.sin`, an `abs`) is a TypeError.

>>> double = on_arrays(entrywise(lambda x: x + x, 1, arb), 1, bits=64)
>>> several = np.array([arb(1), Points([arb(2), arb(3)])])
>>> double(several)[1].values
[4.00000000000000, 6.00000000000000]
>>> double(np.array([0.5], dtype=object))
Traceback (most recent call last):
    ...
TypeError: ball arithmetic takes arb, found 0.5 of type float: a number has entered that is not a ball
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, TypeAlias

import numpy as np
from flint import arb, ctx

from backproof.engine.number_systems import Array

__all__ = ["Ball", "OnEntries", "Points", "arb", "each", "entrywise", "flint_matmul", "is_finite", "on_arrays", "precision", "sum_of"]

Ball: TypeAlias = Any  # flint's arb or acb
OnEntries: TypeAlias = Callable[..., Any]  # an operation on entries of arrays
Rivals: TypeAlias = tuple[bool, list[Any]]

MOST_KEPT = 64  # chosen: matrices of constants that are kept for the next product, more than a graph of a campaign has


class precision:
    """flint's working precision, which is global to the process, is `bits` inside a `with` block and put back after it.

    >>> before = ctx.prec
    >>> with precision(200):
    ...     ctx.prec
    200
    >>> ctx.prec == before
    True
    """

    __slots__ = ("before", "bits")

    def __init__(self, bits: int) -> None:
        self.bits = bits

    def __enter__(self) -> None:
        self.before = ctx.prec
        ctx.prec = self.bits

    def __exit__(self, *_: object) -> None:
        ctx.prec = self.before


class Points:
    """The values of one entry at several points; the last is a ball around the others.

    `rivals` are the operands that tie, where the entry is a maximum (or minimum) of several and it is not known which
    of them: a third one may be larger.
    """

    __slots__ = ("rivals", "values")

    def __init__(self, values: Sequence[Any], rivals: Rivals | None = None) -> None:
        self.values = values
        self.rivals = rivals

    def __eq__(self, other: object) -> bool:
        raise TypeError("an entry with values at several points is neither equal to another nor different: compare with `select`")

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        raise TypeError("an entry with values at several points is neither true nor false: decide with `select`")


def is_finite(entry: Any) -> bool:
    """Whether a ball, or every value of `Points`, is finite."""
    if type(entry) is Points:
        return all(value.is_finite() for value in entry.values)
    return bool(entry.is_finite())


def _checked(entry: Any, scalar: type) -> Any:
    if type(entry) is not scalar:
        raise TypeError(
            f"ball arithmetic takes {scalar.__name__}, found {entry!r} of type {type(entry).__name__}: a number has entered that is not a ball"
        )
    return entry


def entrywise(operation: OnEntries, arity: int, scalar: type) -> OnEntries:
    """`operation` on numbers as one on entries: point by point where an entry is `Points`."""

    def unary(a: Any) -> Any:
        return Points(list(map(operation, a.values))) if type(a) is Points else operation(_checked(a, scalar))

    def binary(a: Any, b: Any) -> Any:
        if type(a) is Points:
            if type(b) is Points:
                return Points(list(map(operation, a.values, b.values)))
            _checked(b, scalar)
            return Points([operation(x, b) for x in a.values])
        _checked(a, scalar)
        if type(b) is Points:
            return Points([operation(a, x) for x in b.values])
        return operation(a, _checked(b, scalar))

    def several(*entries: Any) -> Any:
        count = next((len(entry.values) for entry in entries if type(entry) is Points), None)
        if count is None:
            return operation(*(_checked(entry, scalar) for entry in entries))
        columns = [entry.values if type(entry) is Points else [_checked(entry, scalar)] * count for entry in entries]
        return Points(list(map(operation, *columns)))

    return {1: unary, 2: binary}.get(arity, several)


def each(function: Callable[[Sequence[Any]], list[Any]], scalar: type) -> OnEntries:
    """`function` of a list of numbers, each by itself, as one on entries."""

    def apply(a: Any) -> Any:
        return Points(function(a.values)) if type(a) is Points else function([_checked(a, scalar)])[0]

    return apply


def at_precision(bits: int, function: Callable[..., Any]) -> Callable[..., Array]:
    """A function of arrays at a precision of `bits`, whatever it is outside."""

    def applied(*arrays: Array) -> Array:
        if ctx.prec == bits:
            return np.asarray(function(*arrays), dtype=object)
        with precision(bits):
            return np.asarray(function(*arrays), dtype=object)

    return applied


def on_arrays(function: OnEntries, arity: int, bits: int) -> Callable[..., Array]:
    """`function` on entries as one on arrays, at a precision of `bits`."""
    return at_precision(bits, np.frompyfunc(function, arity, 1))


def flint_matmul(matrix: Any, scalar: type, bits: int) -> Callable[..., Array]:
    """The matrix product with flint's matrices: all points in one product where one side is constant."""
    kept: dict[int, tuple[Array, Any]] = {}

    def constant(array: Array) -> Any:
        """The matrix of an array that nobody can write to, kept for the next product with it; None for another one."""
        if array.flags.writeable or array.base is not None:
            return None
        if id(array) not in kept:
            if len(kept) >= MOST_KEPT:
                kept.clear()
            kept[id(array)] = array, matrix(*array.shape, [_checked(entry, scalar) for entry in array.ravel().tolist()])
        return kept[id(array)][1]

    def product(left: Array, right: Array) -> list[Any]:
        """The entries, row by row."""
        (rows, inner), columns = left.shape, right.shape[1]
        fixed, b = constant(left), right.ravel().tolist()
        a = [] if fixed is not None else left.ravel().tolist()
        moving_left, moving_right = _count(a, scalar), _count(b, scalar)
        if moving_left and moving_right:
            points = zip(_by_point(a, moving_left), _by_point(b, moving_right), strict=True)
            values = zip(*((matrix(rows, inner, x) * matrix(inner, columns, y)).entries() for x, y in points), strict=True)
            return list(map(Points, values))
        if moving_left:
            turned = product(np.transpose(right), np.transpose(left))
            return [turned[column * rows + row] for row in range(rows) for column in range(columns)]
        if moving_right:
            b = list(chain.from_iterable([entry.values if type(entry) is Points else [entry] * moving_right for entry in b]))
        width = columns * max(moving_right, 1)
        found = ((matrix(rows, inner, a) if fixed is None else fixed) * matrix(inner, width, b)).entries()
        return [Points(found[start : start + moving_right]) for start in range(0, len(found), moving_right)] if moving_right else found

    def matmul(left: Array, right: Array) -> Array:
        shape = left.shape[:-1] + right.shape[1:]
        flat = product(left if left.ndim > 1 else left.reshape(1, -1), right if right.ndim == 2 else right.reshape(right.shape[0], -1))
        return np.fromiter(flat, dtype=object, count=len(flat)).reshape(shape)

    return at_precision(bits, matmul)


def sum_of(entries: Sequence[Any], scalar: type) -> Any:
    """The sum of one entry or more: the constants among them first, once for all points.

    >>> sum_of([arb(1), Points([arb(2), arb(3)])], arb).values
    [3.00000000000000, 4.00000000000000]
    >>> sum_of([arb(1), 2.0], arb)
    Traceback (most recent call last):
        ...
    TypeError: ball arithmetic takes arb, found 2.0 of type float: a number has entered that is not a ball
    """
    count = _count(entries, scalar)
    if not count:
        return sum(entries[1:], entries[0])
    moving = [entry for entry in entries if type(entry) is Points]
    still = [entry for entry in entries if type(entry) is not Points]
    start = [sum(still[1:], still[0])] if still else []
    return Points([sum(values[1:], values[0]) for values in _by_point([*start, *moving], count)])


def _count(entries: Sequence[Any], scalar: type) -> int:
    """At how many points the entries are given; 0 where all of them are constants."""
    count = 0
    for entry in entries:
        if type(entry) is Points:
            count = len(entry.values)
        elif type(entry) is not scalar:
            _checked(entry, scalar)
    return count


def _by_point(entries: Sequence[Any], count: int) -> list[list[Any]]:
    columns = [entry.values if type(entry) is Points else [entry] * count for entry in entries]
    return [list(values) for values in zip(*columns, strict=True)]
