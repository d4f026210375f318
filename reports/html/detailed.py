"""Which cases a page draws in full: as many as fit, those first that tell most.

>>> case = {"id": "a", "verdict": "CORRECT", "group": "random", "family": "chain", "ulps": "3"}
>>> [found["id"] for found in most_telling([case, {**case, "id": "b", "verdict": "WRONG"}])]
['b', 'a']
>>> most_telling([{"id": "a"}])
Traceback (most recent call last):
    ...
KeyError: 'verdict'
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from backproof.reports.document import Record

MOST_DETAILED = 1500  # cases drawn in full; chosen: a thousand of them stay within eight megabytes
KEPT_BY_ULPS = 200  # of the cases that are CORRECT, those with the largest errors, if not all fit; chosen


def once(cases: Iterable[Record]) -> list[Record]:
    """Each case once: the same id is the same case, and a page has one place for it."""
    found: dict[str, Record] = {}
    for case in cases:
        found.setdefault(case["id"], case)
    return list(found.values())


def most_telling(detailed: Sequence[Record]) -> list[Record]:
    """The failures, worst first, then one case of each family, then the 200 with the most ulps."""
    failing = [case for case in detailed if case["verdict"] != "CORRECT"]
    families = {(case["group"], case["family"]): case for case in reversed(detailed)}
    by_ulps = sorted(detailed, key=lambda case: -int(case["ulps"] or 0))[:KEPT_BY_ULPS]
    return once([*failing, *reversed(families.values()), *by_ulps])[:MOST_DETAILED]


def bodies(ordered: Sequence[Record], room: int, draw: Callable[[Record], str]) -> dict[str, Any]:
    """The drawn bodies that fit into so many bytes, by id: all of them in their order, or else the most telling ones."""
    drawn = _fitting(ordered, room, {}, draw) if len(ordered) <= MOST_DETAILED else {}
    return drawn if len(drawn) == len(ordered) else _fitting(most_telling(ordered), room, drawn, draw)


def _fitting(cases: Iterable[Record], room: int, drawn: Mapping[str, str], draw: Callable[[Record], str]) -> dict[str, str]:
    """The details of the first cases that fit into so many bytes; `drawn` holds those that exist already."""
    parts: dict[str, str] = {}
    for case in cases:
        text = drawn.get(case["id"]) or draw(case)
        room -= size(text)
        if room < 0:
            break
        parts[case["id"]] = text
    return parts


def size(text: str) -> int:
    """Bytes of a text in a file."""
    return len(text.encode("utf-8"))
