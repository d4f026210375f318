"""Markdown: what does not pass comes first, foreign text stays text, and a summary never takes more than it may."""

from __future__ import annotations

import re
from typing import Any

import pytest

from backproof.reports.formats.markdown import cell, markdown

Record = dict[str, Any]


def test_the_failures_come_before_what_holds(everything: Record) -> None:
    text = markdown(everything)
    assert text.startswith("## backproof: WRONG\n")
    assert text.index("### What does not pass: 9") < text.index("### What was compared") < text.index("### Not checked")


def test_the_cause_of_all_failures_stands_above_them(everything: Record) -> None:
    text = markdown({**everything, "causes": {"sentence": "It sets where it should add."}})
    assert "### What does not pass: 9\n\nIt sets where it should add.\n\n| verdict |" in text


def test_a_run_that_holds_names_no_failure(holding: Record) -> None:
    assert "does not pass" not in markdown(holding)
    assert markdown(holding).startswith("## backproof: CORRECT\n")


def test_rows_of_a_table_have_the_cells_of_its_head(everything: Record) -> None:
    rows = [line for line in markdown(everything).splitlines() if line.startswith("| WRONG ")]
    assert len(rows) >= 5
    for row in rows:
        assert len(re.findall(r"(?<!\\)\|", row)) == 4


def test_foreign_text_is_neither_markup_nor_a_fence(everything: Record) -> None:
    text = markdown(everything)
    assert "<img" not in re.sub(r"(?s)```.*?```", "", text.replace("\\<", ""))
    assert "````text\nlayer is WRONG: with `ticks` ```and a fence```" in text


def test_what_does_not_fit_is_cut_with_a_count(everything: Record) -> None:
    whole = markdown(everything)
    cut = markdown(everything, 2000)
    assert len(cut.encode("utf-8")) <= 2000
    assert re.search(r"Cut at 2,000 bytes: \d+ of \d+ rows and paragraphs were left out", cut)
    assert whole.startswith(cut[:500])


@pytest.mark.parametrize("text", ["[a](b)", "a|b", "<b>", "`x`", "@team", "#12", "$x$", "a*b_c~"])
def test_every_letter_that_means_something_is_escaped(text: str) -> None:
    assert re.sub(r"\\(.)", r"\1", cell(text)) == text
    assert not re.search(r"(?<!\\)[\[\]<>`|@#$*_~]", cell(text))
