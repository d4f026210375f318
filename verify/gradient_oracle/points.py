"""A point at which `check` looks, and the points on the other side of a decision that the code took.

- `across(read, …)`: exactly on a decision, one Newton step along the gradient of its margin, or beyond it;
- `shifted(read, …)`: another whole number of a floor, so that the other entries of a table are read;
- `less_small(args, …)`: away from zero, to see whether something is due to the smallness of arguments;
- `elsewhere(args, …)`: other arguments than the base's, marked where their shapes or settings are others.

Points that do not depend on the code are in `variants.py` and `settings.py`. Whether a point lies in the domain of the
function is for `exploration.py` to find out.

>>> from backproof.verify.gradient_oracle.lifted_runs import lifted_forward
>>> x = np.array([1.0])
>>> (read,) = lifted_forward(lambda x: np.floor(2.0 * x), (x,)).reads
>>> shifted(read, (x,), (0,), 3).args
(array([2.5]),)
>>> (read,) = lifted_forward(lambda x: np.maximum(x, 1.0), (x,)).reads
>>> across(read, (x,), (0,), 1.5) is None
True
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.aimed.steps import in_form_of, slopes_of, stepped
from backproof.verify.gradient_oracle.findings import Kind
from backproof.verify.gradient_oracle.given.floats import is_float
from backproof.verify.lift.tape.reads import Read
from backproof.verify.time_limits import PASSING

ON = 1.0  # Newton steps: exactly on the decision, if its margin is linear
JUST = 1.0 + 2.0**-20  # chosen: so little beyond that narrow regions are not jumped over, and above the roundings of a float32
WELL = 1.5  # chosen: as far beyond as half of the way there
LARGER = 2.0**6  # chosen: by it small arguments are made larger, to see whether something is due to their smallness
TINY = 2.0**-20  # chosen: what stands for arguments that are all zero, which cannot be made larger
WORDS = {ON: "exactly on", JUST: "just across", WELL: "across"}


@dataclass(frozen=True)
class Point:
    """Arguments to look at, and what is special about them.

    `small`    the numbers of arguments that are so small that relative accuracy is at stake; elsewhere derivatives may
               vanish by saturation
    `resized`  they have other shapes, which the backward need not be meant for
    `setting`  an argument that is no array has another value, which the backward need not accept
    `held`     what functions hold there beside the arguments, where that is not what it was: a line of words for each
    `noted`    the kinds of findings that are only noted, at arguments of other ranks or so large that squares overflow;
               the other kinds pass there
    `degenerate`  code that cannot be followed there may have a derivative all the same, and is compared with differences
    """

    args: tuple[Any, ...]
    words: str
    small: frozenset[int] = frozenset()
    resized: bool = False
    setting: bool = False
    held: tuple[str, ...] = ()
    noted: frozenset[Kind] = frozenset()
    degenerate: bool = False


def across(read: Read, args: Sequence[Any], positions: Sequence[int], t: float) -> Point | None:
    """The point x − t·m·∇m/|∇m|² for the margin m of a decision: exactly on it for t = 1, on the other side for larger
    t. None if it has no margin to move along.

    >>> from backproof.verify.gradient_oracle.lifted_runs import lifted_forward
    >>> (read,) = lifted_forward(lambda x: np.maximum(x, 0.25), (np.array([1.0]),)).reads
    >>> point = across(read, (np.array([1.0]),), (0,), WELL)
    >>> point.args, point.words.split(" at ")[0]
    ((array([-0.125]),), 'across the decision maximum')
    """
    try:
        margin = float(read.margin.mid())
    except PASSING:
        raise
    except Exception:  # a read without a margin has no other side that could be aimed at
        return None
    side = WORDS.get(t, "across")
    words = f"{side} the decision {read.what} at {read.place}"
    return _moved(read, args, positions, -t * margin, words, read.against if t == ON else None) if margin else None


def elsewhere(args: Sequence[Any], base: Sequence[Any], words: str) -> Point:
    """A point that may have been come to from other shapes or settings than the `base` has, and says so.

    >>> elsewhere((np.ones(3), 2), (np.ones(2), 2), "larger").resized
    True
    """
    others = any(np.shape(a) != np.shape(b) for a, b in zip(args, base, strict=True))
    settings = any(a is not b for a, b in zip(args, base, strict=True) if not (is_float(b) or isinstance(b, np.ndarray)))
    return Point(tuple(args), words, resized=others, setting=settings)


def shifted(read: Read, args: Sequence[Any], positions: Sequence[int], by: int) -> Point | None:
    """The point at which a floor, ceil or round gives a whole number larger by `by`; None as for `across`."""
    return _moved(read, args, positions, float(by), f"{read.what} {int(read.outcome) + by} at {read.place}")


def _moved(
    read: Read, args: Sequence[Any], positions: Sequence[int], change: float, words: str, onto: float | int | None = None
) -> Point | None:
    """The nearest point at which the margin is larger by `change`, to first order."""
    new = stepped(args, positions, slopes_of(read), change, onto)
    return None if new is None else Point(new, words)


def less_small(args: Sequence[Any], places: Sequence[int]) -> tuple[Any, ...]:
    """The arguments, those in these places `LARGER` times as large; of zeros alone, about as large as `TINY`.

    >>> less_small((np.array([1e-8, 0.0]), 0.5), (0,)), less_small((np.zeros(2),), (0,))
    ((array([6.4e-07, 0.0e+00]), 0.5), (array([9.53674316e-07, 1.90734863e-06]),))
    """
    at_zero = not any(np.any(np.asarray(args[k])) for k in places)
    new = list(args)
    for k in places:
        values = np.asarray(args[k], dtype=float)
        new[k] = in_form_of(args[k], TINY * np.linspace(1, 2, values.size).reshape(values.shape) if at_zero else LARGER * values)
    return tuple(new)
