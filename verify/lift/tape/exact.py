"""Plain numbers of the code as balls: `exact(value)`.

>>> exact(0.1).is_exact(), exact(True), exact(np.float32(0.25))
(True, 1.00000000000000, 0.250000000000000)
>>> exact(1j)
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: a value of type complex (1j) among lifted numbers has no lifted rule (<doctest ...>:1)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.verify.lift.tape.reads import NotLifted, place
from backproof.verify.numbers.ball_arrays import Ball, arb


def exact(value: Any) -> Ball:
    """The ball of radius 0 of a plain number, a ball as it is; NotLifted if it is not a real number."""
    kind = type(value)
    if kind is float:
        return arb(value)
    if kind is arb:
        return value
    if kind is bool or kind is int:
        return arb(int(value))
    if isinstance(value, np.generic) and value.dtype.char == "g":
        return _exact_long(value)
    if isinstance(value, np.generic) and value.dtype.kind in "fiub":
        return arb(value.item())
    if isinstance(value, int | float):
        return arb(value)
    if isinstance(value, np.generic) and hasattr(value, "__float__") and value.dtype.kind not in "cMmSUO":
        return arb(float(value))  # bfloat16 and its like
    raise NotLifted(f"a value of type {kind.__name__} ({value!r}) among lifted numbers has no lifted rule", place())


def _exact_long(value: Any) -> Ball:
    """A number of more than 53 bits."""
    high = float(value)
    return arb(high) + arb(float(value - np.longdouble(high))) if np.isfinite(value) else arb(high)
