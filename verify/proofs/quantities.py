"""The quantities that the theorems speak of, computed for one case in one number system: derivatives, edge Jacobians, path sums, adjoints.

Each comes from the route that design rule 4 gives it: derivatives (`derivative`, `local`) from values of f alone, path sums from paths that networkx lists,
adjoints from the engine's backward pass, values from its forward pass. Nothing is shared between two sides of an equation that one route could get wrong for both.

>>> from backproof.verify.cases.lecture import lecture_cases
>>> from backproof.engine import FLOAT64
>>> q = quantities(lecture_cases()[0], RATIONAL)
>>> q.p(2).value.tolist(), q.path_sum(2, 4).value.tolist(), q.paths(2, 4)
([[Fraction(11, 1)]], [[Fraction(11, 1)]], [(2, 3, 4), (2, 4)])
>>> quantities(lecture_cases()[0], FLOAT64).derivative(4, 2)
Traceback (most recent call last):
    ...
backproof.theorems.theorem.NotAvailable: float64 has no derivatives from values: differences need mpmath, or the rationals
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from typing import Any, Protocol

import networkx as nx
import numpy as np

from backproof.engine import RATIONAL, Graph, NumberSystem
from backproof.engine.free_algebra import FREE, Polynomial
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.theorems.derivation import Derivation, TooLong, derivation, structure
from backproof.theorems.theorem import NotAvailable
from backproof.verify.cases.case import Case
from backproof.verify.paths.enumeration import Path, count_paths, paths_by_first_edge, paths_by_last_edge
from backproof.verify.paths.products import path_products
from backproof.verify.proofs.measured import SLACK, Measured, exactly, sizes
from backproof.verify.proofs.skeletons import Changed, Skeleton, of_graph, relabelled, split, subdivided
from backproof.verify.proofs.witnesses import witnesses
from backproof.verify.three_way.routes import Routes, run

MOST_PATHS = 500


@dataclass(frozen=True)
class _Products:
    """What `path_products` needs of a number system, on matrices that carry their error, or on symbols."""

    identity: Callable[[int], Any]

    def matmul(self, left: Any, right: Any) -> Any:
        return left @ right


class Values(Protocol):
    """What a point adds to a graph: values and derivatives from values (`verify.proofs.witnesses`)."""

    def composed(self, k: int) -> Any: ...
    def derivative(self, k: int, j: int) -> Any: ...
    def local(self, i: int, j: int) -> Any: ...
    def rows_of_softmax(self, j: int) -> Any: ...


@dataclass
class GraphQuantities:
    """The quantities of one graph. Without `values` there are symbols only: no point, no function, no dimension."""

    graph: Graph
    jacobians: Mapping[Edge, Any]
    adjoints: Mapping[int, Any]
    routes: Routes
    zero: Callable[[int, int], Any]
    unit: Callable[[int], Any]
    vector: Callable[[int], Any]
    run_backward: Callable[[Skeleton, Mapping[Edge, Any], Any], Mapping[int, Any]]
    seed: Any = None
    system: str = "free"
    values: Values | None = None
    u_values: Mapping[int, Any] | None = None
    _sums: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    _changed: dict[Any, Any] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """The number of the output."""
        return self.graph.n

    @cached_property
    def leaves(self) -> Sequence[int]:
        """The leaves that have a derivative."""
        return self.graph.differentiable_leaves()

    @property
    def non_leaves(self) -> Sequence[int]:
        """l+1 … n."""
        return range(self.graph.l + 1, self.graph.n + 1)

    def parents(self, i: int) -> Sequence[int]:
        """π(i), without discrete leaves."""
        return [j for j in self.graph.parents(i) if not self.graph.is_discrete(j)]

    def children(self, j: int) -> Sequence[int]:
        """The vertices that read j."""
        return self.graph.children(j)

    def dimension(self, i: int) -> int:
        """d_i."""
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

    def at(self, j: int) -> Sequence[Any]:
        """The values of leaf j; nothing where there are symbols only."""
        return [] if self.u_values is None else self.u(j).value[:, 0].tolist()

    def whole(self, number: int) -> Any:
        """A whole number, as a 1 × 1 matrix."""
        like = self.u(self.n).system
        return exactly(like.array([[number]]), like)

    def u(self, i: int) -> Any:
        """u_i as a column, from the engine's forward pass."""
        if self.u_values is None:
            raise NotAvailable("symbols have no values")
        return self.u_values[i]

    def composed(self, k: int) -> Any:
        """f̄ᵏ at the leaf values."""
        return self._at_a_point().composed(k)

    def derivative(self, k: int, j: int) -> Any:
        """∂u_k/∂u_j under f̄ᵏ, from values of f."""
        return self._at_a_point().derivative(k, j)

    def local(self, i: int, j: int) -> Any:
        """∂u_i/∂u_j under fⁱ, from values of fⁱ."""
        return self._at_a_point().local(i, j)

    def _at_a_point(self) -> Values:
        if self.values is None:
            raise NotAvailable("symbols have no derivatives from values")
        return self.values

    def D(self, j: int, i: int) -> Any:
        """D_{j→i}, from the engine."""
        return self.jacobians[j, i]

    def identity(self, j: int) -> Any:
        """I of size d_j."""
        return self.unit(j)

    def total(self, k: int, j: int, terms: Iterable[Any]) -> Any:
        """The sum of terms of shape d_k × d_j (k = 0: one row for each row of p_n); zero of none."""
        result = self.zero(k, j)
        for term in terms:
            result = result + term
        return result

    def paths(self, j: int, k: int) -> list[Path]:
        """P(j, k), by networkx."""
        return self._listed(j, k, self.routes.paths(self.graph, j, k))

    def paths_by_last_edge(self, j: int, last: int, k: int) -> list[Path]:
        """P(j, j', k)."""
        return self._listed(j, k, paths_by_last_edge(self.graph, j, last, k))

    def paths_by_first_edge(self, j: int, first: int, k: int) -> list[Path]:
        """The paths from j to k that begin with (j, first)."""
        return self._listed(j, k, paths_by_first_edge(self.graph, j, first, k))

    def path_sum(self, j: int, k: int) -> Any:
        """Σ_{p∈P(j,k)} Π D."""
        return self._sum(("all", j, k), j, k, lambda graph, a, b: iter(self.paths(j, k)))

    def path_sum_by_last_edge(self, j: int, last: int, k: int) -> Any:
        """Σ_{p∈P(j,j',k)} Π D, each path multiplied out by itself."""
        return self._sum(("last", j, last, k), j, k, lambda graph, a, b: iter(self.paths_by_last_edge(j, last, k)))

    def path_sum_by_first_edge(self, j: int, first: int, k: int) -> Any:
        """The sum over the paths that begin with (j, first), each multiplied out by itself."""
        return self._sum(("first", j, first, k), j, k, lambda graph, a, b: iter(self.paths_by_first_edge(j, first, k)))

    def _listed(self, j: int, k: int, found: Iterator[Path]) -> list[Path]:
        count = count_paths(self.graph, j, k)
        if count > MOST_PATHS:
            raise NotAvailable(f"{count:,} paths from vertex {j} to vertex {k}; proof steps are checked on up to {MOST_PATHS}")
        return list(found)

    def _sum(self, key: tuple[Any, ...], j: int, k: int, chosen: Callable[[Graph, int, int], Iterator[Path]]) -> Any:
        if key not in self._sums:
            products: Any = path_products(self.graph, self.jacobians, j, k, _Products(lambda _: self.unit(j)), chosen)  # type: ignore[arg-type]
            self._sums[key] = self.total(k, j, (product for _, product in products))
        return self._sums[key]

    def p(self, i: int) -> Any:
        """p_i, from the engine's backward pass; None where it left none."""
        return self.adjoints.get(i)

    @property
    def written(self) -> list[int]:
        """The vertices in the order in which the backward pass wrote their adjoints."""
        return list(self.adjoints)

    @cached_property
    def unreachable(self) -> list[int]:
        """The leaves from which no path leads to the output, by networkx."""
        drawing: Any = nx.DiGraph()
        drawing.add_nodes_from(range(1, self.n + 1))
        drawing.add_edges_from(self.graph.edges)
        return [j for j in self.leaves if not nx.has_path(drawing, j, self.n)]

    @cached_property
    def shared(self) -> list[int]:
        """The vertices with an adjoint that several others read."""
        return [j for j in (*self.leaves, *self.non_leaves) if len(self.children(j)) > 1]

    def copies(self, j: int) -> list[Any]:
        """The adjoints of the copies of j, one for each vertex that reads it, in the graph in which j is replaced by them."""
        changed, adjoints = self._run(("split", j), lambda: split(of_graph(self.graph), self.jacobians, j))
        return [adjoints.get(copy) for copy in changed.copies]

    def relabelled(self, i: int) -> Any:
        """p_i in the same graph with its vertices numbered in another topological order."""
        changed, adjoints = self._run("relabelled", lambda: relabelled(of_graph(self.graph), self.jacobians))
        return adjoints.get(changed.place[i])

    def subdivided(self, edge: Edge, i: int) -> Any:
        """p_i in the graph in which the identity function stands on an edge."""
        changed, adjoints = self._run(
            ("subdivided", edge), lambda: subdivided(of_graph(self.graph), self.jacobians, edge, lambda _: self.unit(edge[0]))
        )
        return adjoints.get(changed.place[i])

    def _run(self, key: Any, change: Callable[[], Changed]) -> tuple[Changed, Mapping[int, Any]]:
        if key not in self._changed:
            changed = change()
            self._changed[key] = changed, self.run_backward(changed.skeleton, changed.D, self.seed)
        return self._changed[key]

    def p_from(self, cotangent: str, i: int) -> Any:
        """p_i for the cotangents a = (1, 2, 3, …), b = (1, −1, 1, …), or 2a − 3b."""
        if self.values is None:
            raise NotAvailable("symbols are seeded with the identity only")
        width = self.dimension(self.n)
        a, b = list(range(1, width + 1)), [(-1) ** k for k in range(width)]
        seed = {"a": a, "b": b, "2a − 3b": [2 * x - 3 * y for x, y in zip(a, b, strict=True)]}[cotangent]
        if cotangent not in self._changed:
            self._changed[cotangent] = self.run_backward(of_graph(self.graph), self.jacobians, seed)
        return self._changed[cotangent].get(i)

    def direction(self, j: int) -> Any:
        """v_j for leaf j: the column (1, 2, 3, …), or a symbol."""
        return self.vector(j)

    @cached_property
    def pushed_forward(self) -> Any:
        """The direction v at the output: u̇_k = Σ_{j'∈π(k)} D_{j'→k} u̇_j', from the leaves on."""
        moved: dict[int, Any] = {j: self.direction(j) for j in self.leaves}
        for k in self.non_leaves:
            terms = [self.D(a, k) @ moved[a] for a in self.parents(k) if a in moved]
            if terms:
                moved[k] = self.total_of(terms)
        if self.n not in moved:
            raise NotAvailable("the output depends on no leaf")
        return moved[self.n]

    def total_of(self, terms: Iterable[Any]) -> Any:
        """The sum of one or more terms."""
        first, *others = terms
        for term in others:
            first = first + term
        return first

    def rows_of_softmax(self, j: int) -> Any:
        """The matrix in which every row is softmax(u_j), from its definition."""
        return self._at_a_point().rows_of_softmax(j)

    def block_rows(self, x: int, m: int) -> Any:
        """The m × (m·d) matrix whose row r holds u_x in the places of the r-th block."""
        column = self.u(x)
        d = column.value.shape[0]
        rows = column.system.zeros((m, m * d))
        for r in range(m):
            rows[r, r * d : (r + 1) * d] = column.value[:, 0]
        return exactly(rows, column.system)

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
    def derivation_lines(self) -> list[tuple[int, int]]:
        """(leaf, line) for every line of the derivations (L8) that are not too long to write."""
        return [(leaf, t) for leaf, written in self._derivations.items() for t in range(len(written.lines))]

    def derivation_line(self, leaf: int, number: int) -> Any:
        """The value of one line: local derivatives are edge Jacobians, global ones come from values."""
        return self.total(
            self.n,
            leaf,
            (
                reduce(operator.matmul, (self.derivative(d.of, d.wrt) if d.is_global else self.D(d.wrt, d.of) for d in term))
                for term in self._derivations[leaf].lines[number].terms
            ),
        )

    def number_of_terms(self, j: int) -> int:
        """The backward pass over the whole numbers with every D = 1: how many terms p_j has."""
        shape = of_graph(self.graph)
        single = Skeleton(shape.n, shape.l, shape.edges, shape.below, shape.above, None, shape.discrete)
        counted = self.routes.backward(single, {edge: RATIONAL.array([[1]]) for edge in self.jacobians}, None, RATIONAL)  # type: ignore[arg-type]
        return int(counted[j].item())


