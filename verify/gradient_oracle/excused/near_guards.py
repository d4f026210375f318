"""Points beside one without a finite gradient, at which guards act: `beside(args, reads)`. At p = 0 the gradient −y/p of
a log that is guarded is not finite, and says nothing; beside it, between zero and the guard, it can be compared.

>>> from backproof.verify.lift.numpy_code.lifting import lift
>>> p = np.array([0.0, 0.5])
>>> run = lift(lambda p: np.log(np.clip(p, 1e-12, 1.0)), (p,))
>>> near = list(beside((p,), run.reads, run.positions))
>>> any(0 < args[0][0] < 1e-12 for args in near), all(args[0][1] != 0.5 or args[0][0] != 0 for args in near)
(True, True)
>>> list(beside((3, "mode"), (), ()))
[]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.given.floats import is_float
from backproof.verify.lift.tape.literals import SMALL
from backproof.verify.lift.tape.reads import Read

STEPS = (2.0**-40, 2.0**-60, 2.0**-200)  # chosen: below guards of 1e-7 and more, of an eps and its like, and of 1e-38
BOUNDING = ("clip", "maximum", "minimum")
MOST_READS = 200  # chosen: bounds that are approached together, those that were met first


def beside(args: Sequence[Any], reads: Sequence[Read], positions: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """Arguments at which what small bounds hold back is half of them, then some steps up and down."""
    if not any(is_float(a) for a in args):
        return
    acting = [read for read in reads if read.what in BOUNDING and not read.outcome and 0 < abs(read.against or 0.0) <= SMALL]
    found = _half_of_bounds(acting[:MOST_READS], args, positions) if acting else None
    if found is not None:
        yield found
    for step in STEPS:
        for sign in (1.0, -1.0):
            yield tuple(_moved(a, sign * step * _shares(np.shape(a))) if is_float(a) else a for a in args)


def _shares(shape: tuple[int, ...]) -> Any:
    """Different for each entry, so that nothing cancels."""
    count = int(np.prod(shape))
    return (0.5 + 0.5 * (np.arange(count) + 1) / (count + 1)).reshape(shape)


def _half_of_bounds(reads: Sequence[Read], args: Sequence[Any], positions: Sequence[int]) -> tuple[Any, ...] | None:
    """Arguments at which all that is bounded here is about half of its bound, to first order; None where there are
    none."""
    by: dict[int, Any] = {}
    for read in reads:
        gradients = [np.array([float(ball.mid()) for ball in array.reshape(-1)]).reshape(array.shape) for array in read.gradient()]
        size = sum(float(np.sum(g * g)) for g in gradients)
        change = -float(read.against or 0.0) / 2 - float(read.margin.mid())
        if not (np.isfinite(size) and size > 0 and np.isfinite(change)):
            return None
        for position, g in zip(positions, gradients, strict=False):
            by[position] = by.get(position, 0.0) + change * g / size
    return tuple(_moved(a, by[k]) if is_float(a) and k in by and np.shape(a) == by[k].shape else a for k, a in enumerate(args))


def _moved(a: Any, change: Any) -> Any:
    """The argument and the change, in its dtype."""
    if isinstance(a, np.ndarray):
        return (a.astype(float) + change).astype(a.dtype)
    return type(a)(float(a) + float(change))
