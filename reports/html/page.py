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

from backproof.reports.causes import SHOWN_IN_FULL, failure_groups, headline, mark_of, worst_entry, worst_first
from backproof.reports.changes import Changes
from backproof.reports.document import Record, Results, ResultsError, validate
from backproof.reports.html.assets import inside
from backproof.reports.html.detailed import bodies, once, size
from backproof.reports.html.one_case import case_body, case_view, turns
from backproof.reports.html.templates import rendered
from backproof.reports.html.theorem_graph import theorem_graph
from backproof.reports.outputs import write_whole
from backproof.reports.vocabulary import BIN_EDGES, SEVERITY

LARGEST_PAGE = 10 * 10**6  # bytes; chosen: what a browser opens at once


def render_html(document: Results, changes: Changes | None = None) -> str:
    """The page as text, with its `changes` against a baseline. ResultsError if the document does not fit its schema.

    Above 1,500 detailed cases or 10 MB, only these keep their details: the failures, one case of each family, and the
    200 with the most ulps, as many as fit; every case keeps its row and its replay line, and the page says what was
    left out.
    """
    results = validate(document)
    cases: list[Record] = results["cases"]
    ordered = once([case for case in worst_first(cases) if case["detail"]])
    causes = results.get("causes")
    room = LARGEST_PAGE - size(_page(results, [], {}, len(ordered), changes))
    parts = bodies(ordered, room, lambda case: case_body(case, causes))
    while True:
        shown = [case for case in ordered if case["id"] in parts]
        text = _page(results, shown, parts, len(ordered) - len(shown), changes)
        if not parts or size(text) <= LARGEST_PAGE:
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
    """What templates show of gradient checks: all of them below a heading, the failing ones before it, worst first."""
    checks: list[Record] = results.get("gradient_checks", [])
    failing = [check for check in checks if check["verdict"] != "CORRECT" or check.get("unmet")]
    return {"checks": checks, "failing": sorted(failing, key=lambda check: SEVERITY.index(check["verdict"])), "heading": heading}


def _page(results: Results, shown: Sequence[Record], drawn: Mapping[str, Any], omitted: int, changes: Changes | None) -> str:
    links = {case["id"]: f"#case-{case['id']}" for case in shown}
    back = {case["id"]: f"#row-{case['id']}" for case in shown}
    details = [
        case_view(f"case-{case['id']}", drawn[case["id"]], turn) for case, turn in zip(shown, turns(shown, links, back), strict=True)
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
        histograms=[
            {"system": row["system"], "bins": row["bins"], "largest": max(1, *row["bins"])}
            for row in results["summary"]["claims"]
            if row["bins"]
        ],
        bin_edges=BIN_EDGES,
        failed=[case for case in not_correct if case["verdict"] != "INCONCLUSIVE"],
        undecided=[case for case in not_correct if case["verdict"] == "INCONCLUSIVE"],
        smallest=_smallest(results, links),
        causes=causes,
        groups=groups,
        shown_in_full=SHOWN_IN_FULL,
        headline=None if causes is None else headline(causes),
        small=small,
        worst=None if small is None else worst_entry(small),
        mark=mark_of(small, causes) if small is not None and small["detail"] else None,
        theorem_graph=_theorem_graph(results["theorems"], results["proofs"]),
        **_checks(results, "Gradient checks"),
        details=details,
        linked=links,
        rows=list(zip(results["cases"], _anchors(results, links), strict=True)),
        omitted=omitted,
        changes=changes,
        files=inside(),
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
