"""Theorem 2 (L16): the backward pass computes the path sums, hence the derivatives.

    p_i = p_n Σ_{p∈P(i,n)} Π_{(a,b)∈p} D_{a→b}        for every vertex i

The lecture has p_n = 1; here p_n may have any rows. The proof goes by induction, i = n, n−1 … 1, in three equalities.

>>> [step.source for step in BACKWARD_PASS.steps]
['L16 (1)', 'L16 (2)', 'L16 (3)', 'L16 (3)', 'L14', 'L16']
>>> LEAVES.uses
('path-sum', 'backward-pass')
>>> BACKWARD_PASS.steps[0].left(None, 3)
Traceback (most recent call last):
    ...
AttributeError: 'NoneType' object has no attribute 'p'
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backproof.theorems.quantities import Matrix, OfGraph, OfPaths, OfPoint
from backproof.theorems.theorem import DAG, DIFFERENTIABLE, LOCAL, PARENTS_ONLY, SEED, Step, Theorem


def all_but_the_output(q: OfGraph) -> Iterator[int]:
    """j = n−1 … 1, without discrete leaves, which have no adjoint."""
    return (j for j in range(q.n - 1, 0, -1) if j in q.leaves or j in q.non_leaves)


def adjoint(q: OfPoint, j: int) -> Matrix:
    """p_j"""
    return q.p(j)


def by_the_recursion(q: OfPoint, j: int) -> Matrix:
    """Σ_{i:(j,i)∈E} p_i D_{j→i}"""
    return q.total(0, j, (q.p(i) @ q.D(j, i) for i in q.children(j)))


def by_the_induction_hypothesis(q: OfPaths, j: int) -> Matrix:
    """Σ_i (p_n Σ_{p∈P(i,n)} Π D) D_{j→i}"""
    return q.total(0, j, (q.p(q.n) @ q.path_sum(i, q.n) @ q.D(j, i) for i in q.children(j)))


def over_paths_by_first_edge(q: OfPaths, j: int) -> Matrix:
    """p_n Σ_i Σ_{p∈P(j,n) that begin with (j,i)} Π D"""
    return q.total(0, j, (q.p(q.n) @ q.path_sum_by_first_edge(j, i, q.n) for i in q.children(j)))


def over_all_paths(q: OfPaths, j: int) -> Matrix:
    """p_n Σ_{p∈P(j,n)} Π D"""
    return q.p(q.n) @ q.path_sum(j, q.n)


def parts(q: OfPaths, j: int) -> list[tuple[int, ...]]:
    """The paths that begin with (j,i), one set after the other."""
    return sorted(path for i in q.children(j) for path in q.paths_by_first_edge(j, i, q.n))


def all_paths(q: OfPaths, j: int) -> list[tuple[int, ...]]:
    """P(j,n)"""
    return sorted(q.paths(j, q.n))


def turns(q: OfPoint) -> range:
    """The turns of the loop; after turn 0 only p_n is written."""
    return range(len(q.written))


def written(q: OfPoint, turn: int) -> Sequence[int]:
    """The vertices whose adjoint is there after this turn."""
    return list(q.written[: turn + 1])


def downward(q: OfGraph, turn: int) -> Sequence[int]:
    """n, n−1, n−2, …: every vertex from the output down that has an adjoint."""
    return [q.n, *all_but_the_output(q)][: turn + 1]


def leaves(q: OfGraph) -> Sequence[int]:
    """The leaves that have a derivative."""
    return q.leaves


def derivative_of_the_output(q: OfPoint, j: int) -> Matrix:
    """p_n ∂u_n/∂u_j |^{f̄ⁿ}"""
    return q.p(q.n) @ q.derivative(q.n, j)


BACKWARD_PASS = Theorem(
    label="backward-pass",
    title="Theorem 2: the backward pass is correct",
    source="L16",
    words="The backward pass leaves in p_i, for every vertex i, the sum over all directed paths from i to the output n of the product of the edge "
    "Jacobians along the path, times p_n.",
    latex=r"p_i = \sum_{p \in P(i,n)} \prod_{(a,b) \in p} D_{a \to b}",
    hypotheses=(DAG, SEED),
    uses=(),
    formal="BackwardPass.theorem2",
    steps=(
        Step(
            "recursion",
            "L16 (1)",
            "The adjoint of j is the sum, over the edges that leave j, of the child's adjoint times the edge Jacobian.",
            r"p_j = \sum_{i:(j,i) \in E} p_i D_{j \to i}",
            all_but_the_output,
            adjoint,
            by_the_recursion,
            formal="BackwardPass.recursion_holds_after_the_loop",
        ),
        Step(
            "induction hypothesis",
            "L16 (2)",
            "The adjoint of each child is already known to be its path sum.",
            r"\sum_{i} p_i D_{j \to i} = \sum_{i} \left( \sum_{p \in P(i,n)} \prod D \right) D_{j \to i}",
            all_but_the_output,
            by_the_recursion,
            by_the_induction_hypothesis,
            formal="BackwardPass.theorem2_step2_induction_hypothesis",
        ),
        Step(
            "the first edge moves into the path",
            "L16 (3)",
            "The product with the first edge is the product along the longer path.",
            r"\sum_{i} \left( \sum_{p \in P(i,n)} \prod D \right) D_{j \to i} = \sum_{p \in P(j,n)} \prod D",
            all_but_the_output,
            by_the_induction_hypothesis,
            over_paths_by_first_edge,
            formal="PathSum.theorem2_step3_first_edge_moves_in",
        ),
        Step(
            "the first edges part the paths",
            "L16 (3)",
            "The paths that begin with (j,i) are disjoint sets, and together they are P(j,n).",
            r"\bigcup_{i} \{ p \in P(j,n) : p \text{ begins with } (j,i) \} = P(j,n)",
            all_but_the_output,
            parts,
            all_paths,
            formal="PathSum.theorem2_step3_first_edges_part",
        ),
        Step(
            "loop invariant",
            "L14",
            "After every turn of the loop exactly the adjoints of n, n−1, …, j are there; none is written before its children's.",
            r"\text{after turn } t : \; p_n, \ldots, p_{n-t}",
            turns,
            written,
            downward,
            formal="BackwardPass.loop_invariant",
        ),
        Step(
            "conclusion",
            "L16",
            "Every adjoint is the path sum.",
            r"p_j = \sum_{p \in P(j,n)} \prod D",
            all_but_the_output,
            adjoint,
            over_all_paths,
            formal="BackwardPass.theorem2",
        ),
    ),
)

LEAVES = Theorem(
    label="leaf-adjoints",
    title="Corollary: the leaves' adjoints are the derivatives",
    source="L16",
    words="For every leaf j, p_j is the derivative of the output with respect to u_j under the global function, times p_n.",
    latex=r"p_j = \left.\frac{\partial u_n}{\partial u_j}\right|^{\bar f^n}",
    hypotheses=(DAG, PARENTS_ONLY, DIFFERENTIABLE, LOCAL, SEED),
    uses=("path-sum", "backward-pass"),
    formal="EndToEnd.backward_pass_computes_derivative",
    steps=(
        Step(
            "adjoint and derivative",
            "L16",
            "The adjoint that the backward pass leaves at a leaf is the derivative of the output.",
            r"p_j = \frac{\partial u_n}{\partial u_j}",
            leaves,
            adjoint,
            derivative_of_the_output,
            formal="EndToEnd.backward_pass_computes_derivative",
        ),
    ),
)
