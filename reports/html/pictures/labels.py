"""What stands on an edge: its Jacobian D, a number as a number and a matrix as its pattern; how often the operand is
used; what is wrong with the contribution.

>>> edge = {"from": 1, "to": 2, "uses": 2}
>>> label = label_of(edge, [["1.0", "0.0"], ["0.0", "1.0"]])
>>> label.size, [line.text for line in label.lines], label.signs
((65, 31), ['I', 'used twice'], ['+0', '0+'])
>>> label_of(edge, [["one"]])
Traceback (most recent call last):
    ...
ValueError: could not convert string to float: 'one'
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backproof.reports.html.pictures.boxes import Line, write
from backproof.reports.html.pictures.layout import Place
from backproof.reports.html.pictures.letters import fitted, width_of, wrapped
from backproof.reports.html.pictures.pattern import drawing, signs_of, size_of, word_of
from backproof.reports.text import clip, grouped, short_matrix

TEXT, HIGH = 12, 14  # pixels of the font, and of a line
WIDEST = 110  # pixels of a label; chosen: three beside each other on a telephone


@dataclass(frozen=True)
class Label:
    """The lines of a label, the signs of the matrix whose pattern stands before the first, its size in words, and the size
    of all.
    """

    edge: tuple[int, int]
    lines: tuple[Line, ...]
    signs: Sequence[str]
    words: str
    size: tuple[float, float]
    beside: bool

    @property
    def meets(self) -> tuple[float, float]:
        """Where the line meets it, from its middle: the middle of the pattern."""
        if not self.signs:
            return 0.0, 0.0
        wide, high = size_of(self.signs)
        return self.left + wide / 2 - self.size[0] / 2, high / 2 - self.size[1] / 2

    @property
    def left(self) -> float:
        """Pixels before the pattern."""
        first = size_of(self.signs)[0] + (4 + width_of(self.lines[0].text, TEXT) if self.beside else 0)
        return max(0, round((self.size[0] - first) / 2))


def label_of(edge: Mapping[str, Any], jacobian: Any, known: bool = True, wrong: str | None = None) -> Label | None:
    """The label of an edge, None where there is nothing to say; `known`: whether the Jacobians are known at all;
    `wrong`: what is wrong with its contribution. ValueError for an entry that is no number.
    """
    pair, quantity = (edge["from"], edge["to"]), f"{edge['from']}-{edge['to']}"
    matrix = jacobian if isinstance(jacobian, list) and sum(map(len, jacobian)) > 1 else None
    signs: list[str] = signs_of(matrix) if matrix is not None else jacobian.get("signs", []) if isinstance(jacobian, dict) else []
    lines: list[Line] = []
    if matrix is not None:
        lines += [Line("jacobian", word)] if (word := word_of(matrix)) else []
    elif known:
        text = "no derivative" if jacobian is None else short_matrix(jacobian, 1)
        lines.append(Line("jacobian", fitted(text, WIDEST, TEXT), f"d{quantity}"))
    beside = bool(lines and signs)
    if edge["uses"] > 1:
        times = "used twice" if edge["uses"] == 2 else f"used {grouped(edge['uses'])} times"
        lines.append(Line("uses", times, f"k{quantity}"))
    if wrong is not None:
        lines += [Line("fault-word middle", text) for text in wrapped(f"✕ {clip(wrong, 60)}", WIDEST, TEXT, 2)]
    drawn = size_of(signs) if signs else (0.0, 0.0)
    if not lines and not signs:
        return None
    widths = [width_of(line.text, TEXT) for line in lines]
    first = drawn[0] + (4 + widths[0] if beside else 0)
    rest = widths[1:] if beside else widths
    below = len(lines) - beside
    size = math.ceil(max([first, *rest])), math.ceil(max(drawn[1], HIGH if beside else 0) + HIGH * below)
    return Label(pair, tuple(lines), signs, f"D, {len(signs)} × {max(map(len, signs), default=0)}", size, beside)


def draw_label(parent: ET.Element, label: Label, place: Place, link: str | None = None) -> None:
    """The label at its place; a matrix links to where its numbers are."""
    x, y, width, _ = place
    middle = x + width / 2
    at, lines = y, list(label.lines)
    if label.signs:
        wide, high = size_of(label.signs)
        look = {"class": "pattern", "transform": f"translate({x + label.left:g} {y:g})"}
        group = ET.SubElement(parent, "g", look) if link is None else ET.SubElement(parent, "a", {"href": link, **look})
        if link is not None:
            ET.SubElement(group, "title").text = label.words
        group.extend(drawing(label.signs))
        if label.beside:
            first = lines.pop(0)
            write(group, f"{first.kind} start", wide + 4, round(high / 2) + 4, first.text, first.quantity)
        at = y + max(high, HIGH if label.beside else 0)
    for k, line in enumerate(lines):
        write(parent, line.kind, middle, at + HIGH * k + 11, line.text, line.quantity)
