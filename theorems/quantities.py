"""What the theorems speak of: every quantity that a side of an equation may ask for, with its formula. `verify`
supplies them; nothing is computed here.

Four parts, each with its own protocol: the graph itself, which says *where* an equation is claimed; the same graph at
one point; sums over its paths; and graphs that were changed, or seeded differently. A side of a theorem says by the
type of its first argument which part it needs. Vertices are numbered 1 … n, of which the leaves come first; a matrix
∂u_k/∂u_j has the shape d_k × d_j.

A quantity that one number system does not have raises `NotAvailable`, one that cannot be told at this point
`Undetermined`.

>>> sorted(name for name in vars(OfChangedGraphs) if not name.startswith("_"))
['copies', 'direction', 'number_of_terms', 'p_from', 'pushed_forward', 'relabelled', 'subdivided']
>>> raise Undetermined("kink: ∂y/∂x")
Traceback (most recent call last):
    ...
backproof.theorems.quantities.Undetermined: kink: ∂y/∂x
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from backproof.engine.graph import Edge


class NotAvailable(Exception):
    """This number system does not have the quantity, at this point; the message says why. The step is then `not
    checked` here.
    """


class Undetermined(Exception):
    """The quantity cannot be told at this point (a kink, an edge of the domain); the message gives the reason. The step
    is then INCONCLUSIVE here.
    """


class Matrix(Protocol):
    """A matrix that can be added, subtracted and multiplied, later edges on the left."""

    def __add__(self, other: Any) -> Matrix: ...
    def __sub__(self, other: Any) -> Matrix: ...
    def __matmul__(self, other: Any) -> Matrix: ...


class OfGraph(Protocol):
    """The graph, without a number (L10)."""

    @property
    def n(self) -> int:
        """The number of the output, which is the number of vertices."""
        ...

    @property
    def leaves(self) -> Sequence[int]:
        """The leaves that have a derivative; a discrete leaf has none."""
        ...

    @property
    def non_leaves(self) -> Sequence[int]:
        """l+1 … n"""
        ...

    def parents(self, i: int) -> Sequence[int]:
        """π(i), ascending, without discrete leaves."""
        ...

    def children(self, j: int) -> Sequence[int]:
        """{i : (j, i) ∈ E}, ascending."""
        ...

    def dimension(self, i: int) -> int:
        """d_i, the number of entries of u_i."""
        ...

    def shape(self, i: int) -> tuple[int, ...]:
        """How u_i is arranged: (d) for a vector, (m, d) for a matrix."""
        ...

    def operands(self, i: int) -> Sequence[int]:
        """What fⁱ reads, in order, a parent once for every use."""
        ...

    def function(self, i: int) -> str | None:
        """The name of fⁱ; None for a leaf."""
        ...


class OfPoint(OfGraph, Protocol):
    """The graph at one point: what the passes leave, and derivatives that are taken from values of f alone."""

    def u(self, i: int) -> Matrix:
        """u_i as a column, as the forward pass leaves it (L12)."""
        ...

    def at(self, j: int) -> Sequence[Any]:
        """The entries of u_j as plain numbers."""
        ...

    def composed(self, k: int) -> Matrix:
        """f̄ᵏ(u_1 … u_l): the local functions put into each other, from k down to the leaves (L12)."""
        ...

    def D(self, j: int, i: int) -> Matrix:
        """D_{j→i}, the Jacobian that the engine puts on the edge (j, i) (L13)."""
        ...

    def local(self, i: int, j: int) -> Matrix:
        """∂u_i/∂u_j |^{fⁱ} at the values of the parents of i, from values of fⁱ."""
        ...

    def derivative(self, k: int, j: int) -> Matrix:
        """∂u_k/∂u_j |^{f̄ᵏ} for a leaf j, from values of f: I for k = j, 0 where k does not depend on j."""
        ...

    def p(self, i: int) -> Matrix:
        """p_i, as the backward pass leaves it (L14)."""
        ...

    @property
    def written(self) -> Sequence[int]:
        """The vertices in the order in which the backward pass wrote their adjoints."""
        ...

    def identity(self, j: int) -> Matrix:
        """I of size d_j."""
        ...

    def total(self, k: int, j: int, terms: Iterable[Matrix]) -> Matrix:
        """Σ of terms of shape d_k × d_j, and 0 of none; k = 0 stands for as many rows as p_n has."""
        ...

    def whole(self, number: int) -> Matrix:
        """A whole number, as a 1 × 1 matrix."""
        ...

    def rows_of_softmax(self, j: int) -> Matrix:
        """The d_j × d_j matrix in which every row is exp(u_j) / Σ exp(u_j)."""
        ...

    def block_rows(self, x: int, m: int) -> Matrix:
        """The m × (m·d_x) matrix whose row r holds u_x in its r-th block, and zeros elsewhere."""
        ...


class OfPaths(OfPoint, Protocol):
    """Its directed paths, and the products of edge Jacobians along them, later edges on the left (L15)."""

    def paths(self, j: int, k: int) -> Sequence[tuple[int, ...]]:
        """P(j, k); P(j, j) holds the empty path (j) alone."""
        ...

    def paths_by_last_edge(self, j: int, last: int, k: int) -> Sequence[tuple[int, ...]]:
        """P(j, j', k): the paths from j to k whose last edge is (j', k), for j' = `last`."""
        ...

    def paths_by_first_edge(self, j: int, first: int, k: int) -> Sequence[tuple[int, ...]]:
        """The paths from j to k whose first edge is (j, `first`)."""
        ...

    def path_sum(self, j: int, k: int) -> Matrix:
        """Σ_{p∈P(j,k)} Π_{(a,b)∈p} D_{a→b}"""
        ...

    def path_sum_by_last_edge(self, j: int, last: int, k: int) -> Matrix:
        """Σ_{p∈P(j,j',k)} Π_{(a,b)∈p} D_{a→b}, each path multiplied out by itself."""
        ...

    def path_sum_by_first_edge(self, j: int, first: int, k: int) -> Matrix:
        """Σ Π_{(a,b)∈p} D_{a→b} over the paths that begin with (j, `first`), each multiplied out by itself."""
        ...

    @property
    def unreachable(self) -> Sequence[int]:
        """The leaves j with P(j, n) = ∅."""
        ...

    @property
    def derivation_lines(self) -> Sequence[tuple[int, int]]:
        """(leaf, t) for every line t of the derivation of ∂u_n/∂u_leaf (L8), where that is short enough to write."""
        ...

    def derivation_line(self, leaf: int, t: int) -> Matrix:
        """Line t: a sum of products of local derivatives D_{a→b} and, where one is left, a global one ∂u_a/∂u_leaf
        |^{f̄ᵃ}.
        """
        ...


