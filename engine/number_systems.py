"""The number systems a graph can be run in, one row each: `FLOAT64`, `FLOAT32`, `FLOAT16`, `BFLOAT16`, `RATIONAL`,
`mpmath_system(digits)`.

A graph is written once. The passes (`engine.passes`) and the table of local functions (`engine.functions`) call
only the operations of a `NumberSystem`, so adding a number system means adding one row here and nothing elsewhere.

Every array is a `numpy.ndarray`: of the hardware dtype for floats, of dtype `object` for exact and arbitrary precision
numbers.

>>> FLOAT64.array([1, 2]).dtype
dtype('float64')
>>> RATIONAL.array([0.5]).tolist()
[Fraction(1, 2)]
>>> RATIONAL.exp(RATIONAL.array([1]))
Traceback (most recent call last):
    ...
backproof.engine.errors.UnsupportedOperation: exp is not defined in the number system rational: its value is not a rational number; use float64 or mpmath(digits)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from typing import Any, Literal, TypeAlias

import ml_dtypes
import mpmath
import numpy as np
from numpy.typing import NDArray

from backproof.engine.errors import TooManyDigits, UnsupportedOperation
from backproof.engine.in_words import brief
from backproof.engine.limits import LIMITS

Array: TypeAlias = NDArray[Any]
Unary: TypeAlias = Callable[[Array], Array]
Binary: TypeAlias = Callable[[Array, Array], Array]
Family: TypeAlias = Literal["float", "mpmath", "rational", "ball"]

ELEMENTARY = ("exp", "log", "tanh", "sigmoid", "softplus", "sin", "cos", "sqrt")
ARITHMETIC = ("add", "subtract", "multiply", "divide", "maximum", "minimum", "absolute")  # as NumPy names them
IN_LIBRARIES = ("exp", "log", "tanh", "sin", "cos", "sqrt")  # of the elementary functions, as NumPy and mpmath name them


@dataclass(frozen=True, eq=False, repr=False)
class NumberSystem:
    """Arrays of one kind of number, and the operations that the passes and the local functions need. A system is equal
    to itself only.

    `unit_roundoff` is the largest relative error of one rounded operation: 2⁻⁵³ in float64, 0 where arithmetic is
    exact. `itemsize` is the storage of one entry in bytes (for the memory limit of `jacobians`). `scalar` is the type
    of one entry: a value of any other type has leaked in from outside the system. `select(c, a, b)` is `a` where
    `c > 0` and `b` elsewhere. `convert` turns one Python or NumPy number into an entry without rounding wherever the
    entry can hold it.
    """

    name: str
    family: Family
    unit_roundoff: Fraction
    itemsize: int
    scalar: type
    dtype: np.dtype[Any]
    convert: Callable[[Any], Any]
    add: Binary
    subtract: Binary
    multiply: Binary
    divide: Binary
    matmul: Binary
    power: Binary
    maximum: Binary
    minimum: Binary
    absolute: Unary
    select: Callable[[Array, Array, Array], Array]
    exp: Unary
    log: Unary
    tanh: Unary
    sigmoid: Unary
    softplus: Unary
    sin: Unary
    cos: Unary
    sqrt: Unary

    def __repr__(self) -> str:
        return brief("NumberSystem", self.name)

    @property
    def exact(self) -> bool:
        """Whether arithmetic is exact, so that equality needs no tolerance."""
        return self.unit_roundoff == 0

    def array(self, values: Any) -> Array:
        """The array of `values` (numbers, nested sequences or an array), each entry converted to this system.

        >>> FLOAT32.array([[1, 2], [3, 4]]).shape
        (2, 2)
        >>> mpmath_system(30).array(0.5).item()
        mpf('0.5')
        """
        if not self.dtype.hasobject:
            given = np.asarray(values)
            if given.dtype.kind in "biuf" or given.dtype == self.dtype:
                return given.astype(self.dtype, copy=False)
        nested: Array = np.asarray(values, dtype=object)
        converted: Array = np.empty(nested.shape, dtype=self.dtype)
        flat = converted.reshape(-1)
        for index, value in enumerate(nested.reshape(-1)):
            flat[index] = self.convert(value)
        return converted

    def zeros(self, shape: Sequence[int]) -> Array:
        """An array of zeros: the start of every accumulation."""
        if not self.dtype.hasobject:
            return np.zeros(tuple(shape), dtype=self.dtype)
        result: Array = np.empty(tuple(shape), dtype=self.dtype)
        result.fill(self.zero.item())
        return result

    def identity(self, dimension: int) -> Array:
        """The identity matrix of size `dimension`: the Jacobian of a variable with respect to itself."""
        result = self.zeros((dimension, dimension))
        result.reshape(-1)[:: dimension + 1] = self.one
        return result

    @cached_property
    def zero(self) -> Array:
        """The number 0, as an array of shape () that cannot be written to."""
        return _read_only(self.array(0))

    @cached_property
    def one(self) -> Array:
        """The number 1, as an array of shape () that cannot be written to.

        >>> RATIONAL.one.item()
        Fraction(1, 1)
        """
        return _read_only(self.array(1))

    def transpose(self, matrix: Array) -> Array:
        """The transposed matrix."""
        return np.transpose(matrix)

    def scale(self, factor: Any, array: Array) -> Array:
        """`factor · array` for one number `factor`.

        >>> FLOAT32.scale(-1, FLOAT32.array([1, 2])).dtype
        dtype('float32')
        """
        return self.multiply(self.array(factor), array)

    def negative(self, array: Array) -> Array:
        """`−array`, entry by entry."""
        return np.negative(array) if self.dtype.kind == "f" else self.scale(-1, array)

    def sum(self, array: Array, axis: int | None = None) -> Array:
        """The sum of all entries, or along one axis."""
        return np.asarray(np.add.reduce(array, axis=axis, dtype=self.dtype), dtype=self.dtype)

    def peak(self, array: Array, axis: int | None = None) -> Array:
        """The largest entry, kept as an axis of length 1: the shift that keeps exp from overflowing (any constant would
        be right)."""
        return np.asarray(np.maximum.reduce(array, axis=axis, keepdims=True), dtype=self.dtype)

    def leaks(self, array: Array) -> list[Any]:
        """The entries that are not numbers of this system (a float that `math.sin` left among `mpf`s, say).

        >>> mpmath_system(30).leaks(np.array([0.5], dtype=object))
        [0.5]
        """
        if not self.dtype.hasobject:
            return [] if array.dtype == self.dtype else list(array.reshape(-1))
        return [value for value in array.reshape(-1) if type(value) is not self.scalar]


def all_finite(array: Array) -> bool:
    """Whether no entry is infinite or not a number.

    >>> all_finite(FLOAT32.array([1.0, 2.0])), all_finite(RATIONAL.array([1])), all_finite(FLOAT64.array([float("nan")]))
    (True, True, False)
    """
    if array.dtype.hasobject:
        return all(-math.inf < entry < math.inf for entry in array.reshape(-1).tolist())
    return bool(np.isfinite(array).all())


def most_digits(array: Array) -> int:
    """About how many decimal digits the longest fraction, or the longest exponent of an mpf, has.

    >>> most_digits(RATIONAL.array([Fraction(1, 10**50), 7])), most_digits(mpmath_system(20).array(10**50))
    (51, 3)
    """
    longest = 0
    for entry in array.reshape(-1).tolist():
        if isinstance(entry, Fraction):
            longest = max(longest, entry.numerator.bit_length(), entry.denominator.bit_length())
        else:
            parts = getattr(entry, "_mpf_", None)
            longest = longest if parts is None else max(longest, int(parts[2]).bit_length())
    return math.ceil(longest * math.log10(2))


def _read_only(array: Array) -> Array:
    array.setflags(write=False)
    return array


def _unsupported(name: str, system: str) -> Callable[..., Any]:
    def refuse(*_: Any) -> Any:
        raise UnsupportedOperation(
            f"{name} is not defined in the number system {system}: its value is not a rational number; use float64 or mpmath(digits)"
        )

    return refuse


def _float_sigmoid(x: Array) -> Array:
    """1 / (1 + exp(−x)), written with exp(−|x|) so that it cannot overflow."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)


