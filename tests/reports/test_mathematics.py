from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from backproof.reports.mathematics import ELEMENTS, formula


def elements(latex: str) -> list[str]:
    return [element.tag.rsplit("}", 1)[-1] for element in ET.fromstring(formula(latex)).iter()]


def test_a_formula_is_mathml_with_its_latex_as_alternative_text() -> None:
    root = ET.fromstring(formula(r"p_j = \frac{\partial u_n}{\partial u_j}"))
    assert root.get("display") == "block"
    assert root.get("alttext") == r"p_j = \frac{\partial u_n}{\partial u_j}"
    assert {"mfrac", "msub", "mi"} <= {element.tag.rsplit("}", 1)[-1] for element in root.iter()}


@pytest.mark.parametrize("sign", [r"\sum", r"\prod", r"\bigcup"])
def test_what_runs_below_a_large_sign_stands_below_it(sign: str) -> None:
    assert "munder" in elements(rf"{sign}_{{i}} x_i")
    assert "msub" in elements(rf"{sign}_{{i}} x_i"), "x_i stays a subscript"


def test_limits_on_both_sides_stand_below_and_above() -> None:
    assert "munderover" in elements(r"\sum_{i=1}^{n} x")


@pytest.mark.parametrize(
    "latex",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\color{red}{x}",
        r"\class{evil}{x}",
        r"\style{background:url(//x)}{x}",
        r"\frac{1",
        r"<script>alert(1)</script>",
    ],
)
def test_links_styles_and_broken_formulas_never_become_elements(latex: str) -> None:
    written = formula(latex)
    root = ET.fromstring(written)
    names = {element.tag.rsplit("}", 1)[-1] for element in root.iter()}
    assert names <= ELEMENTS or names == {"code"}
    assert not {name for element in root.iter() for name in element.attrib} & {"href", "style", "class", "onclick", "mathcolor"}


def test_markup_in_a_formula_is_text() -> None:
    assert "<script" not in formula(r"\text{<script>alert(1)</script>}")


@pytest.mark.parametrize("latex", ["", "   "])
def test_an_empty_formula_is_harmless(latex: str) -> None:
    ET.fromstring(formula(latex))
