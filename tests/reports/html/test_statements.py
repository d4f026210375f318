"""Theorems as a part of a page: well-formed, every formula MathML, foreign words escaped."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from backproof.reports.html.statements import statement
from backproof.theorems.catalogue import THEOREMS
from backproof.verify.results.ledger import Ledger, theorem_record


def test_every_label_is_a_part_of_a_page_with_all_its_formulas() -> None:
    for theorem in THEOREMS:
        part = ET.fromstring(statement(theorem_record(theorem, Ledger())))
        assert part.get("id") == theorem.label
        assert len(part.findall(".//{http://www.w3.org/1998/Math/MathML}math")) == 1 + len(theorem.steps)
        assert not part.findall(".//code"), "no formula is left as LaTeX"


def test_words_from_outside_are_escaped() -> None:
    record = theorem_record(THEOREMS[0], Ledger())
    assert "<script" not in statement({**record, "title": "<script>", "words": "<script>"})
