"""A folder of pages in the place of one: an overview, a page for every case, and style and script as files, so that a
policy which allows only files of the same place keeps them.

Links are relative; the folder opens from a disk. The overview takes at most 150 kB and the page of a case 60 kB: rows
go on on further pages, tables of a case are shortened, and what is left out is said.

>>> render_split({"format": "backproof-results", "version": 1})
Traceback (most recent call last):
    ...
backproof.reports.document.ResultsError: $: 'tool' is a required property
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, NamedTuple

from backproof.reports.causes import worst_first
from backproof.reports.document import Record, Results, validate
from backproof.reports.folders import write_folder
from backproof.reports.html.assets import beside, texts
from backproof.reports.html.detailed import once
from backproof.reports.html.one_case import case_body, case_view, size, turns
from backproof.reports.html.overview import overview
from backproof.reports.html.templates import rendered

LARGEST_INDEX = 150_000  # bytes of the overview; chosen: what opens at once over a slow line
LARGEST_CASE = 60_000  # bytes of the page of a case; chosen: likewise
TRIED = ((30_000, 24_000, True), (12_000, 40_000, True), (10_000, 12_000, True), (5_000, 0, True), (3_000, 0, False))
"""What the page of a case may have, tried until it fits: bytes of tables, of its picture, whether its line stands there."""
FAILURE_ROWS = (10**6, 60, 20, 5, 0)  # failures of a cause that are rows of the overview, tried until it fits; chosen
ROWS_A_PAGE = 250  # of the table of cases on further pages; chosen: as many as take about 150 kB
INDEX = "index.html"


class Section(NamedTuple):
    """A page for a part of the overview: the key by which it is there, file, word, what it shows, templates."""

    key: str
    href: str
    word: str
    about: str
    templates: tuple[str, ...]


SECTIONS = (
    Section("selftest", "selftest.html", "Wrong engines", "which check catches which fault", ("selftest.html.jinja",)),
    Section("graded", "graded.html", "Graded faults", "faults near the bounds", ("graded.html.jinja",)),
    Section("checks", "checks.html", "Gradient checks", "checks of code, the failing ones in words", ("gradient_checks.html.jinja",)),
    Section("stated", "theorems.html", "Theorems", "every theorem with its steps", ("theorem_views.html.jinja",)),
    Section("derived", "derivations.html", "Derivations", "from the global derivative to local ones", ("derivation_views.html.jinja",)),
    Section("coverage", "coverage.html", "Coverage", "what the random graphs reached", ("coverage.html.jinja",)),
    Section("glossary", "help.html", "Help", "the words and measures of these pages", ("help.html.jinja",)),
)


def render_split(document: Results) -> dict[str, str]:
    """The pages, by their names below the folder. ResultsError if the document does not fit its schema."""
    results = validate(document)
    cases = once([*worst_first(results["cases"]), *([results["smallest"]["case"]] if results.get("smallest") else [])])
    links = {case["id"]: f"cases/{case['id']}.html" for case in cases}
    given = overview(results, links, "theorems.html", "derivations.html")
    pages = [section for section in SECTIONS if section.key == "glossary" or given[section.key]]
    contents = [{"href": INDEX, "word": "Overview"}, *({"href": page.href, "word": page.word} for page in pages)]
    given |= {"contents": contents, "pages": pages, "files": beside(), "home": INDEX, "root": ""}
    index, rows = _index(given)
    found = {INDEX: index}
    parts = [given["rows"][k : k + ROWS_A_PAGE] for k in range(rows, len(given["rows"]), ROWS_A_PAGE)]
    row_pages = {anchor: INDEX for _, anchor in given["rows"][:rows]}
    for number, part in enumerate(parts, start=2):
        name, after = f"cases-{number}.html", f"cases-{number + 1}.html" if number < len(parts) + 1 else ""
        row_pages |= {anchor: name for _, anchor in part}
        found[name] = _page(
            given,
            name,
            f"Cases, page {number}",
            ("case_rows.html.jinja",),
            rows=part,
            more=after,
            before=INDEX if number == 2 else f"cases-{number - 1}.html",
        )
    for page in pages:
        found[page.href] = _page(given, page.href, page.word, page.templates)
    back = {
        case["id"]: f"../{row_pages[row]}#{row}" if (row := f"row-{case['id']}") in row_pages else f"../{INDEX}#smallest" for case in cases
    }
    inner = {name: f"../{href}" for name, href in links.items()}
    for case, turn in zip(cases, turns(cases, inner, back), strict=True):
        found[links[case["id"]]] = _case_page(given, case, turn)
    return {**found, **texts()}


def write_split(document: Results, path: str | os.PathLike[str]) -> None:
    """Render the pages and write them into the folder `path`, whole or not at all; OSError if it cannot be written, or
    holds something else.
    """
    write_folder(path, render_split(document))


def _page(given: Record, here: str, title: str, sections: Sequence[str], **more: Any) -> str:
    return rendered("split_page.html.jinja", **{**given, "here": here, "title": title, "sections": sections, **more})


def _index(given: Record) -> tuple[str, int]:
    """The overview, and how many rows of the table of cases stand on it: as many as fit."""
    sections = ["verdict.html.jinja"]
    sections += ["smallest.html.jinja"] * bool(given["smallest"]) + ["failures.html.jinja"] * bool(given["failed"])
    sections += ["undecided.html.jinja"] * bool(given["undecided"]) + ["claims.html.jinja"]
    sections += ["theorems.html.jinja"] * bool(given["stated"]) + ["derivations.html.jinja"] * bool(given["derived"])
    sections += ["cases.html.jinja"] * given["has_cases"] + ["elsewhere.html.jinja"]

    def drawn(rows: int, failures: int) -> str:
        more = "cases-2.html" if rows < len(given["rows"]) else ""
        kept = {"rows": given["rows"][:rows], "most_rows": failures, "more": more}
        return _page(given, INDEX, "Overview", sections, **kept)

    failures = next((most for most in FAILURE_ROWS if size(drawn(0, most)) <= 2 * LARGEST_INDEX // 3), FAILURE_ROWS[-1])
    rows = len(given["rows"])
    while size(text := drawn(rows, failures)) > LARGEST_INDEX and rows:
        rows = rows * 9 * LARGEST_INDEX // (10 * size(text))
    return text, rows


def _case_page(given: Record, case: Record, turn: Record) -> str:
    text = ""
    for room, drawn_room, with_line in TRIED:
        shown = case if with_line else {**case, "replay": ""}
        body = case_body(shown, given["causes"], room, drawn_room)
        view = case_view(f"case-{case['id']}", body, turn)
        left = 0 if with_line else len(case["replay"])
        text = _page(given, "", case["name"], ("case_page.html.jinja",), view=view, line_left_out=left, root="../")
        if size(text) <= LARGEST_CASE:
            break
    return text
