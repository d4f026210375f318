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
        seen = list[Scalar]()
        for value in (*args, *options.values()):
            _collect(value, seen)
        before, constants = len(RAISED), all(x.index < 0 for x in seen)
        try:
            return _constants(rewrapped(function(*args, **options)))
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
        if constants and seen:
            return _constants(function(*map(_floats, args), **{key: _floats(value) for key, value in options.items()}))
        raise NotLifted(name, place())

    return call


def _collect(value: Any, seen: list[Scalar]) -> None:
    """The lifted numbers among the arguments."""
    if type(value) is Scalar:
        seen.append(value)
    elif isinstance(value, LiftedArray):
        seen.extend(plain(value).reshape(-1).tolist())
    elif isinstance(value, list | tuple):
        for part in value:
            _collect(part, seen)
    elif type(value) is dict:
        _collect(tuple(value.values()), seen)


def _floats(value: Any) -> Any:
    if type(value) is Scalar:
        return float(value)
    if isinstance(value, LiftedArray):
        return plain(value).astype(float)
    if type(value) in (list, tuple):
        return type(value)(map(_floats, value))
    return value


def _constants(found: Any) -> Any:
    """Arrays of floats as lifted constants."""
    if type(found) is np.ndarray and found.dtype.kind == "f":
        return array_of(found)
    return tuple(map(_constants, found)) if type(found) is tuple else found
