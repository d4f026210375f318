"""A value that somebody gave or returned, and an error that somebody's code raised, in a line: short, without control
characters, whatever their own `repr` and `str` do.

>>> of_what({"x": 1.0}), of_what(x for x in "ab"), of_what(None)
("a dict ({'x': 1.0})", 'a generator', 'None')
>>> one_line("two\\nlines \\x1b[31m red")
'two lines \\\\x1b[31m red'
>>> try:  # doctest: +ELLIPSIS
...     [][3]
... except IndexError as error:
...     raised(error)
'IndexError: list index out of range (<doctest ...words[2]>:2)'
>>> of_what(type("Odd", (), {"__repr__": lambda self: 1 / 0})())
'an Odd'
"""

from __future__ import annotations

import linecache
import os
import reprlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from backproof.engine.callers import users_step
from backproof.verify.foreign import escaped
from backproof.verify.time_limits import PASSING

MOST_CHARACTERS = 200  # chosen: of a message of somebody's error; a sentence or two
MOST_OF_A_LINE = 80  # chosen: of a line of somebody's code
MOST_OF_A_VALUE = 60  # chosen: of a value that is shown beside its type

_SHORT = reprlib.Repr()
_SHORT.maxother = _SHORT.maxstring = _SHORT.maxlong = MOST_OF_A_VALUE


def one_line(text: str, most: int = MOST_CHARACTERS) -> str:
    """The text in one line of at most so many characters; what is not printable is escaped."""
    return escaped(" ".join(text[: 4 * most].split()), most)


def of_what(value: Any) -> str:
    """A value with its article: what kind it is, and what it holds if that is short and known to be harmless."""
    if value is None:
        return "None"
    name = one_line(type(value).__name__, MOST_OF_A_LINE)
    kind = f"{'an' if name[:1].lower() in 'aeio' or name == 'ndarray' else 'a'} {name}"
    if isinstance(value, np.ndarray):
        return f"{kind} of shape {value.shape} and dtype {one_line(str(value.dtype))}"
    if isinstance(value, tuple | list):
        return f"{kind} of {len(value)}"
    if isinstance(value, np.generic | bool | int | float | complex | str | bytes | dict | set | frozenset):
        return f"{kind} ({_short(value)})"
    return f"the function {_short(getattr(value, '__name__', name))}" if callable(value) and not isinstance(value, Iterator) else kind


def _short(value: Any) -> str:
    try:
        return one_line(value if isinstance(value, str) and value.isidentifier() else _SHORT.repr(value), MOST_OF_A_VALUE)
    except PASSING:
        raise
    except (Exception, SystemExit):
        return "?"


def raised(error: BaseException) -> str:
    """An error of somebody's code: its type, its message, and the innermost line of that code."""
    try:
        message = one_line(str(error))
    except PASSING:
        raise
    except (Exception, SystemExit):
        message = "a message that cannot be shown"
    name = one_line(type(error).__name__, MOST_OF_A_LINE)
    place = line_of(error)
    return f"{name}{': ' if message else ''}{message}{f' ({place})' if place else ''}"


def line_of(error: BaseException) -> str:
    """`file.py:12: the line`, of the innermost line of somebody's code through which an error went; "" for none."""
    step = users_step(error)
    if step is None:
        return ""
    filename = step.tb_frame.f_code.co_filename
    source = one_line(linecache.getline(filename, step.tb_lineno), MOST_OF_A_LINE)
    return f"{one_line(os.path.basename(filename))}:{step.tb_lineno}{f': {source}' if source and '<doctest' not in filename else ''}"
