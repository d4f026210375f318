"""One step towards a decision: the arguments at which its margin is another one, to first order.

>>> from backproof.verify.gradient_oracle.lifted_runs import lifted_forward
>>> x = np.array([0.7, 5.0])
>>> read, _ = lifted_forward(lambda x: np.maximum(x, 0.1), (x,)).reads
>>> stepped((x,), (0,), slopes_of(read), 0.1 - 0.7, onto=0.1)
(array([0.1, 5. ]),)
>>> stepped((x,), (0,), slopes_of(read), float("inf")) is None
True
>>> slopes_of(None) is None
True
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.given.floats import is_float
from backproof.verify.lift.tape.reads import Read
from backproof.verify.time_limits import PASSING

ROUNDED = 2.0**-48  # chosen: of a threshold; what comes so near was meant to be it, and lost some roundings on the way


def slopes_of(read: Read) -> list[Array] | None:
    """The derivatives of the margin of a decision by the lifted inputs, in floats; None where there are none."""
    try:
        return [np.array([float(ball.mid()) for ball in array.reshape(-1)]).reshape(array.shape) for array in read.gradient()]
    except PASSING:
        raise
    except Exception:
        return None


def stepped(
    args: Sequence[Any], positions: Sequence[int], slopes: Sequence[Array] | None, change: float, onto: float | int | None = None
) -> tuple[Any, ...] | None:
    """The nearest arguments at which the margin is larger by `change`, to first order; where that is one entry which
    comes to within rounding of ±`onto`, that very number. None where there is no way."""
    if slopes is None:
        return None
    size = sum(float(np.sum(g * g)) for g in slopes)
    if not (np.isfinite(change) and np.isfinite(size)) or size == 0:
        return None
    moved_by = dict(zip(positions, slopes, strict=False))
    new: list[Any] = []
    for k, a in enumerate(args):
        g = moved_by.get(k)
        if g is None or not is_float(a) or np.shape(a) != g.shape:
            new.append(a)
            continue
        values = np.asarray(a, dtype=float) + change * g / size
        if onto is not None and size == 1.0:
            meant = (np.abs(g) == 1.0) & (np.abs(np.abs(values) - abs(onto)) <= ROUNDED * abs(onto))
            values = np.where(meant, np.copysign(onto, values), values)
        new.append(in_form_of(a, values))
    return tuple(new)


def in_form_of(a: Any, values: Any) -> Any:
    """The values in the dtype of an argument, and as a plain float where it is one.

    >>> in_form_of(np.float32([1]), np.array([0.5])).dtype, in_form_of(1.0, np.array(0.5))
    (dtype('float32'), 0.5)
    """
    if isinstance(a, np.ndarray):
        with np.errstate(all="ignore"):
            return np.asarray(values).astype(a.dtype)
    return type(a)(float(values))
