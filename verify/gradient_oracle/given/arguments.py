"""The arguments of f as a caller gives them: a tuple or a list of them, or a single array.

Arrays of floats and floats are differentiated; whole numbers, truth values, words, None, functions and whatever else f
takes go along as they are. What would be differentiated by mistake, or silently not, is refused: complex numbers,
objects, masked arrays, sets of floats, arrays of other libraries. Lists, tuples, dictionaries and dataclasses that hold
floats are taken apart before (`handed/`).

>>> taken_arguments((np.ones(2), 3, "mean"))
(array([1., 1.]), 3, 'mean')
>>> taken_arguments((np.array([1, 2]),))
Traceback (most recent call last):
    ...
ValueError: nothing to differentiate: none of the 1 arguments is a float or an array of floats: found an ndarray of shape (2,) and dtype int64; write np.array(…, dtype=float)
>>> taken_arguments({"x": 1.0})
Traceback (most recent call last):
    ...
TypeError: args must be a tuple of the arguments of f, found a dict ({'x': 1.0}); write args=(x,)
>>> must_be_taken("argument 0", np.ones(2) + 1j)
Traceback (most recent call last):
    ...
TypeError: argument 0 is an ndarray of shape (2,) and dtype complex128: complex arguments are not taken yet; give x.real and x.imag as two arguments, with a gradient each
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.given.contained import Escaped, contained
from backproof.verify.gradient_oracle.given.floats import is_float
from backproof.verify.gradient_oracle.given.words import of_what
from backproof.verify.lift.lifted import Function

MOST_NAMED = 4  # chosen: values that a message names
WIDEST = 8  # bytes of a float64: certified values are compared as such, so that the last digits of a wider one would be lost
ELSEWHERE = ("__array__", "__array_interface__", "__dlpack__", "toarray", "to_numpy", "__dataframe__")
"""What arrays and tables of other libraries have."""
COMPLEX = "complex arguments are not taken yet; give x.real and x.imag as two arguments, with a gradient each"


def taken_arguments(args: Any) -> tuple[Any, ...]:
    """The arguments as a tuple. TypeError for what is none, or not taken; ValueError if no float is among them."""
    given = as_arguments(args)
    for k, a in enumerate(given):
        must_be_taken(f"argument {k}", a)
    must_hold_a_float(given, len(given))
    return given


def as_arguments(args: Any) -> tuple[Any, ...]:
    """The arguments as a tuple, whatever they are. TypeError for what is none."""
    if isinstance(args, tuple | list):
        return tuple(args)
    if isinstance(args, np.ndarray | np.generic | int | float | complex):
        return (args,)
    raise TypeError(f"args must be a tuple of the arguments of f, found {of_what(args)}; write args=(x,)")


def must_be_taken(name: str, a: Any) -> None:
    """TypeError for what is not taken."""
    reason = _refusal(a)
    if reason:
        raise TypeError(f"{name} is {reason}")


def must_hold_a_float(values: Sequence[Any], count: int) -> None:
    """ValueError if no float is among the values of so many arguments."""
    if any(is_float(a) for a in values):
        return
    numbers = (np.ndarray, np.generic, int, list, tuple)
    whole = "; write np.array(…, dtype=float)" if any(isinstance(a, numbers) for a in values) else ""
    kinds = ", ".join(dict.fromkeys(of_what(a) for a in values[:MOST_NAMED])) + (", …" if len(values) > MOST_NAMED else "")
    found = f": found {kinds}{whole}" if count else "; write args=(x,)"
    raise ValueError(f"nothing to differentiate: none of the {count} arguments is a float or an array of floats{found}")


def must_lie_in(domain: Function, args: Sequence[Any]) -> None:
    """TypeError for a domain that answers with neither True nor False, ValueError if the arguments are outside of it."""
    try:
        found = contained(domain, *args)
    except Escaped as error:
        raise ValueError(f"domain raises {error} at the given arguments; write bool(np.all(…))") from error.cause
    if not isinstance(found, bool | np.bool_):
        raise TypeError(f"domain must return True or False, found {of_what(found)}; write bool(np.all(…))")
    if not found:
        raise ValueError("domain says that the given arguments are outside of it; give arguments that f is meant for")


def _refusal(a: Any) -> str:
    """What an argument is, and what to write instead; "" for what is taken."""
    if isinstance(a, complex | np.complexfloating) or (isinstance(a, np.ndarray) and a.dtype.kind == "c"):
        return f"{of_what(a)}: {COMPLEX}"
    if isinstance(a, np.ndarray):
        return _refused_array(a)
    if isinstance(a, np.generic):
        return _refused_dtype(a)
    if isinstance(a, Iterator):
        return f"{of_what(a)}, which one call uses up: f is called many times; write tuple(…) or np.array(…)"
    if isinstance(a, set | frozenset):
        holds = f"{of_what(a)} that holds floats, which have no order there; write a list, a tuple or a dictionary"
        return holds if holds_floats(a) else ""
    if isinstance(a, dict | list | tuple):
        return ""
    if not isinstance(a, type) and any(hasattr(type(a), name) for name in ELSEWHERE):
        return (
            f"{of_what(a)} of {type(a).__module__.partition('.')[0]}, and no NumPy array; write np.asarray(…), or let f know it otherwise"
        )
    return ""


def _refused_array(a: Any) -> str:
    if isinstance(a, np.ma.MaskedArray):
        return f"{of_what(a)}: an entry that is masked has no derivative; write a.filled(…), and the mask as an argument of its own"
    if type(a) not in (np.ndarray, np.memmap):
        return f"{of_what(a)}: what other classes of arrays compute is not followed; write np.asarray(…)"
    return _refused_dtype(a)


def _refused_dtype(a: Any) -> str:
    dtype = a.dtype
    if dtype.kind == "O":
        return f"{of_what(a)}: objects have no derivative; write np.asarray(…, dtype=float)"
    if dtype.kind == "V" and dtype.name != "bfloat16":
        return f"{of_what(a)}: that dtype is not taken; give one of floats, as float64, float32, float16 or bfloat16"
    if dtype.kind == "f" and dtype.itemsize > WIDEST:
        return f"{of_what(a)}: floats wider than float64 are not taken; write np.asarray(…, dtype=np.float64)"
    return ""


def holds_floats(container: Any) -> bool:
    """Whether a float, a complex number or an array of either is somewhere in lists, tuples, sets, dictionaries and
    dataclasses."""
    waiting, known = [container], set[int]()
    while waiting:
        value = waiting.pop()
        parts = _held_in(value)
        if parts is not None:
            waiting += [] if id(value) in known else parts
        elif is_float(value) or isinstance(value, complex) or (isinstance(value, np.ndarray) and value.dtype.kind in "cO"):
            return True
        known.add(id(value))
    return False


def _held_in(value: Any) -> list[Any] | None:
    """What a container holds; None for what is none."""
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, list | tuple | set | frozenset):
        return list(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, entry.name, None) for entry in dataclasses.fields(value)]
    return None
