"""Sums over the paths of a graph, as the theorems ask for them (`theorems.quantities.OfPaths`).

Paths come from networkx, each is multiplied out from its beginning on, which paths share, and the backward pass has no
part in it. The lines of a
derivation (L8) are sums of products too: of edge Jacobians, and of derivatives from values where one is still global.

>>> from backproof.engine import RATIONAL
>>> from backproof.verify.cases.lecture import lecture_cases
>>> from backproof.verify.proofs.quantities import quantities, symbolic
>>> four = lecture_cases()[0]
>>> q = quantities(four, RATIONAL)
>>> q.paths(2, 4), q.path_sum(2, 4).value.item(), q.path_sum_by_last_edge(2, 3, 4).value.item()
([(2, 3, 4), (2, 4)], Fraction(11, 1), Fraction(4, 1))
>>> q.derivation_lines, q.derivation_line(2, 0).value.item()
([(1, 0), (1, 1), (2, 0), (2, 1)], Fraction(11, 1))
>>> symbolic(four.graph).path_sum(2, 4)
Polynomial(2→4 + 3→4 2→3)
>>> q.paths_by_last_edge(2, 1, 4)
Traceback (most recent call last):
    ...
ValueError: P(2, 1, 4): (1, 4) is not an edge; the last edge must end in 4
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from typing import Any

import networkx as nx

from backproof.theorems.derivation import Derivation, TooLong, derivation, structure
from backproof.theorems.quantities import NotAvailable
from backproof.verify.paths.enumeration import Path, count_paths, digraph, paths_by_first_edge, paths_by_last_edge
from backproof.verify.proofs.point_quantities import PointQuantities

MOST_PATHS = 500  # chosen: steps multiply out each path in up to five number systems; pairs with more are not checked here


@dataclass
class PathQuantities(PointQuantities):
    """P(j, k), its parts, and the sums over them; each sum is formed once, and so is the product of each path."""

    _sums: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    _products: dict[Path, Any] = field(default_factory=dict)

    def paths(self, j: int, k: int) -> Sequence[Path]:
        """P(j, k), by networkx."""
        return self._listed(j, k, self.routes.paths(self.graph, j, k))

    def paths_by_last_edge(self, j: int, last: int, k: int) -> Sequence[Path]:
        """P(j, j', k)"""
        return self._listed(j, k, paths_by_last_edge(self.graph, j, last, k))

    def paths_by_first_edge(self, j: int, first: int, k: int) -> Sequence[Path]:
        """The paths from j to k that begin with (j, first)."""
        return self._listed(j, k, paths_by_first_edge(self.graph, j, first, k))

    def _listed(self, j: int, k: int, found: Iterator[Path]) -> list[Path]:
        count = count_paths(self.graph, j, k)
        if count > MOST_PATHS:
            raise NotAvailable(f"{count:,} paths from vertex {j} to vertex {k}; proof steps are checked on up to {MOST_PATHS}")
        return list(found)

    def path_sum(self, j: int, k: int) -> Any:
        """Σ_{p∈P(j,k)} Π D"""
        return self._sum(("all", j, k), j, k, lambda: self.paths(j, k))

    def path_sum_by_last_edge(self, j: int, last: int, k: int) -> Any:
        """Σ_{p∈P(j,j',k)} Π D, each path multiplied out by itself."""
        return self._sum(("last", j, last, k), j, k, lambda: self.paths_by_last_edge(j, last, k))

    def path_sum_by_first_edge(self, j: int, first: int, k: int) -> Any:
        """The sum over the paths that begin with (j, first), each multiplied out by itself."""
        return self._sum(("first", j, first, k), j, k, lambda: self.paths_by_first_edge(j, first, k))

    def _sum(self, key: tuple[Any, ...], j: int, k: int, chosen: Callable[[], Sequence[Path]]) -> Any:
        if key not in self._sums:
            self._sums[key] = self.total(k, j, map(self._product, chosen()))
        return self._sums[key]

    def _product(self, path: Path) -> Any:
        """Π D along the path: that of its longest beginning which was met before, multiplied on."""
        met = len(path)
        while met > 2 and path[:met] not in self._products:
            met -= 1
        for end in range(met, len(path) + 1):
            if path[:end] not in self._products:
                last = self.jacobians[path[end - 2], path[end - 1]] if end > 1 else self.identity(path[0])
                self._products[path[:end]] = last if end <= 2 else last @ self._products[path[: end - 1]]
        return self._products[path]

    @property
    def unreachable(self) -> Sequence[int]:
        """The leaves from which no path leads to the output, by networkx."""
        whole = digraph(self.n, self.graph.edges)
        return [j for j in self.leaves if not nx.has_path(whole, j, self.n)]

    @cached_property
    def _derivations(self) -> dict[int, Derivation]:
        found: dict[int, Derivation] = {}
        for leaf in self.leaves:
            try:
                found[leaf] = derivation(structure(self.graph), leaf)
            except TooLong:
                continue
        return found

    @property
    def derivation_lines(self) -> Sequence[tuple[int, int]]:
        """(leaf, line) for every line of the derivations (L8) that are not too long to write."""
        return [(leaf, t) for leaf, written in self._derivations.items() for t in range(len(written.lines))]

    def derivation_line(self, leaf: int, t: int) -> Any:
        """The value of one line: local derivatives are edge Jacobians, global ones come from values."""
        products = (
            reduce(operator.matmul, (self.derivative(d.of, d.wrt) if d.is_global else self.D(d.wrt, d.of) for d in term))
            for term in self._derivations[leaf].lines[t].terms
        )
        return self.total(self.n, leaf, products)
