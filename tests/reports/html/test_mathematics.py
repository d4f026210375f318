"""Formulas become MathML of known elements, or stay LaTeX: nothing that a results file holds can link, style or run."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backproof.reports.html.mathematics import ATTRIBUTES, ELEMENTS, formula

MATHML = "http://www.w3.org/1998/Math/MathML"
PIECES = [
    *"abx01<>&\"'{}_^\\ ()|+=~%#$",
    r"\frac",
    r"\sum",
    r"\text",
    r"\left(",
    r"\right)",
    r"\href",
    r"\style",
    r"\begin{matrix}",
    "∑",
    "<script>",
]


def root_of(latex: str) -> ET.Element:
    return ET.fromstring(formula(latex))


def elements(latex: str) -> list[str]:
    return [element.tag.rsplit("}", 1)[-1] for element in root_of(latex).iter()]


def test_a_formula_is_mathml_with_its_latex_as_alternative_text() -> None:
    latex = r"p_j = \frac{\partial u_n}{\partial u_j}"
    root = root_of(latex)
    assert root.tag == f"{{{MATHML}}}math"
    assert root.attrib == {"display": "block", "alttext": latex}
    assert {"mfrac", "msub", "mi"} <= set(elements(latex))


@pytest.mark.parametrize("sign", [r"\sum", r"\prod", r"\bigcup"])
def test_what_runs_below_a_large_sign_stands_below_it_and_an_index_stays_an_index(sign: str) -> None:
    assert [name for name in elements(rf"{sign}_{{i}} x_i") if name in ("munder", "msub")] == ["munder", "msub"]


def test_limits_on_both_sides_stand_below_and_above() -> None:
    names = elements(r"\sum_{i=1}^{n} x_1^2")
    assert [name for name in names if name in ("munderover", "msubsup")] == ["munderover", "msubsup"]


def test_a_large_sign_that_is_itself_an_index_stays_one() -> None:
    assert "munder" not in elements(r"x_\sum")


@pytest.mark.parametrize(
    "latex",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\color{red}{x}",
        r"\textcolor{red}{x}",
        r"\class{evil}{x}",
        r"\style{background:url(//x)}{x}",
        r"x + \frac{1}{\href{//x}{y}}",
    ],
)
def test_links_colours_classes_and_styles_are_refused_and_shown_as_code(latex: str) -> None:
    assert formula(latex) == f"<code>{escape(latex)}</code>"


@pytest.mark.parametrize("latex", ["_", "^", r"\sum_", r"\begin{matrix}", "{" * 3000])
def test_latex_that_cannot_be_converted_is_shown_as_it_stands(latex: str) -> None:
    assert formula(latex) == f"<code>{escape(latex)}</code>"


@pytest.mark.parametrize(
    "latex", ["<script>alert(1)</script>", r"\text{<script>alert(1)</script>}", r'\text{"><img src=x onerror=alert(1)>}']
)
def test_markup_in_a_formula_is_text(latex: str) -> None:
    assert "<script" not in formula(latex)
    assert "<img" not in formula(latex)


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_whatever_the_latex_the_result_is_well_formed_and_has_known_elements_and_attributes_only(latex: str) -> None:
    root = root_of(latex)
    if root.tag == "code":
        assert root.text == (latex or None)
        assert not root.attrib
        assert len(list(root)) == 0
        return
    assert {element.tag.removeprefix(f"{{{MATHML}}}") for element in root.iter()} <= ELEMENTS
    assert {name for element in root.iter() if element is not root for name in element.attrib} <= ATTRIBUTES


def test_no_element_or_attribute_that_can_load_run_or_style_is_allowed() -> None:
    assert not ELEMENTS & {"maction", "semantics", "annotation", "annotation-xml", "mglyph", "script", "style", "a", "img"}
    assert not ATTRIBUTES & {"href", "src", "style", "class", "id", "mathcolor", "mathbackground", "actiontype"}
    assert not any(name.startswith("on") for name in ATTRIBUTES)


@pytest.mark.parametrize("latex", ["", "   "])
def test_an_empty_formula_is_harmless(latex: str) -> None:
    assert elements(latex)[0] in ("math", "code")
