"""The second copy of every number, compared with the page: `check_copy(page, ledger)`.

>>> [(block.home, block.stands, block.copy) for block in differing(["§a", "1", "2"], ["§a", "1", "3"])]
[('a', '2', '3')]
>>> [(block.home, block.stands, block.copy) for block in differing(["1", "2", "3"], ["1", "3"])]
[('', '2', '')]
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from backproof.reports.audit.derivations.ledger import Cell, Ledger
from backproof.reports.audit.page.elements import Page

LONGEST = 2**28  # bytes that a copy may unpack to; chosen: far beyond that of a page of ten megabytes


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of text whose numbers are not those of its copy; `place` is its line among those of the page."""

    home: str
    place: int
    stands: str
    copy: str


def unpacked(held: str | None) -> list[str] | None:
    """The lines of the copy; None where there is none, or it does not unpack."""
    if held is None:
        return None
    try:
        unpacker = zlib.decompressobj()
        raw = unpacker.decompress(base64.b64decode(held, validate=True), LONGEST)
        return raw.decode("utf-8").split("\n") if unpacker.eof else None
    except (binascii.Error, zlib.error, ValueError):
        return None


def differing(page: Sequence[str], copy: Sequence[str]) -> list[Block]:
    """Where the lines of the page are not those of the copy: between what both begin and what both end with."""
    start = 0
    while start < min(len(page), len(copy)) and page[start] == copy[start]:
        start += 1
    end = 0
    while end < min(len(page), len(copy)) - start and page[len(page) - 1 - end] == copy[len(copy) - 1 - end]:
        end += 1
    left, right = page[start : len(page) - end], copy[start : len(copy) - end]
    if len(left) == len(right):
        return [
            Block(_home(page, start + k), start + k, mine, other)
            for k, (mine, other) in enumerate(zip(left, right, strict=True))
            if mine != other
        ]
    pairs = max(len(left), len(right))
    return [
        Block(
            _home(page, min(start + k, len(page) - 1)),
            min(start + k, len(page) - 1),
            left[k] if k < len(left) else "",
            right[k] if k < len(right) else "",
        )
        for k in range(min(pairs, 20))
    ]


def _home(page: Sequence[str], place: int) -> str:
    return next((line[1:] for line in reversed(page[: place + 1]) if line.startswith("§")), "")


def check_copy(page: Page, ledger: Ledger) -> None:
    """Compare every number with its copy; what is given stands once only where there is no copy."""
    copy = unpacked(page.held)
    if copy is None:
        ledger.differs(Cell("the second copy of the numbers", 0, 0), "lines that unpack", "the element 'held' at the end of the page")
        return
    for block in differing(page.lines, copy):
        first = page.line_words[block.place] if page.line_words else 0
        mine, other = block.stands.split(" "), block.copy.split(" ")
        if len(mine) != len(other):
            ledger.differs(Cell(block.stands, first, first), block.copy, "its second copy")
            continue
        for k, (word, held) in enumerate(zip(mine, other, strict=True)):
            if word != held:
                ledger.differs(Cell(word, first + k, first + k + 1), held, "its second copy")
