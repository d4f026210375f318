"""`ComplexArray`: complex numbers inside a real function, as pairs of lifted real ones.

What comes in and what goes out is real: `np.fft.irfft(np.fft.rfft(x) * h)`, `np.abs(x * np.exp(1j * t)) ** 2`. Every
operation here is one of real numbers, so that what is proved of these holds for them. What the functions of NumPy
become, `complex_functions.py` says.

>>> from backproof.verify.lift.arrays.arrays import leaves
>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     z = leaves(np.array([3.0, 1.0]), tape) * (1 + 2j)
...     z.imag.tolist(), (z * z.conj()).real.tolist(), abs(z[1] - 1), z.dtype, isinstance(z, np.ndarray)
([6.0, 2.0], [45.0, 5.0], 2.0, dtype('complex128'), True)
>>> with running(Tape(100, front=ARRAYS)):
...     float(z[0])
Traceback (most recent call last):
    ...
TypeError: float() argument must be a string or a real number, not 'ComplexArray'
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from backproof.verify.lift.arrays.arrays import OF_KIND, LiftedArray, array_of, converted, plain, zeros
from backproof.verify.lift.arrays.dtypes import dtype_of
from backproof.verify.lift.arrays.whole import bare
from backproof.verify.lift.tape.reads import NotLifted, place
from backproof.verify.lift.tape.tape import NOW

UFUNCS = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide, "pow": np.power, "matmul": np.matmul,
    "eq": np.equal, "ne": np.not_equal,
}  # fmt: skip


class ComplexArray:
    """An array of complex numbers, or with no axis one of them. Its parts are lifted arrays of one shape, and memory of
    its own or of the array of which it is a part."""

    __array_priority__ = 2000.0
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, real: Any, imag: Any) -> None:
        self.parts: tuple[Any, Any] = (real, imag)

    @property
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The type that code sees."""
        return np.ndarray if self.ndim else self.dtype.type

    @property
    def real(self) -> Any:
        return self.parts[0] if self.ndim else self.parts[0][()]

    @real.setter
    def real(self, value: Any) -> None:
        self.parts[0][...] = value

    @property
    def imag(self) -> Any:
        return self.parts[1] if self.ndim else self.parts[1][()]

    @imag.setter
    def imag(self, value: Any) -> None:
        self.parts[1][...] = value

    @property
    def dtype(self) -> Any:
        return np.dtype(np.complex64 if NOW.tape.dtype.itemsize <= np.dtype(np.float32).itemsize else np.complex128)

    shape = property(lambda self: self.parts[0].shape)
    ndim = property(lambda self: self.parts[0].ndim)
    size = property(lambda self: self.parts[0].size)
    T = property(lambda self: ComplexArray(self.parts[0].T, self.parts[1].T))
    flat = property(lambda self: iter(self.reshape(-1)))

    def __len__(self) -> int:
        return len(self.parts[0])

    def __iter__(self) -> Iterator[Any]:
        if not self.ndim:
            raise TypeError("iteration over a 0-d array")
        return (self[k] for k in range(len(self)))

    def __getitem__(self, key: Any) -> Any:
        return ComplexArray(*(array_of(part[key]) for part in self.parts))

    def __setitem__(self, key: Any, value: Any) -> None:
        given = pair(value)
        for part, new in zip(self.parts, given.parts, strict=True):
            part[key] = new

    def __neg__(self) -> Any:
        return ComplexArray(*(array_of(-part) for part in self.parts))

    def __pos__(self) -> Any:
        return self.copy()

    def __abs__(self) -> Any:
        return np.absolute(self)

    def __bool__(self) -> bool:
        if self.size != 1:
            raise ValueError("The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()")
        return bool(self.parts[0].reshape(-1)[0] != 0) or bool(self.parts[1].reshape(-1)[0] != 0)

    def conj(self) -> Any:
        return ComplexArray(self.parts[0], array_of(-self.parts[1]))

    conjugate = conj

    def copy(self, *_: Any) -> Any:
        return ComplexArray(*(part.copy() for part in self.parts))

    def astype(self, dtype: Any, *_: Any, copy: bool = True, **__: Any) -> Any:
        kind = np.dtype(dtype_of(dtype))
        if kind.kind != "c":
            return converted(self.parts[0], kind)  # the imaginary parts are lost, and NumPy warns
        if kind.itemsize < self.dtype.itemsize:
            NOW.tape.casts.append(f"{place()}: {kind}")
        return self.copy() if copy else self

    def item(self, *where: Any) -> Any:
        return ComplexArray(*(array_of(part.item(*where)) for part in self.parts))

    def fill(self, value: Any) -> None:
        self[...] = value

    def reshape(self, *shape: Any, **options: Any) -> Any:
        return ComplexArray(*(array_of(part.reshape(*shape, **options)) for part in self.parts))

    def transpose(self, *axes: Any) -> Any:
        return ComplexArray(*(part.transpose(*axes) for part in self.parts))

    def flatten(self, order: str = "C") -> Any:
        return ComplexArray(*(part.flatten(order) for part in self.parts))

    def dot(self, other: Any) -> Any:
        return np.dot(self, other)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        return NOW.tape.front.ufunc(ufunc, method, inputs, options)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        return NOW.tape.front.function(function, args, options)

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise NotLifted("an array of complex numbers where real ones are needed has no lifted rule", place(), "take its real part")

    def __getattr__(self, name: str) -> Any:
        """The methods that are functions of NumPy too."""
        if name in _AS_FUNCTIONS:
            return lambda *args, **options: getattr(np, name)(self, *args, **options)
        if not name.startswith("_") and hasattr(np.ndarray, name):
            raise NotLifted(f"numpy.ndarray.{name} of complex numbers has no lifted rule", place())
        raise AttributeError(f"'numpy.ndarray' object has no attribute {name!r}")

    def __repr__(self) -> str:
        return f"lifted({self.parts[0]!r} + 1j * {self.parts[1]!r})"


