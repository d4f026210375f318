"""Views of lifted arrays, and lifted arrays of a subclass of ndarray: `np.matrix`, or one of user code.

`viewed(x, …)` is what `x.view(…)` becomes. For a subclass there is one class that is both: what the subclass defines
comes first, then the lifted rules; results of functions are of that class where NumPy's are.

>>> from backproof.verify.lift.arrays.arrays import leaves
>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     m = viewed(leaves(np.array([[1.0, 2.0], [0.0, 4.0]]), tape), np.matrix)
...     product = m * m
...     product.tolist(), type(m).stands_for, isinstance(product, np.matrix), viewed(m, np.ndarray).shape
([[1.0, 10.0], [0.0, 16.0]], <class 'numpy.matrix'>, True, (2, 2))
>>> with running(Tape(100, front=ARRAYS)):
...     viewed(m, np.int64)
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: numpy.ndarray.view(int64) has no lifted rule (...
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from backproof.verify.lift.arrays.arrays import LiftedArray, plain, wrapped
from backproof.verify.lift.tape.reads import NotLifted, place
from backproof.verify.lift.tape.tape import NOW

OF_NDARRAY = (np.where, np.einsum, np.outer, np.interp, np.tensordot, np.cov, np.corrcoef, np.vander, np.kron)
"""Functions whose results NumPy makes plain arrays, whatever goes in."""


def viewed(x: Any, *given: Any, **options: Any) -> Any:
    """`x.view(dtype)`, `x.view(type)` or `x.view()`: of the same numbers."""
    named = {**dict(zip(("dtype", "type"), given, strict=False)), **options}
    asked = [_plain_type(value) for value in named.values() if value is not None]
    kinds = [kind for kind in asked if isinstance(kind, type) and issubclass(kind, np.ndarray)]
    for dtype in asked:
        if dtype not in kinds and np.dtype(dtype) != NOW.tape.dtype:
            raise NotLifted(f"numpy.ndarray.view({np.dtype(dtype)})", place())
    kind = kinds[-1] if kinds else type(x)
    if issubclass(kind, LiftedArray):
        return np.ndarray.view(x, kind)
    if kind is np.ndarray:
        return wrapped(plain(x))
    found = np.ndarray.view(plain(x), lifted_subclass(kind))
    return _finalized(found, x)


def _plain_type(value: Any) -> Any:
    return getattr(value, "plain", value) if isinstance(value, type) else value


@cache
def lifted_subclass(kind: Any) -> Any:
    """The class of lifted arrays that are of a subclass of ndarray. NotLifted if it has a say in what NumPy returns."""
    if any("__array_wrap__" in vars(base) for base in kind.__mro__[: kind.__mro__.index(np.ndarray)]):
        raise NotLifted(f"{kind.__name__}, a subclass of ndarray with __array_wrap__, has no lifted rule", place())
    return type(kind.__name__, (kind, OfSubclass), {"stands_for": kind, "__module__": kind.__module__, "__qualname__": kind.__qualname__})


class OfSubclass(LiftedArray):
    """A lifted array that is of the class `stands_for` too."""

    stands_for: Any

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        found = NOW.tape.front.ufunc(ufunc, method, tuple(map(_demoted, inputs)), {key: _demoted(part) for key, part in options.items()})
        if options.get("out") is not None:
            out = options["out"]
            return out[0] if isinstance(out, tuple) and len(out) == 1 else out
        return _promoted(found, self)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        found = NOW.tape.front.function(function, _demoted(args), {key: _demoted(part) for key, part in options.items()})
        return found if function in OF_NDARRAY else _promoted(found, self)

    @property
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self.stands_for

    def astype(self, dtype: Any, *_: Any, copy: bool = True, **__: Any) -> Any:
        return _promoted(LiftedArray.astype(_demoted(self), dtype, copy=copy), self)


def _demoted(value: Any) -> Any:
    """Without the subclass: the rules compute with arrays."""
    if isinstance(value, OfSubclass):
        return np.ndarray.view(value, LiftedArray)
    if type(value) in (tuple, list):
        return type(value)(map(_demoted, value))
    return value


def _promoted(found: Any, like: Any) -> Any:
    if type(found) in (tuple, list):
        return type(found)(_promoted(part, like) for part in found)
    return _finalized(np.ndarray.view(found, type(like)), like) if type(found) is LiftedArray else found


def _finalized(found: Any, like: Any) -> Any:
    """What the subclass does with a new array that comes from another."""
    type(found).__array_finalize__(found, like)
    return found


setattr(LiftedArray, "view", viewed)  # noqa: B010
