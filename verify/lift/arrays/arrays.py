"""`LiftedArray`: an ndarray of scalars that shows itself as floats, and hands every ufunc and NumPy function to the
lifted rules.

Rule: NumPy's own code never sees a `LiftedArray` but plain object arrays, whose dtype is what it says; results are
wrapped again. What NumPy's functions become, the front end of the tape says; `ARRAYS` of `dispatch.py` has the rules,
and runs all others as NumPy wrote them, on the scalars.

>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     x = leaves(np.array([1.0, 2.0]), tape)
...     y = np.stack([np.exp(x), x[::-1]])
>>> y.shape, y.dtype, y[0, 1]
((2, 2), dtype('float64'), 7.38905609893065)
>>> np.linalg.eig(x)
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: numpy.linalg.eig has no lifted rule (...
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.lift.arrays.dtypes import dtype_of, shown_to
from backproof.verify.lift.arrays.flags import Flags
from backproof.verify.lift.tape.decisions import decide
from backproof.verify.lift.tape.exact import exact
from backproof.verify.lift.tape.kinks import truncate
from backproof.verify.lift.tape.operators import complete
from backproof.verify.lift.tape.reads import NotLifted, Undefined, place
from backproof.verify.lift.tape.tape import NOW, Scalar, Tape, of_python, scalar

complete(Scalar)
_scalars = np.frompyfunc(scalar, 1, 1)


OF_KIND: dict[str, Callable[[Any], Any]] = {}
"""What lifted numbers become in a dtype of another kind than real numbers, by its letter; `complex_numbers.py` adds its own."""


class LiftedArray(np.ndarray):
    """An object array of scalars. It is made by `leaves` and `array_of`, and by the code that runs on them."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        return NOW.tape.front.ufunc(ufunc, method, inputs, options)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        return NOW.tape.front.function(function, args, options)

    def __setitem__(self, key: Any, value: Any) -> None:
        target, found = plain(self), value if type(value) is Scalar else plain(array_of(value))
        target[plain_index(key)] = found if type(found) is Scalar or found.ndim else found[()]

    def __getitem__(self, key: Any) -> Any:
        return of_python(np.ndarray.__getitem__(self, plain_index(key)), False)

    @property
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The type that code sees."""
        found = NOW.tape.front.shown(np.ndarray)
        return np.ndarray if found is Scalar else found

    @property
    def dtype(self) -> Any:
        """The dtype that the lifted inputs had."""
        return shown_to(sys._getframe(1))  # pyright: ignore[reportPrivateUsage]

    @property
    def base(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride, reportIncompatibleVariableOverride]
        """The lifted array of which it is a part; the plain array of objects below a whole one does not count."""
        found = np.ndarray.base.__get__(self)  # pyright: ignore[reportAttributeAccessIssue]
        while type(found) is np.ndarray and found.dtype == object:
            found = found.base
        return found

    @property
    def flags(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride, reportIncompatibleVariableOverride]
        return Flags(self)

    def item(self, *where: Any) -> Any:
        return of_python(np.ndarray.item(self, *where))

    def tolist(self) -> Any:
        return _as_python(np.ndarray.tolist(self))

    def compress(self, condition: Any, axis: Any = None, out: Any = None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        return np.compress(condition, self, axis, out)

    @property
    def itemsize(self) -> int:
        return int(NOW.tape.dtype.itemsize)

    @property
    def nbytes(self) -> int:
        return self.size * self.itemsize

    @property
    def real(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride, reportIncompatibleVariableOverride]
        return self

    @property
    def imag(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride, reportIncompatibleVariableOverride]
        return zeros(self.shape)

    def astype(self, dtype: Any, *_: Any, copy: bool = True, **__: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        other = OF_KIND.get(np.dtype(dtype_of(dtype)).kind)
        return converted(self, dtype, copy) if other is None else other(self)

    def __reduce__(self) -> Any:
        return _from_numbers, (self.shape, plain(self).reshape(-1).tolist())

    def __repr__(self) -> str:
        return f"lifted({plain(self)!r})"

    def __format__(self, form: str) -> str:
        return format(self.item(), form) if self.ndim == 0 else repr(self)


def _as_python(value: Any) -> Any:
    return [_as_python(part) for part in value] if isinstance(value, list) else of_python(value)


def _method(name: str, function: Any) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **options: Any) -> Any:
        return function(self, *args, **options)

    method.__name__ = name
    return method


def _refusing(name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **options: Any) -> Any:
        raise NotLifted(f"numpy.ndarray.{name}", place())

    return method


_AS_FUNCTIONS = (
    "all any argmax argmin argpartition argsort clip cumprod cumsum dot max mean min nonzero prod ptp round searchsorted std sum trace var"
    " choose diagonal take repeat"
)
for _name in _AS_FUNCTIONS.split():
    setattr(LiftedArray, _name, _method(_name, getattr(np, _name)))
for _name in ("tobytes", "tofile", "dump", "dumps", "byteswap"):
    setattr(LiftedArray, _name, _refusing(_name))
for _name in ("data", "ctypes"):
    setattr(LiftedArray, _name, property(_refusing(_name)))
for _name in ("conj", "conjugate"):
    setattr(LiftedArray, _name, lambda self: self)


def _sort(self: Any, axis: int = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> None:
    plain(self)[...] = plain(np.sort(self, axis=axis, kind=kind))


def _partition(self: Any, kth: Any, axis: int = -1, kind: str = "introselect", order: Any = None) -> None:
    plain(self)[...] = plain(np.partition(self, kth, axis=axis))


setattr(LiftedArray, "sort", _sort)  # noqa: B010
setattr(LiftedArray, "partition", _partition)  # noqa: B010
setattr(LiftedArray, "fill", lambda self, value: self.__setitem__(Ellipsis, value))  # noqa: B010


# making arrays


def _from_numbers(shape: tuple[int, ...], numbers: list[Any]) -> Any:
    """The array of these scalars, as a pickle has it."""
    result: Array = np.empty(len(numbers), dtype=object)
    result[:] = numbers
    return wrapped(result.reshape(shape))


def wrapped(objects: Array) -> Any:
    """A plain object array of scalars as a lifted array of the same memory."""
    return np.ndarray.view(objects, LiftedArray)


def plain(value: Any) -> Any:
    """A lifted array as a plain object array of the same memory; anything else as it is."""
    return np.ndarray.view(value, np.ndarray) if isinstance(value, LiftedArray) else value


def entry_by_entry(function: Callable[..., Any], *arrays: Any) -> Array:
    """A function of numbers on arrays, entry by entry; the result is a plain object array."""
    found: Any = np.frompyfunc(function, len(arrays), 1)(*map(plain, arrays))
    result: Array = np.empty(np.shape(found), dtype=object)
    result[...] = found
    return result


def is_plain(value: Any) -> bool:
    """Whether an array is one of numbers, into which no scalar can be written."""
    return np.ndarray.dtype.__get__(value).kind != "O"  # pyright: ignore[reportAttributeAccessIssue]


def plain_index(key: Any) -> Any:
    """An index; a whole number that was computed (⌊x⌋, as an array) becomes one."""
    if isinstance(key, tuple):
        return tuple(map(plain_index, key))
    if isinstance(key, LiftedArray):
        raise NotLifted("an index array of real numbers has no lifted rule", place(), "convert it with astype(int)")
    return key


def array_of(value: Any) -> Any:
    """Anything array-like as a lifted array; plain numbers become constants."""
    if type(value) is Scalar:
        result: Array = np.empty((), dtype=object)
        result[()] = value
        return wrapped(result)
    if isinstance(value, LiftedArray):
        return value
    found = np.asarray(_plain_nested(value))
    if found.dtype.kind not in "biufO" and not (found.dtype.kind == "V" and found.dtype.name == "bfloat16"):
        raise NotLifted(f"an array of dtype {found.dtype} among lifted numbers has no lifted rule", place())
    if found.dtype.kind == "f" and found.dtype.itemsize != 8:
        found = objects_of(found)
    return wrapped(np.asarray(_scalars(found), dtype=object)) if found.size else wrapped(np.empty(found.shape, dtype=object))


def objects_of(values: Array) -> Array:
    """The entries as NumPy numbers, which know their precision."""
    result: Array = np.empty(values.size, dtype=object)
    result[:] = list(values.reshape(-1))
    return result.reshape(values.shape)


def _plain_nested(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain_nested(part) for part in value]
    return plain(value)


def leaves(values: Any, tape: Tape) -> Any:
    """The inputs of a run: one leaf for each entry, of exactly its value."""
    array = np.asarray(values)
    flat = objects_of(array) if array.dtype != object else array.reshape(-1)
    result: Array = np.empty(array.size, dtype=object)
    numbers = np.empty(array.size, dtype=np.intp)
    for k, value in enumerate(flat.reshape(-1)):
        result[k] = leaf = tape.leaf(value.value if type(value) is Scalar else exact(value))
        numbers[k] = leaf.index
    tape.shapes.append(numbers.reshape(array.shape))
    return wrapped(result.reshape(array.shape))


def zeros(shape: Any, value: float = 0.0) -> Any:
    """Constants."""
    result: Array = np.empty(shape, dtype=object)
    result.fill(scalar(value))
    return wrapped(result)


def converted(x: Any, dtype: Any, copy: bool = True) -> Any:
    """`x.astype(dtype)`: real numbers stay as they are; whole numbers and truth values are decisions."""
    kind = np.dtype(dtype)
    if kind.kind in "fO" or (kind.kind == "V" and kind.names is None):
        if kind.itemsize < NOW.tape.dtype.itemsize:
            NOW.tape.casts.append(f"{place()}: {kind}")
        return wrapped(plain(x).copy()) if copy else x if type(x) is LiftedArray else wrapped(plain(x))
    if kind.kind in "iu":
        return entry_by_entry(lambda v: _whole_number(v, "astype(int)"), x).astype(kind)
    if kind.kind == "b":
        return entry_by_entry(lambda v: decide(v, "!=", 0.0, "astype(bool)"), x).astype(bool)
    raise NotLifted(f"numpy.ndarray.astype({kind})", place())


def _whole_number(x: Any, what: str) -> int:
    """Towards zero; Undefined for what is no whole number at all, which floats turn into any."""
    whole = truncate(x, what).value.unique_fmpz()
    if whole is None:
        raise Undefined(what, place(), repr(x))
    return int(whole)


def rewrapped(result: Any) -> Any:
    """What NumPy's code returned: object arrays of numbers become lifted arrays, of truth values boolean arrays."""
    if type(result) is np.ndarray and result.dtype == object:
        kinds = {type(entry) for entry in result.flat}
        if kinds <= {Scalar}:
            return wrapped(result)
        if kinds <= {bool, np.bool_}:
            return result.astype(bool)
        return wrapped(np.asarray(_scalars(result), dtype=object)) if kinds <= _NUMBERS else result
    if isinstance(result, tuple | list):
        parts = [rewrapped(part) for part in result]
        return parts if isinstance(result, list) else _named_tuple(result, parts)
    return result


_NUMBERS = {Scalar, float, int, bool, np.bool_, np.float64, np.int64, np.float32}


def _named_tuple(original: Any, parts: list[Any]) -> Any:
    return type(original)(*parts) if hasattr(original, "_fields") else tuple(parts)
