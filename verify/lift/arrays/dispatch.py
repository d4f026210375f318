"""What a NumPy function becomes when lifted numbers are among its arguments, `apply_function`; and all that arrays ask
of a front end, `ARRAYS`.

A front end that computes with these arrays hands `ARRAYS` to its tape, or the same with other types that its code sees.

>>> from backproof.verify.lift.arrays.arrays import leaves
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     x = leaves(np.array([1.0, 4.0]), tape)
...     apply_function(np.roll, (x, 1), {}), x[0].shape, x[1].is_integer()
(lifted(array([4.0, 1.0], dtype=object)), (), True)
>>> len(FUNCTIONS) > 50, np.linalg.eig in FUNCTIONS
(True, False)
>>> with running(Tape(100, front=ARRAYS)):
...     apply_function(np.linalg.eig, (x,), {})
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: numpy.linalg.eig has no lifted rule (...
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from backproof.verify.lift.arrays import factors, functions, linalg, lookups, norms, reductions, spectra, subclasses, transforms
from backproof.verify.lift.arrays.arrays import LiftedArray, array_of, entry_by_entry, plain, rewrapped
from backproof.verify.lift.arrays.complex_functions import apply_complex_function, apply_complex_ufunc
from backproof.verify.lift.arrays.complex_numbers import holds_complex
from backproof.verify.lift.arrays.dtypes import shown_to
from backproof.verify.lift.arrays.ufuncs import apply_ufunc
from backproof.verify.lift.arrays.whole import bare, whole
from backproof.verify.lift.tape.decisions import decide
from backproof.verify.lift.tape.front import Front
from backproof.verify.lift.tape.kinks import DECIDING, truncate
from backproof.verify.lift.tape.reads import NotLifted, Undecided, place
from backproof.verify.lift.tape.tape import NOW, Scalar, of_python, scalar

FUNCTIONS: dict[Any, Callable[..., Any]] = {
    **reductions.FUNCTIONS,
    **functions.FUNCTIONS,
    **lookups.FUNCTIONS,
    **linalg.FUNCTIONS,
    **factors.FUNCTIONS,
    **norms.FUNCTIONS,
    **spectra.FUNCTIONS,
    **{getattr(np.fft, name): rule for name, rule in transforms.TRANSFORMED.items()},
}
OF_REAL_TOO = frozenset(getattr(np.fft, name) for name in transforms.TRANSFORMED)
"""Functions whose rule takes complex numbers as well."""
REFUSED = ("numpy.linalg.eig", "numpy.linalg.matrix_rank")
"""Beginnings of the names of functions that have no rule and whose own code is not asked."""


def apply_function(function: Any, args: Sequence[Any], options: dict[str, Any]) -> Any:
    """What a NumPy function on lifted arrays becomes: its rule, or NumPy's own code on the scalars."""
    args, options = bare(tuple(args)), {key: bare(value) for key, value in options.items()}
    rule = FUNCTIONS.get(function)
    tape, before = NOW.tape, NOW.tape.calling
    name = f"{function.__module__}.{function.__name__}"
    try:
        if function not in OF_REAL_TOO and (any(map(holds_complex, args)) or any(map(holds_complex, options.values()))):
            return apply_complex_function(function, args, options)
        if rule is not None:
            tape.calling = before or function.__name__
            return _whole_parts(rule(*args, **options))
        if name.startswith(REFUSED):
            raise NotLifted(name, place())
        tape.calling = before or function.__name__
        out = options.get("out")
        found = function(*map(_unwrapped, args), **{key: _unwrapped(value) for key, value in options.items()})
        return out if out is not None else _whole_parts(rewrapped(found))
    except (TypeError, AttributeError, NotImplementedError) as error:
        if isinstance(error.__context__, NotLifted | Undecided):
            raise error.__context__ from None
        raise NotLifted(name, place()) from error
    finally:
        tape.calling = before


def _whole_parts(found: Any) -> Any:
    """With whole numbers and truth values as such, in tuples and lists too."""
    if type(found) in (tuple, list):
        return type(found)(map(_whole_parts, found))
    return whole(found)


def _unwrapped(value: Any) -> Any:
    """Arguments for NumPy's code: lifted arrays as object arrays; functions among them get lifted arrays again."""
    if isinstance(value, LiftedArray | Scalar):
        return plain(array_of(value))
    if isinstance(value, list):
        return [_unwrapped(part) for part in value]
    if type(value) is tuple:
        return tuple(_unwrapped(part) for part in value)
    if callable(value) and not isinstance(value, type | np.ufunc):
        return _called_back(value)
    return value


def _called_back(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of the user's, called by NumPy: it gets lifted arrays, and its decisions are its own."""

    def call(*args: Any, **options: Any) -> Any:
        tape, before = NOW.tape, NOW.tape.calling
        tape.calling = ""
        try:
            return _unwrapped(function(*map(_shared, args), **options))
        finally:
            tape.calling = before

    return call


def _shared(value: Any) -> Any:
    """An array of NumPy's as a lifted array of the same memory, for the function may write into it."""
    if type(value) is np.ndarray and value.dtype == object and value.flags.writeable and rewrapped(value).dtype.kind == "f":
        value[...] = entry_by_entry(scalar, value)
    return rewrapped(value)


# what scalars ask for


def _attribute(x: Scalar, name: str) -> Any:
    """What NumPy's numbers have besides arithmetic. NumPy's own code sees no dtype, so that it treats scalars as
    objects."""
    if name in DECIDING and name not in ("round", "clip"):
        return lambda *others: DECIDING[name](x, *others)
    if name.startswith("__") or not hasattr(np.float64, name):
        raise AttributeError(f"a lifted number has no attribute {name!r}")
    if name in ("dtype", "itemsize", "nbytes"):
        caller = sys._getframe(2)  # pyright: ignore[reportPrivateUsage]
        if caller.f_globals.get("__name__", "").partition(".")[0] in ("numpy", "scipy"):
            raise AttributeError(name)
        if name == "dtype":
            return shown_to(caller)
    if name in ("item", "tolist"):
        return lambda *_: of_python(x)
    if name in ("copy", "conj"):
        return lambda *_: x
    if name in ("real", "T"):
        return x
    if name == "is_integer":
        return lambda: decide(x, "==", truncate(x))
    return getattr(array_of(x), name)


assert subclasses.OfSubclass.view is subclasses.viewed  # views are a part of what arrays do


def _apply_ufunc(ufunc: Any, method: str, inputs: Any, options: dict[str, Any]) -> Any:
    """What a ufunc becomes, of plain arrays too."""
    if any(map(holds_complex, inputs)) or (options and holds_complex(options.get("out"))):
        return apply_complex_ufunc(ufunc, method, bare(tuple(inputs)), {key: bare(value) for key, value in options.items()})
    found = apply_ufunc(ufunc, method, bare(tuple(inputs)), {key: bare(value) for key, value in options.items()})
    return options["out"][0] if options.get("out") is not None and len(options["out"]) == 1 else _whole_parts(found)


ARRAYS = Front(_apply_ufunc, apply_function, lambda _: Scalar, _attribute, lambda x, key: array_of(x)[key])
