"""The picture of a computational graph: values and adjoints in the vertices, edge Jacobians on the edges, the order of
the backward pass beside them.

`graph_pictures(detail, title)` draws the DETAIL part of a case for a page: one drawing, or two where a narrow screen
needs another; `graph_svg` draws one. Colours come from the page's style sheet through classes; no style attribute is
written. The kind of a vertex shows in its shape: a leaf is a rounded box, a discrete leaf has a dashed border, every
other vertex a box, the output a double border. The same detail gives the same bytes.

>>> vertex = {"number": 1, "name": "x", "shape": [], "function": None, "formula": None, "operands": [], "attributes": {}, "discrete": False}
>>> detail = {"graph": {"l": 1, "vertices": [vertex], "edges": []}, "values": {"1": ["2.0"]}, "adjoints": {"1": [["1.0"]]}, "jacobians": {}, "backward": []}
>>> graph_svg(detail, "a leaf")[:20], "u = 2" in graph_svg(detail, "a leaf")
('<svg viewBox="0 0 80', True)
>>> graph_svg({**detail, "graph": {"l": 1, "vertices": [vertex], "edges": [{"from": 1, "to": 2, "uses": 1}]}}, "an edge to nowhere")
Traceback (most recent call last):
    ...
ValueError: edge (1, 2) names a vertex that the graph does not have; its vertices are 1 … 1
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from backproof.reports.html.pictures.boxes import Box, box_of, draw_box
from backproof.reports.html.pictures.drawn import Part, drawn_part
from backproof.reports.html.pictures.labels import Label, draw_label, label_of
from backproof.reports.html.pictures.layout import Layout, layout
from backproof.reports.html.pictures.screens import MARGIN, NARROW, WIDE, panned, swapped
from backproof.reports.html.pictures.wires import tips, wire
from backproof.reports.text import clip, grouped

FLAT = 560.0  # pixels; a drawing from left to right that is higher must not be higher than one from top to bottom; chosen
HIGHER = 1.25  # times as high as the wide drawing, a narrow one is still taken for all screens; chosen
MOST_NARROW = 12  # vertices of a graph that has a narrow drawing of its own whatever it looks like
MOST_LABELS = 120  # edges with their Jacobian on them; chosen: three at each of 40 vertices


@dataclass(frozen=True)
class _Drawing:
    """What is to be drawn, before it has a place."""

    detail: Mapping[str, Any]
    title: str
    words: str
    boxes: Mapping[int, Box]
    labels: Mapping[tuple[int, int], Label]
    edges: tuple[tuple[int, int], ...]
    wrong: Mapping[tuple[int, int], str]
    links: Mapping[int | tuple[int, int], str]

    def placed(self, room: float, across: bool = False) -> Layout:
        """Where all of it stands."""
        sizes = {number: box.size for number, box in self.boxes.items()}
        labels = {edge: label.size for edge, label in self.labels.items()}
        return layout(sizes, self.edges, labels, room, across, {edge: label.meets for edge, label in self.labels.items()})


def graph_pictures(
    detail: dict[str, Any],
    title: str,
    fault: Mapping[str, Any] | None = None,
    mark: Mapping[str, Any] | None = None,
    anchor: str | None = None,
    left: Mapping[str, int] | None = None,
    room: int | None = None,
) -> str:
    """The graph of a case for a page, as SVG text: a drawing for a wide screen, and where that does not fit on a
    telephone, or runs from left to right, a second one from top to bottom; the style sheet shows one of them. What is
    wider than its screen says so.

    `fault`, `mark` as for `graph_svg`; `anchor`: what the ids of the rows of its tables begin with; `left`: how many
    rows of its vertices and edges these tables do not have, the last ones; `room`: the most bytes, for which the second
    drawing is left out, or both.
    """
    most = math.inf if room is None else room
    drawing = _drawing(detail, title, fault, mark, {} if anchor is None else _links(detail, anchor, left or {}))
    wide = _wide(drawing)
    once = panned(wide.size[0]) + _svg(drawing, wide)
    if wide.size[0] > NARROW:
        narrow = drawing.placed(NARROW)
        if narrow.size[0] <= NARROW and not wide.across and narrow.size[1] <= HIGHER * wide.size[1]:
            once = _svg(drawing, narrow)
        elif wide.across or len(drawing.boxes) <= MOST_NARROW:
            above, below = swapped(wide.size[0])
            both = _svg(drawing, wide, above) + panned(narrow.size[0]) + _svg(drawing, narrow, below)
            once = both if len(both.encode()) <= most else once
    return once if len(once.encode()) <= most else ""


def graph_svg(detail: dict[str, Any], title: str, fault: Mapping[str, Any] | None = None, mark: Mapping[str, Any] | None = None) -> str:
    """The graph of a case as SVG text; of a graph with more than 40 vertices or 240 edges the part around the vertex at
    fault, or else the output, with what was left out in the description.

    `fault`: what a failing case says of its cause: its first wrong vertex is marked, by a flag, a broken border and in
    words, with the certified value beside what was found. `mark`: the contributions at fault, marked in the same way.

    ValueError if an edge names a vertex that the graph does not have.
    """
    drawing = _drawing(detail, title, fault, mark, {})
    return _svg(drawing, _wide(drawing))


def omission(detail: dict[str, Any], fault: Mapping[str, Any] | None = None) -> str:
    """What the picture leaves out, in sentences; empty where it is complete."""
    focus = _focus(detail, fault)
    names = {vertex["number"]: vertex["name"] for vertex in detail["graph"]["vertices"]}
    part = drawn_part(detail["graph"]["vertices"], detail["graph"]["edges"], focus)
    said = [part.words(clip(names.get(focus, ""), 40))]
    if detail["jacobians"] and part.edges_drawn > MOST_LABELS:
        said.append(f"The Jacobians of {grouped(part.edges_drawn)} edges stand in the table, not in the picture.")
    return " ".join(filter(None, said))


def _focus(detail: Mapping[str, Any], fault: Mapping[str, Any] | None) -> int:
    vertices = detail["graph"]["vertices"]
    return (fault or {}).get("vertex") or (vertices[-1]["number"] if vertices else 0)


def _wide(drawing: _Drawing) -> Layout:
    """From left to right, where that fits and is not high; else from top to bottom."""
    downward, across = drawing.placed(WIDE), drawing.placed(max(FLAT, WIDE), across=True)
    fits = across.size[0] <= WIDE and across.size[1] <= max(FLAT, downward.size[1])
    return across if fits else downward


def _drawing(
    detail: dict[str, Any],
    title: str,
    fault: Mapping[str, Any] | None,
    mark: Mapping[str, Any] | None,
    links: Mapping[int | tuple[int, int], str],
) -> _Drawing:
    vertices, edges = detail["graph"]["vertices"], detail["graph"]["edges"]
    part = drawn_part(vertices, edges, _focus(detail, fault))
    names = {vertex["number"]: vertex["name"] for vertex in vertices}
    wrong = {(edge["from"], edge["to"]): edge["what"] for edge in (mark or {}).get("edges", ())}
    boxes = {
        vertex["number"]: box_of(
            vertex,
            detail,
            names,
            fault if fault and vertex["number"] == fault.get("vertex") else None,
            (part.more_operands.get(vertex["number"], 0), part.more_consumers.get(vertex["number"], 0)),
        )
        for vertex in vertices
        if vertex["number"] in part.vertices
    }
    shown = [edge for edge in edges if edge["from"] in boxes and edge["to"] in boxes]
    labels = _labels(detail, shown, wrong)
    words = " ".join(filter(None, (_size(part), omission(detail, fault), *_fault_words(names, fault, wrong))))
    return _Drawing(detail, title, words, boxes, labels, tuple((edge["from"], edge["to"]) for edge in shown), wrong, links)


def _links(detail: Mapping[str, Any], anchor: str, left: Mapping[str, int]) -> dict[int | tuple[int, int], str]:
    """Where each vertex and each edge is said in full, as far as the tables have them."""
    vertices, edges = detail["graph"]["vertices"], detail["graph"]["edges"]
    there = len(vertices) - left.get("vertices", 0), len(edges) - left.get("edges", 0)
    found: dict[int | tuple[int, int], str] = {vertex["number"]: f"#{anchor}-v{vertex['number']}" for vertex in vertices[: there[0]]}
    for edge in edges[: there[1]]:
        found[edge["from"], edge["to"]] = f"#{anchor}-e{edge['from']}-{edge['to']}"
    return found


def _labels(detail: Mapping[str, Any], edges: list[dict[str, Any]], wrong: Mapping[tuple[int, int], str]) -> dict[tuple[int, int], Label]:
    """The labels that are drawn: all, or of too many edges those at fault."""
    found: dict[tuple[int, int], Label] = {}
    for edge in edges:
        pair = edge["from"], edge["to"]
        if len(edges) <= MOST_LABELS or pair in wrong:
            jacobian = detail["jacobians"].get(f"{edge['from']}->{edge['to']}")
            if (label := label_of(edge, jacobian, bool(detail["jacobians"]), wrong.get(pair))) is not None:
                found[pair] = label
    return found


def _size(part: Part) -> str:
    vertices = len(part.vertices) + part.vertices_left_out
    words = (
        f"{grouped(vertices)} {'vertex' if vertices == 1 else 'vertices'} and {grouped(part.edges)} edge{'' if part.edges == 1 else 's'}"
    )
    return f"{words}, inputs first, output last."


def _fault_words(names: Mapping[int, str], fault: Mapping[str, Any] | None, wrong: Mapping[tuple[int, int], str]) -> Iterator[str]:
    """What is marked, in sentences."""
    if fault and "vertex" in fault:
        yield f"The first wrong vertex of the backward pass is {clip(names[fault['vertex']])}."
    for (a, b), what in wrong.items():
        yield f"The contribution along the edge from {clip(names[a])} to {clip(names[b])} {clip(what)}."


def _svg(drawing: _Drawing, placed: Layout, kind: str = "") -> str:
    width, height = (f"{side + 2 * MARGIN:g}" for side in placed.size)
    look = {"width": width, "height": height, "role": "group" if drawing.links else "img", "class": f"graph {kind}".strip()}
    svg = ET.Element("svg", {"viewBox": f"0 0 {width} {height}", **look})
    ET.SubElement(svg, "title").text = f"Computational graph of {clip(drawing.title)}"
    ET.SubElement(svg, "desc").text = drawing.words
    moved = ET.SubElement(svg, "g", {"transform": f"translate({MARGIN} {MARGIN})"})
    right = [edge for edge in drawing.edges if edge not in drawing.wrong]
    if drawing.edges:
        ET.SubElement(moved, "path", {"class": "wire", "d": "".join(wire(placed.wires[edge], placed.across) for edge in right)})
        if wrong := "".join(wire(placed.wires[edge], placed.across) for edge in drawing.edges if edge in drawing.wrong):
            ET.SubElement(moved, "path", {"class": "fault-wire", "d": wrong})
        ends = (placed.wires[edge][-1][-1] for edge in drawing.edges)
        ET.SubElement(moved, "path", {"class": "tip", "d": tips(ends, placed.across)})
    for number, box in drawing.boxes.items():
        draw_box(moved, box, placed.boxes[number], drawing.links.get(number))
    for edge, label in drawing.labels.items():
        draw_label(moved, label, placed.labels[edge], drawing.links.get(edge))
    return ET.tostring(svg, encoding="unicode")
