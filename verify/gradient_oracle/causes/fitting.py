"""Whether a prediction explains what was found, and a factor in words.

>>> right, found = [np.array([1.0, 2.0])], [np.array([2.0, 4.0])]
>>> fits([2 * right[0]], found, right), fits([1.9 * right[0]], found, right)
(True, False)
>>> projected(found[0], right[0])
2.0
>>> fits(right, right, right)
False
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.numbers.float_model import largest_entry

FITS = 1e-6  # chosen: of the largest error; how well a prediction must fit to be said
NOISE = 1e4 * 2.0**-53  # chosen: of the largest derivative; what is smaller is the rounding of a right backward
EXACT = 1e-9  # chosen: of the largest entry; how well single values must agree, where one of many is picked
NEAR_ONE = 1e-4  # chosen: a factor that is nearer to 1 is written as 1 + what it is more

SIMPLE = 8  # chosen: the largest whole number that is a slip by itself, not as the length of an axis


def fits(predicted: Sequence[Array], found: Sequence[Array], right: Sequence[Array]) -> bool:
    """Whether a prediction explains the error: what is left is small beside it, and it is more than noise."""
    size = largest_entry(right)
    error = largest_entry([g - r for g, r in zip(found, right, strict=True)])
    left = largest_entry([g - p for g, p in zip(found, predicted, strict=True)])
    return bool(error > NOISE * size and left <= FITS * error + NOISE * size * (error > 1e3 * NOISE * size))


def wrong_ones(right: Sequence[Array], found: Sequence[Array]) -> list[int]:
    """The places of the gradients that are wrong by more than noise."""
    noise = NOISE * largest_entry(right)
    return [k for k in range(len(right)) if largest_entry([found[k] - right[k]]) > noise]


def projected(found: Array, right: Array) -> float | None:
    """The factor that brings `right` nearest to `found`; None where there is none."""
    square = float(np.vdot(right, right))
    return float(np.vdot(right, found)) / square if square > 0 and np.isfinite(square) else None


def says_something(factor: float, right: Array, sizes: Sequence[int]) -> bool:
    """Whether it means anything that a factor fits: any number is a multiple of another, so that a single one must be a
    simple multiple.

    >>> [says_something(factor, np.array([0.0, 3.0]), [7]) for factor in (-1.0, 2.0, 0.25, 7.0, 0.2857142857)]
    [True, True, True, True, False]
    """
    if np.count_nonzero(right) > 1 or abs(factor + 1) < FITS:
        return True
    return any(abs(factor - n) < FITS * n or abs(factor * n - 1) < FITS for n in {*range(2, SIMPLE + 1), *sizes})


def times_the_derivative(factor: float, sizes: Sequence[int]) -> str:
    """A factor in words, also where it is the length of an axis, or one over it.

    >>> times_the_derivative(-1.0, []), times_the_derivative(4.0, [4]), times_the_derivative(1.0000003, [])
    ('minus the derivative', '4 times the derivative (4 is the length of an axis)', '(1 + 3e-07) times the derivative')
    """
    if abs(factor + 1) < FITS:
        return "minus the derivative"
    size = next((size for size in sizes if abs(factor - size) < FITS * size or abs(factor * size - 1) < FITS), None)
    shown = f"{factor:.10g}" if abs(factor - 1) > NEAR_ONE else f"({near_one(factor)})"
    return f"{shown} times the derivative" + (f" ({size} is the length of an axis)" if size else "")


def near_one(factor: float) -> str:
    """A factor as 1 and what it is more or less."""
    return f"1 {'+' if factor > 1 else '−'} {abs(factor - 1):.3g}"
