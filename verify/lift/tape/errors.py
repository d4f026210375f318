"""What went wrong in a lifted run, in words: the function of a library that could not take lifted numbers, and the user's line.

>>> needs_plain_number("float(…)").what
'float(…), which needs a plain number, has no lifted rule'
>>> explained(TypeError("a matrix is needed")).what
'TypeError on lifted numbers: a matrix is needed'
>>> explained(TypeError("array type dtype('O') not supported")).what
'TypeError on lifted numbers'
"""

from __future__ import annotations

import dis
import linecache
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from types import FrameType

import numpy as np

from backproof.verify.lift.tape.reads import NotLifted, place, skipped, users_frame

LIBRARIES = ("numpy", "scipy")
ABOUT_OBJECTS = re.compile(
    r"dtype\('O'\)|object|safely|'safe'|ufunc|Scalar|LiftedArray|lifted_|input types?\b|data types?\b|for this type|serializable"
)
HERE = str(Path(__file__).resolve().parents[2]) + os.sep
COMPILED = (".pyx", ".pxd", ".pxi")


def needs_plain_number(what: str, advice: str = "") -> NotLifted:
    """The error for code that asks a lifted number for a float: a library's function, or the user's own `float(…)`."""
    name = _library_function(_frames_below_the_users())
    return NotLifted(name, place()) if name else NotLifted(f"{what}, which needs a plain number, has no lifted rule", place(), advice)


def explained(error: BaseException) -> NotLifted:
    """An error that the code has on lifted numbers and not in floats."""
    line, frames = "?", list[FrameType]()
    source, trace = "", error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(trace.tb_frame)
        if not skipped(code.co_filename) and not code.co_filename.endswith(COMPILED):
            line, frames = f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}", []
            source = linecache.getline(code.co_filename, trace.tb_lineno).strip()
        trace = trace.tb_next
    name = _library_function(frames)
    if name:
        return NotLifted(name, line)
    words = f"{type(error).__name__} on lifted numbers"
    if not str(error) or ABOUT_OBJECTS.search(str(error)):
        return NotLifted(f"{words} in `{source[:80]}`" if source else words, line)
    return NotLifted(f"{words}: {error}", line)


def is_the_codes_own(error: BaseException) -> bool:
    """Whether it is an error of values that the code raises itself, or that a rule raises as NumPy would: those have the same words in floats."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None or not isinstance(error, ValueError | ArithmeticError) or ABOUT_OBJECTS.search(str(error)):
        return False
    filename = trace.tb_frame.f_code.co_filename
    raises = any(step.offset == trace.tb_lasti and step.opname == "RAISE_VARARGS" for step in dis.get_instructions(trace.tb_frame.f_code))
    return raises and (not skipped(filename) or filename.startswith(HERE))


def _frames_below_the_users() -> list[FrameType]:
    users, frame = users_frame(), sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
    found: list[FrameType] = []
    while frame is not None and frame is not users:
        found.append(frame)
        frame = frame.f_back
    return found[::-1] if users is not None else []


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