def _select(condition: Array, chosen: Array, otherwise: Array) -> Array:
    return np.where(np.asarray(condition) > 0, chosen, otherwise)


def _float_system(dtype: type[Any]) -> NumberSystem:
    """A row for one hardware float; every operation returns this dtype, whatever NumPy would widen to."""
    storage = np.dtype(dtype)
    info = ml_dtypes.finfo(storage)

    def keep(operation: Callable[..., Any]) -> Callable[..., Array]:
        def kept(*operands: Array) -> Array:
            result = operation(*operands)
            return result if type(result) is np.ndarray and result.dtype is storage else np.asarray(result, dtype=storage)

        return kept

    return NumberSystem(
        name=storage.name,
        family="float",
        unit_roundoff=Fraction(1, 2 ** (info.nmant + 1)),
        itemsize=storage.itemsize,
        scalar=dtype,
        dtype=storage,
        convert=lambda value: dtype(float(value)),
        matmul=keep(np.dot),
        select=keep(_select),
        sigmoid=keep(_float_sigmoid),
        softplus=keep(lambda x: np.logaddexp(0, x)),
        **{name: keep(getattr(np, name)) for name in (*ARITHMETIC, "power", *IN_LIBRARIES)},
    )


def _on_objects(operation: Callable[..., Any]) -> Callable[..., Array]:
    """`operation` on NumPy object arrays; a bare number that NumPy returns for shape () becomes an array again."""

    def wrapped(*operands: Array) -> Array:
        return np.asarray(operation(*operands), dtype=object)

    return wrapped


