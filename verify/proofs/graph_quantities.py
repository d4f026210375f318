"""The graph without a number, as the theorems ask for it (`theorems.quantities.OfGraph`): read off the engine's graph.

>>> from backproof.verify.cases.lecture import lecture_cases
>>> network = GraphQuantities(lecture_cases()[-1].graph)
>>> network.n, network.leaves, list(network.non_leaves), network.parents(11), network.operands(11), network.function(10)
(12, (1, 2, 3, 4, 5), [7, 8, 9, 10, 11, 12], [10], (10, 6), 'log_softmax')
>>> network.dimension(13)
Traceback (most recent call last):
    ...
IndexError: tuple index out of range
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from backproof.engine import Graph


@dataclass
class GraphQuantities:
    """What L10 fixes. Discrete leaves are left out, since no theorem speaks of a derivative there."""

    graph: Graph

    @property
    def n(self) -> int:
        """The number of the output."""
        return self.graph.n

    @property
    def leaves(self) -> Sequence[int]:
        """The leaves that have a derivative."""
        return self.graph.differentiable_leaves()

    @property
    def non_leaves(self) -> Sequence[int]:
        """l+1 … n"""
        return range(self.graph.l + 1, self.graph.n + 1)

    def parents(self, i: int) -> Sequence[int]:
        """π(i), without discrete leaves."""
        return [j for j in self.graph.parents(i) if not self.graph.is_discrete(j)]

    def children(self, j: int) -> Sequence[int]:
        """The vertices that read j."""
        return self.graph.children(j)

    def dimension(self, i: int) -> int:
        """d_i"""
        return self.graph.dimension(i)

    def shape(self, i: int) -> tuple[int, ...]:
        """The shape in which u_i is shown."""
        return self.graph.shape(i)

    def operands(self, i: int) -> Sequence[int]:
        """What fⁱ reads, in order, a parent once for every use."""
        return self.graph.operands(i)

    def function(self, i: int) -> str | None:
        """The row of the function table at vertex i."""
        return self.graph.vertices[i - 1].function
