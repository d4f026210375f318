"""The picture of a computational graph: values and adjoints in the vertices, edge Jacobians on the edges, the order of
the backward pass beside them.

`graph_svg(detail, title)` draws the DETAIL part of a case as an SVG element with a title and a description. Colours
come from the page's style sheet through classes; no style attribute is written. The kind of a vertex shows in its
shape: a leaf is a rounded box, a discrete leaf has a dashed border, every other vertex a box, the output a double
border.

>>> vertex = {"number": 1, "name": "x", "shape": [], "function": None, "formula": None, "operands": [], "attributes": {}, "discrete": False}
>>> detail = {"graph": {"l": 1, "vertices": [vertex], "edges": []}, "values": {"1": ["2.0"]}, "adjoints": {"1": [["1.0"]]}, "jacobians": {}, "backward": []}
>>> graph_svg(detail, "a leaf")[:20], "u = 2" in graph_svg(detail, "a leaf")
('<svg viewBox="0 0 17', True)
>>> graph_svg({**detail, "graph": {"l": 1, "vertices": [vertex], "edges": [{"from": 1, "to": 2, "uses": 1}]}}, "an edge to nowhere")
Traceback (most recent call last):
    ...
ValueError: edge (1, 2) names a vertex that the graph does not have; its vertices are 1 … 1
"""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from backproof.reports.html.layout import Layout, layered
from backproof.reports.text import clip, grouped, short_matrix

WIDTH, HEIGHT = 150, 88  # of a box, in pixels: four lines of text, and LONGEST_LINE letters
COLUMN, ROW = 250, 114  # from box to box: a label fits between two columns
MARGIN = 12  # around the picture
MOST_VERTICES = 40  # drawn, the last ones; chosen: more cannot be followed by eye
LONGEST_NAME = 14  # letters of a name, beside the circle with its place in the backward pass
LONGEST_LINE = 21  # letters of any other line in a box
LONGEST_LABEL = 15  # letters on an edge, the distance of two columns less the tips
WORDS_BELOW = 20  # pixels below the boxes for the words of a fault
FLAG = 16  # pixels of the triangle in the corner of the first wrong vertex
TIP = 7  # length of an arrow's tip
LETTER = 6.2  # about the width of a letter on an edge, by which labels are kept apart
ALONG = (0.38, 0.5, 0.62, 0.26, 0.74, 0.18, 0.82)  # where a label may stand on its edge; chosen

Point: TypeAlias = tuple[float, float]
Place: TypeAlias = tuple[float, float, float, float]


def graph_svg(detail: dict[str, Any], title: str, fault: Mapping[str, Any] | None = None, mark: Mapping[str, Any] | None = None) -> str:
    """The graph of a case as SVG text; of a graph with more than 40 vertices the last 40, with what was left out in the
    description.

    `fault`: what a failing case says of its cause: its first wrong vertex is marked, by a flag, a broken border and in
    words, with the certified value beside what was found. `mark`: the contributions at fault, marked in the same way.

    ValueError if an edge names a vertex that the graph does not have.
    """
    vertices, edges = detail["graph"]["vertices"], detail["graph"]["edges"]
    numbers = {vertex["number"] for vertex in vertices}
    for edge in edges:
        if edge["from"] not in numbers or edge["to"] not in numbers:
            pair = f"edge ({edge['from']}, {edge['to']})"
            raise ValueError(f"{pair} names a vertex that the graph does not have; its vertices are 1 … {len(vertices)}")
    drawn = vertices[-MOST_VERTICES:]
    kept = {vertex["number"] for vertex in drawn}
    drawn_edges = [edge for edge in edges if edge["from"] in kept and edge["to"] in kept]
    layout = layered(kept, [(edge["from"], edge["to"]) for edge in drawn_edges])
    svg = _canvas(layout, WORDS_BELOW if fault else 0)
    at_fault = {(edge["from"], edge["to"]): edge["what"] for edge in (mark or {}).get("edges", ())}
    ET.SubElement(svg, "title").text = f"Computational graph of {clip(title)}"
    ET.SubElement(svg, "desc").text = " ".join(filter(None, (_size(detail), omission(detail), *_fault_words(detail, fault, at_fault))))
    order = {step["vertex"]: step["step"] for step in detail["backward"]}
    wire, tip = ET.SubElement(svg, "path", {"class": "wire"}), ET.SubElement(svg, "path", {"class": "tip"})
    boxes, labels = ET.SubElement(svg, "g"), ET.SubElement(svg, "g")
    curves = {(edge["from"], edge["to"]): _points(layout, edge["from"], edge["to"]) for edge in drawn_edges}
    wire.set("d", "".join(_curve(points) for edge, points in curves.items() if edge not in at_fault))
    if wrong := "".join(_curve(points) for edge, points in curves.items() if edge in at_fault):
        ET.SubElement(svg, "path", {"class": "fault-wire", "d": wrong})
    tip.set("d", "".join(f"M{points[-1][0]:g} {points[-1][1] - 4:g}l{TIP} 4l-{TIP} 4z" for points in curves.values()))
    taken: list[Place] = []
    for edge in drawn_edges:
        pair = edge["from"], edge["to"]
        _draw_label(labels, edge, detail, curves[pair], taken, at_fault.get(pair))
    for vertex in drawn:
        _draw_vertex(boxes, vertex, detail, layout, order, vertices[-1]["number"])
        if fault and vertex["number"] == fault.get("vertex"):
            _draw_fault(boxes[-1], fault)
    return ET.tostring(svg, encoding="unicode")


