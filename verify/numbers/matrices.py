"""The matrices of a sum over paths, in whichever form a number system multiplies fastest: `matrices_of(system)`.

flint's own for balls and fractions, arrays with the system's operations elsewhere. Products of many paths stand above
each other in one matrix.

>>> from backproof.engine import RATIONAL
>>> exact = matrices_of(RATIONAL)
>>> two = exact.above([exact.of(np.array([[Fraction(1, 2)]], dtype=object)), exact.identity(1)])
>>> exact.folded(exact.times(two, exact.of(np.array([[3]], dtype=object))), 1).tolist()
[[Fraction(9, 2)]]
>>> exact.of(np.array([["3"]], dtype=object))
Traceback (most recent call last):
    ...
TypeError: a whole number or a fraction is expected, found '3'
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from numbers import Rational
from typing import Any

import numpy as np
from flint import arb, arb_mat, fmpq, fmpq_mat

from backproof.engine import NumberSystem
from backproof.engine.number_systems import Array
from backproof.verify.numbers.ball_arrays import precision


@dataclass(frozen=True)
class Matrices:
    """`of(array)` makes a matrix, `turned` transposes it, `above` puts some over each other, `folded(matrix, rows)`
    adds up its blocks of so many rows and gives an array.

    All of it inside `with working():`, which sets the precision.
    """

    of: Callable[[Array], Any]
    turned: Callable[[Any], Any]
    identity: Callable[[int], Any]
    times: Callable[[Any, Any], Any]
    above: Callable[[Sequence[Any]], Any]
    folded: Callable[[Any, int], Array]
    working: Callable[[], AbstractContextManager[Any]]


@lru_cache(maxsize=64)
def matrices_of(system: NumberSystem) -> Matrices:
    """The matrices for the numbers of a system."""
    if system.scalar is arb:
        bits: int = getattr(system, "bits")  # noqa: B009
        return _of_flint(arb_mat, list, list, lambda: precision(bits))
    if system.family == "rational":
        return _of_flint(fmpq_mat, _flint_fractions, _fractions, nullcontext)
    return Matrices(
        of=lambda array: array,
        turned=lambda matrix: np.ascontiguousarray(matrix.T),
        identity=system.identity,
        times=system.matmul,
        above=lambda parts: np.concatenate(parts) if len(parts) > 1 else parts[0],
        folded=lambda matrix, rows: system.sum(matrix.reshape(-1, rows, matrix.shape[1]), 0) if len(matrix) > rows else matrix,
        working=nullcontext,
    )


def _of_flint(
    matrix: Any, taken: Callable[[list[Any]], list[Any]], given: Callable[[list[Any]], list[Any]], working: Callable[[], Any]
) -> Matrices:
    def above(parts: Sequence[Any]) -> Any:
        if len(parts) == 1:
            return parts[0]
        return matrix(sum(part.nrows() for part in parts), parts[0].ncols(), [entry for part in parts for entry in part.entries()])

    def folded(block: Any, rows: int) -> Array:
        entries, columns = block.entries(), block.ncols()
        size = rows * columns
        sums = entries if len(entries) == size else [sum(entries[place + size :: size], entries[place]) for place in range(size)]
        result: Array = np.empty(size, dtype=object)
        result[:] = given(sums)
        return result.reshape(rows, columns)

    return Matrices(
        of=lambda array: matrix(*array.shape, taken(array.reshape(-1).tolist())),
        turned=lambda matrix: matrix.transpose(),
        identity=lambda size: matrix(size, size, [int(r == c) for r in range(size) for c in range(size)]),
        times=lambda left, right: left * right,
        above=above,
        folded=folded,
        working=working,
    )


def _flint_fractions(numbers: list[Any]) -> list[Any]:
    for number in numbers:
        if not isinstance(number, Rational):
            raise TypeError(f"a whole number or a fraction is expected, found {number!r}")
    return [fmpq(int(number.numerator), int(number.denominator)) for number in numbers]


def _fractions(numbers: list[Any]) -> list[Any]:
    return [Fraction(int(number.p), int(number.q)) for number in numbers]
