"""Whether arguments of other shapes are ones that a backward is surely meant for: `is_size_free`. Then a gradient of a
wrong shape is held against it.

One size larger than one is another one larger than one, along every axis of every argument that has it, which is one
axis of each, or all of them; all ranks are the same; and nothing is known to which the size would be tied: no argument that is a whole number, nothing that the
functions hold, no literal of their code. A size that is broadcast, an axis that is added, one argument alone that is
larger are other questions.

>>> x, w = np.ones(7), np.ones(3)
>>> is_size_free((np.ones(8), w), (x, w), lambda: {2}), is_size_free((np.ones(8), w), (x, w), lambda: {7})
(True, False)
>>> is_size_free((np.ones(1), w), (x, w), set), is_size_free((np.ones((7, 2)), w), (x, w), set)
(False, False)
>>> is_size_free((np.ones(8), x), (x, x), set)  # one of two that have it
False
>>> is_size_free((np.ones((8, 2, 8)),), (np.ones((7, 2, 7)),), set)  # two sizes, perhaps
False
>>> is_size_free(None, (x,), set)
Traceback (most recent call last):
    ...
TypeError: object of type 'NoneType' has no len()
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.given.contained import contained, is_the_codes
from backproof.verify.lift.lifted import Function

FURTHER = 4  # chosen: of a size that comes by accident, as 3 where halves are broadcast, the next of its kind is none


def is_size_free(args: Sequence[Any], base: Sequence[Any], tied: Callable[[], set[int]]) -> bool:
    """Whether the arguments differ from those of the base in one size that may be any; `tied()` gives the numbers that
    functions hold."""
    if len(args) != len(base):
        return False
    there = {size for a in base for size in np.shape(a)}
    pairs = set[tuple[int, int]]()
    kept = set[int]()
    for a, b in zip(args, base, strict=True):
        if np.ndim(a) != np.ndim(b) or (not isinstance(b, np.ndarray) and a is not b):
            return False
        changed = [old for new, old in zip(np.shape(a), np.shape(b), strict=True) if new != old]
        if 1 < len(changed) < np.ndim(b):
            return False
        for new, old in zip(np.shape(a), np.shape(b), strict=True):
            if new != old:
                pairs.add((old, new))
            else:
                kept.add(old)
    if len(pairs) != 1:
        return False
    (old, new) = pairs.pop()
    parts = [part for b in base for part in (b if isinstance(b, list | tuple) else (b,))]
    whole = {int(part) for part in parts if isinstance(part, int | np.integer)}
    return min(old, new) > 1 and old not in kept and new not in there and old not in whole and old not in tied()


def takes_further_sizes(f: Function, args: Sequence[Any], base: Sequence[Any]) -> bool:
    """Whether f comes back where the size that is another one is larger by `FURTHER` again.

    >>> halves = lambda x: np.concatenate([x[0::2] + x[1::2], x[0::2] - x[1::2]])
    >>> takes_further_sizes(halves, (np.ones(3),), (np.ones(6),)), takes_further_sizes(halves, (np.ones(4),), (np.ones(6),))
    (False, True)
    """
    further = list(args)
    for k, (a, b) in enumerate(zip(args, base, strict=True)):
        for axis, (new, old) in enumerate(zip(np.shape(a), np.shape(b), strict=True)):
            if new != old:
                further[k] = np.take(further[k], np.arange(new + FURTHER), axis=axis, mode="wrap")
    try:
        with np.errstate(all="ignore"):
            contained(f, *further)
    except Exception as error:
        if not is_the_codes(error):
            raise
        return False
    return True


def is_deprecated(f: Function, args: Sequence[Any]) -> bool:
    """Whether f says at some arguments that they will not be taken any more.

    >>> is_deprecated(lambda x: warnings.warn("old", DeprecationWarning) or x, (1.0,)), is_deprecated(abs, (1.0,))
    (True, False)
    """
    with warnings.catch_warnings(record=True) as said, np.errstate(all="ignore"):
        warnings.simplefilter("always")
        try:
            contained(f, *(a.copy() if isinstance(a, np.ndarray) else a for a in args))
        except Exception as error:
            if not is_the_codes(error):
                raise
    return any(issubclass(one.category, DeprecationWarning) for one in said)
