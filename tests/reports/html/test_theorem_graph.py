"""The picture of the theorems: an arrow for every use, solid or dashed, and boxes that say in words what border and
filling say.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from typing import Any

import pytest

from backproof.reports.html.theorem_graph import HEIGHT, LONGEST, WIDTH, theorem_graph

UNPROVED: dict[str, Any] = {"status": "not checked here", "proved": [], "edges": []}
STATED, FORMAL = "wire stated-use", "wire"


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


def boxes(picture: str) -> list[tuple[set[str], list[str]]]:
    root = ET.fromstring(picture)
    groups = [group for group in root.iter("g") if "theorem-box" in group.get("class", "")]
    return [(set(group.get("class", "").split()), [text.text or "" for text in group.iter("text")]) for group in groups]


def corners(picture: str) -> list[tuple[float, float]]:
    moves = [group.get("transform", "") for group in ET.fromstring(picture).iter("g")]
    return [(float(x), float(y)) for x, y in (move.removeprefix("translate(").removesuffix(")").split() for move in moves)]


def arrows(picture: str) -> Counter[str]:
    return Counter(path.get("class", "") for path in ET.fromstring(picture).iter("path"))


def test_there_is_a_box_for_each_theorem_and_an_arrow_for_each_use() -> None:
    picture = theorem_graph([theorem("a"), theorem("b"), theorem("c", "a", "b"), theorem("d", "c")], UNPROVED)
    assert len(boxes(picture)) == 4
    assert arrows(picture) == {STATED: 3}
    assert "Title of c uses a, b." in (ET.fromstring(picture).findtext("desc") or "")


def test_an_arrow_leads_from_the_box_that_is_used_to_the_box_that_uses_it() -> None:
    picture = theorem_graph([theorem("a"), theorem("b", "a")], UNPROVED)
    (ax, ay), (bx, by) = corners(picture)
    (path,) = ET.fromstring(picture).iter("path")
    drawn = path.get("d", "")
    assert drawn.startswith(f"M{ax + WIDTH:g} {ay + HEIGHT / 2:g}C")
    assert drawn.endswith(f" {bx:g} {by + HEIGHT / 2:g}")


def test_a_use_that_a_longer_way_implies_is_said_in_words_and_not_drawn() -> None:
    picture = theorem_graph([theorem("a"), theorem("b", "a"), theorem("c", "a", "b")], UNPROVED)
    assert arrows(picture) == {STATED: 2}
    assert "Title of c uses a, b." in (ET.fromstring(picture).findtext("desc") or "")


def test_what_the_formal_proof_uses_is_a_solid_arrow_and_what_only_the_text_uses_a_dashed_one() -> None:
    proofs = {**UNPROVED, "edges": [["b", "a"], ["d", "b"]]}
    picture = theorem_graph([theorem("a"), theorem("b", "a"), theorem("c", "a"), theorem("d")], proofs)
    assert arrows(picture) == {FORMAL: 2, STATED: 1}


@pytest.mark.parametrize("edge", [["a", "b"], ["a", "a"], ["a", "elsewhere"], ["elsewhere", "a"]])
def test_a_formal_use_that_leads_nowhere_or_backwards_is_not_drawn(edge: list[str]) -> None:
    assert arrows(theorem_graph([theorem("a"), theorem("b")], {**UNPROVED, "edges": [edge]})) == {}


def test_a_use_named_twice_is_one_arrow() -> None:
    assert arrows(theorem_graph([theorem("a"), theorem("b", "a", "a")], UNPROVED)) == {STATED: 1}


def test_boxes_do_not_overlap_and_lie_inside_the_picture() -> None:
    labels = "abcdefgh"
    many = [theorem(label, *labels[max(0, k - 3) : k : 2]) for k, label in enumerate(labels)]
    picture = theorem_graph(many, UNPROVED)
    placed = corners(picture)
    assert len(placed) == 8
    assert all(abs(a[0] - b[0]) >= WIDTH or abs(a[1] - b[1]) >= HEIGHT for k, a in enumerate(placed) for b in placed[:k])
    width, height = (float(ET.fromstring(picture).attrib[side]) for side in ("width", "height"))
    assert all(x >= 0 and y >= 0 and x + WIDTH <= width and y + HEIGHT <= height for x, y in placed)


def test_a_box_says_the_title_the_strongest_evidence_and_the_source() -> None:
    ((names, texts),) = boxes(theorem_graph([theorem("a")], UNPROVED))
    assert {"holds", "stated"} <= names
    assert texts[:2] == ["Title of a", "exact on 2 cases"]
    assert texts[2].startswith("L15 · ")


@pytest.mark.parametrize(
    ("formal", "status", "proved", "classes", "words"),
    [
        (None, "proved", [], {"stated", "unproved"}, "statement not formalised"),
        ("thm1", "proved", ["thm1"], {"formal", "proved"}, "formalised, proof checked here"),
        ("thm1", "recorded", [], {"formal", "unproved"}, "formalised, proof recorded"),
        ("thm1", "refused", ["thm2"], {"formal", "unproved"}, "formalised, proof refused"),
        ("thm1", "not checked here", [], {"formal", "unproved"}, "formalised, proof not checked"),
    ],
)
def test_border_and_filling_say_formalised_and_proved_and_so_do_words(
    formal: str | None, status: str, proved: list[str], classes: set[str], words: str
) -> None:
    ((names, texts),) = boxes(theorem_graph([theorem("a", formal=formal)], {"status": status, "proved": proved, "edges": []}))
    assert names & {"stated", "formal", "proved", "unproved"} == classes
    assert texts[2] == f"L15 · {words}"


@pytest.mark.parametrize(
    ("verdict", "kind", "words"), [("WRONG", "fails", "WRONG"), ("INCONCLUSIVE", "fails", "INCONCLUSIVE"), (None, "open", "not checked")]
)
def test_what_is_not_correct_never_looks_as_if_it_held(verdict: str | None, kind: str, words: str) -> None:
    evidence = ["exact on 1 case"] if verdict else ["not checked"]
    ((names, texts),) = boxes(theorem_graph([theorem("a", verdict=verdict, evidence=evidence)], UNPROVED))
    assert names & {"holds", "open", "fails"} == {kind}
    assert texts[1] == words


def test_a_use_of_a_theorem_that_is_not_in_the_document_is_said_without_an_arrow() -> None:
    picture = theorem_graph([theorem("a", "another")], UNPROVED)
    assert "uses another." in picture
    assert "<path" not in picture


@pytest.mark.parametrize("use", ["a", "b"])
def test_a_use_of_itself_or_of_a_later_theorem_is_refused(use: str) -> None:
    with pytest.raises(ValueError, match=f"theorem 'a' uses '{use}', which does not come before it"):
        theorem_graph([theorem("a", use), theorem("b")], UNPROVED)


@pytest.mark.parametrize("field", ["title", "source", "label"])
def test_hostile_texts_are_text(field: str) -> None:
    hostile = {**theorem("a"), field: '<script>alert("x")</script>&\x00\u202e'}
    picture = theorem_graph([hostile, theorem("b", hostile["label"])], UNPROVED)
    assert not {"<script", "\x00", "\u202e"} & {found for found in ("<script", "\x00", "\u202e") if found in picture}
    assert {element.tag for element in ET.fromstring(picture).iter()} == {"svg", "title", "desc", "path", "g", "rect", "text"}


def test_a_title_is_cut_to_the_width_of_its_box() -> None:
    ((_, texts),) = boxes(theorem_graph([theorem("a", title="w" * 300)], UNPROVED))
    assert texts[0] == "w" * (LONGEST - 1) + "…"


def test_no_theorems_are_an_empty_picture() -> None:
    assert boxes(theorem_graph([], UNPROVED)) == []