_AS_FUNCTIONS = frozenset(
    ["sum", "mean", "prod", "cumsum", "ravel", "squeeze", "take", "repeat", "swapaxes", "diagonal", "trace", "compress"]
)


def _binary(name: str, reflected: bool) -> Callable[[Any, Any], Any]:
    ufunc = UFUNCS[name]

    def method(self: Any, other: Any) -> Any:
        if other is None or isinstance(other, str | dict) or getattr(type(other), "__array_ufunc__", 0) is None:
            return NotImplemented
        inputs = (other, self) if reflected else (self, other)
        return NOW.tape.front.ufunc(ufunc, "__call__", inputs, {})

    return method


def _in_place(name: str) -> Callable[[Any, Any], Any]:
    change: Any = getattr(operator, name)

    def method(self: Any, other: Any) -> Any:
        found = change(self, other)
        if not self.ndim:
            return found
        self[...] = found
        return self

    return method


for _name in UFUNCS:
    setattr(ComplexArray, f"__{_name}__", _binary(_name, False))
    if _name not in ("eq", "ne"):
        setattr(ComplexArray, f"__r{_name}__", _binary(_name, True))
        setattr(ComplexArray, f"__i{_name}__", _in_place(_name))


# what is complex, and what becomes of it


def holds_complex(value: Any) -> bool:
    """Whether there are complex numbers in it: in lists and tuples too."""
    kind = type(value)
    if kind is ComplexArray or kind is complex:
        return True
    if kind is np.ndarray:
        return bool(value.dtype.kind == "c")
    if kind is list or kind is tuple:
        return any(map(holds_complex, value))
    return kind is np.complex128 or kind is np.complex64


def pair(value: Any) -> Any:
    """Numbers, real or complex, as a `ComplexArray`; of the same memory where it is one."""
    if type(value) is ComplexArray:
        return value
    if isinstance(value, list | tuple) and not isinstance(value, LiftedArray):
        return ComplexArray(array_of(_nested(value, 0)), array_of(_nested(value, 1)))
    if not holds_complex(value):
        real = array_of(bare(value))
        return ComplexArray(real, zeros(real.shape))
    values: Any = np.asarray(value)
    return ComplexArray(array_of(values.real), array_of(values.imag))


def part_of(value: Any, which: int) -> Any:
    """The real (0) or imaginary (1) part, as numbers or a lifted array."""
    return pair(value).parts[which]


def _nested(value: Any, which: int) -> Any:
    if isinstance(value, list | tuple):
        return [_nested(part, which) for part in value]
    found = part_of(value, which)
    return found if found.ndim else found[()]


def is_zero(array: Any) -> bool:
    """Whether all of it is a constant zero."""
    return all(x.index < 0 and x.value.is_zero() for x in plain(array).flat)


def as_complex(x: Any) -> Any:
    """A new complex array of the same numbers."""
    return pair(x).copy()


OF_KIND["c"] = as_complex
