"""Types of NumPy's that patched code calls to make something: `np.ndarray`, `np.random.RandomState`, `np.random.Generator`.

A stand-in is called instead, and makes what can hold lifted numbers; to every question about types it is the type for
which it stands. `STAND_INS` has them by that type.

>>> from backproof.verify.lift.numpy_code.lifting import NUMPY
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> array = STAND_INS[np.ndarray]
>>> with running(Tape(100, front=NUMPY)):
...     buffer = array((2, 3), dtype=float)
...     buffer[0] = 1.5
...     buffer[0].tolist(), isinstance(buffer, array), array == np.ndarray, array((2,), dtype=int).dtype.kind
([1.5, 1.5, 1.5], True, True, 'i')
>>> class Named(array):
...     pass
>>> Named.__mro__[1], isinstance(np.zeros(1), array), issubclass(Named, array)
(<class 'numpy.ndarray'>, True, True)
>>> array()
Traceback (most recent call last):
    ...
TypeError: ndarray() missing required argument 'shape' (pos ...)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.verify.lift.arrays.arrays import LiftedArray, zeros
from backproof.verify.lift.numpy_code.complex_arrays import complex_of
from backproof.verify.lift.numpy_code.draws import Draws
from backproof.verify.lift.numpy_code.iterating import Iterating
from backproof.verify.lift.numpy_code.types import FLOATS, StandIn, plain_type
from backproof.verify.lift.tape.reads import NotLifted, place


class Maker(StandIn):
    """The type of a stand-in that is called."""

    made: Callable[..., Any]

    def __new__(cls, name: str, bases: tuple[type, ...], members: dict[str, Any], **options: Any) -> Any:
        if not bases:
            return super().__new__(cls, name, bases, members)
        of = tuple(plain_type(base) for base in bases)  # a class statement of the code's
        return type(of[0])(name, of, members, **options)

    def __call__(cls, *args: Any, **options: Any) -> Any:
        return cls.made(*args, **options)

    def __getattr__(cls, name: str) -> Any:
        return getattr(cls.plain, name)


def stand_in(kind: type, made: Callable[..., Any]) -> Any:
    """What stands for a type, and makes something when it is called."""
    return Maker(kind.__name__, (), {"plain": kind, "made": staticmethod(made), "__doc__": kind.__doc__, "__module__": kind.__module__})


def _array(*args: Any, **options: Any) -> Any:
    """`np.ndarray(shape, dtype)`: the numbers in it are any, and are written before they are read."""
    given = {**dict(zip(("shape", "dtype", "buffer", "offset", "strides", "order"), args, strict=False)), **options}
    if isinstance(given.get("buffer"), LiftedArray):
        raise NotLifted("numpy.ndarray(buffer=…) of lifted numbers has no lifted rule", place())
    dtype = np.dtype(given.get("dtype", float))
    if "shape" not in given or given.get("buffer") is not None or not (dtype.kind == "f" or dtype.name == "bfloat16"):
        return np.ndarray(*args, **{**options, **({"dtype": dtype} if "dtype" in options else {})})
    return zeros(given["shape"])


def _complex() -> Any:
    found = stand_in(complex, complex_of)
    found.dtype = np.dtype(complex)
    return found


STAND_INS: dict[type, Any] = {
    complex: _complex(),
    np.ndarray: stand_in(np.ndarray, _array),
    np.nditer: stand_in(np.nditer, Iterating),
    np.random.RandomState: stand_in(np.random.RandomState, lambda *args, **options: Draws(np.random.RandomState(*args, **options))),
    np.random.Generator: stand_in(np.random.Generator, lambda *args: Draws(np.random.Generator(*args))),
}


def shown(kind: type) -> Any:
    """The type that patched code sees in the place of one."""
    return FLOATS.get(kind) or STAND_INS.get(kind, kind)
