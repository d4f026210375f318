"""The audit of a results file: `audit_results(document)`, the same derivations on its fields.

A document has no second copy of its numbers; what it has twice (decimal and hexadecimal, replay line and graph, cases
and summary) is compared.

>>> audit = audit_results({"cases": [], "summary": {"counts": {"CORRECT": 1}}})
>>> audit.agrees, audit.differences[0].place, audit.differences[0].follows
(False, '$.summary.counts.CORRECT', '0')
>>> audit_results([])
Traceback (most recent call last):
    ...
ValueError: found a list, expected a results document
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from backproof.reports.audit.audit import Audit, Named
from backproof.reports.audit.derivations.counts import entries_of, entries_of_claim, live, paths_of
from backproof.reports.audit.derivations.floats import exactly
from backproof.reports.audit.derivations.ledger import Cell, Ledger
from backproof.reports.audit.derivations.matrices import compare
from backproof.reports.audit.derivations.path_sums import check_paths
from backproof.reports.audit.derivations.replay_lines import LineError, Replayed, read_line
from backproof.reports.audit.derivations.routes import check_routes
from backproof.reports.audit.derivations.shown import Contribution, ListedPath, PathTable, Route, ShownCase, Step
from backproof.reports.audit.derivations.steps import check_steps
from backproof.reports.audit.file.items import Item, read_items
from backproof.reports.audit.file.summary import check_summary

NOTHING = Cell("", 0, 0)
GIVEN = (("version",), ("tool",), ("environment",), ("run",), ("coverage", "must_be_full_from"))
"""Parts that nothing in a file determines: versions and settings."""


def audit_results(document: Any) -> Audit:
    """Derive the numbers of a results document again. ValueError if it is none."""
    if not isinstance(document, dict) or "cases" not in document or "summary" not in document:
        raise ValueError(f"found a {type(document).__name__}, expected a results document")
    items = read_items(cast("dict[str, Any]", document))
    ledger = Ledger(len(items.words))
    target = items.root.at("run", "target")
    own = target is None or target.value is None
    places = list(_every(items.root.at("cases"))) + [case for case in (items.root.at("smallest", "case"),) if case is not None]
    for case in places:
        _check_case(case, ledger, own)
    check_summary(items.root, ledger)
    for key in GIVEN:
        if (part := items.root.at(*key)) is not None:
            ledger.given(part.cell)
    for place, word in enumerate(items.words):
        if not ledger.kinds[place] and not _is_number(word):
            ledger.given(Cell("", place, place + 1))  # words: names, reasons, versions, statements
    counts = ledger.counts()
    named = dict.fromkeys(
        Named(found.number, items.paths[found.number] if items.paths else "$", found.stands, found.follows, found.why)
        for found in ledger.differences
    )
    return Audit(len(items.words), counts["derived"], counts["given"], counts["open"], ledger.reasons(), tuple(named), copies=False)


def _every(item: Item | None) -> Iterator[Item]:
    if item is not None:
        yield from item.every()


def _cell(item: Item | None) -> Cell:
    return NOTHING if item is None else item.cell


def _is_number(word: str) -> bool:
    try:
        float(word.replace(",", ""))
    except ValueError:
        return False
    return True


def _check_case(case: Item, ledger: Ledger, own: bool) -> None:
    """One case: its line, its counts, its detail."""
    line = case.at("replay")
    try:
        replayed = read_line(str(line.value) if line is not None else "")
    except LineError as error:
        ledger.differs(_cell(line), "a line that unpacks", str(error))
        return
    ledger.derived(_cell(line))
    ledger.check(_cell(case.at("id")), replayed.id, "the SHA-256 of graph, leaves and cotangent of the replay line")
    counts = {"vertices": replayed.n, "leaves": replayed.leaves, "edges": len(replayed.edges)}
    counts |= {"entries": entries_of(replayed), "paths": paths_of(replayed)}
    for key, count in counts.items():
        ledger.check(_cell(case.at(key)), str(count), "the graph of the replay line")
    _facts(case, replayed, ledger)
    for check in _every(case.at("checks")):
        claim, system, entries = (check.at(key) for key in ("claim", "system", "entries"))
        if claim is None or system is None or entries is None or not entries.value or check.parts["verdict"].value == "INCONCLUSIVE":
            continue
        expected = entries_of_claim(str(claim.value), str(system.value), replayed)
        if expected is not None:
            ledger.check(entries.cell, str(expected), "the graph of the replay line")
    detail = case.at("detail")
    if detail is not None and detail.value is not None:
        _check_detail(case, detail, replayed, ledger, own)


def _facts(case: Item, replayed: Replayed, ledger: Ledger) -> None:
    """What coverage needs of a graph."""
    every = range(1, replayed.n + 1)
    found = {
        "vertices": replayed.n,
        "paths": max((replayed.paths_to_output[j] for j in replayed.leaves_with_adjoints), default=0),
        "fan_out": max(len(replayed.children[j]) for j in every),
        "dimension": max(map(replayed.size, every)),
    }
    for key, count in found.items():
        if (fact := case.at("facts", key)) is not None:
            ledger.check(fact.cell, str(count), "the graph of the replay line")
    uses = {
        (
            str(replayed.vertex(i).get("function")),
            len(replayed.children[i]),
            max([replayed.size(j) for j in replayed.operands(i)] or [replayed.size(i)]),
        )
        for i in live(replayed)
    }
    functions = case.at("facts", "functions")
    if functions is not None:
        words = " ".join(f"{name} {read_by} {entries}" for name, read_by, entries in sorted(uses))
        ledger.check(functions.cell, words, "the graph of the replay line")


def _check_detail(case: Item, detail: Item, replayed: Replayed, ledger: Ledger, own: bool) -> None:
    shown = ShownCase(replayed.id, replayed, by_name=False, own=own, verdict=str(case.parts["verdict"].value))
    for i in range(1, replayed.n + 1):
        u, p = detail.at("values", str(i)), detail.at("adjoints", str(i))
        if u is not None:
            shown.u[i] = u.cell
        if p is not None:
            shown.p[i] = p.cell
    for j, i in replayed.edges:
        D = detail.at("jacobians", f"{j}->{i}")
        if D is not None:
            shown.D[j, i] = D.cell
            ledger.given(D.cell)
    shown.steps = [_step(step) for step in _every(detail.at("backward"))]
    shown.paths = [_paths(paths) for paths in _every(detail.at("paths"))]
    shown.routes = [_route(row, replayed) for row in _every(detail.at("table"))]
    _graph(detail, replayed, ledger)
    for i, u in shown.u.items():
        if i <= replayed.leaves and u.numbers is not None:
            compare(ledger, u, exactly(replayed.leaf(i)), "the leaf's values in the replay line", "")
        else:
            ledger.given(u)
    check_steps(shown, ledger)
    check_paths(shown, ledger)
    check_routes(shown, ledger)
    if shown.routes:
        digits = [float(route.digits.text) for route in shown.routes]
        most = max((int(route.ulps.text) for route in shown.routes if route.ulps.text.isdigit()), default=0)
        ledger.check(_cell(case.at("digits")), str(min(digits)), "the fewest digits of its routes")
        ledger.check(_cell(case.at("ulps")), str(most), "the most ulps of its routes")


def _graph(detail: Item, replayed: Replayed, ledger: Ledger) -> None:
    """The vertices and edges of the detail, from the replay line."""
    why = "the graph of the replay line"
    for i, vertex in enumerate(_every(detail.at("graph", "vertices")), start=1):
        ledger.check(_cell(vertex.at("number")), str(i), "the vertices counted")
        if i <= replayed.n:
            ledger.check(_cell(vertex.at("operands")), " ".join(map(str, replayed.operands(i))), why)
            ledger.check(_cell(vertex.at("shape")), " ".join(map(str, replayed.vertex(i)["shape"])), why)
        ledger.given(Cell("", vertex.first, vertex.last))
    edges = list(_every(detail.at("graph", "edges")))
    for edge, (j, i) in zip(edges, replayed.edges, strict=False):
        for key, count in (("from", j), ("to", i), ("uses", replayed.operands(i).count(j))):
            ledger.check(_cell(edge.at(key)), str(count), why)
    if len(edges) != len(replayed.edges):
        ledger.differs(_cell(detail.at("graph", "edges")), f"{len(replayed.edges)} edges", why)
    ledger.check(_cell(detail.at("graph", "l")), str(replayed.leaves), why)


def _step(step: Item) -> Step:
    rows = tuple(
        Contribution(_cell(row.at("child")), _cell(row.at("product")), _cell(row.at("after"))) for row in _every(step.at("contributions"))
    )
    return Step(_cell(step.at("step")), _cell(step.at("vertex")), rows, _cell(step.at("adjoint")))


def _paths(paths: Item) -> PathTable:
    listed = tuple(
        ListedPath(_cell(row.at("vertices")), _cell(row.at("product")), _cell(row.at("running"))) for row in _every(paths.at("listed"))
    )
    return PathTable(
        None, _cell(paths.at("count")), listed, _cell(paths.at("omitted")), _cell(paths.at("sum")), None, _cell(paths.at("adjoint"))
    )


def _route(row: Item, replayed: Replayed) -> Route:
    def maybe(*keys: str) -> Cell | None:
        found = row.at(*keys)
        return None if found is None or found.value is None else found.cell

    leaf, index, output = (row.parts[key].value for key in ("leaf", "index", "output"))
    shape = [int(size) for size in replayed.vertex(leaf)["shape"]] if 0 < leaf <= replayed.leaves else None
    column = 0
    for part, size in zip(index, shape or (), strict=False):
        column = column * size + part
    fits = shape is not None and len(shape) == len(index) and all(0 <= part < size for part, size in zip(index, shape, strict=True))
    ulps = maybe("ulps")
    return Route(
        name=Cell("", row.parts["leaf"].first, row.parts["output"].last),
        leaf=leaf if fits and output[0] < replayed.seed_rows else None,
        row=int(output[0]),
        column=column,
        certified=_cell(row.at("reference")),
        exact=maybe("exact"),
        backward=_cell(row.at("backward", "value")),
        backward_hex=_cell(row.at("backward", "hex")),
        digits=_cell(row.at("digits")),
        ulps=NOTHING if ulps is None else ulps,
        summed=maybe("path_sum", "value"),
        summed_hex=maybe("path_sum", "hex"),
        bound=maybe("bound"),
        verdict=str(row.parts["verdict"].value),
        difference=maybe("difference", "value"),
        estimate=maybe("difference", "estimate"),
    )
