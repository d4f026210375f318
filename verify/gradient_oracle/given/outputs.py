"""What f returns at the given arguments, and the cotangent that a caller gives for it.

>>> taken_output(np.float32(2.0)).dtype
dtype('float32')
>>> taken_output({1.0, 2.0})
Traceback (most recent call last):
    ...
TypeError: f returns a set ({1.0, 2.0}), which has no order; return an array, or a tuple, list or dictionary of arrays
>>> taken_cotangent([1, 2], np.ones(2))
array([1., 2.])
>>> taken_cotangent(np.ones(3), np.ones(2))
Traceback (most recent call last):
    ...
ValueError: cotangent has shape (3,), and f returns shape (2,); write one of that shape, or leave it out for a random one
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.given.contained import Escaped, contained
from backproof.verify.gradient_oracle.given.floats import is_float_dtype, is_number_dtype, unit_roundoff
from backproof.verify.gradient_oracle.given.words import of_what, one_line
from backproof.verify.lift.lifted import Function
from backproof.verify.time_limits import PASSING

RAISED_THERE = "f raised this at the given arguments; check needs arguments at which f returns"

COMPLEX_OUTPUTS = "complex outputs are not taken yet; let f return out.real and out.imag as two outputs of floats"


def called_at(f: Function, args: Sequence[Any]) -> Any:
    """What f returns at the arguments, of which it gets copies. What it raises there passes, with a note; TypeError if
    it cannot be called with so many; ValueError if what it raises would end the process."""
    try:
        with np.errstate(all="ignore"):
            return contained(f, *(a.copy() if isinstance(a, np.ndarray) else a for a in args))
    except Escaped as error:
        raise ValueError(f"f raises {error} at the given arguments; give arguments at which it returns") from error.cause
    except TypeError as error:
        inside = error.__traceback__ and error.__traceback__.tb_next  # of `contained`, and behind it that of f
        if inside is not None and inside.tb_next is None:
            raise TypeError(f"f cannot be called with the {len(args)} arguments of args: {one_line(str(error))}") from None
        error.add_note(RAISED_THERE)
        raise
    except Exception as error:
        error.add_note(RAISED_THERE)
        raise


def taken_output(out: Any) -> Array:
    """The output as an array. TypeError for what is no array; ValueError for one that is not of floats."""
    if isinstance(out, tuple | list | dict | set | frozenset):
        more = "has no order; return" if isinstance(out, set | frozenset) else "is not taken apart; write"
        raise TypeError(f"f returns {of_what(out)}, which {more} an array, or a tuple, list or dictionary of arrays")
    if out is None:
        raise TypeError("f returns None: is a return missing? It must return an array of floats")
    if isinstance(out, np.ma.MaskedArray | np.matrix) or not isinstance(out, np.ndarray | np.generic | float | int | complex):
        raise TypeError(f"f returns {of_what(out)}; it must return an array of floats: write np.asarray(…)")
    array = np.asarray(out)
    if not is_float_dtype(array.dtype):
        more = f"; {COMPLEX_OUTPUTS}" if array.dtype.kind == "c" else ""
        raise ValueError(f"f must return an array of floats, found one of dtype {array.dtype}{more}")
    return array


def is_output(out: Any) -> bool:
    """Whether something is an array of floats that f may return.

    >>> is_output(np.ones(2)), is_output(np.array([1, 2])), is_output("2")
    (True, False, False)
    """
    try:
        taken_output(out)
    except (TypeError, ValueError):
        return False
    return True


def taken_cotangent(cotangent: Any, out: Array) -> Array:
    """The cotangent in the dtype of the output. TypeError for what holds no real numbers; ValueError for another shape,
    and for entries that are not finite."""
    if isinstance(cotangent, np.ma.MaskedArray):
        raise TypeError("cotangent is a masked array; write cotangent.filled(0.0)")
    try:
        array = np.asarray(cotangent)
    except PASSING:
        raise
    except Exception:
        raise TypeError(f"cotangent is {of_what(cotangent)}, and no array of floats; write np.array(…)") from None
    if not is_number_dtype(array.dtype):
        raise TypeError(f"cotangent is {of_what(cotangent)}; it must be an array of floats, as the output of f is")
    if array.shape != out.shape:
        more = "write one of that shape, or leave it out for a random one"
        raise ValueError(f"cotangent has shape {array.shape}, and f returns shape {out.shape}; {more}")
    with np.errstate(all="ignore"):
        taken = array.astype(out.dtype)
    bad = np.argwhere(~np.isfinite(taken.astype(float)))
    if len(bad):
        index = tuple(int(i) for i in bad[0])
        raise ValueError(f"cotangent is {taken[index]} at {list(index)} in {out.dtype}; every entry must be finite")
    return taken


def must_be_scalar(out: Array) -> None:
    """ValueError for an output of several numbers, of which there is no one gradient."""
    if out.size != 1:
        more = "gradient=… is for an f that returns one number; give vjp=… (a function of args, out, cotangent)"
        raise ValueError(f"f returns shape {out.shape}: {more}")


def must_agree(out: Array, reference: Array) -> None:
    """ValueError where another forward of the same function gives other values, but for rounding."""
    if out.shape != reference.shape:
        raise ValueError(f"reference returns shape {reference.shape}, and f shape {out.shape}: they must be the same function")
    left, right = out.astype(float), reference.astype(float)
    room = unit_roundoff([out, reference]) ** 0.5 * float(np.max(np.abs(left), initial=0.0, where=np.isfinite(left)))
    with np.errstate(invalid="ignore"):
        apart = np.argwhere(~((np.abs(left - right) <= room) | (left == right) | (np.isnan(left) & np.isnan(right))))
    if len(apart):
        index = tuple(int(i) for i in apart[0])
        more = f"reference gives {float(right[index])!r} at {list(index)}, and f {float(left[index])!r}"
        raise ValueError(f"{more}: they must be the same function")
