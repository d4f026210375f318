"""`guarded(f)`: a function of SciPy without a rule, in patched code: what it makes of lifted numbers, or the error that
names it.

>>> import scipy.linalg
>>> from backproof.verify.lift.arrays.arrays import leaves, zeros
>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     x = leaves(np.array([1.0, 2.0]), tape)
...     guarded(scipy.linalg.toeplitz)(x)[0], guarded(scipy.linalg.expm)(zeros((2, 2))).tolist()
(lifted(array([1.0, 2.0], dtype=object)), [[1.0, 0.0], [0.0, 1.0]])
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     guarded(scipy.linalg.logm)(leaves(np.eye(2), tape))
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: scipy.linalg.logm has no lifted rule (...
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.verify.lift.arrays.arrays import LiftedArray, array_of, plain, rewrapped
from backproof.verify.lift.arrays.whole import whole
from backproof.verify.lift.tape.errors import public_name
from backproof.verify.lift.tape.reads import RAISED, NotLifted, Undecided, place
from backproof.verify.lift.tape.tape import Scalar
from backproof.verify.time_limits import PASSING


@functools.cache
def guarded(function: Any) -> Callable[..., Any]:
    """The function for patched code. Where it cannot take lifted constants it gets them as floats."""
    name = public_name(str(function.__module__), function.__name__)

    @functools.wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        seen = collected((*args, *options.values()))
        before, fixed = len(RAISED), all(x.index < 0 for x in seen)
        try:
            return constants(rewrapped(function(*args, **options)))
        except PASSING:
            raise
        except Exception as error:
            raised, here = RAISED[before:], place()
            for other in raised:
                if isinstance(other, Undecided) or getattr(other, "place", here) != here:
                    raise other from None
            if not raised and (not seen or isinstance(error, np.linalg.LinAlgError)):
                raise
            del RAISED[before:]
        if fixed and seen:
            return constants(function(*floats(args), **floats(options)))
        raise NotLifted(name, place())

    return call


def collected(value: Any) -> list[Scalar]:
    """The lifted numbers among arguments, constants too."""
    if type(value) is Scalar:
        return [value]
    if isinstance(value, LiftedArray):
        return plain(value).reshape(-1).tolist()
    parts = value.values() if type(value) is dict else value if isinstance(value, list | tuple) else ()
    return [x for part in parts for x in collected(part)]


def floats(value: Any) -> Any:
    """Arguments with lifted constants as floats; numbers that depend on an input stay what they are."""
    if type(value) is Scalar:
        return float(value) if value.index < 0 else value
    if isinstance(value, LiftedArray):
        return plain(value).astype(float) if all(x.index < 0 for x in plain(value).flat) else value
    if type(value) in (list, tuple):
        return type(value)(map(floats, value))
    return {key: floats(part) for key, part in value.items()} if type(value) is dict else value


def constants(found: Any) -> Any:
    """Arrays of floats as lifted constants, and those of whole numbers as such."""
    if type(found) is np.ndarray and found.dtype.kind == "f":
        return array_of(found)
    return tuple(map(constants, found)) if type(found) is tuple else whole(found)
