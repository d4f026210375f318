"""What is said of somebody else's objects: one bounded line each, whatever they are called and whatever they do when
they are looked at.

No method of a foreign object is called but the `__str__` of an exception, and what that does is said, not passed on.

>>> one_line("two\\nlines, a bell \\a, a surrogate \\ud800 and no end: " + "a" * 10**6, 60)
'two\\\\nlines, a bell \\\\x07, a surrogate \\\\ud800 and no end: aaa…'
>>> class Mute(Exception):
...     def __str__(self):
...         raise SystemExit
>>> raised(Mute())
'Mute, whose message cannot be read: its __str__ raised SystemExit'
>>> found(Mute()), found(10**1000), found(True)
('Mute', 'an int of 3,322 bits', 'True')
"""

from __future__ import annotations

import importlib
import os
from types import TracebackType
from typing import Any, cast

from backproof.verify.foreign import escaped, plain

LONGEST_MESSAGE = 300  # letters of what an engine says; chosen: two lines of a wide terminal, and what is wrong stands first
LONGEST_NAME = 60  # letters of a name, of a value or of a file; chosen: three of them and the words around them fit two lines
LONGEST_OWN = LONGEST_MESSAGE + 3 * LONGEST_NAME  # letters of a sentence of ours: a message, a name, a value, a file
LONGEST_PATH = 4096  # letters of the path of a file that are looked at; what Linux allows
LONGEST_WHOLE = 128  # bits of a whole number that is written out; chosen: 39 digits still read as a number
OURS = os.path.dirname(__file__)
SHOWN_TYPES = (int, float, complex, bool, str, bytes, type(None))
"""What is shown as Python writes it, where a value is of exactly one of these types: their `repr` is Python's own."""


def one_line(text: str, longest: int = LONGEST_MESSAGE) -> str:
    """The text on one line of at most so many letters, without a control, direction or half character.

    >>> one_line("abc\\u202edef")
    'abc\\\\u202edef'
    """
    return escaped(text, longest)


def own_words(error: BaseException, kind: type[BaseException]) -> str:
    """The message of an exception of ours, which somebody else may have made; of any other, `raised`.

    >>> own_words(ValueError("ours"), ValueError), own_words(KeyError("theirs"), ValueError)
    ('ours', "KeyError: 'theirs'")
    """
    arguments = error.args if type(error) is kind else ()
    return one_line(arguments[0], LONGEST_OWN) if len(arguments) == 1 and type(arguments[0]) is str else raised(error)


def quoted(name: str) -> str:
    """A name in quotes, shortened if it is long.

    >>> quoted("x"), quoted("a'b"), len(quoted("x" * 1000))
    ("'x'", '"a\\'b"', 60)
    """
    shown = repr(plain(name, LONGEST_NAME))
    whole = len(shown) <= LONGEST_NAME and str.__len__(name) <= LONGEST_NAME
    return shown if whole else shown[: LONGEST_NAME - 2] + "…" + shown[-1]


def type_name(value: object) -> str:
    """The name of the type of an object, also where its metaclass has a `__name__` of its own."""
    return one_line(cast("Any", type).__dict__["__name__"].__get__(type(value)), LONGEST_NAME)


def found(value: object) -> str:
    """An object in a few words: a plain value as Python writes it, anything else by the name of its type."""
    if type(value) is int and value.bit_length() > LONGEST_WHOLE:
        return f"an int of {value.bit_length():,} bits"
    if type(value) in (str, bytes):
        return quoted(value) if isinstance(value, str) else one_line(repr(cast("bytes", value)[:LONGEST_NAME]), LONGEST_NAME)
    return repr(value) if type(value) in SHOWN_TYPES else type_name(value)


def raised(error: BaseException) -> str:
    """An exception in a line: its type, its message, and the file and line that raised it.

    >>> try:
    ...     int("three")
    ... except ValueError as error:
    ...     raised(error)
    "ValueError: invalid literal for int() with base 10: 'three' (<doctest ...>:2)"
    """
    try:
        message = one_line(str(error))
    except BaseException as another:  # whatever somebody's __str__ raises
        return f"{type_name(error)}, whose message cannot be read: its __str__ raised {type_name(another)}{_place(error)}"
    return f"{type_name(error)}{': ' if message else ''}{message}{_place(error)}"


def _place(error: BaseException) -> str:
    """Where the exception was raised, as ` (file:line)`; nothing where that is a line of ours that called, or the
    import of a module.
    """
    trace, place = cast("TracebackType | None", cast("Any", BaseException).__dict__["__traceback__"].__get__(error)), ""
    while trace is not None:
        file = plain(trace.tb_frame.f_code.co_filename, LONGEST_PATH)
        if not (file.startswith("<frozen importlib") or file == importlib.__file__ or os.path.dirname(file) == OURS):
            place = f" ({one_line(os.path.basename(file), LONGEST_NAME)}:{trace.tb_lineno})"
        trace = trace.tb_next
    return place
