"""Pieces for a notebook stand by themselves: no script, nothing from a network, a style that reaches nothing else, and harmless names."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from backproof.reports.html.fragments import check_fragment, graph_fragment, standalone_svg, theorem_fragment

HOSTILE = '"><script>alert(1)</script>'
VERTICES = [
    {"number": 1, "name": "x", "shape": [3], "function": None, "formula": None, "operands": [], "attributes": {}, "discrete": False},
    {"number": 2, "name": "y", "shape": [], "function": "sum", "formula": "Σ x", "operands": [1], "attributes": {}, "discrete": False},
]
GRAPH: dict[str, Any] = {"l": 1, "vertices": VERTICES, "edges": [{"from": 1, "to": 2, "uses": 1}]}
BARE: dict[str, Any] = {"graph": GRAPH, "values": {}, "adjoints": {}, "jacobians": {}, "backward": []}
FULL: dict[str, Any] = {
    **BARE,
    "values": {"1": ["1.0", "2.0", "3.0"], "2": ["6.0"]},
    "jacobians": {"1->2": [["1.0", "1.0", "1.0"]]},
    "adjoints": {"1": [["1.0", "1.0", "1.0"]], "2": [["1.0"]]},
}


def finding(name: str) -> dict[str, Any]:
    return {"where": name, "point": "here", "index": [1], "found": "3.0", "expected": "2.0", "words": name}


def check(name: str, findings: int) -> dict[str, Any]:
    return {
        **dict.fromkeys(("name", "reason", "evidence", "diagnosis", "reproduction"), name),
        **{"verdict": "WRONG", "points": 1, "certified": 0, "entries": 2, "notes": [name], "findings": [finding(name)] * findings},
        "source": {"file": name, "line": 3, "function": name},
    }


@pytest.mark.parametrize(
    "piece",
    [
        check_fragment(check(HOSTILE, 20)),
        graph_fragment({**BARE, "graph": {**GRAPH, "vertices": [{**VERTICES[0], "name": HOSTILE}, VERTICES[1]]}}, HOSTILE),
        theorem_fragment(
            {
                **dict.fromkeys(("title", "source", "label", "latex", "words"), HOSTILE),
                "hypotheses": [{"name": HOSTILE, "words": HOSTILE}],
                "steps": [dict.fromkeys(("name", "source", "latex", "words"), HOSTILE)],
            }
        ),
    ],
    ids=["check", "graph", "theorem"],
)
def test_a_piece_is_inert_and_its_style_reaches_nothing_else(piece: str) -> None:
    assert "<script" not in piece
    assert "alert(1)" in piece
    assert not re.search(r"(?:src|href)=|url\(|@import|https?://(?!www\.w3\.org/)", piece)
    rules = [rule.strip() for style in re.findall(r"<style>(.*?)</style>", piece, re.DOTALL) for rule in re.findall(r"([^{}]+)\{", style)]
    assert len(rules) > 10
    assert [rule for rule in rules if not rule.startswith((".backproof", ".graph", "@media"))] == []


def test_of_many_findings_the_first_are_shown_and_all_counted() -> None:
    piece = check_fragment(check("f", 20))
    assert "20 findings, the first 8" in piece
    assert piece.count('<tr><th scope="row">') == 8


def test_a_picture_is_an_svg_file_with_the_numbers_that_are_given() -> None:
    bare, full = (standalone_svg(detail, "it") for detail in (BARE, FULL))
    assert ET.fromstring(bare).tag == ET.fromstring(full).tag == "{http://www.w3.org/2000/svg}svg"
    assert "shape (3)" in bare
    assert "u = " not in bare
    assert "not defined" not in bare
    assert "no derivative" not in bare
    assert "u = 6" in full
    assert "fill: var(--leaf)" in full


def test_an_edge_to_nowhere_is_refused() -> None:
    with pytest.raises(ValueError, match=r"edge \(1, 9\) names a vertex that the graph does not have"):
        standalone_svg({**BARE, "graph": {**GRAPH, "edges": [{"from": 1, "to": 9, "uses": 1}]}}, "it")
