"""Blocked enumeration of paths against the naive way, at the same work: the sums from every vertex to the output, with the error scale.

The naive side (networkx, full products, twice: for Σ Π D and Σ Π |D|) runs on a smaller complete graph, and its time is given per path; the blocked side counts the same
paths. A graph with hundreds of millions of paths is timed alone.

>>> graph, leaves = complete(6, 2)
>>> D = jacobians(graph, forward(graph, leaves))
>>> everything(graph, D)[1].shape, bool(np.allclose(everything(graph, D)[1], frontier_sums(graph, D, 6)[1].value))
((2, 2), True)
>>> all_paths(graph)
32
>>> all_paths(Graph(1, (leaf("x"),)))
Traceback (most recent call last):
    ...
backproof.engine.errors.GraphError: l = 1 leaves in a graph of n = 1 vertices: L10 needs 0 ≤ l < n, since vertex n is a non-leaf, the output
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from backproof.engine import Graph, forward, jacobians, leaf
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.verify.paths.enumeration import count_paths
from backproof.verify.paths.frontier import frontier_sums
from benchmarks.blame import random_graph
from benchmarks.graphs import complete
from benchmarks.measure import FULL, QUICK, Comparison, Disagreement, Effort, Result, line, ratios, time_in_turns
from benchmarks.path_sums import naive

__all__ = ["Graph", "all_paths", "everything", "leaf", "measure"]

NAME = "frontier"
TITLE = "Blocked enumeration of paths"
ABOUT = (
    "Seconds per million paths, over all paths from any vertex to the output, with the error scale Σ Π |D|. The naive side enumerates with networkx and multiplies every path "
    "out, once for the value and once for the scale, on a smaller complete graph. The blocked side forms 4,096 products at once; every path is still a column of its own."
)


def all_paths(graph: Graph) -> int:
    """The number of paths from any vertex to the output."""
    return sum(count_paths(graph, j, graph.n) for j in range(1, graph.n + 1))


def everything(graph: Graph, D: Mapping[Edge, Array]) -> dict[int, Any]:
    """Σ Π D from every vertex to the output, the naive way; the scale is formed too, and not returned."""
    sizes = {edge: np.abs(block) for edge, block in D.items()}
    for j in range(1, graph.n):
        naive(graph, sizes, j, graph.n)
    return {j: naive(graph, D, j, graph.n) for j in range(1, graph.n)}


def workload(large: int, small: int, d: int, effort: Effort) -> Comparison:
    """Both sides on complete graphs of n = `large` and n = `small` vertices of d entries."""
    big, leaves = complete(large, d)
    D = jacobians(big, forward(big, leaves))
    little, leaves = complete(small, d)
    E = jacobians(little, forward(little, leaves))
    slow = everything(little, E)
    if not all(np.allclose(slow[j], total.value) for j, total in frontier_sums(little, E, small).items() if j < small):
        raise Disagreement(f"the sums of the complete graph with n = {small} differ")
    paths = all_paths(big), all_paths(little)
    raw = time_in_turns([lambda: frontier_sums(big, D, large), lambda: everything(little, E)], effort)
    fast, naive_side = ([seconds * 1e6 / count for seconds in own] for own, count in zip(raw, paths, strict=True))
    name = f"complete graphs, d = {d}: n = {large} with {paths[0]:,} paths in blocks, n = {small} with {paths[1]:,} paths naively; seconds per million paths"
    return Comparison(
        name, None, (line("blocked", fast, ratio=ratios(fast, fast)), line("naive", naive_side, ratio=ratios(naive_side, fast)))
    )


def huge(n: int) -> Comparison:
    """One run on a random graph in which every earlier vertex is read with probability one half."""
    graph, D, _ = random_graph(n, 0.5, 3, 0)
    seconds = time_in_turns([lambda: frontier_sums(graph, D, n)], Effort(1, 0.0))
    name = f"random graph, n = {n}, d = 3: {all_paths(graph):,} paths to the output, {sum(count_paths(graph, j, n) for j in range(1, graph.l + 1)):,} of them from leaves"
    return Comparison(name, None, (line("blocked, all of them", seconds[0]),))


def measure(quick: bool) -> Result:
    """The complete graph with n = 20 against naive enumeration at n = 17, and a graph with a thousand million paths; small ones if `quick`."""
    effort = QUICK if quick else FULL
    large, small, most = (10, 7, 14) if quick else (20, 17, 40)
    return Result(NAME, TITLE, ABOUT, (workload(large, small, 3, effort), huge(most)))
