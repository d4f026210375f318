from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from backproof.reports.html.mathematics import formula
from backproof.theorems.catalogue import THEOREMS, theorem
from backproof.theorems.theorem import Theorem

EVERY = pytest.mark.parametrize("stated", THEOREMS, ids=lambda stated: stated.label)


def test_the_required_theorems_are_there_in_the_order_of_the_lecture() -> None:
    labels = [stated.label for stated in THEOREMS]
    assert labels == [
        "chain-rule",
        "edge-jacobians",
        "log-softmax",
        "matrix-jacobian",
        "derivation",
        "forward-pass",
        "path-sum",
        "backward-pass",
        "leaf-adjoints",
        "linear",
        "unreachable",
        "fan-out",
        "relabelling",
        "subdivision",
        "pairing",
        "counting",
    ]
    assert len(set(labels)) == len(labels)


def test_every_label_that_is_used_exists_and_comes_before() -> None:
    known: list[str] = []
    for stated in THEOREMS:
        assert set(stated.uses) <= set(known), f"{stated.label} uses {stated.uses}, before it come {known}"
        known.append(stated.label)


@EVERY
def test_a_theorem_names_its_place_in_the_lecture_and_its_words(stated: Theorem) -> None:
    assert re.search(r"L\d+", stated.source)
    assert all(re.search(r"L\d+", step.source) for step in stated.steps)
    assert stated.words.endswith(".")
    assert all(step.words.endswith(".") for step in stated.steps)
    assert stated.statement in stated.steps


@EVERY
def test_every_formula_becomes_mathml(stated: Theorem) -> None:
    for latex in (stated.latex, *(step.latex for step in stated.steps)):
        written = formula(latex)
        assert ET.fromstring(written).tag.endswith("math"), latex
        assert "\\" not in re.sub(r'alttext="[^"]*"', "", written), latex


def test_an_unknown_label_is_refused_with_the_known_ones() -> None:
    with pytest.raises(KeyError, match="no theorem is labelled 'theorem-3'; known: chain-rule"):
        theorem("theorem-3")