def omission(detail: dict[str, Any]) -> str:
    """What the picture leaves out, as a sentence; empty where the graph is complete."""
    vertices, edges = detail["graph"]["vertices"], detail["graph"]["edges"]
    left_out = {vertex["number"] for vertex in vertices[:-MOST_VERTICES]}
    lost = sum(1 for edge in edges if edge["from"] in left_out or edge["to"] in left_out)
    if not left_out:
        return ""
    named = "The first vertex is" if len(left_out) == 1 else f"The first {grouped(len(left_out))} vertices are"
    return f"{named} not drawn, nor {grouped(lost)} edge{'' if lost == 1 else 's'} at them."


def _size(detail: dict[str, Any]) -> str:
    vertices, edges = len(detail["graph"]["vertices"]), len(detail["graph"]["edges"])
    return f"{grouped(vertices)} vertices and {grouped(edges)} edges, inputs at the left, output at the right."


def _fault_words(detail: dict[str, Any], fault: Mapping[str, Any] | None, at_fault: Mapping[tuple[int, int], str]) -> Iterator[str]:
    """What is marked, in sentences."""
    names = {vertex["number"]: clip(vertex["name"]) for vertex in detail["graph"]["vertices"]}
    if fault and "vertex" in fault:
        yield f"The first wrong vertex of the backward pass is {names[fault['vertex']]}."
    for (a, b), what in at_fault.items():
        yield f"The contribution along the edge from {names[a]} to {names[b]} {clip(what)}."


def _draw_fault(group: ET.Element, fault: Mapping[str, Any]) -> None:
    """The flag of the first wrong vertex, and the words below its box."""
    group.set("class", f"{group.get('class')} fault")
    ET.SubElement(group, "path", {"class": "flag", "d": f"M0 0H{FLAG}L0 {FLAG}Z"})
    found = next(
        text for text in group.findall("text") if text.get("class") == ("adjoint" if fault.get("quantity") == "adjoint" else "value")
    )
    found.text = f"found {found.text}"
    right = (fault.get("certified") or {}).get(str(fault["vertex"]))
    symbol = "p" if fault.get("quantity") == "adjoint" else "u"
    known = "" if right is None or symbol == "u" else f"certified {symbol} = {short_matrix(right, 2, LONGEST_LINE - 4)}"
    text = ET.SubElement(group, "text", {"x": "0", "y": str(HEIGHT + 15), "class": "fault-word start"})
    text.text = " ".join(filter(None, ("✕ first wrong", known and f"· {known}")))


def _canvas(layout: Layout, below: int) -> ET.Element:
    rows = [*layout.row.values(), *(row for bends in layout.bends.values() for _, row in bends)]
    width = MARGIN * 2 + max(layout.column.values(), default=0) * COLUMN + WIDTH
    height = MARGIN * 2 + max(rows, default=0) * ROW + HEIGHT + below
    return ET.Element(
        "svg", {"viewBox": f"0 0 {width} {height:g}", "width": str(width), "height": f"{height:g}", "role": "img", "class": "graph"}
    )


def corner(layout: Layout, number: int) -> Point:
    """The upper left corner of the box of a vertex."""
    return MARGIN + layout.column[number] * COLUMN, round(MARGIN + layout.row[number] * ROW, 1)


