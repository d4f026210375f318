"""The operators of `Scalar`: `+`, `<`, `abs`, `int`, … as a table, and `complete`, which gives them to the class
(`arrays/arrays.py` does, for the numbers in arrays).

>>> from backproof.verify.numbers.ball_arrays import arb
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> complete(Scalar)
>>> with running(Tape(100)) as tape:
...     x: Any = tape.leaf(arb(2.5))
...     (1 + x) ** 2 / 2, int(x), x > 2, -x, x % 1
(6.125, 2, np.True_, -2.5, 0.5)
>>> [read.what for read in tape.reads]
['int', 'x > 2', 'mod']
>>> x + "1"
Traceback (most recent call last):
    ...
TypeError: unsupported operand type(s) for +: 'Scalar' and 'str'
"""

from __future__ import annotations

import numbers
from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.verify.lift.tape.arithmetic import add, divide, multiply, power, subtract
from backproof.verify.lift.tape.copies import reduced
from backproof.verify.lift.tape.decisions import decide
from backproof.verify.lift.tape.kinks import absolute, ceil, comparing, divmod_, floor, floor_divide, remainder, round_to_even, truncate
from backproof.verify.lift.tape.reads import Undefined, place
from backproof.verify.lift.tape.tape import NOW, Scalar, apply, of_python, scalar


def _binary(function: Callable[[Any, Any], Any], reflected: bool = False, ufunc: Any = None) -> Callable[[Scalar, Any], Any]:
    def method(self: Scalar, other: Any) -> Any:
        kind = type(other)
        if ufunc is not None and (kind is complex or isinstance(other, np.complexfloating)):
            return NOW.tape.front.ufunc(ufunc, "__call__", (other, self) if reflected else (self, other), {})
        if kind is Scalar or kind is float or kind is int or isinstance(other, np.generic | float | int):
            found = function(other, self) if reflected else function(self, other)
            if self.builtin and (other.builtin if isinstance(other, Scalar) else not isinstance(other, np.generic)):
                return _as_python(found)
            return found
        return NotImplemented

    return method


def _as_python(found: Any) -> Any:
    """The result of an operation on Python's floats."""
    if isinstance(found, tuple):
        return tuple(map(_as_python, found))
    return bool(found) if isinstance(found, np.bool_) else of_python(found)


def _dividing(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """A division that fails where that of Python's floats does."""

    def divided(x: Any, y: Any) -> Any:
        if _is_python(x) and _is_python(y) and (y.value.is_zero() if type(y) is Scalar else y == 0):
            raise ZeroDivisionError("float division by zero")
        return function(x, y)

    return divided


def _is_python(x: Any) -> bool:
    return x.builtin if type(x) is Scalar else not isinstance(x, np.generic)


def _whole_number(self: Scalar) -> int:
    whole = truncate(self, "int").value.unique_fmpz()
    if whole is None:
        raise Undefined("int(…)", place(), repr(self))
    return int(whole)


def _round(self: Scalar, digits: int | None = None) -> Any:
    whole = round_to_even(self, digits or 0)
    return int(whole.value.unique_fmpz()) if digits is None else of_python(whole, self.builtin)


_ARITHMETIC = {
    "add": add,
    "sub": subtract,
    "mul": multiply,
    "pow": power,
    "truediv": _dividing(divide),
    "mod": _dividing(remainder),
    "floordiv": _dividing(floor_divide),
    "divmod": _dividing(divmod_),
}
_OF_COMPLEX = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "pow": np.power, "truediv": np.divide}
"""What the front end is asked for where the other operand is complex."""
_RELATIONS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
OPERATORS: dict[str, Callable[..., Any]] = {
    **{f"__{name}__": _binary(function, ufunc=_OF_COMPLEX.get(name)) for name, function in _ARITHMETIC.items()},
    **{f"__r{name}__": _binary(function, True, _OF_COMPLEX.get(name)) for name, function in _ARITHMETIC.items()},
    **{f"__{name}__": _binary(comparing(relation)) for name, relation in _RELATIONS.items()},
    "__neg__": lambda self: of_python(apply("negative", self), self.builtin),
    "__pos__": scalar,
    "__abs__": lambda self: of_python(absolute(self), self.builtin),
    "__bool__": lambda self: decide(self, "!=", 0.0, "truth"),
    "__floor__": lambda self: int(floor(self).value.unique_fmpz()),
    "__ceil__": lambda self: int(ceil(self).value.unique_fmpz()),
    "__trunc__": _whole_number,
    "__int__": _whole_number,
    "__round__": _round,
    "__reduce__": reduced,
}
"""The operators by the names of their methods."""


def complete(kind: type) -> None:
    """Give the class of scalars its operators: arithmetic stands above the class, so that its body cannot name them."""
    for name, method in OPERATORS.items():
        setattr(kind, name, method)
    numbers.Real.register(kind)