def symbolic(graph: Graph, routes: Routes | None = None) -> GraphQuantities:
    """The quantities with a symbol for every edge Jacobian: what holds of them holds for all values, functions and dimensions on this graph."""
    routes = routes or Routes()
    backward: Any = routes.backward
    D = {(j, i): FREE.symbol(f"{j}→{i}") for j, i in graph.edges if not graph.is_discrete(j)}

    def run_backward(shape: Skeleton, jacobians: Mapping[Edge, Any], seed: Any) -> Mapping[int, Polynomial]:
        return backward(shape, jacobians, None, FREE)

    return GraphQuantities(
        graph=graph,
        jacobians=D,
        adjoints=run_backward(of_graph(graph), D, None),
        routes=routes,
        zero=lambda k, j: FREE.zeros((1, 1)),
        unit=lambda j: FREE.identity(1),
        vector=lambda j: FREE.symbol(f"v{j}"),
        run_backward=run_backward,
    )


def quantities(case: Case, system: NumberSystem, routes: Routes | None = None) -> GraphQuantities:
    """The quantities of a case in a number system, every matrix with a bound of its error."""
    routes = routes or Routes()
    done, graph = run(case, system, routes), case.graph
    D = {edge: exactly(block, system) for edge, block in done.D.items()}
    rows = done.p[graph.n].shape[0]

    def zero(k: int, j: int) -> Measured:
        return exactly(system.zeros((graph.dimension(k) if k else rows, graph.dimension(j))), system)

    def run_backward(shape: Skeleton, jacobians: Mapping[Edge, Measured], seed: Any) -> Mapping[int, Measured]:
        backward: Any = routes.backward
        return with_bounds(
            shape, jacobians, backward(shape, {edge: block.value for edge, block in jacobians.items()}, seed, system), system
        )

    return GraphQuantities(
        graph=graph,
        jacobians=D,
        adjoints=with_bounds(of_graph(graph), D, done.p, system),
        routes=routes,
        zero=zero,
        unit=lambda j: exactly(system.identity(graph.dimension(j)), system),
        vector=lambda j: exactly(system.array([[k + 1] for k in range(graph.dimension(j))]), system),
        run_backward=run_backward,
        seed=case.cotangent,
        system=system.name,
        values=witnesses(case, system, route=routes.differences),
        u_values={i: exactly(value.reshape(-1, 1), system) for i, value in done.u.items()},
    )


def with_bounds(shape: Skeleton, D: Mapping[Edge, Measured], adjoints: Mapping[int, Array], system: NumberSystem) -> dict[int, Measured]:
    """The adjoints with the error that their rounding can have: that of Σ p_i D_{j→i}, formed from the adjoints as they are."""
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
