"""`WholeArray`: an array of whole numbers or truth values in patched code. Arrays of floats that are made of it are
lifted, so that they can be written into: `mask = (x > 0).astype(float)`, then `mask *= d`.

>>> from backproof.verify.lift.arrays.arrays import leaves
>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     x, mask = leaves(np.array([1.0, -4.0]), tape), whole(np.array([True, False]))
...     kept = mask / 0.5
...     kept *= x
...     kept.tolist(), type(mask & ~mask) is WholeArray, (mask.astype(float) + x).tolist(), mask.mean()
([2.0, 0.0], True, [2.0, -4.0], np.float64(0.5))
>>> whole(np.array([0.5])).dtype, whole("no array")
(dtype('float64'), 'no array')
>>> whole(np.arange(2)) @ np.ones(3)
Traceback (most recent call last):
    ...
ValueError: matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature (n?,k),(k,m?)->(n?,m?) (size 3 is different from 2)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.verify.lift.arrays.arrays import LiftedArray, array_of
from backproof.verify.lift.arrays.dtypes import dtype_of
from backproof.verify.lift.tape.tape import NOW, Scalar

WHOLE = "biu"
_OWN = "mean std var sum prod dot cumsum cumprod clip round trace max min ptp take repeat argsort argmax argmin nonzero"


class WholeArray(np.ndarray):
    """It is made by `whole`."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        given, out = {key: bare(part) for key, part in options.items()}, options.get("out")
        if any(isinstance(part, LiftedArray) or type(part) is Scalar for part in (*inputs, *(out or ()))):
            found = NOW.tape.front.ufunc(ufunc, method, tuple(map(bare, inputs)), given)
        else:
            found = made_real(getattr(ufunc, method)(*map(bare, inputs), **given))
        return found if out is None else out[0] if len(out) == 1 else out

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        if any(issubclass(kind, LiftedArray | Scalar) for kind in types):
            return NotImplemented
        found = function(*bare(args), **{key: bare(part) for key, part in options.items()})
        return options["out"] if options.get("out") is not None else made_real(found)

    @property
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The type that code sees."""
        found = NOW.tape.front.shown(np.ndarray)
        return np.ndarray if found is Scalar else found

    def astype(self, dtype: Any, *args: Any, **options: Any) -> Any:
        return made_real(np.ndarray.astype(bare(self), dtype_of(dtype), *args, **options))


def _of_its_numbers(name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **options: Any) -> Any:
        if any(isinstance(part, LiftedArray) or type(part) is Scalar for part in (*args, *options.values())):
            return getattr(np, name)(array_of(bare(self)), *args, **options)
        found = getattr(bare(self), name)(*bare(args), **{key: bare(part) for key, part in options.items()})
        return options["out"] if options.get("out") is not None else made_real(found)

    method.__name__ = name
    return method


for _name in _OWN.split():
    if hasattr(np.ndarray, _name):
        setattr(WholeArray, _name, _of_its_numbers(_name))


def whole(value: Any) -> Any:
    """A plain array of whole numbers or truth values as such, of the same memory; anything else as it is."""
    return np.ndarray.view(value, WholeArray) if type(value) is np.ndarray and value.dtype.kind in WHOLE else value


def bare(value: Any) -> Any:
    """Without that, in tuples and lists too."""
    if isinstance(value, WholeArray):
        return np.ndarray.view(value, np.ndarray)
    return type(value)(map(bare, value)) if type(value) in (tuple, list) else value


def made_real(found: Any) -> Any:
    """What came out of whole numbers: arrays of floats are lifted."""
    if type(found) is np.ndarray:
        return array_of(found) if found.dtype.kind == "f" else whole(found)
    return type(found)(map(made_real, found)) if type(found) in (tuple, list) else found
