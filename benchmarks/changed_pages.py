"""A page with one number changed at random: `changed(page, random)`.

A digit, a sign, a count, a bound or an edge, in any number of the page; where it stood is found by comparing the words
of both pages. `resealed` writes the second copy of the changed page again: then only the derivations can tell.

>>> import random
>>> change = changed("<p>12 of 30</p>", random.Random(1))
>>> change.kind in KINDS, change.page != "<p>12 of 30</p>"
(True, True)
>>> changed("<p>none</p>", random.Random(0))
Traceback (most recent call last):
    ...
ValueError: the page has no number
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from backproof.reports.html.held import with_held

KINDS = ("digit", "sign", "count", "bound", "edge")

_TEXT = re.compile(r"<(script|style)\b.*?</\1\s*>|<!.*?>|<[^>]*>|([^<]+)", re.DOTALL)
_NUMBER = re.compile(r"(?<![\w.#;&])[-−]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?(?![\w])")
_EDGE = re.compile(r"(\S+) → ([^\s<]+)")
_EDGES = re.compile(r'<th scope="row">([^<]* → [^<]*)</th>')  # of the tables of edges and of paths
_HELD = re.compile(r'<script type="text/plain" id="held">.*?</script>', re.DOTALL)


@dataclass(frozen=True)
class Change:
    """A changed page: what was changed (a word of `KINDS`), from what, into what, and where in the text of the page."""

    page: str
    kind: str
    before: str
    after: str
    start: int


def changed(page: str, draw: random.Random) -> Change:
    """The page with one number changed, drawn from all of its numbers. ValueError if it has none."""
    places = [
        (match.start() + number.start(), match.start() + number.end())
        for match in _TEXT.finditer(page)
        if match[2] is not None and "backproof1:" not in match[2]
        for number in _NUMBER.finditer(match[2])
    ]
    if not places:
        raise ValueError("the page has no number")
    edges = [head.start(1) + edge.start(2) for head in _EDGES.finditer(page) for edge in _EDGE.finditer(head[1])]
    kind = draw.choice(KINDS)
    if kind == "edge" and edges:
        return _edge(page, draw, edges)
    bounds = [place for place in places if page[max(0, place[0] - 2) : place[0]] == "± "]
    whole = [place for place in places if re.fullmatch(r"\d[\d,]*", page[slice(*place)])]
    start, end = draw.choice((bounds if kind == "bound" else whole if kind == "count" else places) or places)
    before = page[start:end]
    after = _sign(before) if kind == "sign" else _count(before, draw) if kind == "count" and (start, end) in whole else _digit(before, draw)
    return Change(page[:start] + after + page[end:], kind, before, after, start)


def _digit(word: str, draw: random.Random) -> str:
    place = draw.choice([place for place, letter in enumerate(word) if letter.isdigit()])
    return word[:place] + draw.choice([digit for digit in "0123456789" if digit != word[place]]) + word[place + 1 :]


def _sign(word: str) -> str:
    return word[1:] if word[0] in "-−" else f"-{word}"


def _count(word: str, draw: random.Random) -> str:
    number = int(word.replace(",", "")) + draw.choice((-1, 1))
    return f"{max(number, 0) if number >= 0 else 1:,}" if "," in word else str(number if number >= 0 else 1)


def _edge(page: str, draw: random.Random, edges: list[int]) -> Change:
    """The end of an edge, or the next vertex of a path, called otherwise."""
    start = draw.choice(edges)
    before = re.match(r"[^\s<]+", page[start:])
    assert before is not None
    others = sorted({match[0] for place in edges if (match := re.match(r"[^\s<]+", page[place:])) and match[0] != before[0]})
    after = draw.choice(others or [before[0] + "1"])
    return Change(page[:start] + after + page[start + len(before[0]) :], "edge", before[0], after, start)


def resealed(page: str) -> str:
    """The page with a second copy that says what the page says now."""
    return with_held(_HELD.sub("", page))
