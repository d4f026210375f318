"""The picture of the theorems: an arrow for every use, solid or dashed, and boxes that say in words what border and
filling say.
"""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET
from collections import Counter
from typing import Any

import pytest

from backproof.reports.html.theorem_graph import theorem_graph

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


def drawings(picture: str) -> list[ET.Element]:
    """The wide drawing, and the narrow one where there are two."""
    return list(ET.fromstring(f"<all>{picture}</all>"))


def boxes(picture: str) -> list[tuple[set[str], list[str]]]:
    """Of the wide drawing, the classes of each box and its texts: lines of one class as one text."""
    found: list[tuple[set[str], list[str]]] = []
    for group in drawings(picture)[0].iter("a"):
        lines = [(text.get("class", ""), text.text or "") for text in group.iter("text")]
        texts = [" ".join(text for _, text in part) for _, part in itertools.groupby(lines, key=lambda line: line[0])]
        found.append((set(group.get("class", "").split()), texts))
    return found


def places(drawing: ET.Element) -> list[tuple[float, float, float, float]]:
    """Corner, width and height of every box."""
    found: list[tuple[float, float, float, float]] = []
    for group in drawing.iter("a"):
        x, y = map(float, group.get("transform", "").removeprefix("translate(").removesuffix(")").split())
        rect = group.find("rect")
        assert rect is not None
        found.append((x, y, float(rect.get("width", "")), float(rect.get("height", ""))))
    return found


def arrows(picture: str) -> Counter[str]:
    return Counter(path.get("class", "") for path in drawings(picture)[0].iter("path") if path.get("class") != "tip")


def test_there_is_a_box_for_each_theorem_and_an_arrow_for_each_use() -> None:
    picture = theorem_graph([theorem("a"), theorem("b"), theorem("c", "a", "b"), theorem("d", "c")], UNPROVED)
    assert len(boxes(picture)) == 4
    assert arrows(picture) == {STATED: 3}
    assert "Title of c uses a, b." in (drawings(picture)[0].findtext("desc") or "")


def test_an_arrow_leads_from_the_box_that_is_used_to_the_box_that_uses_it() -> None:
    (drawing,) = drawings(theorem_graph([theorem("a"), theorem("b", "a")], UNPROVED))
    (ax, ay, width, height), (bx, by, _, _) = places(drawing)
    (path,) = (path for path in drawing.iter("path") if path.get("class") == STATED)
    assert path.get("d") == f"M{ax + width / 2:g} {ay + height:g}V{by - 8:g}"
    assert ax == bx


def test_a_use_that_a_longer_way_implies_is_said_in_words_and_not_drawn() -> None:
    picture = theorem_graph([theorem("a"), theorem("b", "a"), theorem("c", "a", "b")], UNPROVED)
    assert arrows(picture) == {STATED: 2}
    assert "Title of c uses a, b." in (drawings(picture)[0].findtext("desc") or "")


def test_what_the_formal_proof_uses_is_a_solid_arrow_and_what_only_the_text_uses_a_dashed_one() -> None:
    proofs = {**UNPROVED, "edges": [["b", "a"], ["d", "b"]]}
    picture = theorem_graph([theorem("a"), theorem("b", "a"), theorem("c", "a"), theorem("d")], proofs)
    assert arrows(picture) == {FORMAL: 2, STATED: 1}


@pytest.mark.parametrize("edge", [["a", "b"], ["a", "a"], ["a", "elsewhere"], ["elsewhere", "a"]])
def test_a_formal_use_that_leads_nowhere_or_backwards_is_not_drawn(edge: list[str]) -> None:
    assert arrows(theorem_graph([theorem("a"), theorem("b")], {**UNPROVED, "edges": [edge]})) == {}


def test_a_use_named_twice_is_one_arrow() -> None:
    assert arrows(theorem_graph([theorem("a"), theorem("b", "a", "a")], UNPROVED)) == {STATED: 1}


def test_boxes_do_not_overlap_and_lie_inside_of_both_drawings_and_these_fit_their_screens() -> None:
    labels = "abcdefghijklmnop"
    many = [theorem(label, *labels[: min(k, 9) : 4]) for k, label in enumerate(labels)]
    both = drawings(theorem_graph(many, UNPROVED))
    for drawing, most in zip(both, (1120, 358), strict=True):
        placed = places(drawing)
        assert len(placed) == len(labels)
        pairs = itertools.combinations(placed, 2)
        assert all(a[0] + a[2] <= b[0] or b[0] + b[2] <= a[0] or a[1] + a[3] <= b[1] or b[1] + b[3] <= a[1] for a, b in pairs)
        left, top, width, height = map(float, drawing.get("viewBox", "").split())
        assert all(x >= left and y >= top and x + w <= left + width and y + h <= top + height for x, y, w, h in placed)
        assert width <= most


def test_a_box_leads_to_its_theorem() -> None:
    (drawing,) = drawings(theorem_graph([theorem("a b")], UNPROVED))
    assert [link.get("href") for link in drawing.iter("a")] == ["#theorem-a%20b"]


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
    assert arrows(picture) == {}


@pytest.mark.parametrize("use", ["a", "b"])
def test_a_use_of_itself_or_of_a_later_theorem_is_refused(use: str) -> None:
    with pytest.raises(ValueError, match=f"theorem 'a' uses '{use}', which does not come before it"):
        theorem_graph([theorem("a", use), theorem("b")], UNPROVED)


@pytest.mark.parametrize("field", ["title", "source", "label"])
def test_hostile_texts_are_text(field: str) -> None:
    hostile = {**theorem("a"), field: '<script>alert("x")</script>&\x00\u202e'}
    picture = theorem_graph([hostile, theorem("b", hostile["label"])], UNPROVED)
    assert not {"<script", "\x00", "\u202e"} & {found for found in ("<script", "\x00", "\u202e") if found in picture}
    assert {element.tag for drawing in drawings(picture) for element in drawing.iter()} == {
        "svg",
        "title",
        "desc",
        "path",
        "a",
        "rect",
        "text",
    }


def test_a_title_stands_there_whole_in_lines_of_its_box() -> None:
    title = "Theorem 2: the backward pass is correct for every acyclic graph, whatever its dimensions are"
    (drawing,) = drawings(theorem_graph([theorem("a", title=title)], UNPROVED))
    lines = [text.text or "" for text in drawing.iter("text") if text.get("class") == "name"]
    assert " ".join(lines) == title
    assert len(lines) > 3
    ((_, _, width, height),) = places(drawing)
    assert all(float(text.get("y", "")) < height for text in drawing.iter("text"))
    assert all(len(line) * 6 < width for line in lines)


def test_no_theorems_are_an_empty_picture() -> None:
    assert boxes(theorem_graph([], UNPROVED)) == []
