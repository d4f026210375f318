"""The quantities that the theorems speak of, computed for one case in one number system: derivatives, edge Jacobians,
path sums, adjoints.

Each comes from the route that design rule 4 gives it: derivatives (`derivative`, `local`) from values of f alone, path
sums from paths that networkx lists, adjoints from the engine's backward pass, values from its forward pass. Nothing is
shared between two sides of an equation that one route could get wrong for both.

>>> from backproof.verify.cases.lecture import lecture_cases
>>> from backproof.engine import FLOAT64, RATIONAL
>>> q = quantities(lecture_cases()[0], RATIONAL)
>>> q.p(2).value.tolist(), q.path_sum(2, 4).value.tolist(), q.paths(2, 4)
([[Fraction(11, 1)]], [[Fraction(11, 1)]], [(2, 3, 4), (2, 4)])
>>> quantities(lecture_cases()[0], FLOAT64).derivative(4, 2)
Traceback (most recent call last):
    ...
backproof.theorems.quantities.NotAvailable: float64 has no derivatives from values: differences need mpmath, or the rationals
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.engine import Graph, NumberSystem
from backproof.engine.free_algebra import FREE, Polynomial
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.verify.cases.case import Case
from backproof.verify.proofs.changed_quantities import ChangedGraphQuantities
from backproof.verify.proofs.measured import SLACK, Measured, exactly, sizes
from backproof.verify.proofs.path_quantities import PathQuantities
from backproof.verify.proofs.point_quantities import Matrices
from backproof.verify.proofs.skeletons import Skeleton, of_graph
from backproof.verify.proofs.witnesses import witnesses
from backproof.verify.three_way.routes import Routes, run


@dataclass
class SuppliedQuantities(PathQuantities, ChangedGraphQuantities):
    """All that the theorems ask for (`theorems.quantities.Quantities`), of one graph in one number system."""


def symbolic(graph: Graph, routes: Routes | None = None) -> SuppliedQuantities:
    """The quantities with a symbol for every edge Jacobian: what holds of them holds for all values, functions and
    dimensions on this graph.
    """
    routes = routes or Routes()
    run_backward: Any = routes.backward
    D = {(j, i): FREE.symbol(f"{j}→{i}") for j, i in graph.edges if not graph.is_discrete(j)}

    def backward(shape: Skeleton, D: Mapping[Edge, Any], cotangent: Any) -> Mapping[int, Polynomial]:
        return run_backward(shape, D, None, FREE)

    return SuppliedQuantities(
        graph=graph,
        system=FREE.name,
        routes=routes,
        matrices=Matrices(
            zero=lambda k, j: FREE.zeros((1, 1)),
            identity=lambda j: FREE.identity(1),
            direction=lambda j: FREE.symbol(f"v{j}"),
            backward=backward,
        ),
        jacobians=D,
        adjoints=backward(of_graph(graph), D, None),
    )


def quantities(case: Case, system: NumberSystem, routes: Routes | None = None) -> SuppliedQuantities:
    """The quantities of a case in a number system, every matrix with a bound of its error."""
    routes = routes or Routes()
    run_backward: Any = routes.backward
    done, graph = run(case, system, routes), case.graph
    D = {edge: exactly(block, system) for edge, block in done.D.items()}
    rows = done.p[graph.n].shape[0]

    def zero(k: int, j: int) -> Measured:
        return exactly(system.zeros((graph.dimension(k) if k else rows, graph.dimension(j))), system)

    def backward(shape: Skeleton, D: Mapping[Edge, Measured], cotangent: Any) -> Mapping[int, Measured]:
        adjoints = run_backward(shape, {edge: block.value for edge, block in D.items()}, cotangent, system)
        return with_bounds(shape, D, adjoints, system)

    return SuppliedQuantities(
        graph=graph,
        system=system.name,
        routes=routes,
        matrices=Matrices(
            zero=zero,
            identity=lambda j: exactly(system.identity(graph.dimension(j)), system),
            direction=lambda j: exactly(system.array([[k + 1] for k in range(graph.dimension(j))]), system),
            backward=backward,
        ),
        jacobians=D,
        adjoints=with_bounds(of_graph(graph), D, done.p, system),
        values={i: exactly(value.reshape(-1, 1), system) for i, value in done.u.items()},
        witnesses=witnesses(case, system, route=routes.differences),
        cotangent=case.cotangent,
    )


def with_bounds(shape: Skeleton, D: Mapping[Edge, Measured], adjoints: Mapping[int, Array], system: NumberSystem) -> dict[int, Measured]:
    """The adjoints with the error that their rounding can have: that of Σ p_i D_{j→i}, formed from the adjoints as they
    are.
    """
    bounded: dict[int, Measured] = {}
    for j, p in adjoints.items():
        error = np.zeros(p.shape)
        for i in shape.children(j):
            if i in bounded and (j, i) in D and bounded[i].value.shape[1] == D[j, i].value.shape[0]:
                term = bounded[i] @ D[j, i]
                if term.error.shape == error.shape:
                    error = error + term.error + (1 + len(shape.children(j))) * float(system.unit_roundoff) * sizes(term.value)
        bounded[j] = Measured(p, error * SLACK, system)
    return bounded
