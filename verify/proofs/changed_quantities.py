"""Adjoints on changed graphs and from other seeds, as the theorems ask for them
(`theorems.quantities.OfChangedGraphs`).

The engine's own backward pass runs on the changed skeleton (`verify.proofs.skeletons`), with the edge Jacobians of the
graph as it was; nothing is differentiated again.

>>> from backproof.engine import RATIONAL
>>> from backproof.verify.cases.lecture import lecture_cases
>>> from backproof.verify.proofs.quantities import quantities, symbolic
>>> four = lecture_cases()[0]
>>> q = quantities(four, RATIONAL)
>>> [copy.value.item() for copy in q.copies(2)], q.relabelled(2).value.item(), q.subdivided((2, 3), 2).value.item()
([Fraction(4, 1), Fraction(7, 1)], Fraction(11, 1), Fraction(11, 1))
>>> q.p_from(2, -3, 2).value.item(), q.pushed_forward.value.item(), [q.number_of_terms(j) for j in (1, 2, 3, 4)]
(Fraction(-11, 1), Fraction(15, 1), [1, 2, 1, 1])
>>> symbolic(four.graph).copies(2)
[Polynomial(3→4 2→3), Polynomial(2→4)]
>>> symbolic(four.graph).p_from(1, 0, 2)
Traceback (most recent call last):
    ...
backproof.theorems.quantities.NotAvailable: symbols are seeded with the identity only
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from typing import Any

from backproof.engine import RATIONAL
from backproof.engine.graph import Edge
from backproof.theorems.quantities import NotAvailable
from backproof.verify.proofs.point_quantities import PointQuantities
from backproof.verify.proofs.skeletons import Changed, of_graph, relabelled, split, subdivided


@dataclass
class ChangedGraphQuantities(PointQuantities):
    """What the backward pass leaves on the graph changed, from `cotangent`, or from another; each
    change is run once.
    """

    cotangent: Any = None
    _runs: dict[Any, tuple[Changed, Mapping[int, Any]]] = field(default_factory=dict)

    def _run(self, key: Any, change: Callable[[], Changed], cotangent: Any) -> tuple[Changed, Mapping[int, Any]]:
        if key not in self._runs:
            changed = change()
            self._runs[key] = changed, self.matrices.backward(changed.skeleton, changed.D, cotangent)
        return self._runs[key]

    def p_from(self, x: int, y: int, i: int) -> Any:
        """p_i for the cotangent x·a + y·b, with a = (1, 2, 3, …) and b = (1, −1, 1, …)."""
        if self.values is None:
            raise NotAvailable("symbols are seeded with the identity only")
        seed = [x * (k + 1) + y * (-1) ** k for k in range(self.dimension(self.n))]
        _, adjoints = self._run((x, y), lambda: Changed(of_graph(self.graph), self.jacobians, {}), seed)
        return adjoints.get(i)

    def copies(self, j: int) -> Sequence[Any]:
        """The adjoints of the copies of j, one for each vertex that reads it, in the graph in which j is replaced by
        them.
        """
        changed, adjoints = self._run(("split", j), lambda: split(of_graph(self.graph), self.jacobians, j), self.cotangent)
        return [adjoints.get(copy) for copy in changed.copies]

    def relabelled(self, i: int) -> Any:
        """p_i in the same graph with its vertices numbered in another topological order."""
        changed, adjoints = self._run("relabelled", lambda: relabelled(of_graph(self.graph), self.jacobians), self.cotangent)
        return adjoints.get(changed.place[i])

    def subdivided(self, edge: Edge, i: int) -> Any:
        """p_i in the graph in which the identity function stands on an edge."""

        def change() -> Changed:
            return subdivided(of_graph(self.graph), self.jacobians, edge, lambda _: self.identity(edge[0]))

        changed, adjoints = self._run(("subdivided", edge), change, self.cotangent)
        return adjoints.get(changed.place[i])

    def direction(self, j: int) -> Any:
        """v_j for leaf j: the column (1, 2, 3, …), or a symbol."""
        return self.matrices.direction(j)

    @property
    def pushed_forward(self) -> Any:
        """The direction v at the output: u̇_k = Σ_{j'∈π(k)} D_{j'→k} u̇_j', from the leaves on."""
        moved: dict[int, Any] = {j: self.direction(j) for j in self.leaves}
        for k in self.non_leaves:
            terms = [self.D(a, k) @ moved[a] for a in self.parents(k) if a in moved]
            if terms:
                moved[k] = reduce(operator.add, terms)
        if self.n not in moved:
            raise NotAvailable("the output depends on no leaf")
        return moved[self.n]

    @cached_property
    def _terms(self) -> Mapping[int, Any]:
        backward: Any = self.routes.backward
        single = replace(of_graph(self.graph), dimensions=None)
        return backward(single, {edge: RATIONAL.array([[1]]) for edge in self.jacobians}, None, RATIONAL)

    def number_of_terms(self, j: int) -> int:
        """The backward pass over the whole numbers with every D = 1: how many terms p_j has."""
        return int(self._terms[j].item())
