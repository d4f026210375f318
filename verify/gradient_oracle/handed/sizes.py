"""Sizes that go together: a domain for flat arguments whose sizes are not free.

Data that stay as they are fix their sizes. The parameters of a layer keep their ranks, and what has the same size in it
and in its inputs is changed together: a bias of shape (1, n) is no batch of one.

>>> x, bias = np.ones((4, 3)), np.ones((1, 3))
>>> within = together([x, bias])
>>> within(np.ones((5, 2)), np.ones((1, 2))), within(np.ones((5, 3)), np.ones((5, 3))), within(np.ones((4, 2)), bias)
(True, False, False)
>>> within = beside([x], fixed=[np.ones((4, 2))])
>>> within(np.ones((4, 5))), within(np.ones((6, 3)))
(True, False)
>>> together([x])(np.ones(3))
False
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.given.contained import contained

Shapes = tuple[tuple[int, ...] | None, ...]


def _shapes(values: Sequence[Any]) -> Shapes:
    return tuple(value.shape if isinstance(value, np.ndarray) else None for value in values)


def together(given: Sequence[Any], fixed: Sequence[Any] = ()) -> Callable[..., bool]:
    """Whether arguments have the ranks of those given, and every size that stands there is the same other one
    everywhere; those of `fixed` arrays, and sizes of one, are no other."""
    pinned = {size for shape in _shapes(fixed) if shape is not None for size in shape} | {1}
    return partial(_is_together, _shapes(given), {size: size for size in pinned})


def _is_together(given: Shapes, known: dict[int, int], *args: Any) -> bool:
    becomes = dict(known)
    for before, now in zip(given, _shapes(args), strict=True):
        if before is None or now is None:
            continue
        if len(before) != len(now):
            return False
        if any(becomes.setdefault(old, new) != new for old, new in zip(before, now, strict=True)):
            return False
    return True


def all_of(first: Callable[..., bool], second: Callable[..., Any] | None) -> Callable[..., Any]:
    """Both, one after the other; the second is the caller's, if there is one."""
    return first if second is None else partial(_both, first, second)


def _both(first: Callable[..., bool], second: Callable[..., Any], *args: Any) -> Any:
    return contained(second, *args) if first(*args) else False


def beside(given: Sequence[Any], fixed: Sequence[Any]) -> Callable[..., bool]:
    """Whether sizes that fixed arrays have are those of the arguments given, where these have them."""
    pinned = frozenset(size for shape in _shapes(fixed) if shape is not None for size in shape if size > 1)
    return partial(_is_beside, _shapes(given), pinned)


def _is_beside(given: Shapes, pinned: frozenset[int], *args: Any) -> bool:
    for before, now in zip(given, _shapes(args), strict=True):
        if before is None or now is None or before == now:
            continue
        if len(before) != len(now) or any(old in pinned and old != new for old, new in zip(before, now, strict=True)):
            return False
    return True
