"""Words in LaTeX: nothing acts that comes from outside, and every sign of ours has one."""

from __future__ import annotations

import pytest

from backproof.reports.latex.words import breakable, matrix, number, words
from backproof.theorems.catalogue import THEOREMS
from backproof.verify.verdicts import Evidence


def test_every_word_of_the_theorems_and_of_the_evidence_has_its_signs() -> None:
    said = [text for one in THEOREMS for text in (one.name, one.words, *(step.words + step.name for step in one.steps))]
    said += [f"{given.name} {given.words}" for one in THEOREMS for given in one.hypotheses]
    for text in (*said, *(evidence.value for evidence in Evidence)):
        assert "[U+" not in words(text), text
        assert words(text).isascii()


@pytest.mark.parametrize("command", [r"\input{/etc/passwd}", r"\write18{id}", "$x$", "%", "^^5cinput", "a & b # c ~ d_e"])
def test_commands_in_names_are_text(command: str) -> None:
    shown = words(command)
    assert "\\input{" not in shown
    assert "\\write18" not in shown
    for sign in "$%&#~^":
        assert shown.replace(f"\\{sign}", "").count(sign) in (0, 2 * (sign == "$" and "d_e" in command)), (sign, shown)


def test_subscripts_accents_and_numbers() -> None:
    assert words("D_{j→i} and p_n, not my_name") == r"$D_{j \to i}$ and $p_{n}$, not my\_name"
    assert words("f̄ caf\u00e9") == r"\={f} caf\'{e}"
    assert number("1/3") == "$1/3$"
    assert matrix([["1.0", "2e-3"], ["nan", "-1"]]) == r"$\begin{pmatrix} 1.0 & 2 \cdot 10^{-3} \\ \text{nan} & -1 \end{pmatrix}$"
    assert matrix({"omitted": "4 × 64 numbers"}) == r"(4 $\times$ 64 numbers)"
    assert breakable("A.b") == r"A.\allowbreak{}b"
