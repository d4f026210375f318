"""Tables and long sentences at the width of the terminal: cells wrap at their spaces, and nothing is cut off. Where even
so the columns do not fit, each row is a block of its own, one cell a line.

Without a width (elsewhere than on a terminal) every row is one line, so that other programs can read it.

>>> print(table(("leaf", "digits"), [("W[0]", "15.2"), ("b", "3")], right=("digits",)))
leaf  digits
W[0]    15.2
b          3
>>> print(table((), [("path sum = derivative", "certified on 25 cases")], width=30))
path sum =      certified on
derivative      25 cases
>>> print(table(("leaf", "value"), [("W[0]", "0.12345678901234567")], width=20))
leaf: W[0]
  value:
    0.12345678901234567
>>> print(wrapped("not checked: the formal proofs", 20))
not checked: the
  formal proofs
>>> table(("leaf",), [("W[0]", "15.2")])
Traceback (most recent call last):
    ...
ValueError: a row has 2 cells, there are 1 headings
"""

from __future__ import annotations

import io
import os
import shutil
import textwrap
from collections.abc import Collection, Sequence
from typing import Any

from backproof.reports.foreign import one_line

GAP = 2  # columns between two cells; chosen: the least that is not read as a space between words
NARROWEST = 20  # columns that a table or a sentence is laid out for; chosen: nobody's terminal is narrower
FEW_WORDS = 14  # columns that no cell is squeezed below if it is longer; chosen: two words a line can be read


def terminal_width(stream: Any) -> int | None:
    """The columns of the terminal that a stream writes to, COLUMNS first; None if it is none."""
    if stream is None or not stream.isatty():
        return None
    try:
        own = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        own = 0
    if own and not os.environ.get("COLUMNS", "").isdigit():
        return max(NARROWEST, own)
    return max(NARROWEST, shutil.get_terminal_size().columns)


def wrapped(text: str, width: int | None, indent: int = 2) -> str:
    """A sentence on as many lines as it needs, later ones indented (by two where `indent` is too much); words longer than
    a line stay whole.
    """
    if width is None or len(text) <= width:
        return text
    start = len(text) - len(text.lstrip(" "))
    later = " " * (start + (indent if indent <= width // 3 else 2))
    lines = textwrap.wrap(
        text[start:], width, initial_indent=text[:start], subsequent_indent=later, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(lines)


def table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], width: int | None = None, right: Collection[str] = (), indent: int = 0
) -> str:
    """The rows below their headings, or without any; the columns `right` are flush right. Foreign text in a cell becomes
    one line first. ValueError if a row has more cells than there are headings, or fewer.
    """
    cells = [[one_line(cell) for cell in row] for row in rows]
    columns = len(headings) or max((len(row) for row in cells), default=0)
    for row in cells:
        if len(row) != columns:
            raise ValueError(f"a row has {len(row)} cells, there are {columns} headings")
    if not columns:
        return ""
    room = None if width is None else width - indent
    widths = _widths(columns, headings, cells, room)
    text = _blocks(headings, cells, room or NARROWEST) if widths is None else _in_columns(headings, cells, widths, right)
    return textwrap.indent(text, " " * indent)


def _widths(columns: int, headings: Sequence[str], cells: Sequence[Sequence[str]], room: int | None) -> list[int] | None:
    """How wide each column is: as wide as its cells, the widest narrowed until all fit; None if they cannot."""
    from rich.cells import cell_len

    texts = [[*headings[k : k + 1], *(row[k] for row in cells)] for k in range(columns)]
    widths = [max(map(cell_len, column), default=0) for column in texts]
    words = [max((cell_len(word) for text in column for word in text.split()), default=0) for column in texts]
    least = [max(word, min(FEW_WORDS, width)) for word, width in zip(words, widths, strict=True)]
    if room is None:
        return widths
    room -= GAP * (columns - 1)
    if sum(least) > room:
        return None
    while sum(widths) > room:
        slack = [width - narrow for width, narrow in zip(widths, least, strict=True)]
        widest = max((k for k in range(columns) if slack[k]), key=widths.__getitem__)
        widths[widest] -= 1
    return widths


def _in_columns(headings: Sequence[str], cells: Sequence[Sequence[str]], widths: Sequence[int], right: Collection[str]) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), show_header=bool(headings))
    for k, width in enumerate(widths):
        heading = headings[k] if headings else ""
        drawn.add_column(Text(heading), justify="right" if heading in right else "left", overflow="fold", width=width)
    for row in cells:
        drawn.add_row(*(Text(cell) for cell in row))  # not as strings: in these rich would look for markup
    page = io.StringIO()
    Console(file=page, width=sum(widths) + GAP * len(widths), highlight=False, color_system=None, legacy_windows=False).print(drawn)
    return "\n".join(line.rstrip() for line in page.getvalue().rstrip("\n").split("\n"))


def _blocks(headings: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> str:
    """Each row as a block: its first cell, and below it the others with their headings."""
    lines: list[str] = []
    for row in cells:
        for k, cell in enumerate(row):
            inset = "  " * bool(k)
            named = f"{headings[k]}: {cell}" if headings else cell
            if headings and " " not in cell and len(inset) + len(named) > width:
                lines += [f"{inset}{headings[k]}:", f"{inset}  {cell}"]
            else:
                lines += wrapped(f"{inset}{named}", width).split("\n")
    return "\n".join(lines)
