"""Engines that are right on small graphs, and wrong from the k-th consumer, entry, vertex or level on: what a block, a
buffer or an unrolled loop of fixed length gets wrong.

They are counted from 1: `from_the("consumer", 13)` takes the first 12. A vertex counts by its number, a level by the
longest path from a leaf.

>>> from backproof.verify.cases.lecture import lecture_cases
>>> from backproof.verify.three_way.check import check_case
>>> four = lecture_cases()[0]  # two consumers of u₂, four vertices, two levels
>>> [check_case(four, from_the(axis, k)).verdict.value for axis, k in (("consumer", 2), ("consumer", 3), ("vertex", 3), ("vertex", 4))]
['WRONG', 'CORRECT', 'WRONG', 'CORRECT']
>>> from_the("kilometre", 2)
Traceback (most recent call last):
    ...
ValueError: no fault begins at a kilometre; known: consumer, entry, vertex, level
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backproof.engine import FLOAT64, Graph, NumberSystem
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.engine.passes import Adjoints, backward
from backproof.verify.selftest.faults import backward_with, over_children, scaled, sum_over_children
from backproof.verify.three_way.routes import Routes

AXES = ("consumer", "entry", "vertex", "level")
FIRST_WRONG = (13, 65, 1024)  # chosen: beyond what most random graphs have, beyond a block of 64, and the last that is looked at


def from_the(axis: str, k: int) -> Routes:
    """A backward pass that is wrong from the k-th consumer, entry, vertex or level on. ValueError for another axis."""
    if axis == "consumer":
        return over_children(lambda children: children[: k - 1])
    if axis == "entry":
        return _entries_before(k)
    if axis == "vertex":
        return scaled(2, lambda graph, j: j >= k)
    if axis == "level":
        return _levels_before(k)
    raise ValueError(f"no fault begins at a {axis}; known: {', '.join(AXES)}")


def _entries_before(k: int) -> Routes:
    """The adjoint of a vertex stays 0 from its k-th entry on."""

    def cut(graph: Graph, D: Mapping[Edge, Array], p: Adjoints, j: int, s: NumberSystem) -> Array:
        right = sum_over_children(graph, D, p, j, s)
        if right.shape[1] < k:
            return right
        zeros = s.zeros(right.shape)
        zeros[:, : k - 1] = right[:, : k - 1]
        return zeros

    return backward_with(cut)


def _levels_before(k: int) -> Routes:
    """Twice the adjoint of a vertex that has a path of k edges or more from a leaf."""

    def wrong(graph: Graph, D: Mapping[Edge, Array], cotangent: Any = None, system: NumberSystem = FLOAT64) -> Adjoints:
        level = [0] * (graph.n + 1)
        for i in range(graph.l + 1, graph.n + 1):
            level[i] = max((level[j] + 1 for j in graph.parents(i)), default=0)
        p = {graph.n: backward(graph, D, cotangent, system)[graph.n]}
        for j in range(graph.n - 1, 0, -1):
            if not graph.is_discrete(j):
                right = sum_over_children(graph, D, p, j, system)
                p[j] = system.scale(2, right) if level[j] >= k else right
        return p

    return Routes(backward=wrong)
