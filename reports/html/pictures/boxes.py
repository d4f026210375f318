"""A vertex as a box: its name, its own formula, value and adjoint, its turn in the backward pass; and what is wrong with
it, in words of its own lines.

The box is as wide as what stands in it, up to a limit; numbers are short, the whole ones stand in the tables.

>>> vertex = {"number": 1, "name": "x", "shape": [], "function": None, "formula": None, "operands": [], "attributes": {}, "discrete": False}
>>> detail = {"graph": {"vertices": [vertex]}, "values": {"1": ["2.0"]}, "adjoints": {"1": [["1.0"]]}, "backward": []}
>>> box = box_of(vertex, detail, {1: "x"})
>>> box.size, [line.text for line in box.lines]
((72, 78), ['x', 'leaf', 'u = 2', 'p = 1'])
>>> box_of({**vertex, "function": "exp", "operands": [2]}, detail, {1: "x"})
Traceback (most recent call last):
    ...
KeyError: 2
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backproof.reports.html.pictures.formulas import own_formula
from backproof.reports.html.pictures.layout import Place
from backproof.reports.html.pictures.letters import fitted, width_of, wrapped
from backproof.reports.text import clip, grouped, short_matrix

NARROWEST, WIDEST, WIDEST_FAULT = 72, 132, 168  # of a box, in pixels; chosen: two beside each other on a telephone
PADDING = 9  # pixels beside the text
NAME, TEXT = 15, 12  # pixels of the fonts
FIRST, LINE = 22, 16  # pixels to the first line of text, and from line to line
BOTTOM = 8  # pixels below the last line
RING = 10  # radius of the circle with the turn in the backward pass
FLAG = 13  # pixels of the triangle in the corner of the first wrong vertex
MOST_FORMULA = 3  # lines of a formula; chosen: a box stays about as high as wide
LONGEST_NUMBERS = 17  # letters of numbers in brackets; chosen: they fit into a box


@dataclass(frozen=True)
class Line:
    """A line of text: its class, the text, and which quantity its numbers are (`u3`: the value of vertex 3)."""

    kind: str
    text: str
    quantity: str = ""


@dataclass(frozen=True)
class Box:
    """What stands in the box of a vertex, and how large it is."""

    number: int
    kind: str
    lines: tuple[Line, ...]
    turn: int | None
    fault: bool
    size: tuple[float, float]


def box_of(
    vertex: Mapping[str, Any],
    detail: Mapping[str, Any],
    names: Mapping[int, str],
    fault: Mapping[str, Any] | None = None,
    more: tuple[int, int] = (0, 0),
) -> Box:
    """The box of a vertex. `fault`: what is said of it, if it is the first wrong one; `more`: of how many operands and
    consumers it is joined to outside of the picture. KeyError for an operand without a name.
    """
    number = vertex["number"]
    leaf, last = vertex["function"] is None, number == len(detail["graph"]["vertices"])
    kind = "discrete" if vertex["discrete"] else "leaf" if leaf else "output" if last else "inner"
    turn = next((step["step"] for step in detail["backward"] if step["vertex"] == number), None)
    widest = WIDEST if fault is None else WIDEST_FAULT
    inner = widest - 2 * PADDING
    room = inner - (2 * RING + 4 if turn is not None else 0) - (FLAG - 4 if fault is not None else 0)
    name = Line("name", fitted(clip(vertex["name"], 60), room, NAME), f"v{number}")
    words = "discrete leaf" if vertex["discrete"] else "leaf" if leaf else own_formula(vertex, names)
    formula = [Line("function", text, "" if leaf else f"f{number}") for text in wrapped(words, inner, TEXT, MOST_FORMULA)]
    lines = (name, *formula, *_numbers(vertex, detail, fault), *_outside(*more))
    wide = max([width_of(line.text, TEXT) for line in lines[1:]] + [width_of(name.text, NAME) + inner - room])
    size = min(widest, max(NARROWEST, math.ceil(wide) + 2 * PADDING)), FIRST + LINE * (len(lines) - 1) + BOTTOM
    return Box(number, kind, lines, turn, fault is not None, size)


def _numbers(vertex: Mapping[str, Any], detail: Mapping[str, Any], fault: Mapping[str, Any] | None) -> Iterator[Line]:
    """Its value and its adjoint, and at fault what was found and what is certified; of a graph alone, the shape."""
    number = vertex["number"]
    wrong = None if fault is None else "adjoint" if fault.get("quantity") == "adjoint" else "value"
    if fault is not None:
        yield Line("fault-word", "✕ first wrong")
    if detail["values"]:
        value = _quantity("u", detail["values"].get(str(number)))
        yield Line("value", f"found {value}" if wrong == "value" else value, f"u{number}")
    else:
        yield Line("value", f"shape ({', '.join(map(str, vertex['shape']))})")
    if detail["adjoints"]:
        adjoint = _quantity("p", detail["adjoints"].get(str(number)))
        yield Line("adjoint", f"found {adjoint}" if wrong == "adjoint" else adjoint, f"p{number}")
    right = None if fault is None or wrong != "adjoint" else (fault.get("certified") or {}).get(str(number))
    if right is not None:
        yield Line("fault-word", f"certified {_quantity('p', right)}", f"c{number}")


def _quantity(symbol: str, matrix: Any) -> str:
    if matrix is None:
        return f"{symbol} not defined"
    text = short_matrix(matrix, 3, LONGEST_NUMBERS)
    return f"{symbol}: {text}" if text.endswith("numbers") or "×" in text else f"{symbol} = {text}"


def _outside(operands: int, consumers: int) -> Iterator[Line]:
    for count, word in ((operands, "operand"), (consumers, "consumer")):
        if count:
            yield Line("more", f"+ {grouped(count)} {word}{'' if count == 1 else 's'}")


def draw_box(parent: ET.Element, box: Box, place: Place, link: str | None = None) -> ET.Element:
    """The box at its place, with a link to where all of it is said; the group that holds it."""
    x, y, width, height = place
    look = {"class": f"{box.kind} fault" if box.fault else box.kind, "transform": f"translate({x:g} {y:g})"}
    group = ET.SubElement(parent, "g", look) if link is None else ET.SubElement(parent, "a", {"href": link, **look})
    rounded = "14" if box.kind in ("leaf", "discrete") else "3"
    ET.SubElement(group, "rect", {"width": f"{width:g}", "height": f"{height:g}", "rx": rounded, "class": "box"})
    if box.kind == "output":
        ET.SubElement(
            group, "rect", {"x": "4", "y": "4", "width": f"{width - 8:g}", "height": f"{height - 8:g}", "rx": "1", "class": "inside"}
        )
    if box.fault:
        inset = 4 if box.kind in ("leaf", "discrete") else 0
        ET.SubElement(group, "path", {"class": "flag", "d": f"M{inset} {inset}h{FLAG}l-{FLAG} {FLAG}z"})
    for k, line in enumerate(box.lines):
        left = PADDING + (FLAG - 4 if box.fault and k == 0 else 0)
        write(group, line.kind, left, FIRST + LINE * k - (1 if k == 0 else 0), line.text, line.quantity)
    if box.turn is not None:
        ET.SubElement(group, "circle", {"cx": f"{width - PADDING - RING:g}", "cy": f"{RING + 6}", "r": f"{RING}", "class": "ring"})
        write(group, "order", width - PADDING - RING, RING + 10, str(box.turn), f"o{box.number}")
    return group


def write(parent: ET.Element, kind: str, x: float, y: float, text: str, quantity: str = "") -> None:
    """A text; `quantity` says which numbers of the case stand in it."""
    known = {"data-n": quantity} if quantity else {}
    ET.SubElement(parent, "text", {"x": f"{x:g}", "y": f"{y:g}", "class": kind, **known}).text = text