class OfChangedGraphs(OfPoint, Protocol):
    """What the passes leave on another graph made of this one, or from another seed."""

    def p_from(self, x: int, y: int, i: int) -> Matrix:
        """p_i for the cotangent p_n = x·a + y·b, with a = (1, 2, 3, …) and b = (1, −1, 1, …)."""
        ...

    def copies(self, j: int) -> Sequence[Matrix]:
        """p_{j_i} for every child i of j, where each reads a copy j_i of its own in the place of j."""
        ...

    def relabelled(self, i: int) -> Matrix:
        """p_{π(i)}, where the vertices are numbered in another topological order π."""
        ...

    def subdivided(self, edge: Edge, i: int) -> Matrix:
        """p_i, where a → b is replaced by a → m → b, and m is the identity function of a."""
        ...

    def direction(self, j: int) -> Matrix:
        """v_j, a column for leaf j: (1, 2, 3, …)."""
        ...

    @property
    def pushed_forward(self) -> Matrix:
        """u̇_n, for u̇_j = v_j at the leaves and u̇_k = Σ_{j'∈π(k)} D_{j'→k} u̇_j' after them."""
        ...

    def number_of_terms(self, j: int) -> int:
        """p_j for p_n = 1 and every D = 1, over the whole numbers."""
        ...


class Quantities(OfPaths, OfChangedGraphs, Protocol):
    """All of them: one graph at one point, in one number system."""
