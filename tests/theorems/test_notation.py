"""Names in text, LaTeX and MathML: subscripts, and every special character escaped."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backproof.theorems.notation import latex_name, latex_words, mathml_name, mathml_words, text_name, width


@pytest.mark.parametrize(
    ("name", "text", "latex", "mathml"),
    [
        ("W", "W", "W", "<mi>W</mi>"),
        ("γ", "γ", r"\gamma", "<mi>γ</mi>"),
        ("u₁₂", "u₁₂", "u_{12}", "<msub><mi>u</mi><mn>12</mn></msub>"),
        ("q_y", "q_y", "q_{y}", "<msub><mi>q</mi><mi>y</mi></msub>"),
        ("loss", "loss", r"\mathrm{loss}", "<mi>loss</mi>"),
        ("v12", "v12", r"\text{v12}", "<mtext>v12</mtext>"),
        ("u_1", "u_1", r"\text{u\_1}", "<mtext>u_1</mtext>"),
        ("é", "é", r"\text{é}", "<mi>é</mi>"),
        ("LS(l)", "(LS(l))", r"(\text{LS(l)})", "<mrow><mo>(</mo><mtext>LS(l)</mtext><mo>)</mo></mrow>"),
        ("a<b&c", "(a<b&c)", r"(\text{a\textless{}b\&c})", "<mrow><mo>(</mo><mtext>a&lt;b&amp;c</mtext><mo>)</mo></mrow>"),
        ("z₁ + β", "(z₁ + β)", r"(\text{z$_1$ + $\beta$})", "<mrow><mo>(</mo><mtext>z₁ + β</mtext><mo>)</mo></mrow>"),
        ("a\nb", r"(a\nb)", r"(\text{a\textbackslash{}nb})", r"<mrow><mo>(</mo><mtext>a\nb</mtext><mo>)</mo></mrow>"),
    ],
)
def test_a_name_in_three_notations(name: str, text: str, latex: str, mathml: str) -> None:
    assert (text_name(name), latex_name(name), mathml_name(name)) == (text, latex, mathml)


def test_the_special_characters_of_latex_by_hand() -> None:
    assert latex_words(r"\ { } $ % # _ ^ ~ |") == (r"\textbackslash{} \{ \} \$ \% \# \_ \textasciicircum{} \textasciitilde{} \textbar{}")


def test_different_names_look_different() -> None:
    names = ["u1", "u_1", "u₁", "u_i", "ui", "u", "(u)", "γ", "gamma", "x_12", "x₁₂", "a b", "a  b"]
    for notation in (text_name, latex_name, mathml_name):
        assert len({notation(name) for name in names}) == len(names)


@given(st.text(min_size=1))
def test_any_name_gives_well_formed_mathml(name: str) -> None:
    ElementTree.fromstring(f'<a b="{mathml_words(name)}">{mathml_name(name)}</a>')


def test_the_width_leaves_combining_marks_out() -> None:
    assert width("∂o/∂W|^{f̄o}") == 11


@pytest.mark.parametrize("notation", [text_name, latex_name, mathml_name])
def test_an_empty_name_is_refused(notation: object) -> None:
    assert callable(notation)
    with pytest.raises(ValueError, match="must not be empty"):
        notation("")
