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

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


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
