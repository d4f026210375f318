"""The line of code that a place names: `line_at("layers.py:12", source)`.

A place has the name of a file without its folder. The line is shown only where one file of that name is known, that of
the backward or of a module that is loaded: of two, nobody could say which.

>>> place = Place(__file__, 1, "")
>>> line_at("source_lines.py:1", place).code[3:31]
'The line of code that a plac'
>>> line_at("source_lines.py:100000", place) is None, line_at("no_such_file.py:1", place) is None, line_at("?", place) is None
(True, True, True)
"""

from __future__ import annotations

import linecache
import os
import sys
from typing import NamedTuple

from backproof.verify.gradient_oracle.given.places import Place

LONGEST = 160  # letters of a line; chosen: it stands in a table


class Line(NamedTuple):
    """A line of a file, without the space around it."""

    file: str
    number: int
    code: str


def line_at(place: str, source: Place | None) -> Line | None:
    """The line that `place`, a name of a file with a number, says; None where the file or the line is not known, or two
    files have this name. `source` is where the backward stands.
    """
    name, _, number = place.rpartition(":")
    known = {module.__file__ for module in list(sys.modules.values()) if isinstance(getattr(module, "__file__", None), str)}
    files = {file for file in {*known, *([source.file] if source else [])} if file and os.path.basename(file) == name}
    if len(files) != 1 or not number.isdecimal():
        return None
    (file,) = files
    code = linecache.getline(file, int(number)).strip()
    return Line(file, int(number), code if len(code) <= LONGEST else f"{code[: LONGEST - 1]}…") if code else None
