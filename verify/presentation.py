"""How values of ours reach a person outside of the command line: a result as a file or a page, and everything public as
HTML in a notebook. `engine.presenter` finds this module by its name; nothing imports it.

>>> import numpy as np
>>> from backproof.verify import check
>>> result = check(np.tanh, (np.array([0.5]),), vjp=lambda args, out, ct: (ct * (1 - out),), name="<tanh>", effort="quick")
>>> document_of(result)["summary"]["verdict"]
'WRONG'
>>> "&lt;tanh&gt;" in in_a_notebook(result), "<tanh>" in in_a_notebook(result)
(True, False)
>>> save(result, "no/such/folder/r.json")
Traceback (most recent call last):
    ...
OSError: cannot write 'no/such/folder/r.json': the folder 'no/such/folder' does not exist
>>> save(result, 3)
Traceback (most recent call last):
    ...
TypeError: a file is named by a text or a path, found an int
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from backproof.engine.graph import Graph
from backproof.reports.document import Record, save_results
from backproof.reports.html.fragments import case_fragment, check_fragment, graph_fragment, standalone_svg, theorem_fragment
from backproof.reports.html.page import write_checks_html
from backproof.reports.outputs import why_unwritable
from backproof.theorems.theorem import Theorem
from backproof.verify.gradient_oracle.result import CheckResult
from backproof.verify.results.case_detail import graph_record, jacobian, matrix
from backproof.verify.results.case_record import case_record
from backproof.verify.results.check_record import check_record
from backproof.verify.results.document import gradient_checks_document
from backproof.verify.three_way.check import CaseResult


def document_of(result: CheckResult) -> Record:
    """The results document of one check."""
    return gradient_checks_document(f"backproof.check of {result.name}", [check_record(result)], result.seed)


def save(result: CheckResult, path: Any) -> None:
    """Write the results document of one check. TypeError for what names no file, OSError where it cannot be written."""
    save_results(document_of(result), _writable(path))


def page(result: CheckResult, path: Any) -> None:
    """Write the page of one check; errors as above."""
    write_checks_html(document_of(result), _writable(path))


def _writable(path: Any) -> str:
    if not isinstance(path, str | os.PathLike):
        kind = type(path).__name__
        raise TypeError(f"a file is named by a text or a path, found {'an' if kind[:1] in 'aeiou' else 'a'} {kind}")
    name = os.fsdecode(path)
    problem = why_unwritable(name) if name else "it has no name"
    if problem is not None:
        raise OSError(f"cannot write {name!r}: {problem}")
    return name


def graph_svg(
    graph: Graph, u: Mapping[int, Any] | None = None, D: Mapping[Any, Any] | None = None, p: Mapping[int, Any] | None = None
) -> str:
    """The picture of a graph as an SVG file, with the values, Jacobians and adjoints that are given."""
    return standalone_svg(_detail(graph, u, D, p), repr(graph)[1:-1])


def _detail(graph: Graph, u: Mapping[int, Any] | None, D: Mapping[Any, Any] | None, p: Mapping[int, Any] | None) -> Record:
    numbers = range(1, graph.n + 1)
    return {
        "graph": graph_record(graph),
        "values": {str(i): [str(entry) for entry in value.reshape(-1)] for i, value in _given("u", u, numbers, "vertex").items()},
        "jacobians": {f"{j}->{i}": jacobian(value) for (j, i), value in _given("D", D, graph.edges, "edge").items()},
        "adjoints": {str(i): matrix(value) for i, value in _given("p", p, numbers, "vertex").items()},
        "backward": [],
    }


def _given(name: str, values: Any, known: Collection[Any], place: str) -> dict[Any, Any]:
    """What is to be written into a picture, as arrays. TypeError or ValueError for what belongs to no part of it."""
    if values is None:
        return {}
    if not isinstance(values, Mapping):
        made = {"u": "forward", "D": "jacobians", "p": "backward"}[name]
        raise TypeError(f"{name} is a dictionary from {place} to array, as `{made}` returns it; found a {type(values).__name__}")
    for key in values:
        if key not in known:
            raise ValueError(f"{name} has {key!r}, which is no {place} of this graph; it has {', '.join(map(str, known)) or 'none'}")
    return {key: np.asarray(value) for key, value in values.items()}


def in_a_notebook(value: Any) -> str:
    """A value as HTML, as `_repr_html_` returns it. TypeError for what is none of ours."""
    for kind, html in HTML.items():
        if isinstance(value, kind):
            return html(value)
    kind = type(value).__name__
    raise TypeError(f"nothing is known of how {'an' if kind[:1] in 'aeiou' else 'a'} {kind} is shown")


def _case(result: CaseResult) -> str:
    record = case_record(result, with_detail=True)
    return case_fragment(record["name"], record["verdict"], record["checks"], record["detail"])


def _theorem(theorem: Theorem) -> str:
    told = ("label", "title", "source", "words", "latex")
    steps = [{name: getattr(step, name) for name in ("name", "source", "words", "latex")} for step in theorem.steps]
    return theorem_fragment(
        {**{name: getattr(theorem, name) for name in told}, "hypotheses": [asdict(one) for one in theorem.hypotheses], "steps": steps}
    )


HTML: dict[type, Callable[[Any], str]] = {
    CheckResult: lambda result: check_fragment(check_record(result)),
    CaseResult: _case,
    Graph: lambda graph: graph_fragment(_detail(graph, None, None, None), repr(graph)[1:-1]),
    Theorem: _theorem,
}
"""What a notebook shows of each."""
