"""What went wrong in a lifted run, in words: the function of a library that could not take lifted numbers, and the
user's line. `called` runs code so that no such error gets lost.

>>> needs_plain_number("float(…)").what
'float(…), which needs a plain number, has no lifted rule'
>>> only_lifted(TypeError("a matrix is needed")).what
'TypeError on lifted numbers: a matrix is needed'
>>> only_lifted(TypeError("array type dtype('O') not supported")).what
'TypeError on lifted numbers'
>>> called(lambda x: x[0], ({},))
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: KeyError on lifted numbers: 0 (<doctest ...>:1)
"""

from __future__ import annotations

import dis
import linecache
import os
import re
import traceback
from collections.abc import Callable, Iterable, Sequence
from types import FrameType
from typing import Any

import numpy as np

from backproof.engine.callers import frames_below, is_ours, is_users, users_step
from backproof.verify.lift.tape.reads import RAISED, NotLifted, place, users_frame
from backproof.verify.time_limits import PASSING

LIBRARIES = ("numpy", "scipy")
ABOUT_OBJECTS = re.compile(
    r"dtype\('O'\)|object|safely|'safe'|ufunc|Scalar|LiftedArray|lifted_|verify\.lift\."
    r"|input types?\b|data types?\b|for this type|serializable"
)
"""What an error says that is due to the numbers being objects of ours: no words for the user."""
LONGEST_LINE = 80  # chosen: characters of the user's line in a message


def called(f: Callable[..., Any], args: Sequence[Any]) -> Any:
    """f(*args), or the first error of lifting, also where NumPy or the code put one of its own in front of it or caught
    it."""
    RAISED.clear()
    try:
        result = f(*args)
    except PASSING:
        raise
    except Exception as error:
        if RAISED:
            raise RAISED[0] from None
        if is_the_codes_own(error):
            raise
        raise only_lifted(error) from error
    if RAISED:
        raise RAISED[0]
    return result


def needs_plain_number(what: str, advice: str = "") -> NotLifted:
    """The error for code that asks a lifted number for a float: a library's function, or the user's own `float(…)`."""
    name = _library_function(frames_below(users_frame()))
    return NotLifted(name, place()) if name else NotLifted(f"{what}, which needs a plain number, has no lifted rule", place(), advice)


def only_lifted(error: BaseException) -> NotLifted:
    """An error that the code has on lifted numbers and not in floats."""
    step, line, source = users_step(error), "?", ""
    below = error.__traceback__
    if step is not None:
        filename = step.tb_frame.f_code.co_filename
        line, below = f"{os.path.basename(filename)}:{step.tb_lineno}", step.tb_next
        source = linecache.getline(filename, step.tb_lineno).strip()
    name = _library_function(frame for frame, _ in traceback.walk_tb(below))
    if name:
        return NotLifted(name, line)
    words = f"{type(error).__name__} on lifted numbers"
    if not str(error) or ABOUT_OBJECTS.search(str(error)):
        return NotLifted(f"{words} in `{source[:LONGEST_LINE]}`" if source else words, line)
    return NotLifted(f"{words}: {error}", line)


def is_the_codes_own(error: BaseException) -> bool:
    """Whether it is an error of values that the code raises itself, or that a rule raises as NumPy would: those have
    the same words in floats."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None or not isinstance(error, ValueError | ArithmeticError) or ABOUT_OBJECTS.search(str(error)):
        return False
    filename = trace.tb_frame.f_code.co_filename
    raises = any(step.offset == trace.tb_lasti and step.opname == "RAISE_VARARGS" for step in dis.get_instructions(trace.tb_frame.f_code))
    return raises and (is_users(filename) or is_ours(filename))


def _library_function(frames: Iterable[FrameType]) -> str:
    """The outermost function of NumPy or SciPy among the frames, or nothing."""
    for frame in frames:
        module, function = str(frame.f_globals.get("__name__", "")), getattr(frame.f_code, "co_qualname", frame.f_code.co_name)
        helper = "<" in function or module.startswith(("scipy._lib", "numpy._core.overrides"))
        if module.partition(".")[0] in LIBRARIES and not helper:
            owner = type(frame.f_locals.get("self"))
            if "." in function and owner.__module__.partition(".")[0] in LIBRARIES:
                module, function = owner.__module__, f"{owner.__name__}.{frame.f_code.co_name}"
            return public_name(module, function)
    return ""


def public_name(module: str, function: str) -> str:
    """`scipy.linalg.expm` for `expm` of `scipy.linalg._matfuncs`; a class for its constructor and its call."""
    name = function.removeprefix(f"{module}.")
    for ending in (".__init__", ".__new__", ".__call__"):
        name = name.removesuffix(ending)
    if module.startswith("numpy.") and hasattr(np, name):
        return f"numpy.{name}"
    parts = module.split(".")
    private = next((k for k, part in enumerate(parts) if part.startswith("_")), len(parts))
    return ".".join([*parts[:private], name])


def formats_text(frame: FrameType) -> bool:
    """Whether a frame is at a `%`: of a number's float is asked there to show it in a text."""
    for step in dis.get_instructions(frame.f_code):
        if step.offset == frame.f_lasti:
            return "MODULO" in step.opname or (step.opname == "BINARY_OP" and step.argrepr in ("%", "%="))
    return False
