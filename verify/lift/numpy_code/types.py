"""Types as patched code sees them: `float`, `numpy.float64`, … and `type`, for which lifted numbers are what stands
there in floats.

Rule: a question about a type (`isinstance`, `==`, `in`, `is`, a dictionary) has the answer that it has in floats, from
either side; calling such a type keeps lifted numbers.

>>> from backproof.verify.numbers.ball_arrays import arb
>>> from backproof.verify.lift.numpy_code.lifting import NUMPY
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=NUMPY)) as tape:
...     x = tape.leaf(arb(2))
...     isinstance(x, FLOATS[np.float64]), TYPE(x) is FLOATS[np.float64], TYPE(FLOATS[float](x)) is FLOATS[float]
(True, True, True)
>>> FLOATS[np.float64] == np.dtype(float), np.dtype(float) in (FLOATS[np.float32], FLOATS[np.float64]), FLOATS[float]("2.5"), TYPE(2)
(True, True, 2.5, <class 'int'>)
>>> FLOATS[float]("two and a half")
Traceback (most recent call last):
    ...
ValueError: could not convert string to float: 'two and a half'
"""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

from backproof.verify.lift.arrays.arrays import LiftedArray
from backproof.verify.lift.arrays.complex_numbers import ComplexArray
from backproof.verify.lift.arrays.whole import WholeArray, bare, made_real
from backproof.verify.lift.tape.reads import place
from backproof.verify.lift.tape.tape import NOW, Scalar, number_type, of_python

ABSTRACT = (np.floating, np.inexact, np.number, np.generic)


class StandIn(type):
    """The type of what stands in patched code for the type `plain`: to every question about types it is that one."""

    plain: type

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls.plain)

    def __subclasscheck__(cls, subclass: Any) -> bool:
        return issubclass(plain_type(subclass), cls.plain)

    def __eq__(cls, other: object) -> bool:
        return plain_type(other) is cls.plain

    def __hash__(cls) -> int:
        return hash(cls.plain)

    def __repr__(cls) -> str:
        return repr(cls.plain)


class FloatType(StandIn):
    """A type of floats in patched code."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls.plain) or (type(instance) is Scalar and issubclass(number_type(instance), cls.plain))

    def __eq__(cls, other: object) -> bool:
        if isinstance(other, np.dtype):
            return cls.plain not in ABSTRACT and bool(other == np.dtype(cls.plain))
        return plain_type(other) is cls.plain

    def __hash__(cls) -> int:
        return hash(cls.plain)


def plain_type(kind: Any) -> Any:
    """The type for which one in patched code stands."""
    return kind.plain if issubclass(type(kind), StandIn) else kind


def _float_type(kind: type) -> type:
    def new(cls: Any, value: Any = 0.0) -> Any:
        if isinstance(value, Scalar | LiftedArray):
            return _kept(value, kind)
        return made_real(kind(bare(value)))

    members: dict[str, Any] = {"__new__": new, "plain": kind, "__doc__": kind.__doc__, "__module__": kind.__module__}
    if kind not in ABSTRACT:
        members["dtype"] = np.dtype(kind)
    for name in ("fromhex", "as_integer_ratio", "is_integer"):
        if hasattr(kind, name):
            members[name] = getattr(kind, name)
    return FloatType(kind.__name__, (), members)


def _kept(value: Any, kind: type) -> Any:
    """`kind(value)` of lifted numbers: themselves; a smaller type is noted."""
    if kind is float:
        if isinstance(value, LiftedArray):
            if value.size != 1:
                raise TypeError("only length-1 arrays can be converted to Python scalars")
            value = value.item()
        return of_python(value)
    if np.dtype(kind).itemsize < NOW.tape.dtype.itemsize:
        NOW.tape.casts.append(f"{place()}: {np.dtype(kind)}")
    if isinstance(value, LiftedArray):
        return value[()] if value.ndim == 0 else value
    return of_python(value, False)


FLOATS: dict[type, Any] = {kind: _float_type(kind) for kind in (float, np.float64, np.float32, np.float16, np.longdouble, *ABSTRACT)}
for _kind in FLOATS.values():
    numbers.Real.register(_kind)


# the built-in functions that ask about types


class _Type:
    """`type` in patched code: of one argument, what stands there in floats; as a base class, an attribute or a class it
    is Python's."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        if len(args) != 1 or options:
            return type(*args, **options)
        return type_of(args[0])

    def __mro_entries__(self, bases: Any) -> tuple[type]:
        return (type,)

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, type) or instance is self

    def __subclasscheck__(self, subclass: Any) -> bool:
        return subclass is self or issubclass(subclass, type)

    def __getattr__(self, name: str) -> Any:
        return getattr(type, name)

    def __getitem__(self, key: Any) -> Any:
        return type[key]

    def __or__(self, other: Any) -> Any:
        return type | other

    def __ror__(self, other: Any) -> Any:
        return other | type

    def __eq__(self, other: object) -> bool:
        return other is self or other is type

    def __hash__(self) -> int:
        return hash(type)

    def __repr__(self) -> str:
        return repr(type)


TYPE = _Type()


def shown(kind: type) -> Any:
    """The type that patched code sees in the place of one."""
    return FLOATS.get(kind, kind)


def type_of(value: Any) -> Any:
    """The type that patched code sees."""
    if type(value) is Scalar:
        return shown(number_type(value))
    if isinstance(value, LiftedArray | WholeArray):
        return getattr(value, "stands_for", None) or NOW.tape.front.shown(np.ndarray)
    found = type(value) if type(value) is not ComplexArray else value.__class__
    return TYPE if issubclass(found, StandIn) or found is type or value is TYPE else NOW.tape.front.shown(found)


def has_attribute(value: Any, name: str, /) -> bool:
    """`hasattr` in patched code: a lifted number has what a number of its type has."""
    if type(value) is Scalar:
        return hasattr(number_type(value), name)
    return hasattr(value, name)


BUILTINS: dict[str, Any] = {"float": FLOATS[float], "type": TYPE, "hasattr": has_attribute}