def _draw_vertex(parent: ET.Element, vertex: dict[str, Any], detail: dict[str, Any], layout: Layout, order: dict[int, int], n: int) -> None:
    number = vertex["number"]
    x, y = corner(layout, number)
    leaf = vertex["function"] is None
    kind = "discrete" if vertex["discrete"] else "leaf" if leaf else "output" if number == n else "inner"
    group = ET.SubElement(parent, "g", {"class": kind, "transform": f"translate({x:g} {y:g})"})
    ET.SubElement(group, "rect", {"width": str(WIDTH), "height": str(HEIGHT), "rx": "18" if leaf else "3", "class": "box"})
    if kind == "output":
        ET.SubElement(group, "rect", {"x": "4", "y": "4", "width": str(WIDTH - 8), "height": str(HEIGHT - 8), "rx": "1", "class": "inside"})
    lines = (
        ("name", clip(vertex["name"], LONGEST_NAME)),
        (
            "function",
            "discrete leaf" if vertex["discrete"] else "leaf" if leaf else clip(vertex["formula"] or vertex["function"], LONGEST_LINE),
        ),
        *_numbers(vertex, detail),
    )
    for k, (name, text) in enumerate(lines):
        _text(group, name, 14, 24 + 18 * k, text)
    if number in order:
        ET.SubElement(group, "circle", {"cx": str(WIDTH - 19), "cy": "19", "r": "10", "class": "ring"})
        _text(group, "order", WIDTH - 19, 23, str(order[number]))


def _numbers(vertex: dict[str, Any], detail: dict[str, Any]) -> list[tuple[str, str]]:
    """Its value and its adjoint; of a graph alone, the shape."""
    number = str(vertex["number"])
    value = _line("u", detail["values"].get(number)) if detail["values"] else f"shape ({', '.join(map(str, vertex['shape']))})"
    return [("value", value), *([("adjoint", _line("p", detail["adjoints"].get(number)))] if detail["adjoints"] else [])]


def _line(symbol: str, matrix: Any) -> str:
    if matrix is None:
        return f"{symbol} not defined"
    text = short_matrix(matrix, 2, LONGEST_LINE - 4)
    return f"{symbol}: {text}" if text.endswith("numbers") or "×" in text else f"{symbol} = {text}"


def _text(group: ET.Element, name: str, x: float, y: float, text: str) -> None:
    ET.SubElement(group, "text", {"x": f"{x:g}", "y": f"{y:g}", "class": name}).text = text


def _points(layout: Layout, a: int, b: int) -> list[Point]:
    """The points that the curve of an edge connects: from box to box, straight through every column between them."""
    (ax, ay), (bx, by) = corner(layout, a), corner(layout, b)
    points = [(ax + WIDTH, ay + HEIGHT / 2)]
    for column, row in layout.bends.get((a, b), ()):
        height = round(MARGIN + row * ROW + HEIGHT / 2, 1)
        points += [(MARGIN + column * COLUMN, height), (MARGIN + column * COLUMN + WIDTH, height)]
    return [*points, (bx - TIP, by + HEIGHT / 2)]


def _curve(points: list[Point]) -> str:
    path = f"M{points[0][0]:g} {points[0][1]:g}"
    for (px, py), (qx, qy) in itertools.pairwise(points):
        middle = (px + qx) / 2
        path += f"H{qx:g}" if py == qy else f"C{middle:g} {py:g} {middle:g} {qy:g} {qx:g} {qy:g}"
    return path


def _draw_label(
    labels: ET.Element, edge: dict[str, Any], detail: dict[str, Any], points: list[Point], taken: list[Place], wrong: str | None
) -> None:
    """D of an edge, in the first gap that its curve crosses, and what is `wrong` with it; `taken` holds the places of the
    labels so far.
    """
    jacobian = detail["jacobians"].get(f"{edge['from']}->{edge['to']}")
    lines = [clip("no derivative" if jacobian is None else short_matrix(jacobian, 4, LONGEST_LABEL), LONGEST_LABEL)]
    lines = lines if detail["jacobians"] else [""]
    if edge["uses"] > 1:
        lines.append("used twice" if edge["uses"] == 2 else f"used {grouped(edge['uses'])} times")
    if wrong is not None:
        lines.append(f"✕ {clip(wrong, LONGEST_LABEL + 4)}")
    x, y = _free_place(points[0], points[1], lines, taken)
    for k, line in enumerate(lines):
        name = "jacobian" if k == 0 else "fault-word" if wrong is not None and k == len(lines) - 1 else "uses"
        _text(labels, name, round(x), round(y) - 5 + 16 * k, line)


def _free_place(start: Point, end: Point, lines: list[str], taken: list[Place]) -> Point:
    """Where on its curve an edge carries its label: the first of a few places at which it covers no other label."""
    candidates: list[Place] = []
    for t in ALONG:
        across, down = 1.5 * t * (1 - t) + t**3, 3 * (1 - t) * t**2 + t**3
        x, y = start[0] + (end[0] - start[0]) * across, start[1] + (end[1] - start[1]) * down
        half = LETTER * max(map(len, lines)) / 2
        candidates.append((x - half, y - 16, x + half, y + 16 * (len(lines) - 1)))
    chosen = next((place for place in candidates if not any(_overlap(place, other) for other in taken)), candidates[0])
    taken.append(chosen)
    return (chosen[0] + chosen[2]) / 2, chosen[1] + 16


def _overlap(a: Place, b: Place) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
