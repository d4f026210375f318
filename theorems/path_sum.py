"""Theorem 1 (L15): a derivative is the sum over all paths of the products of edge Jacobians.

    ∂u_k/∂u_j |^{f̄ᵏ} = Σ_{p∈P(j,k)} Π_{(a,b)∈p} D_{a→b}        for every leaf j and every non-leaf k

The product is taken with later edges on the left. The proof goes by induction over the graph, k = l+1 … n, in four
equalities; every ∂ in them is computed from values of f alone, never from a Jacobian. P(j, j) holds exactly the empty
path, whose product is I, so that ∂u_j/∂u_j = I; another leaf has no path to j.

>>> [step.name for step in PATH_SUM.steps]
['chain rule over the last edges', 'induction hypothesis', 'the last edge moves into the path', 'the last edges part the paths', 'the path sums part alike', 'conclusion']
>>> PATH_SUM.uses
('chain-rule', 'edge-jacobians')
>>> PATH_SUM.steps[4].source
'L15 (4)'
>>> PATH_SUM.steps[6]
Traceback (most recent call last):
    ...
IndexError: tuple index out of range
"""

from __future__ import annotations

from collections.abc import Iterator

from backproof.theorems.quantities import Matrix, OfGraph, OfPaths, OfPoint
from backproof.theorems.theorem import DAG, DIFFERENTIABLE, LOCAL, PARENTS_ONLY, Pair, Step, Theorem


def pairs(q: OfGraph) -> Iterator[Pair]:
    """Every leaf j with every non-leaf k."""
    return ((j, k) for k in q.non_leaves for j in q.leaves)


def pairs_with_a_last_edge(q: OfGraph) -> Iterator[Pair]:
    """The same without constants, which no edge enters."""
    return ((j, k) for j, k in pairs(q) if q.parents(k))


def derivative(q: OfPoint, place: Pair) -> Matrix:
    """∂u_k/∂u_j |^{f̄ᵏ}"""
    j, k = place
    return q.derivative(k, j)


def by_the_chain_rule(q: OfPoint, place: Pair) -> Matrix:
    """Σ_{j':(j',k)∈E} D_{j'→k} × ∂u_j'/∂u_j |^{f̄ʲ'}"""
    j, k = place
    return q.total(k, j, (q.D(last, k) @ q.derivative(last, j) for last in q.parents(k)))


def by_the_induction_hypothesis(q: OfPaths, place: Pair) -> Matrix:
    """Σ_{j'} D_{j'→k} × Σ_{p∈P(j,j')} Π D"""
    j, k = place
    return q.total(k, j, (q.D(last, k) @ q.path_sum(j, last) for last in q.parents(k)))


def over_paths_by_last_edge(q: OfPaths, place: Pair) -> Matrix:
    """Σ_{j'} Σ_{p∈P(j,j',k)} Π D"""
    j, k = place
    return q.total(k, j, (q.path_sum_by_last_edge(j, last, k) for last in q.parents(k)))


def over_all_paths(q: OfPaths, place: Pair) -> Matrix:
    """Σ_{p∈P(j,k)} Π D"""
    j, k = place
    return q.path_sum(j, k)


def parts(q: OfPaths, place: Pair) -> list[tuple[int, ...]]:
    """The P(j,j',k) one after the other: a path in two of them would stand here twice."""
    j, k = place
    return sorted(path for last in q.parents(k) for path in q.paths_by_last_edge(j, last, k))


def all_paths(q: OfPaths, place: Pair) -> list[tuple[int, ...]]:
    """P(j,k)"""
    j, k = place
    return sorted(q.paths(j, k))


PATH_SUM = Theorem(
    label="path-sum",
    title="Theorem 1: sum over paths",
    source="L15",
    words="For every leaf j and every non-leaf k, the derivative of u_k with respect to u_j under the global function of k is the sum, over all "
    "directed paths from j to k, of the product of the edge Jacobians along the path, later edges on the left.",
    latex=r"\left.\frac{\partial u_k}{\partial u_j}\right|^{\bar f^k} = \sum_{p \in P(j,k)} \prod_{(a,b) \in p} D_{a \to b}",
    hypotheses=(DAG, PARENTS_ONLY, DIFFERENTIABLE, LOCAL),
    formal="Analysis.theorem1",
    uses=("chain-rule", "edge-jacobians"),
    steps=(
        Step(
            "chain rule over the last edges",
            "L15 (1)",
            "The derivative of u_k is the sum, over the last edges, of the edge Jacobian times the derivative of the parent.",
            r"\frac{\partial u_k}{\partial u_j} = \sum_{j':(j',k) \in E} D_{j' \to k} \times \frac{\partial u_{j'}}{\partial u_j}",
            pairs_with_a_last_edge,
            derivative,
            by_the_chain_rule,
            formal="Analysis.theorem1_step1_chain_rule",
        ),
        Step(
            "induction hypothesis",
            "L15 (2)",
            "The derivative of each parent is already known to be its path sum.",
            r"\sum_{j'} D_{j' \to k} \times \frac{\partial u_{j'}}{\partial u_j} = \sum_{j'} D_{j' \to k} \times \sum_{p \in P(j,j')} \prod D",
            pairs_with_a_last_edge,
            by_the_chain_rule,
            by_the_induction_hypothesis,
            formal="Analysis.theorem1_step2_induction_hypothesis",
        ),
        Step(
            "the last edge moves into the path",
            "L15 (3)",
            "The product with the last edge is the product along the longer path.",
            r"\sum_{j'} D_{j' \to k} \times \sum_{p \in P(j,j')} \prod D = \sum_{j'} \sum_{p \in P(j,j',k)} \prod D",
            pairs_with_a_last_edge,
            by_the_induction_hypothesis,
            over_paths_by_last_edge,
            formal="PathSum.theorem1_step3_last_edge_moves_in",
        ),
        Step(
            "the last edges part the paths",
            "L15 (4)",
            "The sets P(j,j',k) are disjoint, and together they are P(j,k).",
            r"\bigcup_{j'} P(j,j',k) = P(j,k)",
            pairs,
            parts,
            all_paths,
            formal="PathSum.theorem1_step4_last_edges_part",
        ),
        Step(
            "the path sums part alike",
            "L15 (4)",
            "Hence the sum over the parts is the sum over all paths.",
            r"\sum_{j'} \sum_{p \in P(j,j',k)} \prod D = \sum_{p \in P(j,k)} \prod D",
            pairs,
            over_paths_by_last_edge,
            over_all_paths,
            formal="PathSum.path_sum_by_last_edge",
        ),
        Step(
            "conclusion",
            "L15",
            "The derivative is the path sum.",
            r"\frac{\partial u_k}{\partial u_j} = \sum_{p \in P(j,k)} \prod D",
            pairs,
            derivative,
            over_all_paths,
            formal="Analysis.theorem1",
        ),
    ),
)
