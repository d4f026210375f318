"""Whose line it is: the innermost frame of the user's code, while it runs (`users_frame`) or where an error went
through it (`users_step`).

The user's code is what is neither NumPy, SciPy, the standard library nor backproof, and its file tells. Backproof is
its four layers, not the folder in which they lie: examples, tests and doctests (in files called `<doctest …>`) are user
code.

>>> users_frame().f_code.co_filename
'<doctest backproof.engine.callers[0]>'
>>> is_users("model.py"), is_users(np.__file__), is_users(__file__), is_ours(__file__)
(True, False, False, True)
>>> print(users_frame(start="<doctest backproof.engine.callers[2]>"))
None
"""

from __future__ import annotations

import os
import sys
import sysconfig
from functools import cache
from types import FrameType, TracebackType

import numpy as np

_ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_OURS = tuple(os.path.join(_ROOT, layer, "") for layer in ("engine", "theorems", "verify", "reports"))
_NUMPY = os.path.join(os.path.dirname(os.path.abspath(np.__file__)), "")
_SCIPY = os.path.join(os.path.dirname(_NUMPY.rstrip(os.sep)), "scipy", "")
_STANDARD = os.path.join(sysconfig.get_path("stdlib"), "")
_NO_FILE = ("<__array_function__", "<frozen")  # NumPy's dispatch and importlib have frames without a file
_COMPILED = (".pyx", ".pxd", ".pxi")  # Cython's sources: NumPy and SciPy name them in tracebacks without a folder


@cache
def is_ours(filename: str) -> bool:
    """Whether a file is one of backproof's own."""
    return filename.startswith(_OURS)


@cache
def is_users(filename: str) -> bool:
    """Whether a file is neither NumPy's, SciPy's, the standard library's nor ours."""
    standard = filename.startswith(_STANDARD) and "site-packages" not in filename
    library = filename.startswith((_NUMPY, _SCIPY, *_NO_FILE)) or filename.endswith(_COMPILED)
    return not (standard or library or is_ours(filename))


def users_frame(start: str = "") -> FrameType | None:
    """The innermost frame that is the user's. None where there is none, or where a frame of the file `start`, in which
    a run of the user's code begins, is met before it."""
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
    while frame is not None and frame.f_code.co_filename != start:
        if is_users(frame.f_code.co_filename):
            return frame
        frame = frame.f_back
    return None


def frames_below(frame: FrameType | None) -> list[FrameType]:
    """The frames that lie between this one and the caller, and that of the caller, outermost first; none for None."""
    inner = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
    found: list[FrameType] = []
    while frame is not None and inner is not None and inner is not frame:
        found.append(inner)
        inner = inner.f_back
    return found[::-1]


def users_step(error: BaseException, start: str = "") -> TracebackType | None:
    """The innermost step of an error's traceback that is in the user's code, or None; what lies outside the last step
    in the file `start` does not count.

    >>> try:
    ...     np.zeros(2).reshape(3)
    ... except ValueError as error:
    ...     print(users_step(error).tb_lineno)
    2
    """
    found, step = None, error.__traceback__
    while step is not None:
        filename = step.tb_frame.f_code.co_filename
        if filename == start:
            found = None
        if is_users(filename):
            found = step
        step = step.tb_next
    return found
