"""At which points `check` looks: the given ones, then others chosen by reading the code and by breaking structure.

- `across(read, …)`: the other side of a decision that the code took, or exactly on it: one Newton step along the gradient of its margin, a little longer or far longer;
- `shifted(read, …)`: another whole number of a floor, so that the other entries of a table are read;
- `variants(args, …)`: arguments of the same shapes that are not what people test with: generic (not symmetric, no zeros), ties, zeros, negative, tiny and huge
  magnitudes, repeated and turned indices; and of other shapes: every size that arguments share made larger (a batch of one made three), one more axis, sizes of one.

Each is a `Point`: the arguments and a few words. Whether they lie in the domain of the function is for `check` to find out.

>>> from backproof.verify.gradient_oracle.variants import variants
>>> rng = np.random.default_rng(0)
>>> [point.words for point in variants((np.array([[1.0, 2.0]]),), rng)][:5]
['generic values', 'small values, times 1e-08', 'large values, times 1e+08', 'negative values', 'a zero']
>>> next(point.args[0].shape for point in variants((np.array([[1.0, 2.0]]),), rng) if "size 1 made 3" in point.words)
(3, 2)
>>> list(variants((3,), rng))
[]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.running import is_float
from backproof.verify.lift.tape.reads import Read

JUST = 1.0 + 2.0**-20


@dataclass(frozen=True)
class Point:
    """Arguments to look at, and what is special about them.

    `small`: the numbers of arguments that are so small that relative accuracy is at stake; elsewhere derivatives may vanish by saturation. `resized`: they have
    other shapes, which the backward need not be meant for. `setting`: an argument that is no array has another value, which the backward need not accept.
    `noted`: the kinds of findings that are only noted, at arguments of other ranks or so large that squares overflow; the other kinds pass there.
    """

    args: tuple[Any, ...]
    words: str
    small: frozenset[int] = frozenset()
    resized: bool = False
    setting: bool = False
    noted: frozenset[str] = frozenset()


def across(read: Read, args: Sequence[Any], positions: Sequence[int], t: float) -> Point | None:
    """The point x − t·m·∇m/|∇m|² for the margin m of a decision: exactly on it for t = 1, on the other side for larger t. None if it has no margin to move along.

    >>> from backproof.verify.lift.numpy_code.lifting import lift
    >>> (read,) = lift(lambda x: np.maximum(x, 0.25), (np.array([1.0]),)).reads
    >>> point = across(read, (np.array([1.0]),), (0,), 1.5)
    >>> point.args, point.words.split(" at ")[0]
    ((array([-0.125]),), 'across the decision maximum')
    """
    try:
        margin = float(read.margin.mid())
    except Exception:  # a read without a margin has no other side that could be aimed at
        return None
    side = "exactly on" if t == 1.0 else "just across" if t < 1.1 else "across"
    return _moved(read, args, positions, -t * margin, f"{side} the decision {read.what} at {read.place}") if margin else None


def shifted(read: Read, args: Sequence[Any], positions: Sequence[int], by: int) -> Point | None:
    """The point at which a floor, ceil or round gives a whole number larger by `by`; None as for `across`."""
    return _moved(read, args, positions, float(by), f"{read.what} {int(read.outcome) + by} at {read.place}")


def _moved(read: Read, args: Sequence[Any], positions: Sequence[int], change: float, words: str) -> Point | None:
    """The nearest point at which the margin is larger by `change`, to first order."""
    try:
        gradients = [np.array([float(ball.mid()) for ball in array.reshape(-1)]).reshape(array.shape) for array in read.gradient()]
    except Exception:
        return None
    size = sum(float(np.sum(g * g)) for g in gradients)
    if not (np.isfinite(change) and np.isfinite(size)) or size == 0:
        return None
    moved_by = dict(zip(positions, gradients, strict=False))
    new: list[Any] = []
    for k, a in enumerate(args):
        g = moved_by.get(k)
        if g is None or not is_float(a) or np.shape(a) != g.shape:
            new.append(a)
        else:
            new.append(_like(a, np.asarray(a, dtype=float) + change * g / size))
    return Point(tuple(new), words)


def _like(a: Any, values: Any) -> Any:
    """The values in the dtype of an argument, and as a plain float where it is one."""
    if isinstance(a, np.ndarray):
        with np.errstate(all="ignore"):
            return np.asarray(values).astype(a.dtype)
    return type(a)(float(values))


"""The rules by name, the most telling first; the words of a point are those of its rule, or say which argument or size is meant."""
