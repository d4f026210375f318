r"""One graph worked out in LaTeX, from the record of its case: what each vertex computes, the Jacobian on each edge, every
path with its product, the backward pass step by step, and the derivatives from each route.

>>> case = {"name": "a case", "verdict": "CORRECT", "detail": None}
>>> print(worked_part(case))
\section*{A worked graph: a case}
Its detail was left out.
>>> worked_part({"verdict": "CORRECT"})
Traceback (most recent call last):
    ...
KeyError: 'name'
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backproof.reports.document import Record
from backproof.reports.latex.words import matrix, number, words


def worked_part(case: Record) -> str:
    """The graph of a case, for an article that loads amsmath."""
    lines = [rf"\section*{{A worked graph: {words(case['name'])}}}"]
    if not case["detail"]:
        return "\n".join([*lines, "Its detail was left out."])
    return "\n".join([*lines, *_parts(case["detail"])])


def _parts(detail: Record) -> Iterator[str]:
    named = {vertex["number"]: words(vertex["name"]) for vertex in detail["graph"]["vertices"]}
    yield "The forward pass leaves these values, the backward pass these adjoints:"
    yield from _table(("vertex", "function", "reads", "value $u_i$", "adjoint $p_i$"), _vertices(detail, named))
    yield "The Jacobians on its edges:"
    edges = ((f"{named[edge['from']]} $\\to$ {named[edge['to']]}", matrix(_jacobian(detail, edge))) for edge in detail["graph"]["edges"])
    yield from _table(("edge", r"$D_{j \to i}$"), edges)
    yield "Every path to the output, with the product of the Jacobians on it, and their sum beside the adjoint:"
    yield from _table(("path", "product", "sum so far", "adjoint"), _paths(detail, named))
    yield r"The backward pass adds, for each vertex in turn, $p_i D_{j \to i}$ over the vertices $i$ that read it:"
    yield from _table(("step", "vertex", "contributions", "adjoint"), _steps(detail, named))
    yield "The derivatives from each route:"
    rows = (
        (
            words(row["name"]),
            number(row["exact"] or row["reference"]),
            _value(row["backward"]),
            _value(row["path_sum"]),
            _value(row["difference"]),
        )
        for row in detail["table"]
    )
    yield from _table(("leaf", "certified", "backward pass", "path sum", "difference"), rows)


def _jacobian(detail: Record, edge: Record) -> object:
    return detail["jacobians"].get(f"{edge['from']}->{edge['to']}")


def _value(entry: Record | None) -> str:
    return "not given" if entry is None else number(entry["value"])


def _vertices(detail: Record, named: dict[int, str]) -> Iterator[Sequence[str]]:
    for vertex in detail["graph"]["vertices"]:
        key = str(vertex["number"])
        reads = ", ".join(named[number] for number in vertex["operands"])
        yield (
            named[vertex["number"]],
            words(vertex["function"] or "leaf"),
            reads,
            matrix(detail["values"].get(key)),
            matrix(detail["adjoints"].get(key)),
        )


def _paths(detail: Record, named: dict[int, str]) -> Iterator[Sequence[str]]:
    for pair in detail["paths"]:
        for path in pair["listed"]:
            yield " $\\to$ ".join(named[number] for number in path["vertices"]), matrix(path["product"]), matrix(path["running"]), ""
        left = "" if pair["omitted"] == "0" else f" ({words(pair['omitted'])} more paths)"
        yield rf"\emph{{all from {named[pair['from']]}}}{left}", "", matrix(pair["sum"]), matrix(pair["adjoint"])


def _steps(detail: Record, named: dict[int, str]) -> Iterator[Sequence[str]]:
    for step in detail["backward"]:
        parts = ", ".join(f"{matrix(one['product'])} from {named[one['child']]}" for one in step["contributions"])
        yield str(step["step"]), named[step["vertex"]], parts or "the cotangent", matrix(step["adjoint"])


def _table(headings: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[str]:
    yield rf"\begin{{center}}\begin{{tabular}}{{{'l' * len(headings)}}}\hline"
    yield rf"{' & '.join(headings)} \\ \hline"
    yield from (rf"{{}}{' & '.join(row)} \\" for row in rows)  # a name may begin with a bracket, which \\ would take
    yield r"\hline\end{tabular}\end{center}"
