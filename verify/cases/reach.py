"""How large a graph is where its derivatives are: the most consumers of a vertex, entries, vertices, levels.

A fault that begins at the k-th of them can show on a graph that has as many on its paths from a leaf to the output;
what else is in the graph shows nothing. `looked_up_to` is what a run may say of itself: the most of all its graphs, and
never more than `FARTHEST`, since the large cases are made for faults up to there however one counts.

>>> from backproof.verify.cases.lecture import lecture_cases
>>> reach(lecture_cases()[0].graph)
{'consumers': 2, 'entries': 1, 'vertices': 4, 'levels': 2}
>>> looked_up_to({'consumers': 1025, 'entries': 3, 'vertices': 1027, 'levels': 2})
{'consumers': 1024, 'entries': 3, 'vertices': 1024, 'levels': 2}
>>> looked_up_to({'consumers': 1025})
Traceback (most recent call last):
    ...
KeyError: 'entries'
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from backproof.engine import Graph
from backproof.verify.cases.large import FARTHEST

Reach: TypeAlias = dict[str, int]

AXES = ("consumers", "entries", "vertices", "levels")


def reach(graph: Graph) -> Reach:
    """The sizes of the part of a graph that lies on a path from a leaf with a derivative to the output: the most
    vertices that read one vertex, the most entries of a vertex, how many vertices, the edges of the longest path."""
    level = dict.fromkeys(graph.differentiable_leaves(), 0)
    for k in range(graph.l + 1, graph.n + 1):
        if above := [level[j] for j in graph.parents(k) if j in level]:
            level[k] = max(above) + 1
    used = {graph.n} & level.keys()
    for k in range(graph.n, graph.l, -1):
        if k in used:
            used.update(j for j in graph.parents(k) if j in level)
    return {
        "consumers": max((sum(i in used for i in graph.children(j)) for j in used), default=0),
        "entries": max((graph.dimension(j) for j in used), default=0),
        "vertices": len(used),
        "levels": level.get(graph.n, 0),
    }


def looked_up_to(largest: Mapping[str, int]) -> Reach:
    """Up to how many of each a run with graphs of these sizes has looked."""
    return {axis: min(largest[axis], FARTHEST) for axis in AXES}
