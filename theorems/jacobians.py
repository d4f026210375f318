"""Jacobians of local functions (L3, L4, L7, L13): what D_{j→i} is, the log-softmax, and a matrix read as a vector.

>>> [theorem.label for theorem in (EDGE_JACOBIANS, LOG_SOFTMAX, MATRIX_JACOBIAN)]
['edge-jacobians', 'log-softmax', 'matrix-jacobian']
>>> EDGE_JACOBIANS.steps[0].places(None)
Traceback (most recent call last):
    ...
AttributeError: 'NoneType' object has no attribute 'non_leaves'
"""

from __future__ import annotations

from backproof.engine.graph import Edge
from backproof.theorems.quantities import Matrix, OfGraph, OfPoint
from backproof.theorems.theorem import DIFFERENTIABLE, Hypothesis, Step, Theorem


def edges(q: OfGraph) -> list[Edge]:
    """Every edge (j, i) from a vertex that has a derivative."""
    return [(j, i) for i in q.non_leaves for j in q.parents(i)]


def edge_jacobian(q: OfPoint, edge: Edge) -> Matrix:
    """D_{j→i}"""
    j, i = edge
    return q.D(j, i)


def derivative_of_the_local_function(q: OfPoint, edge: Edge) -> Matrix:
    """∂u_i/∂u_j |^{fⁱ}"""
    j, i = edge
    return q.local(i, j)


def log_softmax_vertices(q: OfGraph) -> list[Edge]:
    """The edges into a log-softmax of one vector."""
    return [(j, i) for j, i in edges(q) if q.function(i) == "log_softmax" and len(q.shape(j)) == 1]


def log_softmax_formula(q: OfPoint, edge: Edge) -> Matrix:
    """[[k = k']] − exp(l_k') / Σ_k'' exp(l_k'')"""
    j, _ = edge
    return q.identity(j) - q.rows_of_softmax(j)


def matrix_edges(q: OfGraph) -> list[Edge]:
    """The edges from a matrix W into z = Wx + b or z = Wx."""
    return [
        (q.operands(i)[0], i) for i in q.non_leaves if q.function(i) in ("affine", "matvec") and q.operands(i).count(q.operands(i)[0]) == 1
    ]


def matrix_derivative(q: OfPoint, edge: Edge) -> Matrix:
    """∂z/∂W |^{fᶻ}, of shape m × (m·d)"""
    return derivative_of_the_local_function(q, edge)


def rows_of_the_input(q: OfPoint, edge: Edge) -> Matrix:
    """Row r has x in the places of the r-th row of W, and zeros elsewhere."""
    _, i = edge
    return q.block_rows(q.operands(i)[1], q.dimension(i))


EDGE_JACOBIANS = Theorem(
    label="edge-jacobians",
    title="Edge Jacobians",
    source="L3, L13",
    words="D_{j→i} is the Jacobian of the local function of i with respect to u_j at the values of the forward pass: row r, column c holds the derivative of "
    "entry r of u_i with respect to entry c of u_j. A parent that is read twice has one edge, which collects both uses.",
    latex=r"D_{j \to i} = \left.\frac{\partial u_i}{\partial u_j}\right|^{f^i}",
    hypotheses=(DIFFERENTIABLE,),
    steps=(
        Step(
            "local derivative",
            "L13",
            "The engine's edge Jacobian is the derivative of the local function alone.",
            r"D_{j \to i} = \frac{\partial f^i(A_i)}{\partial u_j}",
            edges,
            edge_jacobian,
            derivative_of_the_local_function,
        ),
    ),
)

LOG_SOFTMAX = Theorem(
    label="log-softmax",
    title="Jacobian of the log-softmax",
    source="L4",
    words="The derivative of LS_k(l) = l_k − log Σ exp l_k' with respect to l_k' is [[k = k']] − exp(l_k') / Σ exp(l_k'').",
    latex=r"\frac{\partial LS_k(l)}{\partial l_{k'}} = [[k = k']] - \frac{\exp(l_{k'})}{\sum_{k''} \exp(l_{k''})}",
    hypotheses=(),
    uses=("edge-jacobians",),
    formal="real.LogSoftmax.log_softmax_jacobian",
    claim="closed form and values",
    steps=(
        Step(
            "closed form and values",
            "L4",
            "The closed form is the derivative of the function.",
            r"\frac{\partial LS_k}{\partial l_{k'}} = [[k = k']] - \operatorname{softmax}_{k'}(l)",
            log_softmax_vertices,
            derivative_of_the_local_function,
            log_softmax_formula,
        ),
        Step(
            "closed form and engine",
            "L4",
            "The engine's edge Jacobian is the closed form.",
            r"D_{l \to q} = [[k = k']] - \operatorname{softmax}_{k'}(l)",
            log_softmax_vertices,
            edge_jacobian,
            log_softmax_formula,
        ),
    ),
)

MATRIX_JACOBIAN = Theorem(
    label="matrix-jacobian",
    title="Jacobians with matrices",
    source="L7",
    words="For z = Wx + b the matrix W is read as the vector of its m·d entries, row by row: the Jacobian of z with respect to W is m × (m·d), and its "
    "row r holds x in the places of the r-th row of W.",
    latex=r"\frac{\partial z}{\partial W} \in \mathbb{R}^{m \times (m \cdot d)}",
    hypotheses=(Hypothesis("row by row", "a matrix variable is the vector of its entries, row by row"),),
    uses=("edge-jacobians",),
    formal="real.MatrixProduct.layer_partials",
    claim="rows of x",
    steps=(
        Step(
            "rows of x",
            "L7",
            "The derivative from values has x in row r at the r-th row of W, and zeros elsewhere.",
            r"\frac{\partial z_r}{\partial W_{r',c}} = [[r = r']] \, x_c",
            matrix_edges,
            matrix_derivative,
            rows_of_the_input,
        ),
        Step(
            "the engine's edge",
            "L7",
            "The engine's edge Jacobian is the same matrix.",
            r"D_{W \to z} = \frac{\partial z}{\partial W}",
            matrix_edges,
            edge_jacobian,
            rows_of_the_input,
        ),
    ),
)
