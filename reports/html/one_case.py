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
from backproof.reports.html.shortened import LEVELS, shortened
from backproof.reports.html.templates import rendered

ROOM = 16_000  # bytes of the tables of a case in a page of many; chosen: twenty screens are not read, and two hundred cases fit


def size(text: str) -> int:
    """Bytes of a text in a file."""
    return len(text.encode("utf-8"))


def case_body(case: Record, causes: Record | None, room: int = ROOM, drawn_room: int | None = None) -> Any:
    """The details of one case, its tables shortened until they take at most `room` bytes; of one without (no pass could
    run, or an engine gave no adjoints) what is known of it.

    `drawn_room`: the most bytes of the picture, which is left out and said to be if it takes more; None for any.
    ResultsError if they do not fit together (an edge to nowhere, a number that is none).
    """
    from markupsafe import Markup

    anchor = f"case-{case['id']}"
    if case["detail"] is None:
        return Markup(rendered("bare_case.html.jinja", case=case, anchor=anchor, linked={}))
    try:
        return Markup(_fitting(case, causes, anchor, room, drawn_room))
    except (ValueError, IndexError, KeyError) as error:
        raise ResultsError(f"case {case['id']}: its detail does not fit together: {error}; write the results again") from error


def _fitting(case: Record, causes: Record | None, anchor: str, room: int, drawn_room: int | None) -> str:
    from markupsafe import Markup

    detail, mark, place = case["detail"], mark_of(case, causes), cause_of(case, causes)
    graph = Markup(graph_svg(detail, case["name"], case.get("fault"), mark))
    if drawn_room is not None and size(graph) > drawn_room:
        graph = Markup("")
    given = {
        "graph": graph,
        "omission": omission(detail) if graph else "",
        "several": any(row["output"] and row["output"][0] > 0 for row in detail["table"]),
        "mark": mark,
        "cause": None if place is None or causes is None else causes["named"][place]["words"],
        "fault": case.get("fault"),
    }
    text = ""
    for most in LEVELS:
        short, left = shortened(detail, most)
        text = rendered("case.html.jinja", **given, case={**case, "detail": short}, left=left, anchor=anchor, linked={})
        if size(text) - size(graph) <= room:
            break
    return text


def case_view(anchor: str, body: Any, turn: Mapping[str, Any] | None = None, printed: bool = False) -> Any:
    """The body in its frame, called `anchor`; `turn`: its number, of how many, the cases before and after it, and the way back;
    `printed`: whether a printed overview has it with it.
    """
    from markupsafe import Markup

    return Markup(rendered("view.html.jinja", anchor=anchor, body=body, turn=turn, printed=printed, linked={}))


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
