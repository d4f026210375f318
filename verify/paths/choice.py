"""Which enumeration a count of paths asks for. The counts are known before the first path is enumerated.

| paths of a pair | in float64 | in another number system |
|---|---|---|
| up to `ENUMERATED` | networkx, each path looked at (`blocks.py`) | the same |
| up to `MOST_ENUMERATED` | thousands of products at a time (`frontier.py`) | factored |
| more | factored, not enumerated (`factored.py`), and that is told | factored |

One pair after the other is the definition (`sums.py`), which is nobody's choice: it is what the others are tested
against.

>>> from backproof.engine import RATIONAL, forward, jacobians, leaf, vertex
>>> from backproof.verify.paths.blocks import Enumeration
>>> def dense(n):
...     inner = (vertex(f"v{i}", "add", range(1, i)) if i > 2 else vertex("v2", "square", (1,)) for i in range(2, n + 1))
...     return Graph(1, (leaf("x"), *inner))
>>> def chosen(n, system):
...     graph = dense(n)
...     sums = PathSums(graph, jacobians(graph, forward(graph, [0.5], system), system), system)
...     found, factored = sums_to(graph, n, [1], sums)
...     return found[1].count, factored
>>> chosen(12, RATIONAL), chosen(14, FLOAT64), chosen(14, RATIONAL), chosen(34, FLOAT64)
((1024, False), (4096, False), (4096, True), (4294967296, True))
>>> graph = dense(4)
>>> sums_to(graph, 4, [1], PathSums(graph, {}, FLOAT64, Enumeration(graph, lambda graph, j, k: iter([(j, k)]))))
Traceback (most recent call last):
    ...
backproof.verify.paths.sums.WrongPaths: 1 path enumerated from vertex 2 ('v2') to vertex 4 ('v4'), but there are 2
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backproof.engine import FLOAT64, Graph, NumberSystem
from backproof.engine.graph import Edge
from backproof.verify.paths.blocks import PathSums
from backproof.verify.paths.enumeration import path_counts, path_counts_to
from backproof.verify.paths.factored import sums_by_length
from backproof.verify.paths.frontier import frontier_sums
from backproof.verify.paths.sums import PathSum

ENUMERATED = 2_000  # paths of a pair; chosen: networkx takes some 40 µs for each, and a case has many pairs and several number systems
MOST_ENUMERATED = 2**30  # paths of a pair; chosen: in blocks 10⁹ take some 14 s, and one vertex more can double them


def sums_to(graph: Graph, k: int, sources: Sequence[int], sums: PathSums) -> tuple[dict[int, PathSum], bool]:
    """The path sum from each source to k, and whether some are factored."""
    known = path_counts_to(graph, k)
    counts = {j: known.get(j, 0) for j in sources}
    few = [j for j in sources if counts[j] <= ENUMERATED]
    found = sums.to(k, few)
    if len(few) == len(sources):
        return found, False
    enumerated = sums.system is FLOAT64 and max(counts.values()) <= MOST_ENUMERATED
    many = frontier_sums(graph, sums.D, k) if enumerated else sums_by_length(graph, sums.D, k, sums.system)
    return {j: found.get(j) or many[j] for j in sources}, not enumerated


def pair_sums(graph: Graph, pairs: Iterable[Edge], sums: PathSums) -> tuple[dict[Edge, PathSum], bool]:
    """The path sums of all pairs (j, k), and whether some are factored: those above `ENUMERATED` are, in every number
    system."""
    targets: dict[int, list[int]] = {}
    for j, k in pairs:
        targets.setdefault(j, []).append(k)
    found: dict[Edge, PathSum] = {}
    many: list[Edge] = []
    for j, reached in targets.items():
        counts = path_counts(graph, j)
        few = [k for k in reached if counts.get(k, 0) <= ENUMERATED]
        found.update({(j, k): total for k, total in sums.leaving(j, few).items()})
        many += [(j, k) for k in reached if (j, k) not in found]
    for k in dict.fromkeys(k for _, k in many):
        factored = sums_by_length(graph, sums.D, k, sums.system)
        found.update({(j, end): factored[j] for j, end in many if end == k})
    return found, bool(many)


def shared_sizes(floats: PathSums, system: NumberSystem) -> PathSums | None:
    """The magnitudes of the float path sums serve where they are only a scale, unless they come near the end of the
    range."""
    only_a_scale = system.exact or system.family == "ball"
    return floats.sizes if only_a_scale and floats.are_comfortable else None
