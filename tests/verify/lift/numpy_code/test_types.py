"""Questions about types, and other guards of plain code, take the branch on lifted numbers that they take in floats."""

# These guards are such as a type checker would object to.
# pyright: reportUnnecessaryContains=false, reportUnnecessaryIsInstance=false, reportUnnecessaryComparison=false, reportAttributeAccessIssue=false
# pyright: reportArgumentType=false, reportIndexIssue=false

from __future__ import annotations

import collections.abc
import math
import numbers
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof.verify.lift.numpy_code.lifting import lift, lift_backward

X = np.array([0.5, -1.5, 2.25])
REAL_TYPES = (np.float32, np.float64)
HANDLERS = {np.ndarray: "array", float: "float", np.float64: "number"}

GUARDS: dict[str, Callable[[Any], Any]] = {
    "dtype in a tuple": lambda x: x.dtype in (np.float32, np.float64),
    "dtype in a global tuple": lambda x: x.dtype in REAL_TYPES,
    "dtype in a list": lambda x: x.dtype in [np.float64, float],
    "type == dtype": lambda x: np.float64 == x.dtype,
    "other type != dtype": lambda x: np.float32 != x.dtype and x.dtype not in (np.float32, np.float16, int),
    "dtype of a number": lambda x: x[0].dtype in (np.float64,) and x[0].dtype.type is np.float64,
    "dtype of zeros": lambda x: np.zeros(3).dtype in (np.float64,),
    "dtype in a dictionary": lambda x: x.dtype in {np.dtype(np.float64): 1} and isinstance(x.dtype, np.dtype),
    "type is array": lambda x: type(x) is np.ndarray,
    "type == array": lambda x: type(x) == np.ndarray and type(x * 2) == type(x),  # noqa: E721
    "type in a tuple": lambda x: type(x) in (np.ndarray, list, tuple),
    "class": lambda x: x.__class__ is np.ndarray and x[0].__class__ is np.float64,
    "name of the type": lambda x: type(x).__name__ == "ndarray" and type(x).__module__ == "numpy" and type(x[0]).__name__ == "float64",
    "subclass": lambda x: issubclass(type(x), np.ndarray) and issubclass(type(x[0]), (np.floating, int)) and issubclass(type(x[0]), float),
    "type of the dtype": lambda x: x.dtype.type is np.float64 and issubclass(x.dtype.type, np.floating),
    "a type as a function": lambda x: type(x[0])(1.5) == 1.5 and x.dtype.type(x[0]) == x[0],
    "result_type": lambda x: np.result_type(x) == np.float64
    and np.result_type(x, 1).type is np.float64
    and np.float64 == np.result_type(x, x),
    "promote_types": lambda x: np.promote_types(x.dtype, np.float32) == np.float64 and np.can_cast(x.dtype, np.float64),
    "common_type": lambda x: np.common_type(x) is np.float64 and np.min_scalar_type(x[0]).kind == "f",
    "finfo": lambda x: np.finfo(x.dtype).eps == np.finfo(type(x[0])).eps == 2.0**-52,
    "abstract types": lambda x: all(isinstance(x[0], kind) for kind in (np.generic, np.number, np.inexact, np.floating)),
    "no other type": lambda x: not isinstance(x[0], (np.float32, np.float16, np.integer, int, np.ndarray)),
    "an array is no number": lambda x: not isinstance(x, (np.generic, float, numbers.Number)),
    "type of a number": lambda x: type(x[0]) is np.float64 and type(x.sum()) in (float, np.float64),
    "type of float(…)": lambda x: type(float(x[0])) is float and not isinstance(float(x[0]), np.generic),
    "type of a float's sum": lambda x: type(float(x[0]) * 2 + 1) is float
    and type(-float(x[0])) is float
    and type(abs(float(x[1]))) is float,
    "type of a mixed sum": lambda x: type(float(x[0]) + x[1]) is np.float64,
    "type in a list of numbers": lambda x: type(x.tolist()[0]) is float and type(x[0].item()) is float and type(x.item(1)) is float,
    "type out of an array again": lambda x: type(np.array([float(x[0])])[0]) is np.float64,
    "type from math": lambda x: type(math.exp(x[0])) is float and type(np.exp(x[0])) is np.float64,
    "comparison": lambda x: (float(x[0]) > 0) is True and isinstance(x[0] > 0, np.bool_),
    "dispatch by type": lambda x: (HANDLERS[type(x)], HANDLERS[type(x[0])], HANDLERS[type(float(x[0]))]) == ("array", "number", "float"),
    "type of other things": lambda x: type(len(x)) is int and type([]) is list and type(type(x)) is type and isinstance(type(x), type),
    "no iterable number": lambda x: not np.iterable(x[0]) and np.iterable(x) and not isinstance(x[0], collections.abc.Iterable),
    "attributes": lambda x: not hasattr(x[0], "__iter__") and not hasattr(x[0], "__len__") and not hasattr(float(x[0]), "dtype"),
    "base": lambda x: (x * 2).base is None and x.copy().base is None and x[1:].base is x,
    "flags": lambda x: (x * 2).flags.owndata and x.copy().flags["OWNDATA"] and not x[1:].flags.owndata and x.flags.c_contiguous,
    "hash": lambda x: hash(x[0]) == hash(float(x[0])) and len({x[0], x[0], x[1]}) == 2,
}


