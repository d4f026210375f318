"""Where in each argument the gradient of a checked backward pass is wrong: a map of the relative errors of its entries.

An array of any number of dimensions lies flat: its last axis goes across, the one before it down, the one before that
across again, outside of the last, and so on. A vector that is too long for a line is wrapped. What is too large is cut
into parts, of which the largest error counts.

>>> finding = {"argument": 0, "index": [1], "found": "0.5", "expected": "1", "relative": 0.5, "point": "here", "where": "argument 0"}
>>> check = {"name": "f", "findings": [finding], "arguments": [{"argument": 0, "name": "x", "shape": [3]}]}
>>> (plot,) = maps_of_check(check, "check-1")
>>> [part.wrong for part in plot.parts[0]], plot.wrong[0].where, plot.wrong[0].error
([0, 1, 0], '[1]', 0.5)
>>> maps_of_check({"name": "f", "findings": [finding]}, "check-1")
[]
>>> maps_of_check({**check, "arguments": [{"argument": 0, "name": "x", "shape": [1, 1]}]}, "check-1")
Traceback (most recent call last):
    ...
ValueError: check 'f': a finding is at [1] of argument 0, whose shape is [1, 1]
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from backproof.reports.document import Record
from backproof.reports.html.plots.plot import ErrorMap, Group, Part
from backproof.reports.text import clip, counted

MOST = 24  # parts beside each other, and below each other; chosen: a part is still 12 pixels wide on a phone

Index = tuple[int, ...]


class Axis(NamedTuple):
    """An axis of an array, cut into `parts` of about the same length."""

    number: int
    length: int
    parts: int

    def span(self, part: int) -> range:
        """The indices in one part."""
        return range(part * self.length // self.parts, (part + 1) * self.length // self.parts)


def maps_of_check(check: Record, key: str) -> list[ErrorMap]:
    """One map for each argument with a wrong entry, at the point of the worst finding. None where the document does not
    know the arguments' shapes, or no entry is named. ValueError where a finding lies outside of its argument.
    """
    shapes = {entry["argument"]: entry for entry in check.get("arguments", ())}
    located = [finding for finding in check["findings"] if finding["index"] is not None and finding["argument"] in shapes]
    if not located:
        return []
    point = located[0]["point"]
    maps: list[ErrorMap] = []
    for k, argument in sorted(shapes.items()):
        wrong = {tuple(finding["index"]): finding for finding in located if finding["argument"] == k and finding["point"] == point}
        shape = tuple(argument["shape"])
        for index in wrong:
            if len(index) != len(shape) or any(i >= d for i, d in zip(index, shape, strict=True)):
                raise ValueError(f"check {check['name']!r}: a finding is at {list(index)} of argument {k}, whose shape is {list(shape)}")
        if wrong and math.prod(shape) > 1:
            maps.append(_map(f"{key}-{k}", argument["name"], shape, wrong, point))
    return maps


def _map(key: str, name: str, shape: Index, wrong: Mapping[Index, Record], point: str) -> ErrorMap:
    size = math.prod(shape)
    rows, columns, parts, axes = _wrapped(size, wrong) if len(shape) == 1 and size > MOST else _nested(shape, wrong)
    worst = max(wrong.values(), key=lambda finding: math.inf if finding["relative"] is None else finding["relative"])
    relative = "the derivative is 0" if worst["relative"] is None else f"relative error {worst['relative']:.3g}"
    title = f"{clip(name, 40)}: {len(wrong):,} of {counted(size, 'entry', 'entries')} wrong"
    caption = (
        f"The relative error of each entry of the gradient of {clip(name, 80)}, {' × '.join(map(str, shape))}, at {clip(point, 120)}. "
        f"The worst: [{', '.join(map(str, worst['index']))}] is {clip(worst['found'], 30)}, the derivative {clip(worst['expected'], 30)} "
        f"({relative})."
    )
    return ErrorMap(key, title, caption, axes, rows, columns, parts)


def _wrapped(
    size: int, wrong: Mapping[Index, Record]
) -> tuple[tuple[Group, ...], tuple[Group, ...], tuple[tuple[Part | None, ...], ...], str]:
    """A vector in lines of 24 parts, as few entries in each as fit."""
    length = -(-size // MOST**2)
    count = -(-size // length)
    lines = -(-count // MOST)

    def part(place: int) -> Part | None:
        return _part((range(place * length, min((place + 1) * length, size)),), wrong) if place < count else None

    parts = tuple(tuple(part(line * MOST + place) for place in range(MOST)) for line in range(lines))
    rows = (Group("", tuple(str(line * MOST * length) for line in range(lines))),)
    columns = (Group("", tuple(f"+{place * length}" if place % 4 == 0 else "" for place in range(MOST))),)
    each = "" if length == 1 else f", {length:,} entries in each part"
    return rows, columns, parts, f"index: the row's first, and how many further{each}"


def _nested(
    shape: Index, wrong: Mapping[Index, Record]
) -> tuple[tuple[Group, ...], tuple[Group, ...], tuple[tuple[Part | None, ...], ...], str]:
    """Axes in turn across and down, from the last one on, the earlier ones outside."""
    numbered = list(enumerate(shape))
    across = _cut([Axis(number, length, length) for number, length in numbered[::-1][::2]][::-1])
    down = _cut([Axis(number, length, length) for number, length in numbered[::-1][1::2]][::-1])
    places = {axis.number: place for place, axis in enumerate((*down, *across))}

    def part(row: Index, column: Index) -> Part:
        chosen = (*row, *column)
        cut = (*down, *across)
        return _part(tuple(cut[places[number]].span(chosen[places[number]]) for number in range(len(shape))), wrong)

    rows, columns = ([*itertools.product(*(range(axis.parts) for axis in axes))] for axes in (down, across))
    parts = tuple(tuple(part(row, column) for column in columns) for row in rows)
    return _groups(down), _groups(across), parts, _axes_words(down, across)


def _cut(axes: Sequence[Axis]) -> tuple[Axis, ...]:
    """The axes in parts, so that not more than 24 lie in a row: the longest is cut first."""
    cut = list(axes)
    while math.prod(axis.parts for axis in cut) > MOST:
        place = max(range(len(cut)), key=lambda k: cut[k].parts)
        others = math.prod(axis.parts for k, axis in enumerate(cut) if k != place)
        fewer = max(1, min(MOST // others, cut[place].parts - 1)) if others <= MOST else max(1, cut[place].parts // 2)
        cut[place] = cut[place]._replace(parts=fewer)
    return tuple(cut)


def _groups(axes: Sequence[Axis]) -> tuple[Group, ...]:
    """The names of rows or columns: the first index of each part; a group for each part of the outer axes."""
    if not axes:
        return (Group("", ("",)),)
    *outer, inner = axes
    names = tuple(str(inner.span(part).start) for part in range(inner.parts))
    headings = itertools.product(*((str(axis.span(part).start) for part in range(axis.parts)) for axis in outer))
    return tuple(
        Group(",".join(heading), names if not outer else tuple(",".join((*heading, name)) for name in names)) for heading in headings
    )


def _axes_words(down: Sequence[Axis], across: Sequence[Axis]) -> str:
    sides = [
        f"{side}: axis {' and '.join(str(axis.number) for axis in axes)}" for side, axes in (("down", down), ("across", across)) if axes
    ]
    longest = {axis.number: -(-axis.length // axis.parts) for axis in (*down, *across)}
    cut = " × ".join(str(longest[number]) for number in sorted(longest))
    return "; ".join(sides) + (f"; parts of up to {cut}" if max(longest.values(), default=1) > 1 else "")


def _part(spans: Sequence[range], wrong: Mapping[Index, Record]) -> Part:
    """What is wrong in one part of the array."""
    where = ", ".join(str(span.start) if len(span) == 1 else f"{span.start}–{span.stop - 1}" for span in spans)
    inside = [*_inside(spans, wrong)]
    errors = [finding["relative"] for finding in inside]
    worst = None if None in errors or not errors else max(errors)
    return Part(f"[{where}]", math.prod(map(len, spans)), len(inside), worst)


def _inside(spans: Sequence[range], wrong: Mapping[Index, Record]) -> Iterator[Record]:
    if math.prod(map(len, spans)) < len(wrong):
        yield from (wrong[index] for index in itertools.product(*spans) if index in wrong)
    else:
        yield from (finding for index, finding in wrong.items() if all(i in span for i, span in zip(index, spans, strict=True)))
