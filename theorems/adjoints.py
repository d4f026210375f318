"""Facts about adjoints that follow from Theorem 2, and that people rely on without saying so.

Each compares adjoints that the backward pass leaves on a graph with those that it leaves on a changed graph, or from
another cotangent.

>>> [theorem.label for theorem in FACTS]
['linear', 'unreachable', 'fan-out', 'relabelling', 'subdivision', 'pairing', 'counting']
>>> FACTS[1].steps[0].right(None, 1)
Traceback (most recent call last):
    ...
AttributeError: 'NoneType' object has no attribute 'total'
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from functools import reduce

from backproof.engine.graph import Edge
from backproof.theorems.quantities import Matrix, OfChangedGraphs, OfGraph, OfPaths, OfPoint
from backproof.theorems.theorem import DAG, SEED, Step, Theorem


def vertices(q: OfGraph) -> list[int]:
    """Every vertex that has an adjoint."""
    return [*q.leaves, *q.non_leaves]


def adjoint(q: OfPoint, i: int) -> Matrix:
    """p_i"""
    return q.p(i)


def from_the_combination(q: OfChangedGraphs, i: int) -> Matrix:
    """p_i for the cotangent 2a − 3b"""
    return q.p_from(2, -3, i)


def combination_of_adjoints(q: OfChangedGraphs, i: int) -> Matrix:
    """2 p_i(a) − 3 p_i(b)"""
    a, b = q.p_from(1, 0, i), q.p_from(0, 1, i)
    return a + a - b - b - b


def unreachable(q: OfPaths) -> Sequence[int]:
    """The leaves without a path to the output."""
    return q.unreachable


def zero(q: OfPoint, j: int) -> Matrix:
    """0"""
    return q.total(0, j, ())


def shared(q: OfGraph) -> list[int]:
    """The vertices that several others read."""
    return [j for j in vertices(q) if len(q.children(j)) > 1]


def over_copies(q: OfChangedGraphs, j: int) -> Matrix:
    """The sum of the adjoints of the copies, each of which is read once."""
    return q.total(0, j, q.copies(j))


def in_another_order(q: OfChangedGraphs, i: int) -> Matrix:
    """p_i with the vertices numbered in another topological order"""
    return q.relabelled(i)


def edges_and_vertices(q: OfGraph) -> list[tuple[Edge, int]]:
    """The first and the last edge, each with every vertex."""
    edges = [(j, i) for i in q.non_leaves for j in q.parents(i)]
    return [(edge, i) for edge in dict.fromkeys((*edges[:1], *edges[-1:])) for i in vertices(q)]


def before(q: OfPoint, place: tuple[Edge, int]) -> Matrix:
    """p_i"""
    return q.p(place[1])


def after(q: OfChangedGraphs, place: tuple[Edge, int]) -> Matrix:
    """p_i with the identity function on the edge"""
    edge, i = place
    return q.subdivided(edge, i)


def once(q: OfGraph) -> list[str]:
    """One equation for the whole graph."""
    return ["the whole graph"] if q.leaves else []


def forward_pairing(q: OfChangedGraphs, place: str) -> Matrix:
    """⟨p_n, D v⟩: the direction v is pushed through the edges from the leaves to the output"""
    return q.p(q.n) @ q.pushed_forward


def backward_pairing(q: OfChangedGraphs, place: str) -> Matrix:
    """⟨p D, v⟩: the cotangent is pulled back to the leaves"""
    return reduce(operator.add, (q.p(j) @ q.direction(j) for j in q.leaves))


def number_of_terms(q: OfChangedGraphs, j: int) -> int:
    """The backward pass over the whole numbers with every D = 1"""
    return q.number_of_terms(j)


def number_of_paths(q: OfPaths, j: int) -> int:
    """|P(j,n)|"""
    return len(q.paths(j, q.n))


LINEAR = Theorem(
    "linear",
    "Adjoints are linear in the cotangent",
    "after L14",
    "The adjoints for a combination of two cotangents are the same combination of the adjoints for each.",
    r"p_i(2a - 3b) = 2\,p_i(a) - 3\,p_i(b)",
    (SEED,),
    (
        Step(
            "combination",
            "after L14",
            "Seeding with 2a − 3b gives twice the adjoints of a minus three times those of b.",
            r"p_i(2a - 3b) = 2 p_i(a) - 3 p_i(b)",
            vertices,
            from_the_combination,
            combination_of_adjoints,
        ),
    ),
    ("backward-pass",),
    formal="BackwardPass.linear_in_the_seed",
)
UNREACHABLE = Theorem(
    "unreachable",
    "A leaf without a path to the output has adjoint zero",
    "after L16",
    "If no path leads from leaf j to the output, then p_j = 0: the path sum is empty.",
    r"P(j,n) = \emptyset \Rightarrow p_j = 0",
    (DAG,),
    (Step("empty sum", "after L16", "The sum over no path is zero.", r"p_j = 0", unreachable, adjoint, zero),),
    ("backward-pass",),
    formal="BackwardPass.unreachable_is_zero",
)
FAN_OUT = Theorem(
    "fan-out",
    "Fan-out adds",
    "after L14",
    "If each vertex that reads u_j reads a copy of its own instead, the adjoints of the copies add up to p_j.",
    r"p_j = \sum_{i:(j,i) \in E} p_{j_i}",
    (DAG,),
    (Step("copies", "after L14", "The adjoint of j is the sum over its copies.", r"p_j = \sum_i p_{j_i}", shared, adjoint, over_copies),),
    ("backward-pass",),
)
RELABELLING = Theorem(
    "relabelling",
    "Any topological order gives the same adjoints",
    "after L14",
    "Numbering the vertices in another order in which every edge goes upward does not change an adjoint.",
    r"p_{\pi(i)} = p_i",
    (DAG,),
    (Step("another order", "after L14", "The adjoint of i is the same.", r"p_{\pi(i)} = p_i", vertices, adjoint, in_another_order),),
    ("backward-pass",),
    formal="BackwardPass.any_topological_order",
)
SUBDIVISION = Theorem(
    "subdivision",
    "An identity on an edge changes nothing",
    "after L15",
    "Replacing an edge a → b by a → m → b, where m is the identity function of a, leaves every adjoint as it is.",
    r"D_{m \to b} D_{a \to m} = D_{a \to b} I",
    (DAG,),
    (Step("one vertex more", "after L15", "The adjoint of i is the same.", r"p_i = p_i", edges_and_vertices, before, after),),
    ("backward-pass",),
)
PAIRING = Theorem(
    "pairing",
    "Forward and backward agree on every direction",
    "after L14",
    "Pushing a direction v forward through the edges and pairing it with p_n gives what pulling p_n back and pairing it with v gives.",
    r"\langle p, D v \rangle = \langle p D, v \rangle",
    (DAG, SEED),
    (
        Step(
            "direction",
            "after L14",
            "Both ways of bracketing the product agree.",
            r"p_n \, \dot u_n = \sum_{j \leq l} p_j v_j",
            once,
            forward_pairing,
            backward_pairing,
        ),
    ),
    ("backward-pass",),
    formal="BackwardPass.pairing",
)
COUNTING = Theorem(
    "counting",
    "As many terms as paths",
    "after L16",
    "The number of terms in p_j is the number of directed paths from j to the output.",
    r"|P(j,n)| \text{ terms in } p_j",
    (DAG,),
    (
        Step(
            "count",
            "after L16",
            "With every D = 1 the backward pass counts the paths.",
            r"p_j|_{D = 1} = |P(j,n)|",
            vertices,
            number_of_terms,
            number_of_paths,
        ),
    ),
    ("backward-pass",),
    formal="BackwardPass.counts_paths",
)

FACTS = (LINEAR, UNREACHABLE, FAN_OUT, RELABELLING, SUBDIVISION, PAIRING, COUNTING)
