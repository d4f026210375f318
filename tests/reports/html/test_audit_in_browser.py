"""The section *Checked again in your browser*, in a real one: it has teeth, and bites nobody.

On real pages nothing differs; where one character that says a number, a sign, an edge or a count is changed, the cell is
named; where the second copy is changed with it, the cell is named by what the others make of it.

These tests need Chromium and the Python package playwright; where one is missing they are skipped by name.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from backproof.reports.html import page as pages
from backproof.reports.html.audit_script import audit_script
from backproof.reports.html.held import with_held
from backproof.verify.campaign.run import CaseCrash, run_suite
from backproof.verify.cases.draws import restricted_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.commands.options import VerifyOptions
from backproof.verify.commands.verify import settings_of
from backproof.verify.results.document import results_document
from backproof.verify.results.tally import Tally
from backproof.verify.selftest.mutants import by_name
from backproof.verify.three_way.routes import Routes

HELD = re.compile(r'<script type="text/plain" id="held">.*?</script>', re.DOTALL)
TEXT = re.compile(r"(?s)<(script|style)\b.*?</\1>|<title>.*?</title>|<[^>]*>|([^<]+)")
FUNCTIONS = frozenset(["add", "multiply", "tanh", "weighted_sum", "exp"])
CHANGED = 8  # numbers that are changed, one after the other, drawn at random; chosen: some seconds of the browser's time


def document_of(routes: Routes) -> dict[str, Any]:
    """A results document of a few small cases."""
    settings, tally = settings_of(VerifyOptions(cases=0)), Tally()
    cases = [*lecture_cases()[:4], *(restricted_case(1, k, FUNCTIONS) for k in range(4))]
    for outcome in run_suite(settings, cases, 1, routes):
        assert not isinstance(outcome, CaseCrash)
        tally.add(outcome.place, outcome.record)
    return results_document(settings, tally, (), False)


@pytest.fixture(scope="module")
def text() -> str:
    """A page of cases that hold."""
    return pages.render_html(document_of(Routes()))


@pytest.fixture(scope="module")
def look(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """`look(text)`: what the audit says of a page: how many cells differ, and the text of the section."""
    folder: Path = tmp_path_factory.mktemp("audited")
    page = browser.new_page()

    def looked(text: str) -> tuple[dict[str, str], str]:
        (folder / "page.html").write_text(text, encoding="utf-8")
        page.goto((folder / "page.html").as_uri())
        page.wait_for_selector("#audit[data-state]", state="attached")
        figures, said = page.evaluate("[{...document.getElementById('audit').dataset}, document.getElementById('audit').textContent]")
        return figures, said

    looked.page, looked.folder = page, folder  # type: ignore[attr-defined]
    return looked


def numbers_of(text: str) -> list[re.Match[str]]:
    """The pieces of text of a page that have a digit."""
    end = text.index('<section id="audit">')
    return [found for found in TEXT.finditer(text, text.index("<main"), end) if found[2] and re.search("[0-9]", found[2])]


def changed(text: str, rng: random.Random, kind: str) -> tuple[str, set[str]]:
    """The page with one digit or sign changed, and the word that stands there then."""
    pieces = [piece for piece in numbers_of(text) if "backproof1:" not in piece[2]]
    while True:
        piece = rng.choice(pieces)
        places = [found.start() for found in re.finditer("[0-9]" if kind == "digit" else r"(?<![0-9.\w-])-?(?=[0-9]+\.[0-9])", piece[2])]
        if places:
            break
    at = rng.choice(places)
    if kind == "digit":
        digit = str((int(piece[2][at]) + rng.randint(1, 9)) % 10)
        new = piece[2][:at] + digit + piece[2][at + 1 :]
    else:
        new = piece[2][:at] + (piece[2][at + 1 :] if piece[2][at] == "-" else "-" + piece[2][at:])
    where = piece.start(2)
    return text[:where] + new + text[where + len(piece[2]) :], set(new.split()) - set(piece[2].split())


def both(text: str) -> str:
    """The page with a second copy of what it says now."""
    return with_held(HELD.sub("", text))


def test_a_page_is_not_blamed_and_most_of_it_is_derived_anew(look: Any, text: str) -> None:
    figures, said = look(text)
    assert (figures["state"], figures["different"]) == ("done", "0"), said
    assert "No number differs" in said
    assert int(figures["derived"]) > 0.5 * int(figures["all"])
    assert int(figures["all"]) == sum(int(figures[key]) for key in ("derived", "left", "given"))


@pytest.mark.parametrize("mutant", ["last consumer only", "wrong sign", "relative error 1e-9"])
def test_a_page_that_tells_of_a_fault_is_not_blamed_for_it(look: Any, mutant: str) -> None:
    document = document_of(by_name(mutant).routes)
    assert document["summary"]["verdict"] != "CORRECT"
    figures, said = look(pages.render_html(document))
    assert (figures["state"], figures["different"]) == ("done", "0"), said


@pytest.mark.parametrize("kind", ["digit", "sign"])
def test_a_digit_or_a_sign_that_is_changed_is_named(look: Any, text: str, kind: str) -> None:
    rng = random.Random(11)
    for _ in range(CHANGED):
        other, words = changed(text, rng, kind)
        figures, said = look(other)
        assert int(figures["different"]) >= 1, words
        assert not words or any(word.strip("[](),;") in said for word in words), (words, said[:2000])


def cells(text: str, role: str, pattern: str) -> Sequence[re.Match[str]]:
    """Where a pattern stands in the tables of a role."""
    tables = [found.span() for found in re.finditer(rf'<table[^>]*data-t="{role}".*?</table>', text, re.DOTALL)]
    return [found for start, end in tables for found in re.compile(pattern).finditer(text, start, end)]


@pytest.mark.parametrize(
    ("role", "pattern"),
    [
        ("vertices", r'(?<=<td class="num">)\d+(?=</td>)'),
        ("edges", r"(?<=→ )\S+?(?=</th>)"),
        ("edges", r'(?<=<td class="num">)\d+(?=</td>)'),
        ("steps", r"(?<=<td>)-?\d+\.\d+(?=</td>)"),
        ("paths", r"(?<=<td>)-?\d+\.\d+(?=</td>)"),
        ("paths", r"\d+(?= paths? from)"),
        ("routes", r"0x1\.[0-9a-f]+(?=p)"),
        ("routes", r'(?<=<td class="num">)\d+\.\d(?=</td>)'),
        ("cases", r'(?<=<td class="num">)\d+(?=</td>)'),
        ("groups", r'(?<=<td class="num">)\d+(?=</td>)'),
        ("claims", r"\d+(?= CORRECT)"),
    ],
)
def test_what_is_changed_in_both_copies_is_named_by_the_others(look: Any, text: str, role: str, pattern: str) -> None:
    """The teeth of the derivations alone: the second copy agrees with what was changed."""
    rng = random.Random(f"{role} {pattern}")
    for found in rng.sample(list(cells(text, role, pattern)), 1):
        old = found[0]
        new = "x9" if "→" in pattern else re.sub(r"\d(?=\D*$)", lambda digit: str((int(digit[0]) + 1) % 10), old, count=1)
        figures, said = look(both(text[: found.start()] + new + text[found.end() :]))
        assert int(figures["different"]) >= 1, (role, old, new)
        assert new in said or old in said, said[:1500]


def test_a_changed_line_to_run_a_case_again_is_named(look: Any, text: str) -> None:
    start = text.index("backproof1:") + 60
    letter = "A" if text[start] != "A" else "B"
    figures, said = look(text[:start] + letter + text[start + 1 :])
    assert int(figures["different"]) >= 1
    assert "check sum" in said or "the id of the case" in said


def test_without_its_second_copy_the_page_says_that_none_was_compared(look: Any, text: str) -> None:
    figures, said = look(HELD.sub("", text))
    assert "no two copies were compared" in said or int(figures["different"]) >= 1
    damaged = HELD.sub('<script type="text/plain" id="held">eJwDAAAAAAE=</script>', text)
    assert int(look(damaged)[0]["different"]) >= 1


def test_the_cell_is_marked_without_colour_alone_and_a_link_leads_to_it(look: Any, text: str) -> None:
    """A hexadecimal digit of a case, changed: the cell has an outline and a sign in words, and the link opens its view."""
    found = cells(text, "routes", r"0x1\.[0-9a-f]+(?=p)")[0]
    digit = "0" if found[0][-1] != "0" else "1"
    other = text[: found.end() - 1] + digit + text[found.end() :]
    figures, said = look(other)
    assert figures["different"] == "1", said
    page = look.page
    assert "≠ 1 place of this page differs" in page.locator("main > p.warning").first.inner_text()
    assert page.locator(".audit-differs").evaluate("(cell) => getComputedStyle(cell).outlineStyle") == "double"
    assert page.locator(".audit-sign").text_content() == " ≠ differs"
    page.locator("#audit .audit-differences a").click()
    assert page.locator(".audit-differs").is_visible()
    assert page.evaluate("document.activeElement.classList.contains('audit-differs')")


def test_a_page_of_one_case_with_the_script_beside_it_checks_itself(look: Any, text: str) -> None:
    """As a folder of pages has it: one case, its own second copy, the script as a file."""
    article = re.search(r'<article class="case".*?</article>', text, re.DOTALL)
    section = re.search(r'<section id="audit">.*?</section>', text, re.DOTALL)
    assert article is not None
    assert section is not None
    policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'self' file:\">"
    body = f'<main id="main">{article[0]}{section[0]}</main><script src="audit.js"></script>'
    page = with_held(f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">{policy}</head><body>{body}</body></html>')
    (look.folder / "audit.js").write_text(audit_script(), encoding="utf-8")
    figures, said = look(page)
    assert (figures["state"], figures["different"]) == ("done", "0"), said
    assert int(figures["derived"]) > 20
    value = cells(page, "routes", r"(?<=<td>)-?\d+\.\d+(?=</td>)")[0]
    changed_page = both(page[: value.start()] + "9" + page[value.start() + 1 :])
    assert int(look(changed_page)[0]["different"]) >= 1


def test_without_javascript_the_section_says_what_would_be_done(text: str) -> None:
    section = text[text.index('<section id="audit">') :]
    assert "backproof report FILE --audit" in section
    assert "<noscript>" in section
    assert "data-live" in section
