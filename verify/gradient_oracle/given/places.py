"""Where somebody's code stands, as data: the file, the line and the name of a function, or of the line that raised.

>>> def square(x):
...     return x * x
>>> place_of(square)
Place(file='<doctest backproof.verify.gradient_oracle.given.places[0]>', line=1, function='square')
>>> place_of(partial(partial(square), 2)) == place_of(square), place_of(np.tanh)
(True, None)
>>> place_of_error(ValueError("made, and not raised")) is None
True
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from backproof.engine.callers import users_step
from backproof.verify.time_limits import PASSING


@dataclass(frozen=True)
class Place:
    """A line of a file, and the function that begins or lies there."""

    file: str
    line: int
    function: str = ""


def place_of(function: Any) -> Place | None:
    """Where a function, a method, or the call of an object is written; None where that is not known (compiled code)."""
    try:
        code = _code_of(function)
    except PASSING:
        raise
    except Exception:  # whatever an object's attributes do
        return None
    return None if code is None else Place(code.co_filename, code.co_firstlineno, code.co_name)


def _code_of(function: Any) -> Any:
    while isinstance(function, partial):
        function = function.func
    if isinstance(function, np.ufunc | type):
        return None
    function = inspect.unwrap(function)
    if not hasattr(function, "__code__") and not hasattr(function, "__func__"):
        function = type(function).__call__
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    return code if inspect.iscode(code) else None


def place_of_error(error: BaseException) -> Place | None:
    """The innermost line of somebody's code through which an error went; None for none."""
    step = users_step(error)
    return None if step is None else Place(step.tb_frame.f_code.co_filename, step.tb_lineno, step.tb_frame.f_code.co_name)
