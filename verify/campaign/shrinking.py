"""Make a failing case small: `shrink(case, fails)` deletes vertices and edges and simplifies functions and values while
it still fails in the same way.

`fails` says whether a candidate still fails; `same_failure` makes it from a checked case: the same verdict, by the same
comparisons. The search is greedy and deterministic: it takes the first reduction that keeps the failure, and starts
again, until none does.

>>> from backproof.verify.selftest.mutants import by_name
>>> from backproof.verify.cases.draws import campaign_case
>>> from backproof.verify.three_way.check import check_case
>>> routes = by_name("last consumer only").routes
>>> case = campaign_case(0, 1)
>>> small = shrink(case, same_failure(check_case(case, routes), routes))
>>> case.graph.n > 3, small.case.graph.n
(True, 3)
>>> shrink(case, lambda candidate: False)
Traceback (most recent call last):
    ...
ValueError: the case 'random 1' does not fail, so there is nothing to shrink
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from backproof.engine import FLOAT64, DomainError, GraphError, Vertex, forward
from backproof.engine.functions import TABLE
from backproof.verify.campaign.halving import Build, cost_of, is_large, large_reductions, rebuilt
from backproof.verify.cases.case import Case, CaseError, Number
from backproof.verify.three_way.check import CaseResult, check_case
from backproof.verify.three_way.routes import Routes
from backproof.verify.verdicts import Reason, Verdict

LIMIT = 2000  # small candidates that are tried; chosen: so many checks take about a minute
SIMPLE_VALUES: tuple[Number, ...] = (1, 2, 3, 0)  # the simplest first; 0 last, since it hides what it multiplies
SIMPLE_FUNCTIONS = tuple(row.name for row in sorted(TABLE.values(), key=lambda row: row.fewest) if row.plain)


@dataclass(frozen=True)
class Shrunk:
    """The smallest case found, the reductions that led to it, and how many candidates were tried."""

    case: Case
    steps: tuple[str, ...]
    tried: int


def same_failure(
    result: CaseResult,
    routes: Routes | None = None,
    check: Callable[[Case], CaseResult] | None = None,
    also: Callable[[CaseResult], bool] | None = None,
) -> Callable[[Case], bool]:
    """Whether a candidate fails as `result` does: with its verdict, by one of its comparisons, for the same reason.

    `check` checks a candidate (left out: `check_case` with these routes), `also` is what else must hold of it.
    ValueError if `result` is CORRECT.
    """
    if result.verdict is Verdict.CORRECT:
        raise ValueError(f"the case {result.case.name!r} does not fail, so there is nothing to shrink")
    wanted = _signature(result)

    def fails(candidate: Case) -> bool:
        try:
            found = check_case(candidate, routes) if check is None else check(candidate)
        except Exception:  # a wrong route may crash on a candidate: that is another failure
            return False
        same = found.verdict is result.verdict and bool(wanted & _signature(found))
        return same and (also is None or also(found))

    return fails


def _signature(result: CaseResult) -> set[tuple[str, str, Reason | None, str | None, bool]]:
    """How a case fails: by which claims, in which number systems (whatever their precision), why it is left open, how
    the engine ended, and whether unequal values are named.
    """
    worst = [c for c in result.comparisons if c.verdict is result.verdict]
    return {(c.claim, c.system.split("(")[0], c.reason, c.ending, bool(c.failures)) for c in worst}


def shrink(case: Case, fails: Callable[[Case], bool], limit: int = LIMIT, stop: Callable[[], bool] = lambda: False) -> Shrunk:
    """The smallest case that at most `limit` candidates lead to (a large one counts as many small ones), or those tried
    until `stop`. ValueError if the case does not fail.
    """
    if not fails(case):
        raise ValueError(f"the case {case.name!r} does not fail, so there is nothing to shrink")
    steps: list[str] = []
    tried = spent = 0
    progress = True
    while progress and spent < limit and not stop():
        progress = False
        for words, candidate in candidates(case):
            tried, spent = tried + 1, spent + cost_of(candidate.graph)
            if fails(candidate):
                case, progress = candidate, True
                steps.append(words)
                break
            if spent >= limit or stop():
                progress = False
                break
    return Shrunk(replace(case, name=f"shrunk {case.name}" if steps else case.name), tuple(steps), tried)


def candidates(case: Case) -> Iterator[tuple[str, Case]]:
    """Every smaller valid case that one reduction leads to, those that remove most first."""
    for words, build in _reductions(case):
        try:
            candidate = build()
        except (GraphError, CaseError, DomainError, IndexError, KeyError):
            continue
        if candidate is not None and candidate != case:
            yield words, candidate


def _reductions(case: Case) -> Iterator[tuple[str, Build]]:
    graph = case.graph
    name = graph.name
    yield from large_reductions(case)
    if is_large(graph):
        return
    for k in range(graph.l + 1, graph.n):
        yield f"the output is {name(k)}", lambda k=k: rebuilt(case, graph.vertices[:k], {}, output=k)
    yield "the cotangent is left out", lambda: replace(case, cotangent=None) if case.cotangent is not None else None
    yield "vertices that reach nothing are removed", lambda: rebuilt(case, graph.vertices, {}, output=graph.n)
    for i in range(graph.n - 1, graph.l, -1):
        yield f"{name(i)} became a leaf", lambda i=i: _cut(case, i)
    for i in range(graph.n - 1, graph.l, -1):
        for operand in dict.fromkeys(graph.operands(i)):
            yield f"{name(i)} is bypassed", lambda i=i, j=operand: rebuilt(case, graph.vertices, {i: j}, output=graph.n)
    for i in range(graph.l + 1, graph.n + 1):
        yield from _simpler_vertices(case, i)
    yield "everything is a scalar", lambda: _scalars(case)
    yield from _simpler_values(case)


def _cut(case: Case, i: int) -> Case | None:
    """Vertex i becomes a leaf that holds its present value."""
    graph = case.graph
    u = forward(graph, [[float(v) for v in leaf] for leaf in case.leaves], FLOAT64)
    order = [*range(1, graph.l + 1), i, *(k for k in range(graph.l + 1, graph.n + 1) if k != i)]
    number = {old: new for new, old in enumerate(order, start=1)}
    moved: list[Vertex] = []
    for old in order:
        v = graph.vertices[old - 1]
        if old == i:
            moved.append(Vertex(v.name, graph.shape(i)))
        else:
            moved.append(replace(v, operands=tuple(number[j] for j in v.operands)))
    values = [*case.leaves, tuple(float(entry) for entry in u[i])]
    return rebuilt(case, moved, {}, output=number[graph.n], leaves=values)


def _simpler_vertices(case: Case, i: int) -> Iterator[tuple[str, Build]]:
    """Vertex i with an operand less, or with a simpler function of the same operands and shape."""
    graph, v = case.graph, case.graph.vertices[i - 1]

    def with_vertex(new: Vertex) -> Case | None:
        changed = [*graph.vertices[: i - 1], new, *graph.vertices[i:]]
        candidate = rebuilt(case, changed, {}, output=graph.n)
        if candidate is not None:
            forward(candidate.graph, [[float(x) for x in leaf] for leaf in candidate.leaves], FLOAT64)
        return candidate

    row = graph.row(i)
    if row.most is None and len(v.operands) > 1:
        for slot in range(len(v.operands)):
            fewer = tuple(j for k, j in enumerate(v.operands) if k != slot)
            attributes = tuple((key, _without(value, slot) if key == "weights" else value) for key, value in v.attributes)
            function = "identity" if len(fewer) < row.fewest else row.name
            new = Vertex(v.name, None, function, fewer, () if function == "identity" else attributes)
            yield f"{v.name} reads one operand less", lambda new=new: with_vertex(new)
    if row.plain:
        return
    for function in SIMPLE_FUNCTIONS:
        new = Vertex(v.name, None, function, v.operands)
        yield f"{v.name} is {function}", lambda new=new: with_vertex(new)


def _without(value: Any, slot: int) -> Any:
    return tuple(weight for k, weight in enumerate(value) if k != slot)


def _scalars(case: Case) -> Case | None:
    """Every variable is a scalar: functions keep their names, and lose the attributes that speak of shapes."""
    graph = case.graph
    if all(graph.shape(i) == () for i in range(1, graph.n + 1)):
        return None
    kept = ("exponent",)
    vertices = [
        replace(v, shape=() if v.function is None else None, attributes=tuple(a for a in v.attributes if a[0] in kept))
        for v in graph.vertices
    ]
    values = [leaf[:1] for leaf in case.leaves]
    return rebuilt(replace(case, cotangent=None), vertices, {}, output=graph.n, leaves=values)


def _simpler_values(case: Case) -> Iterator[tuple[str, Build]]:
    for j, leaf in enumerate(case.leaves):
        for c, value in enumerate(leaf):
            for simple in (*SIMPLE_VALUES, *((round(value),) if math.isfinite(value) else ()), round(float(value), 1)):
                if _complexity(simple) < _complexity(value):
                    new = (*leaf[:c], simple, *leaf[c + 1 :])
                    leaves = (*case.leaves[:j], new, *case.leaves[j + 1 :])
                    yield f"{case.graph.name(j + 1)} has simpler values", lambda leaves=leaves: replace(case, leaves=leaves)


def _complexity(value: Number) -> tuple[int, int]:
    """Simple values first: 1, 2, 3, 0, then by the length of the number."""
    known = [k for k, simple in enumerate(SIMPLE_VALUES) if value == simple and not isinstance(value, float)]
    return (0, known[0]) if known else (1, len(str(value)))
