"""A page is read back figure by figure: right pages are believed, and one figure more, wherever it stands, is not."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest

from backproof.reports import render_html
from backproof.reports.html.reading import numbers, page_disagreements
from backproof.verify.commands.words_on_trial import DOCUMENTS


@cache
def written(name: str) -> tuple[str, Any]:
    document = dict(DOCUMENTS)[name]()
    return render_html(document), document


@pytest.mark.parametrize("name", [name for name, _ in DOCUMENTS])
def test_a_right_page_is_believed(name: str) -> None:
    assert page_disagreements(*written(name)) == []


FIGURES = (
    ("a run that does not", r"<dd>([0-9]+)</dd>"),
    ("a run that does not", r'<p id="told">([0-9]+) of'),
    ("a run that does not", r"<h1[^>]*>[^<]* explains ([0-9]+) of"),
    ("a run that does not", r"<h1[^>]*>[^<]* of ([0-9]+) failure"),
    ("a run that does not", r'<h3 class="cause">[^<]*: ([0-9]+) failure'),
    ("an engine with two faults", r"<h1[^>]*>Two causes of ([0-9]+) failures"),
    ("an engine with two faults", r"<strong>([0-9]+)</strong></li>"),
    ("a run that does not", r"Of ([0-9]+) planned comparisons"),
    ("a run that does not", r"planned comparisons ([0-9]+) were"),
    ("a run that does not", r"<li>([0-9]+) not judged"),
    ("a run that does not", r"<td>[^<]*on ([0-9]+) case"),
    ("a run that does not", r'<span class="wrong">([0-9]+) WRONG</span>'),
    ("a run that holds", r'<td class="num">([0-9]+)</td></tr>\n</tbody>'),
    ("a run that holds", r"up to ([0-9]+) vertices:"),
    ("a run that holds", r"vertices: ([0-9]+) graphs"),
    ("a run that holds", r"Evidence: [^<]*on ([0-9]+) case"),
    ("a run that holds", r"<li>free: [^<]*, ([0-9]+) equations"),
    ("a run that holds", r"<li>rational: exact on ([0-9]+) case"),
    ("checks of code", r"certified on ([0-9]+) point"),
    ("checks of code", r"<h1>Of ([0-9]+) gradient"),
)


@pytest.mark.parametrize(("name", "pattern"), FIGURES)
def test_a_figure_that_is_one_more_is_seen(name: str, pattern: str) -> None:
    page, document = written(name)
    match = re.search(pattern, page)
    assert match is not None
    assert page_disagreements(f"{page[: match.start(1)]}{int(match[1]) + 1}{page[match.end(1) :]}", document)


def test_a_row_that_is_missing_and_a_green_badge_are_seen() -> None:
    page, document = written("a run that does not")
    assert page_disagreements(
        re.sub(r"<tr><td>mpmath[^<]*</td>.*?</tr>|<tr><td>ball</td>.*?</tr>", "", page, count=1, flags=re.DOTALL), document
    )
    green = page.replace('<span class="badge wrong">WRONG</span>', '<span class="badge correct">CORRECT</span>', 1)
    assert page_disagreements(green, document) == ["the page says CORRECT, the document WRONG"]


def test_numbers_in_words() -> None:
    assert numbers("1,105 graphs of n = 5; 0.25 of float64") == [1105, 5]
