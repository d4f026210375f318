"""Docstrings as they stand: names in single backquotes are code, and nothing else in a sentence is markup.

The docstrings of this project are plain text with `names`, lists and doctests. reStructuredText would take `x_` for a
link, `*` for emphasis and `|p|` for a substitution, and columns for a mistake.

>>> as_markup(["`check(f, args)` takes *args."])
['\\\\ ``check(f, args)``\\\\  takes \\\\*args.', '']
>>> as_markup(["ok    all hold", "      and more"])
['::', '', '    ok    all hold', '          and more', '']
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any


def as_markup(lines: Sequence[str]) -> list[str]:
    """The lines of a docstring as reStructuredText."""
    blocks = [list(block) for blank, block in groupby(lines, lambda line: not line.strip()) if not blank]
    return [line for block in blocks for line in (*_block(block), "")]


def _block(lines: list[str]) -> Iterator[str]:
    """A doctest as it is, a list item by item, a paragraph as text, and whatever has columns as it was typed."""
    if lines[0].lstrip().startswith(">>>"):
        yield from lines
    elif all(line.startswith(("- ", "  ")) for line in lines) and lines[0].startswith("- "):
        yield from (line[:2] + rest for line, rest in zip(lines, _text([line[2:] for line in lines]), strict=True))
    elif all(line == line.lstrip() for line in lines):
        yield from _text(lines)
    else:
        yield from ("::", "", *("    " + line for line in lines))


def _text(lines: Sequence[str]) -> list[str]:
    """Text whose only markup is code in single backquotes; it may go over the end of a line."""
    parts = re.split(r"(`+[^`]+`+)", "\n".join(lines))
    return "".join(_code(part) if part.startswith("`") else re.sub(r"([*_|`\\])", r"\\\1", part) for part in parts).split("\n")


def _code(part: str) -> str:
    """Code that goes over the end of a line is two pieces of code."""
    return "\n".join(rf"\ ``{piece.strip()}``\ " if piece.strip() else "" for piece in part.strip("`").split("\n"))


def _read(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    lines[:] = as_markup(lines)


def setup(app: Any) -> dict[str, bool]:
    """Every docstring, before it is read as reStructuredText."""
    app.connect("autodoc-process-docstring", _read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
