"""Path sums without enumerating paths, for graphs with too many of them: *factored, not enumerated*.

M is the block matrix of all edge Jacobians (block i, j is D_{j→i}, 0 where there is no edge). The block (k, j) of Mᵗ is
the sum over the paths from j to k with exactly t edges, and Mⁿ = 0 since the graph is acyclic (the walk theorem for
adjacency matrices, in blocks). Hence Σ_{p∈P(j,k)} Π D is the block (k, j) of 1 + M + … + Mⁿ⁻¹, and `sums_by_length`
forms the block row e_k·Mᵗ for t = 0, 1, …, one length of paths after the other.

That is not the recursion of the backward pass, which goes vertex by vertex; but it adds up common parts of paths before
it multiplies on, so that what it shows is weaker than an enumeration.

>>> from backproof.engine import Graph, forward, jacobians, leaf, vertex
>>> graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
>>> D = jacobians(graph, forward(graph, [3.0, 4.0]))
>>> {j: total.value.item() for j, total in sums_by_length(graph, D, 4).items()}
{4: 1.0, 3: 4.0, 2: 11.0, 1: 4.0}
>>> sums_by_length(graph, D, 5)
Traceback (most recent call last):
    ...
ValueError: the graph has vertices 1 … 4, found k = 5
"""

from __future__ import annotations

from collections.abc import Mapping

from backproof.engine import FLOAT64, Graph, NumberSystem
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.verify.paths.enumeration import path_counts_to
from backproof.verify.paths.frontier import longest_paths
from backproof.verify.paths.magnitudes import growth_of, scale_system
from backproof.verify.paths.sums import PathSum


def sums_by_length(graph: Graph, D: Mapping[Edge, Array], k: int, system: NumberSystem = FLOAT64) -> dict[int, PathSum]:
    """Σ Π D and Σ Π |D| for every j that reaches k, from the sums over paths of 0, 1, 2, … edges. The counts are exact,
    and counted apart. ValueError if k is no vertex."""
    if not 1 <= k <= graph.n:
        raise ValueError(f"the graph has vertices 1 … {graph.n}, found k = {k}")
    scale = scale_system(graph, D, system)
    sizes = {edge: scale.absolute(scale.array(block)) for edge, block in D.items()}
    values = _by_length(graph, D, k, system)
    magnitudes = _by_length(graph, sizes, k, scale)
    lengths = longest_paths(graph, k)
    growth = growth_of([sizes[edge] for edge in sizes if edge[0] in lengths], max(lengths.values()))
    counts = path_counts_to(graph, k)
    return {j: PathSum(values[j], magnitudes[j], counts[j], lengths[j], growth) for j in sorted(lengths, reverse=True)}


def _by_length(graph: Graph, D: Mapping[Edge, Array], k: int, system: NumberSystem) -> dict[int, Array]:
    exactly = {k: system.identity(graph.dimension(k))}
    totals = dict(exactly)
    while exactly:
        longer: dict[int, Array] = {}
        for i, product in exactly.items():
            for j in graph.parents(i):
                if (j, i) in D:
                    step = system.matmul(product, D[j, i])
                    longer[j] = system.add(longer[j], step) if j in longer else step
        for j, total in longer.items():
            totals[j] = system.add(totals[j], total) if j in totals else total
        exactly = longer
    return totals
