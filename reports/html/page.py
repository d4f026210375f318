"""The report: one self-contained page from a results document, readable without JavaScript and without a network.

`render_html` is a function of the document alone: the same document gives the same bytes. `write_html` writes the page
whole or not at all.

>>> render_html({"format": "backproof-results", "version": 1, "cases": "all"})
Traceback (most recent call last):
    ...
backproof.reports.document.ResultsError: $: 'tool' is a required property
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from backproof.reports.causes import (
    SHOWN_IN_FULL,
    cause_of,
    digits_before_the_point,
    failure_groups,
    headline,
    mark_of,
    marked,
    pad,
    sides,
    widest,
    worst_entry,
    worst_first,
)
from backproof.reports.document import Record, Results, ResultsError, validate
from backproof.reports.glossary import EVIDENCE, MEASURES, VERDICTS
from backproof.reports.html.audit_script import audit_script
from backproof.reports.html.graph_svg import graph_svg, omission
from backproof.reports.html.held import SHARE, with_held
from backproof.reports.html.mathematics import formula
from backproof.reports.html.theorem_graph import theorem_graph
from backproof.reports.outputs import write_whole
from backproof.reports.text import (
    clip,
    comparison,
    entry_name,
    grouped,
    inert,
    looked_words,
    magnitude,
    matrix_text,
    not_run_words,
    path_names,
    replay_command,
    route_words,
    short,
    short_replay,
    with_subscripts,
)
from backproof.reports.vocabulary import BIN_EDGES, SEVERITY

MOST_DETAILED = 1500  # cases drawn in full; chosen: a thousand of them stay within eight megabytes
LARGEST_PAGE = 10 * 10**6  # bytes; chosen: what a browser opens at once
KEPT_BY_ULPS = 200  # of the cases that are CORRECT, those with the largest errors, if not all fit; chosen


def render_html(document: Results) -> str:
    """The page as text. ResultsError if the document does not fit its schema.

    Above 1,500 detailed cases or 10 MB, only these keep their details: the failures, one case of each family, and the
    200 with the most ulps, as many as fit; every case keeps its row and its replay line, and the page says what was
    left out.
    """
    results = validate(document)
    cases: list[Record] = results["cases"]
    ordered = _once([case for case in worst_first(cases) if case["detail"]])
    causes = results.get("causes")
    room = int((LARGEST_PAGE - _size([_page(results, [], [], len(ordered))])) * (1 - SHARE))
    parts = _fitting(ordered, room, {}, causes) if len(ordered) <= MOST_DETAILED else {}
    if len(parts) < len(ordered):
        parts = _fitting(_most_telling(ordered), room, parts, causes)
    while True:
        shown = [case for case in ordered if case["id"] in parts]
        text = _page(results, shown, [parts[case["id"]] for case in shown], len(ordered) - len(shown))
        if not parts or _size([text]) <= LARGEST_PAGE:
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
    results, style = validate(document), asset("report.css")
    page = rendered(
        "checks.html.jinja",
        **_checks(results, "All checks"),
        results=results,
        verdict=_overall(results),
        sentence=results["summary"]["sentence"],
        linked=(),
        style=style,
        style_hash=_hash(style),
    )
    return with_held(page)


def write_checks_html(document: Results, path: str | os.PathLike[str]) -> None:
    """Render the page of checks and write it whole; OSError if it cannot be written."""
    write_whole(path, render_checks(document))


def _checks(results: Results, heading: str) -> Record:
    """What templates show of gradient checks: all of them below a heading, the failing ones before it, worst first."""
    checks: list[Record] = results.get("gradient_checks", [])
    failing = [check for check in checks if check["verdict"] != "CORRECT" or check.get("unmet")]
    return {"checks": checks, "failing": sorted(failing, key=lambda check: SEVERITY.index(check["verdict"])), "heading": heading}


def _once(cases: Iterable[Record]) -> list[Record]:
    """Each case once: the same id is the same case, and a page has one place for it."""
    return list({case["id"]: case for case in reversed(list(cases))}.values())[::-1]


def _most_telling(detailed: Sequence[Record]) -> list[Record]:
    """The failures, worst first, then one case of each family, then the 200 with the most ulps."""
    failing = [case for case in detailed if case["verdict"] != "CORRECT"]
    families = {(case["group"], case["family"]): case for case in reversed(detailed)}
    by_ulps = sorted(detailed, key=lambda case: -int(case["ulps"] or 0))[:KEPT_BY_ULPS]
    return _once([*failing, *reversed(families.values()), *by_ulps])[:MOST_DETAILED]


def _fitting(cases: Iterable[Record], room: int, drawn: Mapping[str, str], causes: Record | None) -> dict[str, str]:
    """The details of the first cases that fit into so many bytes; `drawn` holds those that exist already."""
    parts: dict[str, str] = {}
    for case in cases:
        text = drawn.get(case["id"]) or _case(case, causes)
        room -= _size([text])
        if room < 0:
            break
        parts[case["id"]] = text
    return parts


def _size(texts: Iterable[str]) -> int:
    return sum(len(text.encode("utf-8")) for text in texts)


def _case(case: Record, causes: Record | None) -> str:
    """The details of one case; of one without (no pass could run, or an engine gave no adjoints) what is known of it.

    ResultsError if they do not fit together (an edge to nowhere, a number that is none).
    """
    from markupsafe import Markup

    detail = case["detail"]
    if detail is None:
        return Markup(rendered("bare_case.html.jinja", case=case, linked=()))
    several = any(row["output"] and row["output"][0] > 0 for row in detail["table"])
    try:
        mark = mark_of(case, causes)
        graph = Markup(graph_svg(detail, case["name"], case.get("fault"), mark))
        place = cause_of(case, causes)
        words = None if place is None or causes is None else causes["named"][place]["words"]
        given = {"case": case, "graph": graph, "omission": omission(detail), "several": several, "mark": mark, "cause": words}
        return Markup(rendered("case.html.jinja", **given, fault=case.get("fault"), linked=()))
    except (ValueError, IndexError, KeyError) as error:
        raise ResultsError(f"case {case['id']}: its detail does not fit together: {error}; write the results again") from error


def _page(results: Results, shown: Sequence[Record], details: Sequence[str], omitted: int) -> str:
    style, script = asset("report.css"), asset("report.js")
    not_correct = [case for case in worst_first(results["cases"]) if case["verdict"] != "CORRECT"]
    causes, groups = results.get("causes"), failure_groups(results)
    small = results["smallest"]["case"] if results.get("smallest") else next((group.cases[0] for group in groups), None)
    page = rendered(
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
        smallest=_case(results["smallest"]["case"], causes) if results.get("smallest") else None,
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
        linked={case["id"] for case in shown},
        omitted=omitted,
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        audit=audit_script(),
        audit_hash=_hash(audit_script()),
    )
    return with_held(page)


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


def rendered(template: str, **given: Any) -> str:
    """A template of this folder, filled; what comes from the results is inert in it."""
    return _templates().get_template(template).render(**given)


@cache
def _templates() -> Any:
    import jinja2

    environment: Any = jinja2.Environment(
        loader=jinja2.FunctionLoader(asset),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finished,
    )
    environment.filters.update(
        clip=clip, comparison=comparison, entry=entry_name, grouped=grouped, magnitude=magnitude, matrix=matrix_text, path=path_names
    )
    environment.filters.update(not_run_words=not_run_words, replay=replay_command, route_words=route_words, short=short)
    environment.filters.update(subscripts=with_subscripts, looked=looked_words)
    environment.globals["glossary"] = {"verdicts": (*VERDICTS, EVIDENCE[-1]), "evidence": EVIDENCE[:-1], "measures": MEASURES}
    environment.filters.update(
        worst_entry=worst_entry, sides=sides, short_replay=short_replay, marked_beside=marked, pad=pad, widest=widest
    )
    environment.filters["digits_before_the_point"] = digits_before_the_point
    environment.globals["formula"] = _formula
    return environment


def _finished(value: Any) -> Any:
    """Every string from the results is made inert on its way into the page; markup made here passes."""
    return inert(value) if type(value) is str else value


def _formula(latex: str) -> Any:
    from markupsafe import Markup

    return Markup(formula(inert(latex)))


def _theorem_graph(theorems: Sequence[Record], proofs: Record) -> Any:
    from markupsafe import Markup

    try:
        return Markup(theorem_graph(theorems, proofs))
    except ValueError as error:
        raise ResultsError(f"theorems: {error}; write the results again") from error


@cache
def asset(name: str) -> str:
    """The text of a template, a style sheet or a script of this folder."""
    return files("backproof.reports.html").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
