"""Derivations as text, LaTeX and MathML, against strings written by hand."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backproof.theorems.derivation import Structure, derivation
from backproof.theorems.printed_derivation import as_latex, as_mathml, as_text, line_as_latex, line_as_text

FOUR = Structure(("u₁", "u₂", "u₃", "u₄"), 2, ((1, 3), (2, 3), (2, 4), (3, 4)))
CHAIN = Structure(("x", "z", "y"), 1, ((1, 2), (2, 3)))
ODD = Structure(("a < b", "50 % & _", "π"), 1, ((1, 2), (2, 3)))
NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"


def tags(mathml: str) -> list[str]:
    return [element.tag.removeprefix(NAMESPACE) for element in ElementTree.fromstring(mathml).iter()]


def test_points_stand_below_the_function() -> None:
    assert as_text(derivation(FOUR, "u₁"), points=True) == (
        "∂u₄/∂u₁|^{f̄u₄}_{u₁, u₂} = ∂u₄/∂u₃|^{fu₄}_{u₂, u₃} × ∂u₃/∂u₁|^{f̄u₃}_{u₁, u₂}\n"
        "                        = ∂u₄/∂u₃|^{fu₄}_{u₂, u₃} × ∂u₃/∂u₁|^{fu₃}_{u₁, u₂}"
    )


def test_reasons_stand_below_their_lines() -> None:
    assert as_text(derivation(CHAIN, "x"), reasons=True).split("\n")[:2] == [
        "∂y/∂x|^{f̄y} = ∂y/∂z|^{fy} × ∂z/∂x|^{f̄z}",
        "    chain rule at y: its only argument that depends on x is z (L2(c))",
    ]


def test_latex_of_the_scalar_chain_rule_by_hand() -> None:
    assert as_latex(derivation(CHAIN, "x"), points=True) == (
        "\\begin{aligned}\n"
        r"\left.\frac{\partial y}{\partial x}\right|^{\bar{f}^{y}}_{x} &= "
        r"\left.\frac{\partial y}{\partial z}\right|^{f^{y}}_{z} \times \left.\frac{\partial z}{\partial x}\right|^{\bar{f}^{z}}_{x} \\"
        "\n"
        r"&= \left.\frac{\partial y}{\partial z}\right|^{f^{y}}_{z} \times \left.\frac{\partial z}{\partial x}\right|^{f^{z}}_{x}"
        "\n\\end{aligned}"
    )


def test_latex_escapes_names_and_reasons() -> None:
    latex = as_latex(derivation(ODD, 1), reasons=True)
    assert r"(\text{50 \% \& \_})" in latex
    assert r"\text{chain rule at $\pi$: its only argument that depends on a \textless{} b is 50 \% \& \_ (L2(c))}" in latex
    assert latex.count("{") == latex.count("}")


def test_mathml_of_one_local_derivative_by_hand() -> None:
    bar = '<mo stretchy="true" form="postfix">|</mo>'
    fraction = "<mfrac><mrow><mi>∂</mi><mi>y</mi></mrow><mrow><mi>∂</mi><mi>x</mi></mrow></mfrac>"
    written = derivation(Structure(("x", "y"), 1, ((1, 2),)), "x")
    opening = '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block" alttext="{}"><mtable columnalign="right center left"><mtr>'
    row = "<mtd>{}</mtd><mtd><mo>=</mo></mtd><mtd><mrow>{}</mrow></mtd></mtr></mtable></math>"
    of_y, of_all = "<msup><mi>f</mi><mi>y</mi></msup>", "<msup><mover><mi>f</mi><mo>¯</mo></mover><mi>y</mi></msup>"
    without, at_x = (
        f"<msup><mrow>{fraction}{bar}</mrow>{{}}</msup>",
        f"<msubsup><mrow>{fraction}{bar}</mrow><mrow><mi>x</mi></mrow>{{}}</msubsup>",
    )
    assert as_mathml(written) == (opening.format("∂y/∂x|^{f̄y} = ∂y/∂x|^{fy}") + row.format(without.format(of_all), without.format(of_y)))
    assert as_mathml(written, points=True) == (
        opening.format("∂y/∂x|^{f̄y}_{x} = ∂y/∂x|^{fy}_{x}") + row.format(at_x.format(of_all), at_x.format(of_y))
    )


def test_mathml_is_well_formed_and_has_a_row_for_each_line() -> None:
    found = tags(as_mathml(derivation(FOUR, "u₂"), reasons=True))
    assert found.count("mtr") == 2
    assert found.count("mfrac") == 1 + 3 + 3
    assert found.count("mover") == 1 + 1
    assert found.count("mtext") == 2
    assert "msubsup" not in found
    assert tags(as_mathml(derivation(FOUR, "u₂"), points=True)).count("msubsup") == 7


def test_mathml_escapes_names_reasons_and_the_alternative_text() -> None:
    root = ElementTree.fromstring(as_mathml(derivation(ODD, 1), reasons=True))
    words = [element.text or "" for element in root.iter(f"{NAMESPACE}mtext")]
    assert "a < b" in words
    assert "50 % & _" in words
    assert (root.get("alttext") or "").startswith("∂π/∂(a < b)|^{f̄π} = ∂π/∂(50 % & _)|^{fπ}")


def test_nothing_to_add_is_0_in_every_notation() -> None:
    written = derivation(Structure(("x", "w", "y"), 2, ((1, 3),)), "w")
    assert line_as_text(written, 0) == line_as_latex(written, 0) == "0"
    assert "<mtd><mrow><mn>0</mn></mrow></mtd>" in as_mathml(written)


@pytest.mark.parametrize("t", [-1, 2])
def test_a_line_that_does_not_exist_is_refused(t: int) -> None:
    with pytest.raises(IndexError, match=f"there is no line {t}; the derivation has lines 0 … 1"):
        line_as_text(derivation(CHAIN, "x"), t)


@settings(max_examples=50)
@given(st.lists(st.text(min_size=1, max_size=8), min_size=3, max_size=3, unique=True))
def test_any_names_give_well_formed_mathml_and_one_text_line_for_each_line(names: list[str]) -> None:
    written = derivation(Structure((names[0], names[1], names[2]), 1, ((1, 2), (1, 3), (2, 3))), 1)
    assert tags(as_mathml(written, points=True, reasons=True)).count("mtr") == 2
    assert len(as_text(written, points=True, reasons=True).splitlines()) == 4
