"""One case as a page shows it: its body, `case_body(case, causes)`, and its view, the body in a frame with the way to
its neighbours.

>>> case_body({"id": "0123456789ab", "detail": {"table": [], "graph": {"vertices": [], "edges": [{"from": 1, "to": 2}]}}, "name": "x"}, None)
Traceback (most recent call last):
    ...
backproof.reports.document.ResultsError: case 0123456789ab: its detail does not fit together: ...; write the results again
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backproof.reports.causes import cause_of, mark_of
from backproof.reports.document import Record, ResultsError
from backproof.reports.html.graph_svg import graph_svg, omission
from backproof.reports.html.templates import rendered


def case_body(case: Record, causes: Record | None) -> Any:
    """The details of one case; of one without (no pass could run, or an engine gave no adjoints) what is known of it.

    ResultsError if they do not fit together (an edge to nowhere, a number that is none).
    """
    from markupsafe import Markup

    detail = case["detail"]
    anchor = f"case-{case['id']}"
    if detail is None:
        return Markup(rendered("bare_case.html.jinja", case=case, anchor=anchor, linked={}))
    try:
        several = any(row["output"] and row["output"][0] > 0 for row in detail["table"])
        mark = mark_of(case, causes)
        graph = Markup(graph_svg(detail, case["name"], case.get("fault"), mark))
        place = cause_of(case, causes)
        words = None if place is None or causes is None else causes["named"][place]["words"]
        given = {"case": case, "graph": graph, "omission": omission(detail), "several": several, "mark": mark, "cause": words}
        return Markup(rendered("case.html.jinja", **given, anchor=anchor, fault=case.get("fault"), linked={}))
    except (ValueError, IndexError, KeyError) as error:
        raise ResultsError(f"case {case['id']}: its detail does not fit together: {error}; write the results again") from error


def case_view(anchor: str, body: Any, turn: Mapping[str, Any] | None = None) -> Any:
    """The body in its frame, called `anchor`; `turn`: its number, of how many, the cases before and after it, and the way back."""
    from markupsafe import Markup

    return Markup(rendered("view.html.jinja", anchor=anchor, body=body, turn=turn))


def turns(cases: Sequence[Record], links: Mapping[str, str], back: Mapping[str, str]) -> list[Record]:
    """Of each case its place among the others, by their addresses.

    >>> turns([{"id": "a", "name": "x"}, {"id": "b", "name": "y"}], {"a": "#case-a", "b": "#case-b"}, {"a": "#row-a", "b": "#row-b"})[0]["next"]
    {'href': '#case-b', 'name': 'y'}
    """
    named = [None, *({"href": links[case["id"]], "name": case["name"]} for case in cases), None]
    return [
        {"number": k, "of": len(cases), "previous": named[k - 1], "next": named[k + 1], "back": back[case["id"]]}
        for k, case in enumerate(cases, start=1)
    ]