def _entrywise(function: Callable[..., Any], arity: int = 1) -> Callable[..., Array]:
    return _on_objects(np.frompyfunc(function, arity, 1))


_OF_OBJECTS: dict[str, Any] = {**{name: _on_objects(getattr(np, name)) for name in (*ARITHMETIC, "matmul")}, "select": _on_objects(_select)}


def _to_fraction(value: Any) -> Fraction:
    if isinstance(value, np.generic):
        value = value.item()
    return Fraction(value)


def _rational_power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1:
        raise UnsupportedOperation(
            f"power with exponent {exponent} is not defined in the number system rational: use a whole exponent, or float64 or mpmath(digits)"
        )
    doublings = max(base.numerator.bit_length(), base.denominator.bit_length()) - 1
    if doublings * math.log10(2) * min(abs(exponent), 10**9) > LIMITS.exact_digits:
        raise TooManyDigits(f"a power with an exponent of this size has more than {LIMITS.exact_digits:,} digits; use smaller exponents")
    return base**exponent.numerator


def _rational_system() -> NumberSystem:
    return NumberSystem(
        name="rational",
        family="rational",
        unit_roundoff=Fraction(0),
        itemsize=64,
        scalar=Fraction,
        dtype=np.dtype(object),
        convert=_to_fraction,
        power=_entrywise(_rational_power, 2),
        **_OF_OBJECTS,
        **{name: _unsupported(name, "rational") for name in ELEMENTARY},
    )


@cache
def mpmath_system(digits: int) -> NumberSystem:
    """Arbitrary precision with `digits` decimal digits, in an mpmath context of its own (no global precision is
    touched).

    >>> system = mpmath_system(40)
    >>> system.exp(system.array(1)).item()
    mpf('2.71828182845904523536028747135266249775726')
    >>> mpmath_system(0)
    Traceback (most recent call last):
        ...
    ValueError: mpmath_system needs at least 1 digit, got 0
    """
    if digits < 1:
        raise ValueError(f"mpmath_system needs at least 1 digit, got {digits}")
    context: Any = mpmath.MPContext()
    context.dps = digits

    def convert(value: Any) -> Any:
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, Fraction):
            return context.fdiv(value.numerator, value.denominator)  # rounds once
        return context.mpf(value)

    def sigmoid(x: Any) -> Any:
        return 1 / (1 + context.exp(-x))

    def softplus(x: Any) -> Any:
        return context.log1p(context.exp(x)) if x < 0 else x + context.log1p(context.exp(-x))

    return NumberSystem(
        name=f"mpmath({digits})",
        family="mpmath",
        unit_roundoff=Fraction(1, 2 ** int(context.prec)),
        itemsize=128,
        scalar=context.mpf,
        dtype=np.dtype(object),
        convert=convert,
        power=_entrywise(lambda x, y: x ** (int(y) if y == int(y) else y), 2),
        sigmoid=_entrywise(sigmoid),
        softplus=_entrywise(softplus),
        **_OF_OBJECTS,
        **{name: _entrywise(getattr(context, name)) for name in IN_LIBRARIES},
    )


FLOAT64 = _float_system(np.float64)
FLOAT32 = _float_system(np.float32)
FLOAT16 = _float_system(np.float16)
BFLOAT16 = _float_system(ml_dtypes.bfloat16)
RATIONAL = _rational_system()


def number_system(name: str) -> NumberSystem:
    """The number system called `name`: `float64`, `float32`, `float16`, `bfloat16`, `rational` or `mpmath(DIGITS)`.

    >>> number_system("mpmath(50)").name
    'mpmath(50)'
    >>> number_system("float128")
    Traceback (most recent call last):
        ...
    ValueError: unknown number system 'float128'; known: float64, float32, float16, bfloat16, rational, mpmath(DIGITS)
    """
    fixed = {system.name: system for system in (FLOAT64, FLOAT32, FLOAT16, BFLOAT16, RATIONAL)}
    if name in fixed:
        return fixed[name]
    if name.startswith("mpmath(") and name.endswith(")") and name[7:-1].isdecimal():
        return mpmath_system(int(name[7:-1]))
    raise ValueError(f"unknown number system {name!r}; known: {', '.join(fixed)}, mpmath(DIGITS)")
