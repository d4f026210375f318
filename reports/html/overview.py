"""What the overview shows of a document, before any template: its sections, addresses and names, as plain values.

>>> overview({"cases": []}, {})
Traceback (most recent call last):
    ...
KeyError: 'summary'
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from backproof.reports.causes import SHOWN_IN_FULL, failure_groups, headline, mark_of, worst_entry, worst_first
from backproof.reports.document import Record, Results, ResultsError
from backproof.reports.html.one_case import case_body, case_view
from backproof.reports.html.theorem_graph import theorem_graph
from backproof.reports.text import clip
from backproof.reports.vocabulary import BIN_EDGES, SEVERITY

FEW_CAUSES = 2  # of which some failures are shown whole; chosen: of more causes one of each, so that twelve screens hold the overview
MOST_CAUSES = 6  # of which one failure is shown whole, where there are more; chosen: the others are rows
SHOWN_UNDECIDED = 3  # inconclusive cases that are shown whole; chosen: as many as failures
SMALL_ROOM = 8_000  # bytes of the tables of the failure that was made small; chosen: three screens, its view has the rest


def overview(results: Results, links: Mapping[str, str], theorems: str = "", derivations: str = "") -> Record:
    """The values of the templates of the overview. `links`: the addresses of the views of cases, by id; `theorems` and
    `derivations`: the pages on which their views stand, empty where that is the same one.
    """
    not_correct = [case for case in worst_first(results["cases"]) if case["verdict"] != "CORRECT"]
    causes, groups = results.get("causes"), failure_groups(results)
    small = results["smallest"]["case"] if results.get("smallest") else next((group.cases[0] for group in groups), None)
    return dict(
        results=results,
        summary=results["summary"],
        coverage=results["coverage"],
        selftest=results.get("selftest"),
        graded=results.get("graded"),
        verdict=overall(results),
        has_cases=bool(results["cases"]) or not _checked_otherwise(results),
        claims=[list(rows) for _, rows in itertools.groupby(results["summary"]["claims"], key=lambda row: (row["claim"], row["theorem"]))],
        histograms=[
            {"system": row["system"], "bins": row["bins"], "largest": max(1, *row["bins"])}
            for row in results["summary"]["claims"]
            if row["bins"]
        ],
        bin_edges=BIN_EDGES,
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
        stated=[f"{theorems}#theorem-{quote(clip(theorem['label'], 60))}" for theorem in results["theorems"]],
        derived=[f"{derivations}#derivation-{place}" for place, _ in enumerate(results["derivations"], start=1)],
        theorem_graph=_theorem_graph(results["theorems"], results["proofs"]),
        **checks_of(results, "Gradient checks"),
        linked=links,
        home="",
        most_rows=10**6,
        more="",
        rows=list(zip(results["cases"], _anchors(results, links), strict=True)),
    )


def _smallest(results: Results, links: Mapping[str, str]) -> Any:
    """The failure that was made small, in its frame; None where there is none. A case has one place, and its view is it."""
    if not results.get("smallest"):
        return None
    case = results["smallest"]["case"]
    return case_view(f"{'small' if case['id'] in links else 'case'}-{case['id']}", case_body(case, results.get("causes"), SMALL_ROOM))


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


def checks_of(results: Results, heading: str) -> Record:
    """What templates show of gradient checks: all of them below a heading, the failing ones before it, worst first."""
    checks: list[Record] = results.get("gradient_checks", [])
    failing = [check for check in checks if check["verdict"] != "CORRECT" or check.get("unmet")]
    return {"checks": checks, "failing": sorted(failing, key=lambda check: SEVERITY.index(check["verdict"])), "heading": heading}


def overall(results: Results) -> str:
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
