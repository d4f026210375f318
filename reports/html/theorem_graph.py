"""The picture of which theorem uses which: the border of a box says whether the statement is formalised, its filling
whether the proof was checked.

Nothing is told by colour alone: every box says both in words; a formalised statement has a solid border and another one
a dashed border. A solid arrow says that the formal proof of one rests on that of the other, a dashed one that the text
says so. A box links to its theorem.

>>> theorem = {"label": "a", "title": "Chain rule", "source": "L2", "uses": [], "formal": None, "verdict": "CORRECT", "evidence": ["exact on 2 cases"]}
>>> unproved = {"status": "not checked here", "proved": [], "edges": []}
>>> picture = theorem_graph([theorem, {**theorem, "label": "b", "uses": ["a"], "verdict": None, "evidence": ["not checked"]}], unproved)
>>> picture.count("<rect"), "not checked" in picture
(2, True)
>>> theorem_graph([{**theorem, "uses": ["a"]}], unproved)
Traceback (most recent call last):
    ...
ValueError: theorem 'a' uses 'a', which does not come before it
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from backproof.reports.html.pictures.boxes import write
from backproof.reports.html.pictures.layout import Layout, Place, layout
from backproof.reports.html.pictures.letters import wrapped
from backproof.reports.html.pictures.screens import NARROW, WIDE, swapped
from backproof.reports.html.pictures.wires import tips, wire
from backproof.reports.text import clip

INNER = 146  # pixels of a line; chosen: two boxes beside each other on a telephone
PADDING, FIRST, LINE, BOTTOM = 8, 22, 16, 8  # pixels beside the text, to its first line, from line to line, and below
NAME, TEXT = 14, 12  # pixels of the fonts
LONGEST = 300  # letters of a line of a box before it is broken


@dataclass(frozen=True)
class _Box:
    """A theorem as a box: its classes, and its lines, each with its class."""

    look: str
    link: str
    lines: tuple[tuple[str, str], ...]

    @property
    def size(self) -> tuple[float, float]:
        """Pixels that it takes."""
        return INNER + 2 * PADDING, FIRST + LINE * (len(self.lines) - 1) + BOTTOM


def theorem_graph(theorems: Sequence[dict[str, Any]], proofs: dict[str, Any]) -> str:
    """The theorems as boxes, with an arrow from each to those that use it; none from what is not in the document, which
    may hold one theorem alone. One drawing for a wide screen and one for a narrow one, of which the style sheet shows
    one, or the only one. ValueError if a theorem uses a label that does not come before it.
    """
    number: dict[str, int] = {}
    stated: list[tuple[int, int]] = []
    there = {theorem["label"] for theorem in theorems}
    for place, theorem in enumerate(theorems, start=1):
        for label in theorem["uses"]:
            if label not in there:
                continue
            if label not in number:
                raise ValueError(f"theorem {theorem['label']!r} uses {label!r}, which does not come before it")
            stated.append((number[label], place))
        number[theorem["label"]] = place
    formal = [(number[b], number[a]) for a, b in proofs["edges"] if a in number and b in number and number[b] < number[a]]
    edges = _without_detours(list(dict.fromkeys((*stated, *formal))))
    boxes = {number[theorem["label"]]: _box(theorem, _proof_state(theorem, proofs)) for theorem in theorems}
    words = " ".join(
        f"{clip(theorem['title'])} uses {', '.join(clip(label) for label in theorem['uses']) or 'no other'}." for theorem in theorems
    )
    sizes = {place: box.size for place, box in boxes.items()}
    wide = layout(sizes, edges, {}, WIDE)
    if wide.size[0] <= NARROW:
        return _svg(boxes, edges, set(formal), wide, words)
    (above, below), narrow = swapped(wide.size[0]), layout(sizes, edges, {}, NARROW)
    return _svg(boxes, edges, set(formal), wide, words, above) + _svg(boxes, edges, set(formal), narrow, words, below)


def _svg(
    boxes: Mapping[int, _Box], edges: Sequence[tuple[int, int]], formal: set[tuple[int, int]], placed: Layout, words: str, kind: str = ""
) -> str:
    width, height = (f"{side + 8:g}" for side in placed.size)
    look = {"width": width, "height": height, "role": "group", "class": f"graph {kind}".strip()}
    svg = ET.Element("svg", {"viewBox": f"-4 -4 {width} {height}", **look})
    ET.SubElement(svg, "title").text = "Which theorem uses which"
    ET.SubElement(svg, "desc").text = words
    for edge in edges:
        ET.SubElement(svg, "path", {"class": "wire" if edge in formal else "wire stated-use", "d": wire(placed.wires[edge], placed.across)})
    if edges:
        ET.SubElement(svg, "path", {"class": "tip", "d": tips((placed.wires[edge][-1][-1] for edge in edges), placed.across)})
    for place, box in boxes.items():
        _draw(svg, box, placed.boxes[place])
    return ET.tostring(svg, encoding="unicode")


def _without_detours(edges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The edges without those that a longer way over other edges replaces."""
    below: dict[int, set[int]] = {}
    for a, b in sorted(edges, reverse=True):
        below.setdefault(a, set()).add(b)

    def reached(start: int) -> set[int]:
        found: set[int] = set()
        waiting = [start]
        while waiting:
            for b in below.get(waiting.pop(), set()) - found:
                found.add(b)
                waiting.append(b)
        return found

    return [(a, b) for a, b in edges if not any(b in reached(c) for c in below[a] if c != b)]


def _proof_state(theorem: dict[str, Any], proofs: dict[str, Any]) -> tuple[str, str]:
    """How the box is filled, and the words for it."""
    if theorem["formal"] is None:
        return "unproved", "statement not formalised"
    if theorem["formal"] in proofs["proved"]:
        return "proved", "formalised, proof checked here"
    return "unproved", {"recorded": "formalised, proof recorded", "refused": "formalised, proof refused"}.get(
        proofs["status"], "formalised, proof not checked"
    )


def _box(theorem: dict[str, Any], proof: tuple[str, str]) -> _Box:
    verdict = theorem["verdict"]
    kind = {"CORRECT": "holds", None: "open"}.get(verdict, "fails")
    border = "formal" if theorem["formal"] else "stated"
    evidence = theorem["evidence"][0] if verdict in ("CORRECT", None) else verdict
    texts = (("name", theorem["title"], NAME), ("value", evidence, TEXT), ("function", f"{theorem['source']} · {proof[1]}", TEXT))
    lines = tuple((kind, line) for kind, text, size in texts for line in wrapped(clip(text, LONGEST), INNER, size))
    return _Box(f"theorem-box {kind} {border} {proof[0]}", f"#theorem-{quote(clip(theorem['label'], 60))}", lines)


def _draw(svg: ET.Element, box: _Box, place: Place) -> None:
    x, y, width, height = place
    group = ET.SubElement(svg, "a", {"href": box.link, "class": box.look, "transform": f"translate({x:g} {y:g})"})
    ET.SubElement(group, "rect", {"width": f"{width:g}", "height": f"{height:g}", "rx": "3", "class": "box"})
    for k, (kind, text) in enumerate(box.lines):
        write(group, kind, PADDING, FIRST + LINE * k, text)