def taking(guard: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def f(x: Any) -> Any:
        return x * 2 if guard(x) else x * 3

    return f


def middle(array: Any) -> list[float]:
    return [float(entry.mid()) for entry in np.ravel(array)]


@pytest.mark.parametrize("name", GUARDS)
def test_a_guard_has_the_answer_that_it_has_in_floats(name: str) -> None:
    assert GUARDS[name](X)
    assert middle(lift(taking(GUARDS[name]), (X,)).values[0]) == list(2 * X)


def caught(error: type[Exception], action: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def f(x: Any) -> Any:
        try:
            action(x)
        except error:
            return x * 2
        return x * 3

    return f


HANDLED: dict[str, tuple[type[Exception], Callable[[Any], Any]]] = {
    "iter of a number": (TypeError, lambda x: iter(x[0])),
    "float of an array": (TypeError, lambda x: float(x)),
    "root of a negative number": (ValueError, lambda x: math.sqrt(x[1])),
    "logarithm of zero": (ValueError, lambda x: math.log(x[0] - 0.5)),
    "too large": (OverflowError, lambda x: math.exp(1000 + x[0])),
    "outside": (ValueError, lambda x: math.acos(x[2])),
    "float by zero": (ZeroDivisionError, lambda x: float(x[0]) / 0.0),
    "float by a lifted zero": (ZeroDivisionError, lambda x: 1.0 / float(x[0] - x[0])),
    "remainder by zero": (ZeroDivisionError, lambda x: float(x[0]) % 0),
}


@pytest.mark.parametrize("name", HANDLED)
def test_the_code_catches_the_errors_that_it_has_in_floats(name: str) -> None:
    error, action = HANDLED[name]
    with pytest.raises(error):
        action(X)
    assert middle(lift(caught(error, action), (X,)).values[0]) == list(2 * X)


def test_numbers_of_numpy_are_divided_by_zero_and_functions_inside_their_domain_have_no_error() -> None:
    def f(x: Any) -> Any:
        return x * 2 if np.isinf(x[0] / 0.0) and math.sqrt(x[0]) > 0 and math.log(x[2]) > 0 and math.exp(700 + x[0]) > 0 else x * 3

    with np.errstate(divide="ignore"):
        assert list(f(X)) == list(2 * X)
    assert middle(lift(f, (X,)).values[0]) == list(2 * X)


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.longdouble])
def test_the_types_are_those_of_the_arguments(dtype: Any) -> None:
    def f(x: Any) -> Any:
        assert type(x[0]) is dtype
        assert isinstance(x[0], dtype)
        assert not isinstance(x[0], (float, np.float64))
        assert x.dtype.type is dtype
        assert np.result_type(x) == dtype
        assert x.dtype not in (np.float64, float)
        return x * 2

    x = X.astype(dtype)
    f(x)
    assert lift(f, (x,)).finite


def test_pythons_floats_among_the_arguments_stay_such_in_both_passes() -> None:
    def f(c: Any, x: Any) -> Any:
        assert type(c) is float
        assert type(c * 2) is float
        assert type(c * x[0]) is np.float64
        return c * x

    def vjp(args: Any, out: Any, g: Any) -> Any:
        assert type(args[0]) is float
        assert type(out) is np.ndarray
        assert type(g) is np.ndarray
        return (g @ args[1], g * args[0])

    forward = lift(f, (0.5, X))
    assert middle(lift_backward(vjp, (0.5, X), None, np.ones(3), forward=forward).values[1]) == [0.5, 0.5, 0.5]


def test_a_class_of_classes_made_in_the_code_derives_from_type() -> None:
    def f(x: Any) -> Any:
        class Meta(type):
            pass

        class Made(metaclass=Meta):
            pass

        assert type(Made) is Meta
        assert isinstance(Made, type | None)
        assert type("Other", (), {"k": 2}).k == 2
        return x * 2

    assert middle(lift(f, (X,)).values[0]) == list(2 * X)


def test_a_smaller_type_as_a_function_is_a_cast_that_is_noted() -> None:
    lifted = lift(lambda x: x * np.float32(x[0]), (X,))
    assert [note.split(": ")[1] for note in lifted.casts] == ["float32"]
    assert lift(lambda x: x * np.float64(x[0]), (X,)).casts == ()
