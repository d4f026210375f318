"""Where in the user's code tracing is: `where()` for the line, `called()` for the library function that asked for a
value.

>>> where()
'<doctest backproof.engine.tracing.places[0]>:1: '
>>> called()
''
"""

from __future__ import annotations

from backproof.engine.callers import frames_below, is_ours, users_frame


def where() -> str:
    """`file:line: ` of the code being traced, or nothing where there is none."""
    frame = users_frame()
    return "" if frame is None else f"{frame.f_code.co_filename}:{frame.f_lineno}: "


def called() -> str:
    """The function of NumPy or SciPy that the code being traced called, or nothing where it has no Python frame (an
    operator, `numpy.asarray`)."""
    for frame in frames_below(users_frame()):
        module = str(frame.f_globals.get("__name__", ""))
        if module == "numpy.lib.mixins" or is_ours(frame.f_code.co_filename):
            break
        if module.partition(".")[0] in ("numpy", "scipy"):
            public = [part for part in module.split(".") if not part.startswith("_")]
            return ".".join([*public, frame.f_code.co_qualname])
    return ""
