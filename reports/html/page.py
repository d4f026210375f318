"""The report: one self-contained page from a results document, readable without JavaScript and without a network.

`render_html` is a function of the document alone: the same document gives the same bytes. `write_html` writes the page
whole or not at all.

>>> render_html({"format": "backproof-results", "version": 1, "cases": "all"})
Traceback (most recent call last):
    ...
backproof.reports.document.ResultsError: $: 'tool' is a required property
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from backproof.reports.causes import SHOWN_IN_FULL, failure_groups, headline, mark_of, worst_entry, worst_first
from backproof.reports.document import Record, Results, ResultsError, validate
from backproof.reports.html.assets import inside
from backproof.reports.html.detailed import bodies, once, printed
from backproof.reports.html.one_case import case_body, case_view, size, turns
from backproof.reports.html.plots.of_page import page_plots
from backproof.reports.html.templates import rendered
from backproof.reports.html.theorem_graph import theorem_graph
from backproof.reports.outputs import write_whole
from backproof.reports.text import clip
from backproof.reports.vocabulary import SEVERITY

LARGEST_PAGE = 1_200_000  # bytes of a page without its rows; chosen: with 200 rows 1.5 MB, with 1,000 not 3, which open in a second
FEW_CAUSES = 2  # of which some failures are shown whole; chosen: of more causes one of each, so that twelve screens hold the overview
MOST_CAUSES = 6  # of which one failure is shown whole, where there are more; chosen: the others are rows
SHOWN_UNDECIDED = 3  # inconclusive cases that are shown whole; chosen: as many as failures
A_ROW = 1_500  # bytes more for every case; measured: the row of one without a view is as long, with its replay line


def render_html(document: Results) -> str:
    """The page as text. ResultsError if the document does not fit its schema.

    Where not all detailed cases fit (1.2 MB, and 1.5 kB for every case), these keep their details: the failures, one
    case of each family, and the 200 with the most ulps, as many as fit; every case keeps its row and its replay line,
    and the page says what was left out.
    """
    results = validate(document)
    cases: list[Record] = results["cases"]
    ordered = once([case for case in worst_first(cases) if case["detail"]])
    causes = results.get("causes")
    largest = LARGEST_PAGE + A_ROW * len(cases)
    room = largest - size(_page(results, [], {}, len(ordered)))
    parts = bodies(ordered, room, lambda case: case_body(case, causes))
    while True:
        shown = [case for case in ordered if case["id"] in parts]
        text = _page(results, shown, parts, len(ordered) - len(shown))
        if not parts or size(text) <= largest:
            return text
        parts.popitem()  # links to details take room as well


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
        **_checks(results, "All checks"),
        results=results,
        verdict=_overall(results),
        sentence=results["summary"]["sentence"],
        linked={},
        files=inside(scripted=False),
    )


def write_checks_html(document: Results, path: str | os.PathLike[str]) -> None:
    """Render the page of checks and write it whole; OSError if it cannot be written."""
    write_whole(path, render_checks(document))


def _checks(results: Results, heading: str) -> Record:
    """What templates show of gradient checks: all of them below a heading, the failing ones before it, worst first; and
    the plots of the page.
    """
    checks: list[Record] = results.get("gradient_checks", [])
    failing = [check for check in checks if check["verdict"] != "CORRECT" or check.get("unmet")]
    failing.sort(key=lambda check: SEVERITY.index(check["verdict"]))
    return {"checks": checks, "failing": failing, "heading": heading, **page_plots(results, failing)}


def _page(results: Results, shown: Sequence[Record], drawn: Mapping[str, Any], omitted: int) -> str:
    links = {case["id"]: f"#case-{case['id']}" for case in shown}
    back = {case["id"]: f"#row-{case['id']}" for case in shown}
    on_paper = printed(shown, drawn)
    details = [
        case_view(f"case-{case['id']}", drawn[case["id"]], turn, case["id"] in on_paper)
        for case, turn in zip(shown, turns(shown, links, back), strict=True)
    ]
    not_correct = [case for case in worst_first(results["cases"]) if case["verdict"] != "CORRECT"]
    causes, groups = results.get("causes"), failure_groups(results)
    small = results["smallest"]["case"] if results.get("smallest") else next((group.cases[0] for group in groups), None)
    return rendered(
        "page.html.jinja",
        results=results,
        summary=results["summary"],
        coverage=results["coverage"],
        selftest=results.get("selftest"),
        graded=results.get("graded"),
        verdict=_overall(results),
        has_cases=bool(results["cases"]) or not _checked_otherwise(results),
        claims=[list(rows) for _, rows in itertools.groupby(results["summary"]["claims"], key=lambda row: (row["claim"], row["theorem"]))],
        failed=[case for case in not_correct if case["verdict"] != "INCONCLUSIVE"],
        shown_undecided=SHOWN_UNDECIDED,
        undecided=[case for case in not_correct if case["verdict"] == "INCONCLUSIVE"],
        smallest=_smallest(results, links),
        causes=causes,
        groups=groups,
        in_full=[_in_full(place, len(groups)) for place in range(len(groups))],
        headline=None if causes is None else headline(causes),
        small=small,
        worst=None if small is None else worst_entry(small),
        mark=mark_of(small, causes) if small is not None and small["detail"] else None,
        stated=[f"#theorem-{quote(clip(theorem['label'], 60))}" for theorem in results["theorems"]],
        theorem_graph=_theorem_graph(results["theorems"], results["proofs"]),
        **_checks(results, "Gradient checks"),
        details=details,
        on_paper=len(on_paper),
        failing_on_page=sum(1 for case in shown if case["verdict"] != "CORRECT"),
        linked=links,
        rows=list(zip(results["cases"], _anchors(results, links), strict=True)),
        omitted=omitted,
        files=inside(formulas=bool(results["theorems"] or results["derivations"])),
        root="",
    )


def _smallest(results: Results, links: Mapping[str, str]) -> Any:
    """The failure that was made small, in its frame; None where there is none. A case has one place, and its view is it."""
    if not results.get("smallest"):
        return None
    case = results["smallest"]["case"]
    return case_view(f"{'small' if case['id'] in links else 'case'}-{case['id']}", case_body(case, results.get("causes")))


def _anchors(results: Results, links: Mapping[str, str]) -> list[str]:
    """What every row of the table of cases is called: the way back from its view, or, without one, where links to the
    case lead; empty where that name is taken.
    """
    drawn = results["smallest"]["case"]["id"] if results.get("smallest") else None
    names = [
        "row-" + case["id"] if case["id"] in links else "" if case["id"] == drawn else "case-" + case["id"] for case in results["cases"]
    ]
    first = {name: place for place, name in reversed(list(enumerate(names)))}
    return [name if first[name] == place else "" for place, name in enumerate(names)]


def _in_full(place: int, groups: int) -> int:
    """How many failures of a cause are shown whole, by its place among so many: fewer where there are many causes."""
    return SHOWN_IN_FULL if groups <= FEW_CAUSES else int(place < MOST_CAUSES)


def _overall(results: Results) -> str:
    """The word at the top: an interrupted run, and one without cases, never reads CORRECT."""
    verdict = str(results["summary"]["verdict"])
    if verdict in ("WRONG", "INACCURATE"):
        return verdict
    checked = results["cases"] or _checked_otherwise(results) or results["proofs"]["status"] == "proved"
    if not checked and not results["run"]["interrupted"]:
        return "not checked"
    return "INTERRUPTED" if results["run"]["interrupted"] and verdict == "CORRECT" else verdict


def _checked_otherwise(results: Results) -> bool:
    """Whether there is something to say without a case: wrong engines, graded faults, gradient checks, theorems, derivations."""
    sections = results.get("selftest") or results.get("graded") or results.get("gradient_checks") or results["derivations"]
    return bool(sections or any(theorem["verdict"] for theorem in results["theorems"]))


def _theorem_graph(theorems: Sequence[Record], proofs: Record) -> Any:
    from markupsafe import Markup

    try:
        return Markup(theorem_graph(theorems, proofs))
    except ValueError as error:
        raise ResultsError(f"theorems: {error}; write the results again") from error
