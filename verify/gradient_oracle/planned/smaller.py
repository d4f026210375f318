"""The same arguments with fewer entries, so that code whose arguments are too large to be looked at from many sides is
looked at all the same: `smaller(args)`.

Sizes that are equal stay equal, a size of one stays one, and short axes stay as they are; arrays are cut, indices are
taken modulo the new size, and a whole number that is one of the sizes goes with it. How sizes depend on each other
beyond that is not known: four ways to shrink them are tried (all divided exactly, all divided and rounded up, all less
by the same, the smallest in the same order), and f must say which it takes.

>>> (shrunk, *_) = smaller((np.zeros((5000, 3)), np.zeros(3), 5000, "mean"))
>>> [np.shape(a) for a in shrunk[:2]], shrunk[2:]
([(50, 3), (3,)], (50, 'mean'))
>>> [np.shape(a) for a in next(smaller((np.zeros(4001), np.zeros(4000))))]
[(126,), (125,)]
>>> next(smaller((np.zeros(3),)))
Traceback (most recent call last):
    ...
StopIteration
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

FEW = (256, 1000)  # chosen: entries of all arguments together; forty points of 256 cost seconds, and 1,000 where there is no other way
SHORT = (8, 3)  # chosen: sizes up to that are kept if that suffices, since five or six entries are the usual special cases
LEAST = 3  # what a size is made at least: two would be the size that people test with


def smaller(args: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """The arguments cut to about `FEW` entries, in one way after the other; nothing where no size can be made smaller."""
    sizes = sorted({size for a in args if isinstance(a, np.ndarray) for size in a.shape})
    tried: list[dict[int, int]] = []
    for few, short in itertools.product(FEW, SHORT):
        large, kept = [size for size in sizes if size > short], {size for size in sizes if size <= short}
        for way in (_divided_exactly, _divided, _less, _by_rank) if large else ():
            new = next((new for new in way(large, short, kept) if _fits(args, new, kept, few)), None)
            if new is not None and new not in tried:
                tried.append(new)
                yield tuple(_cut(a, new) for a in args)


def _fits(args: Sequence[Any], new: dict[int, int], kept: set[int], few: int) -> bool:
    """Whether there are few entries, and no two sizes became one."""
    shapes: list[Sequence[int]] = [a.shape for a in args if isinstance(a, np.ndarray)]
    entries = sum(math.prod(new.get(size, size) for size in shape) for shape in shapes)
    return entries <= few and len(set(new.values()) | kept) == len(new) + len(kept)


def _divided_exactly(large: Sequence[int], short: int, kept: set[int]) -> Iterator[dict[int, int]]:
    """All by the same number, which divides each of them."""
    common = math.gcd(*large)
    small = [d for d in range(1, math.isqrt(common) + 1) if common % d == 0]
    for divisor in sorted({*small, *(common // d for d in small)})[1:]:
        if min(large) // divisor >= LEAST:
            yield {size: size // divisor for size in large}


def _divided(large: Sequence[int], short: int, kept: set[int]) -> Iterator[dict[int, int]]:
    """All by the same power of two, rounded up, and not below `short`."""
    for power in range(1, max(large).bit_length()):
        yield {size: max(short, -(-size // 2**power)) for size in large}


def _less(large: Sequence[int], short: int, kept: set[int]) -> Iterator[dict[int, int]]:
    """All less by the same, so that the smallest of them becomes `short`."""
    by = min(large) - short
    yield {size: size - by for size in large}


def _by_rank(large: Sequence[int], short: int, kept: set[int]) -> Iterator[dict[int, int]]:
    """In their order the smallest sizes that there are."""
    free = (size for size in itertools.count(LEAST) if size not in kept)
    new = dict(zip(large, free, strict=False))
    if all(new[size] <= size for size in large):
        yield new


def _cut(a: Any, new: dict[int, int]) -> Any:
    """An argument with the changed sizes."""
    if type(a) is int:
        return new.get(a, a)
    if not isinstance(a, np.ndarray):
        return a
    values = np.array(a[tuple(slice(new.get(size, size)) for size in a.shape)])
    if values.dtype.kind in "iu" and values.size and int(a.min()) >= 0:
        below = [size for size in new if size > int(a.max())]
        values %= new[min(below)] if below else np.iinfo(values.dtype).max
    return values
