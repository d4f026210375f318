"""The picture of which theorem uses which: the border of a box says whether the statement is formalised, its filling
whether the proof was checked.

Nothing is told by colour alone: every box says both in words; a formalised statement has a solid border and another one
a dashed border. A solid arrow says that the formal proof of one rests on that of the other, a dashed one that the text
says so.

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
from collections.abc import Sequence
from typing import Any

from backproof.reports.html.layout import layered
from backproof.reports.text import clip

WIDTH, HEIGHT = 268, 74  # of a box, in pixels: three lines of LONGEST letters
COLUMN, ROW, MARGIN = 330, 92, 10  # from box to box, and around the picture
LONGEST = 35  # letters of a line in a box


def theorem_graph(theorems: Sequence[dict[str, Any]], proofs: dict[str, Any]) -> str:
    """The theorems as boxes, with an arrow from each to those that use it; none from what is not in the document, which
    may hold one theorem alone. ValueError if one uses a label that does not come before it.
    """
    there = {theorem["label"] for theorem in theorems}
    number: dict[str, int] = {}
    stated: list[tuple[int, int]] = []
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
    layout = layered(number.values(), edges)
    corners = {i: (MARGIN + layout.column[i] * COLUMN, round(MARGIN + layout.row[i] * ROW, 1)) for i in number.values()}
    width = MARGIN * 2 + WIDTH + max((x for x, _ in corners.values()), default=0)
    height = MARGIN * 2 + HEIGHT + max((y for _, y in corners.values()), default=0)
    svg = ET.Element(
        "svg", {"viewBox": f"0 0 {width:g} {height:g}", "width": f"{width:g}", "height": f"{height:g}", "role": "img", "class": "graph fit"}
    )
    ET.SubElement(svg, "title").text = "Which theorem uses which"
    ET.SubElement(svg, "desc").text = " ".join(
        f"{clip(theorem['title'])} uses {', '.join(clip(label) for label in theorem['uses']) or 'no other'}." for theorem in theorems
    )
    for a, b in edges:
        ET.SubElement(svg, "path", {"class": "wire" if (a, b) in formal else "wire stated-use", "d": _curve(corners[a], corners[b])})
    for place, theorem in enumerate(theorems, start=1):
        _box(svg, theorem, corners[place], _proof_state(theorem, proofs))
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


def _curve(start: tuple[float, float], end: tuple[float, float]) -> str:
    ax, ay, bx, by = start[0] + WIDTH, start[1] + HEIGHT / 2, end[0], end[1] + HEIGHT / 2
    middle = (ax + bx) / 2
    return f"M{ax:g} {ay:g}C{middle:g} {ay:g} {middle:g} {by:g} {bx:g} {by:g}"


def _proof_state(theorem: dict[str, Any], proofs: dict[str, Any]) -> tuple[str, str]:
    """How the box is filled, and the words for it."""
    if theorem["formal"] is None:
        return "unproved", "statement not formalised"
    if theorem["formal"] in proofs["proved"]:
        return "proved", "formalised, proof checked here"
    return "unproved", {"recorded": "formalised, proof recorded", "refused": "formalised, proof refused"}.get(
        proofs["status"], "formalised, proof not checked"
    )


def _box(svg: ET.Element, theorem: dict[str, Any], corner: tuple[float, float], proof: tuple[str, str]) -> None:
    verdict = theorem["verdict"]
    kind = {"CORRECT": "holds", None: "open"}.get(verdict, "fails")
    border = "formal" if theorem["formal"] else "stated"
    group = ET.SubElement(
        svg, "g", {"class": f"theorem-box {kind} {border} {proof[0]}", "transform": f"translate({corner[0]:g} {corner[1]:g})"}
    )
    ET.SubElement(group, "rect", {"width": str(WIDTH), "height": str(HEIGHT), "rx": "3", "class": "box"})
    evidence = theorem["evidence"][0] if verdict in ("CORRECT", None) else verdict
    lines = (
        ("name", clip(theorem["title"], LONGEST)),
        ("value", clip(evidence, LONGEST)),
        ("function", f"{clip(theorem['source'], 12)} · {proof[1]}"),
    )
    for k, (name, text) in enumerate(lines):
        ET.SubElement(group, "text", {"x": "12", "y": str(24 + 20 * k), "class": name}).text = text
