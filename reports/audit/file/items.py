"""A results document as numbers in their order, and its parts as cells: `read_items(document)`.

A number is a JSON number, or a string with a digit; each has a path.

>>> items = read_items({"a": [["1.0", "2.0"]], "b": {"c": 3, "d": True}})
>>> items.paths
['$.a[0][0]', '$.a[0][1]', '$.b.c']
>>> items.root.at("a").cell.text, items.root.at("b", "c").cell.first, items.root.at("x") is None
('1.0 2.0', 2, True)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from backproof.reports.audit.derivations.ledger import Cell

_DIGIT = re.compile("[0-9²³¹⁰⁴-⁹₀-₉]")


@dataclass(eq=False, slots=True)
class Item:
    """A part of a document, and the range of its numbers."""

    value: Any
    first: int
    last: int
    parts: dict[str | int, Item]

    def at(self, *keys: str | int) -> Item | None:
        """The part at these keys; None where there is none."""
        place: Item | None = self
        for key in keys:
            place = None if place is None else place.parts.get(key)
        return place

    def every(self) -> Iterator[Item]:
        """Its parts, in order."""
        yield from self.parts.values()

    @property
    def cell(self) -> Cell:
        """All its words as a cell; what was left out says so."""
        return Cell(_text(self.value), self.first, self.last)


@dataclass(frozen=True, slots=True)
class Items:
    """A document, its numbers as they stand, and their paths."""

    root: Item
    words: list[str]
    paths: list[str]


def _text(value: Any) -> str:
    if value is None:
        return "not defined"
    if isinstance(value, dict):
        named = cast("dict[str, Any]", value)
        return f"{named['omitted']}, not listed" if "omitted" in named else ""
    if isinstance(value, list):
        return " ".join(map(_text, cast("list[Any]", value)))
    return repr(value) if isinstance(value, float) else str(value)


def read_items(document: Any) -> Items:
    """The document taken apart."""
    words: list[str] = []
    paths: list[str] = []

    def read(value: Any, path: str) -> Item:
        first = len(words)
        parts: dict[str | int, Item] = {}
        if isinstance(value, dict):
            for key, part in cast("dict[str, Any]", value).items():
                parts[key] = read(part, f"{path}.{key}")
        elif isinstance(value, list):
            for place, part in enumerate(cast("list[Any]", value)):
                parts[place] = read(part, f"{path}[{place}]")
        elif not isinstance(value, bool) and value is not None and _DIGIT.search(_text(value)):
            words.append(_text(value))
            paths.append(path)
        return Item(value, first, len(words), parts)

    return Items(read(document, "$"), words, paths)
