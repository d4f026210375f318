"""One wrong gradient by itself: zero, a simple factor (also the length of an axis), transposed, in another order, another
argument's.

>>> from backproof.verify.gradient_oracle.causes.edges import Edges
>>> def alone(right, found):
...     seen = Observed(("`x`",), [np.array(right)], [np.array(found)], Edges([], [], [], [], (0,), []), np.ones(2))
...     return [cause.words for cause in alone_causes(0, seen)]
>>> alone([1.0, 2.0], [2.0, 4.0])
['the gradient of `x` is 2 times the derivative (2 is the length of an axis)']
>>> alone([1.0, 2.0, 4.0], [0.0, 1.0, 2.0])
['the gradient of `x` is shifted by 1 along axis 0']
>>> alone([1.0, 2.0, 4.0], [1.0, 3.0, 7.0])
[]
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.causes.cause import Cause, Fault
from backproof.verify.gradient_oracle.causes.fitting import FITS, projected, says_something, times_the_derivative
from backproof.verify.gradient_oracle.causes.observed import Observed

MOST_SHIFTS = 64  # chosen: places by which entries are shifted; a larger offset is seldom a slip
FEWEST_SHIFTED = 2  # entries that must stay under a shift, or it explains nothing; chosen: one is equal by chance


def alone_causes(k: int, seen: Observed) -> Iterator[Cause]:
    """What fits the gradient at place k, the simplest first."""
    right, found, number = seen.right[k], seen.found[k], seen.edges.positions[k]

    def cause(fault: Fault, words: str) -> Cause:
        return Cause(fault, f"the gradient of {seen.name(k)} {words}", number)

    sizes = sorted({length for part in (*seen.right, *_arrays(seen.cotangent)) for length in (*part.shape, part.size) if length > 1})
    if not found.any() and right.any():
        yield cause(Fault.ZERO, "is zero: nothing flows back to it")
    factor = projected(found, right)
    if factor is not None and says_something(factor, right, sizes) and seen.fit({k: factor * right}):
        yield cause(Fault.SIGN if abs(factor + 1) < FITS else Fault.FACTOR, f"is {times_the_derivative(factor, sizes)}")
    if right.ndim == 2 and right.shape[0] == right.shape[1] and seen.fit({k: right.T}):
        spread = any(np.array_equal(right, np.broadcast_to(right.take([0], axis), right.shape)) for axis in range(2))
        yield cause(Fault.AXIS, "is spread along the wrong axis") if spread else cause(Fault.TRANSPOSED, "is transposed")
    yield from (cause(fault, f"is {words}") for fault, words, turned in _turned(right) if seen.fit({k: turned}))
    for other in range(len(seen.right)):
        if other != k and seen.fit({k: seen.right[other]}):
            yield cause(Fault.EXCHANGED, f"is that of {seen.name(other)}")


def _arrays(cotangent: object) -> list[Array]:
    parts = cotangent if isinstance(cotangent, tuple | list) else [cotangent]
    return [np.asarray(part, dtype=float) for part in parts]


def _turned(array: Array) -> Iterator[tuple[Fault, str, Array]]:
    """The entries in another order along one axis, or as many places farther on."""
    for axis in range(array.ndim):
        length = array.shape[axis]
        yield Fault.ORDER, f"turned around along axis {axis}", np.flip(array, axis)
        for step in (1, -1):
            yield Fault.ORDER, f"shifted by one along axis {axis}", np.roll(array, step, axis)
        for step in range(1, min(length, MOST_SHIFTS + 1)):
            if array.size - step * (array.size // length) >= FEWEST_SHIFTED:
                yield from ((Fault.SLICE, f"shifted by {s} along axis {axis}", _moved(array, s, axis)) for s in (step, -step))


def _moved(array: Array, step: int, axis: int) -> Array:
    """Shifted, with zeros where nothing comes from."""
    moved = np.roll(array, step, axis)
    edge = slice(None, step) if step > 0 else slice(step, None)
    moved[(slice(None),) * axis + (edge,)] = 0.0
    return moved
