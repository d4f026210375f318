"""The report: one self-contained page from a results document, readable without JavaScript and without a network.

`render_html` is a function of the document alone: the same document gives the same bytes. `write_html` writes the page
whole or not at all.

>>> render_html({"format": "backproof-results", "version": 1, "cases": "all"})
Traceback (most recent call last):
    ...
backproof.reports.document.ResultsError: $: 'tool' is a required property
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from backproof.reports.causes import worst_first
from backproof.reports.document import Record, Results, validate
from backproof.reports.html.assets import inside
from backproof.reports.html.detailed import bodies, once, printed
from backproof.reports.html.one_case import case_body, case_view, size, turns
from backproof.reports.html.overview import checks_of, overall, overview
from backproof.reports.html.templates import rendered
from backproof.reports.outputs import write_whole

LARGEST_PAGE = 1_500_000  # bytes of a page of a run; chosen: what opens in half a second
OF_A_RUN = 200  # cases, which `verify` runs if nothing else is asked
A_ROW = 1_800  # bytes more for every further case; measured: its row and its line, so that 1,000 cases take less than 3 MB


def render_html(document: Results) -> str:
    """The page as text. ResultsError if the document does not fit its schema.

    Where not all detailed cases fit (1.5 MB, and 1.8 kB for every case beyond 200), these keep their details: the failures, one
    case of each family, and the 200 with the most ulps, as many as fit; every case keeps its row and its replay line,
    and the page says what was left out.
    """
    results = validate(document)
    cases: list[Record] = results["cases"]
    ordered = once([case for case in worst_first(cases) if case["detail"]])
    causes = results.get("causes")
    largest = LARGEST_PAGE + A_ROW * max(0, len(cases) - OF_A_RUN)
    room = largest - size(_page(results, [], {}, len(ordered)))
    parts = bodies(ordered, room, lambda case: case_body(case, causes))
    while True:
        shown = [case for case in ordered if case["id"] in parts]
        text = _page(results, shown, parts, len(ordered) - len(shown))
        over = size(text) - largest  # links to details take room as well
        if not parts or over <= 0:
            return text
        while parts and over > 0:
            over -= size(parts.popitem()[1])


def write_html(document: Results, path: str | os.PathLike[str]) -> None:
    """Render the page and write it to `path`; OSError if it cannot be written."""
    write_whole(path, render_html(document))


def render_checks(document: Results) -> str:
    """A page of the gradient checks of a test run alone, from its results document. ResultsError if that does not fit
    its schema.

    >>> render_checks({"format": "backproof-results", "version": 1, "gradient_checks": []})
    Traceback (most recent call last):
        ...
    backproof.reports.document.ResultsError: $: 'tool' is a required property
    """
    results = validate(document)
    return rendered(
        "checks.html.jinja",
        **checks_of(results, "All checks"),
        results=results,
        verdict=overall(results),
        sentence=results["summary"]["sentence"],
        linked={},
        files=inside(scripted=False),
    )


def write_checks_html(document: Results, path: str | os.PathLike[str]) -> None:
    """Render the page of checks and write it whole; OSError if it cannot be written."""
    write_whole(path, render_checks(document))


def _page(results: Results, shown: Sequence[Record], drawn: Mapping[str, Any], omitted: int) -> str:
    links = {case["id"]: f"#case-{case['id']}" for case in shown}
    back = {case["id"]: f"#row-{case['id']}" for case in shown}
    on_paper = printed(shown, drawn)
    details = [
        case_view(f"case-{case['id']}", drawn[case["id"]], turn, case["id"] in on_paper)
        for case, turn in zip(shown, turns(shown, links, back), strict=True)
    ]
    return rendered(
        "page.html.jinja",
        **overview(results, links),
        details=details,
        on_paper=len(on_paper),
        failing_on_page=sum(1 for case in shown if case["verdict"] != "CORRECT"),
        omitted=omitted,
        files=inside(formulas=bool(results["theorems"] or results["derivations"])),
        root="",
    )
