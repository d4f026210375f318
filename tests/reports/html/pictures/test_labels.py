"""What stands on an edge: a number as a number, a matrix as its pattern, and words below."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest

from backproof.reports.html.pictures.labels import WIDEST, draw_label, label_of

EDGE: dict[str, Any] = {"from": 1, "to": 2, "uses": 1}
DIAGONAL = [["1.0", "0.0"], ["0.0", "-2.5"]]


@pytest.mark.parametrize(
    ("jacobian", "texts", "drawn"),
    [
        ([["6.0"]], ["6"], False),
        (DIAGONAL, ["diagonal"], True),
        ([["1.0", "2.0"]], [], True),
        ({"omitted": "9 × 9 numbers"}, ["9 × 9"], False),
        ({"omitted": "9 × 9 numbers", "signs": ["+0-------"] * 9}, ["9 × 9"], True),
        (None, ["no derivative"], False),
    ],
)
def test_a_number_is_written_and_a_matrix_drawn(jacobian: Any, texts: list[str], drawn: bool) -> None:
    label = label_of(EDGE, jacobian)
    assert label is not None
    assert [line.text for line in label.lines] == texts
    assert bool(label.signs) == drawn


def test_an_edge_of_a_graph_alone_has_a_label_only_if_there_is_something_to_say() -> None:
    assert label_of(EDGE, None, known=False) is None
    label = label_of({**EDGE, "uses": 3}, None, known=False)
    assert label is not None
    assert [line.text for line in label.lines] == ["used 3 times"]


def test_a_fault_is_said_below_in_lines_that_fit(hostile_name: str) -> None:
    label = label_of({**EDGE, "uses": 2}, DIAGONAL, wrong=f"lacks {hostile_name}")
    assert label is not None
    assert [line.text for line in label.lines[:2]] == ["diagonal", "used twice"]
    assert label.lines[2].text.replace("\u2068", "").startswith("✕ lacks")
    assert label.size[0] <= WIDEST


def test_a_matrix_leads_to_its_numbers_and_has_a_name_for_those_who_do_not_see_it() -> None:
    parent = ET.Element("g")
    label = label_of(EDGE, DIAGONAL)
    assert label is not None
    draw_label(parent, label, (10, 20, *label.size), "#row")
    (link,) = parent.iter("a")
    assert (link.get("href"), link.findtext("title")) == ("#row", "D, 2 × 2")
