"""Large parts of a case taken away at once, for the shrinking of cases with hundreds of vertices, operands or entries.

`large_reductions(case)` gives the ways to leave out a run of consumers, of vertices one after the other, or of entries
of vectors: halves first, then quarters, down to single ones where few are left. What is in the way of the last
consumer, level or entry that a fault needs is found in some twenty tries, where one at a time would take a thousand.

>>> from backproof.verify.cases.large import large_cases
>>> words, build = next(iter(large_reductions(large_cases()[0])))
>>> words, build().graph.n
('o reads 513 operands less', 514)
>>> from backproof.verify.cases.lecture import lecture_cases
>>> list(large_reductions(lecture_cases()[0]))
[]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from backproof.engine import Graph, Vertex
from backproof.verify.cases.case import Case, Vector, make_case

Build: TypeAlias = Callable[[], Case | None]

MANY_OPERANDS, MANY_LEVELS, MANY_ENTRIES = 12, 32, 12
"""From which on runs of them are taken away; chosen: more than random graphs have that are no tails, of which one at a
time is taken.
"""
SMALL = 512  # entries and operands of a graph that is not large; chosen: it is checked in a tenth of a second
ONE_TRY = 64  # entries and operands of a large graph that cost as much as a try of a small one; chosen: 1,024 consumers cost a second
PARTS = 16  # chosen: no runs below a sixteenth while there are more, so that few tries fail


def is_large(graph: Graph) -> bool:
    """Whether a graph has so much that one reduction at a time would not come to an end.

    >>> from backproof.engine import leaf, vertex
    >>> [is_large(Graph(1, (leaf("x", (size,)), vertex("y", "sum", (1,))))) for size in (400, 600)]
    [False, True]
    """
    return _size(graph) > SMALL


def cost_of(graph: Graph) -> int:
    """What one try of a graph costs, in those of a small one."""
    return _size(graph) // ONE_TRY if is_large(graph) else 1


def _size(graph: Graph) -> int:
    return sum(graph.dimension(i) + len(graph.operands(i)) for i in range(1, graph.n + 1))


def large_reductions(case: Case) -> Iterator[tuple[str, Build]]:
    """Every run of operands, levels and entries that may be left out, with words for it, the longest first."""
    graph = case.graph
    for i in range(graph.n, graph.l, -1):
        if len(graph.operands(i)) > MANY_OPERANDS and graph.row(i).most is None:
            for start, stop in _runs(len(graph.operands(i))):
                yield f"{graph.name(i)} reads {stop - start} operands less", lambda i=i, a=start, b=stop: _without_operands(case, i, a, b)
    between = [
        i for i in range(graph.l + 1, graph.n) if len(set(graph.operands(i))) == 1 and graph.shape(i) == graph.shape(graph.operands(i)[0])
    ]
    if len(between) > MANY_LEVELS:
        for start, stop in _runs(len(between)):
            bypassed = {i: graph.operands(i)[0] for i in between[start:stop]}
            yield f"{stop - start} vertices are bypassed", lambda bypassed=bypassed: rebuilt(case, graph.vertices, bypassed, output=graph.n)
    widest = max((graph.shape(i)[0] for i in range(1, graph.n + 1) if len(graph.shape(i)) == 1), default=0)
    if widest > MANY_ENTRIES:
        for start, stop in _runs(widest):
            kept = [*range(start), *range(stop, widest)]
            yield f"vectors have {stop - start} entries less", lambda kept=kept: _shorter(case, widest, kept)


def _runs(count: int) -> Iterator[tuple[int, int]]:
    """Where runs of a half of so many begin and end, then of quarters, and so on; the last ones first."""
    size = (count + 1) // 2
    while size >= max(1, count // PARTS if count > 4 * PARTS else 1):
        for stop in range(count, 0, -size):
            if max(0, stop - size) or stop < count:
                yield max(0, stop - size), stop
        if size == 1:
            return
        size = (size + 1) // 2


def rebuilt(
    case: Case, vertices: Sequence[Vertex], bypass: dict[int, int], output: int, leaves: Sequence[Vector] | None = None
) -> Case | None:
    """The case with the given vertices: those in `bypass` replaced by another one, and only what reaches the output
    kept, numbered anew.
    """
    values = case.leaves if leaves is None else leaves
    count = sum(v.function is None for v in vertices)

    def target(j: int) -> int:
        while j in bypass:
            j = bypass[j]
        return j

    needed, stack = set[int](), [target(output)]
    while stack:
        i = stack.pop()
        if i not in needed:
            needed.add(i)
            stack += [target(j) for j in vertices[i - 1].operands]
    if target(output) <= count:
        return None
    order = {old: new for new, old in enumerate(sorted(needed), start=1)}
    kept = [
        replace(
            vertices[old - 1],
            operands=tuple(order[target(j)] for j in vertices[old - 1].operands),
            shape=vertices[old - 1].shape if old <= count else None,
        )
        for old in sorted(needed)
    ]
    graph = Graph(sum(old <= count for old in needed), tuple(kept))
    rows = case.cotangent if case.cotangent and len(case.cotangent[0]) == graph.dimension(graph.n) else None
    return make_case(case.name, case.group, graph, [values[old - 1] for old in sorted(needed) if old <= count], case.family, rows)


def _without_operands(case: Case, i: int, start: int, stop: int) -> Case | None:
    """Vertex i without a run of its operands."""
    v, dropped = case.graph.vertices[i - 1], set(range(start, stop))
    attributes = tuple((key, _left(value, dropped) if key == "weights" else value) for key, value in v.attributes)
    new = replace(v, operands=_left(v.operands, dropped), attributes=attributes, shape=None)
    changed = [*case.graph.vertices[: i - 1], new, *case.graph.vertices[i:]]
    return rebuilt(case, changed, {}, output=case.graph.n)


def _shorter(case: Case, count: int, kept: Sequence[int]) -> Case | None:
    """Every vector of so many entries with those that are kept: leaves, and what weights and constants make."""
    graph, dropped = case.graph, set(range(count)) - set(kept)

    def entries(i: int) -> bool:
        return graph.shape(i) == (count,)

    vertices: list[Vertex] = []
    for i, v in enumerate(graph.vertices, start=1):
        attributes: dict[str, Any] = dict(v.attributes)
        if "weights" in attributes:
            weights = attributes["weights"]
            rows = [tuple(_left(weight, dropped) if entries(i) else weight) for weight in weights]
            attributes["weights"] = tuple(
                tuple(_left(row, dropped) for row in weight) if entries(j) else weight for j, weight in zip(v.operands, rows, strict=True)
            )
        if v.function == "constant" and entries(i):
            attributes["value"] = _left(attributes["value"], dropped)
        if attributes.get("to") == (count,):
            attributes["to"] = (len(kept),)
        vertices.append(
            replace(
                v, shape=((len(kept),) if entries(i) else v.shape) if v.function is None else None, attributes=tuple(attributes.items())
            )
        )
    leaves = [_left(values, dropped) if entries(j) else values for j, values in enumerate(case.leaves, start=1)]
    return rebuilt(replace(case, cotangent=None), vertices, {}, output=graph.n, leaves=leaves)


def _left(values: Any, dropped: set[int]) -> tuple[Any, ...]:
    return tuple(value for k, value in enumerate(values) if k not in dropped)
