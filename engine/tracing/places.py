"""Where in the user's code tracing is: `where()` for the line, `called()` for the library function that asked for a value.

Both walk the frames outwards, past those of NumPy, SciPy and tracing itself.

>>> where().endswith(": ")
True
>>> called()
''
"""

from __future__ import annotations

import inspect
from types import FrameType


def where() -> str:
    """`file:line: ` of the code being traced."""
    frame = _users_frame()[0]
    return "" if frame is None else f"{frame.f_code.co_filename}:{frame.f_lineno}: "


def called() -> str:
    """The library function that the code being traced called, or nothing where it has no Python frame (an operator, `numpy.asarray`)."""
    return _users_frame()[1]


def _users_frame() -> tuple[FrameType | None, str]:
    frame, name = inspect.currentframe(), ""
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] in ("numpy", "scipy"):
            public = [part for part in module.split(".") if not part.startswith("_")]
            name = "" if module == "numpy.lib.mixins" else ".".join([*public, frame.f_code.co_qualname])
        elif module.startswith("backproof.engine.tracing"):
            name = ""
        else:
            break
        frame = frame.f_back
    return frame, name
