from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest

from backproof.reports.theorem_graph import theorem_graph


def theorem(label: str, *uses: str, **more: Any) -> dict[str, Any]:
    return {
        "label": label,
        "title": f"Title of {label}",
        "source": "L15",
        "uses": list(uses),
        "formal": None,
        "verdict": "CORRECT",
        "evidence": ["exact on 2 cases", "within rounding bound on 2 cases"],
        **more,
    }


def boxes(picture: str) -> list[tuple[str, list[str]]]:
    root = ET.fromstring(picture)
    groups = [group for group in root.iter("g") if "theorem-box" in group.get("class", "")]
    return [(group.get("class", ""), [text.text or "" for text in group.iter("text")]) for group in groups]


def test_there_is_a_box_for_each_theorem_and_an_arrow_for_each_use() -> None:
    picture = theorem_graph([theorem("a"), theorem("b", "a"), theorem("c", "a", "b")])
    root = ET.fromstring(picture)
    assert len(boxes(picture)) == 3
    assert len([path for path in root.iter("path") if path.get("class") == "wire"]) == 3
    assert "Title of c uses a, b." in (root.findtext("desc") or "")


def test_a_box_says_the_strongest_evidence_and_whether_the_statement_is_formalised_in_words() -> None:
    (stated, formal) = boxes(theorem_graph([theorem("a"), theorem("b", formal="PathSum.thm1")]))
    assert stated == ("theorem-box holds stated", ["Title of a", "exact on 2 cases", "L15 · statement not formalised"])
    assert formal[0] == "theorem-box holds formal"
    assert formal[1][2] == "L15 · statement formalised"


@pytest.mark.parametrize(
    ("verdict", "kind", "words"), [("WRONG", "fails", "WRONG"), ("INCONCLUSIVE", "fails", "INCONCLUSIVE"), (None, "open", "not checked")]
)
def test_what_is_not_correct_is_never_filled_as_if_it_held(verdict: str | None, kind: str, words: str) -> None:
    evidence = ["exact on 1 case"] if verdict else ["not checked"]
    ((name, texts),) = boxes(theorem_graph([theorem("a", verdict=verdict, evidence=evidence)]))
    assert name == f"theorem-box {kind} stated"
    assert texts[1] == words


def test_a_use_of_a_later_theorem_is_refused() -> None:
    with pytest.raises(ValueError, match="theorem 'a' uses 'b', which does not come before it"):
        theorem_graph([theorem("a", "b"), theorem("b")])


def test_hostile_titles_are_text() -> None:
    picture = theorem_graph([theorem("a", title='<script>alert("x")</script>')])
    assert "<script>" not in picture
    ET.fromstring(picture)
