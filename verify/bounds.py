"""How far the adjoints that a hardware number system computes may lie from the exact ones: `rounding_bounds(graph, leaves, cotangent, system)`.

For one leaf entry k, g_k = ∂(p_n·u_n)/∂x_k is computed by a forward pass, local Jacobians and a backward pass, each rounded. To first order in the rounding errors

    |ĝ_k − g_k|  ≤  S_k  =  Σ_v |ṗ_v|·μ(u_v)  +  Σ_{(a,b)∈E} |p_b|·μ(D_{a→b})·|u̇_a|  +  Σ_a ( Σ_b γ_{d_b+Δ_a} |p_b||D_{a→b}| + d_b·η )·|u̇_a|

- μ(u_v), μ(D): rounding errors of one local function and of one local Jacobian at exact operands, by running error analysis of the row (`verify.running_errors`);
- u̇_a = ∂u_a/∂x_k and ṗ_v = ∂p_v/∂x_k: tangents along leaf entry k (`verify.tangents`). ṗ_v is also how g_k answers to an error in u_v, since second derivatives
  are symmetric; u̇_a is how it answers to an error in p_a;
- γ_m = m·u/(1 − m·u): the products and sums of the backward pass, in any order; Δ_a is the number of children of a, d_b the dimension of b.

An adjoint inside the graph is that of a leaf added to its vertex: its tangent starts there. One sweep forward and in reverse for each entry, at the leaf values
*already rounded* to the number system (`rounded_case`). No constant is fitted: the only assumption is
how accurate the mathematical library is (`running_errors.LIBRARY`). Errors of second order are not in the bound; where they could matter (S above a quarter of the largest
derivative) and where a kink or the end of the range lies within the errors, the comparison is *undecidable in this dtype*.

Source: N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, ch. 2–3; the split into answers is that of automatic error analysis (S. Linnainmaa, 1976).

>>> from backproof.engine import FLOAT32, FLOAT64, Graph, leaf, vertex
>>> graph = Graph(1, (leaf("x"), vertex("y", "exp", (1,)), vertex("z", "square", (2,))))
>>> bound = rounding_bounds(graph, [[0.5]], None, FLOAT64)
>>> bound.undecidable, bool(1e-15 < bound.allowed[1][0, 0] < 1e-13)
(None, True)
>>> relu = Graph(1, (leaf("x"), vertex("y", "sin", (1,)), vertex("s", "subtract", (2, 2)), vertex("z", "relu", (3,))))
>>> rounding_bounds(relu, [[0.5]], None, FLOAT64).undecidable
"vertex 4 ('z'): relu has a kink within the rounding errors of float64"
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from backproof.engine import Graph, NumberSystem
from backproof.engine.functions.row import everywhere
from backproof.engine.graph import Edge, label
from backproof.engine.number_systems import Array
from backproof.verify.cases import Case, Vector
from backproof.verify.running_errors import running_errors, smallest_error
from backproof.verify.tangents import STEP, TANGENT
from backproof.verify.textbook import textbook_errors

LARGEST_SHARE = 0.25
SLACK = 1 + 1e-6  # the bound is itself computed in float64


@dataclass(frozen=True, eq=False)
class Bounds:
    """`allowed`: for every leaf with a derivative (or vertex asked for) the matrix of S (rows of the cotangent × entries of the vertex).

    `undecidable`: why nothing can be said in this dtype, or None.
    """

    allowed: Mapping[int, Array]
    undecidable: str | None


def rounded_case(case: Case, system: NumberSystem) -> Case:
    """The case with leaf values, constants and cotangent as `system` holds them, so that the exact derivative is that of what the floats are given.

    >>> from backproof.engine import FLOAT32, Graph, leaf, vertex
    >>> from backproof.verify.cases import make_case
    >>> case = make_case("tenth", "replay", Graph(1, (leaf("x"), vertex("y", "power", (1,), exponent=0.1))), [0.1])
    >>> rounded_case(case, FLOAT32).leaves, rounded_case(case, FLOAT32).graph.attributes(2)
    (((0.10000000149011612,),), {'exponent': 0.10000000149011612})
    """

    def rounded(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(rounded, value))
        if isinstance(value, float | Fraction):
            return float(system.convert(value))
        return value

    def vector(values: Vector, discrete: bool = False) -> Vector:
        return values if discrete else tuple(float(system.convert(value)) for value in values)

    graph = case.graph
    vertices = tuple(replace(v, attributes=rounded(v.attributes)) for v in graph.vertices)
    return replace(
        case,
        graph=Graph(graph.l, vertices),
        leaves=tuple(vector(values, graph.is_discrete(i)) for i, values in enumerate(case.leaves, start=1)),
        cotangent=None if case.cotangent is None else tuple(map(vector, case.cotangent)),
    )


def rounding_bounds(
    graph: Graph, leaves: Sequence[Any], cotangent: Any, system: NumberSystem, vertices: Sequence[int] | None = None, textbook: bool = False
) -> Bounds:
    """S for the adjoints of `vertices` (left out: every leaf with a derivative), at leaf values that `system` holds exactly.

    With `textbook` the local Jacobians may lose what the usual formulas lose (`verify.textbook`): for engines other than backproof's. ValueError unless `system` is
    a hardware number system.
    """
    with np.errstate(all="ignore"):
        return _bounds(graph, leaves, cotangent, system, graph.differentiable_leaves() if vertices is None else vertices, textbook)


def _bounds(graph: Graph, leaves: Sequence[Any], cotangent: Any, system: NumberSystem, vertices: Sequence[int], textbook: bool) -> Bounds:
    running = running_errors(system)
    u, own, trouble = _with_errors(graph, leaves, running, system)
    if trouble:
        return Bounds({}, trouble)
    exact = {i: _without_error(values) for i, values in u.items()}
    D = {(j, i): local_jacobian_of(graph, j, i, exact, running) for j, i in graph.edges if not graph.is_discrete(j)}
    for j, i in D if textbook else ():
        D[j, i] = D[j, i] + 1j * textbook_errors(graph.row(i).name, np.real(u[i]), _values(u[j]), np.real(D[j, i]), system)
    still = _AtRest({i: _values(values) for i, values in u.items()}, {edge: np.real(block) for edge, block in D.items()})
    p = _adjoints(graph, still.D, cotangent)
    waiting = _per_adjoint(graph, D, p, system)
    allowed: dict[int, Array] = {}
    largest = 0.0
    for j in vertices:
        allowed[j] = np.empty(p[j].shape)
        largest = max(largest, float(np.max(np.abs(p[j]))))
        for entry in range(graph.dimension(j)):
            tangents, answers = _along(graph, still, j, entry, cotangent)
            total = sum((np.abs(answers[v]) @ own[v] for v in own if v in answers), np.zeros(p[j].shape[0]))
            allowed[j][:, entry] = total + sum(
                (waiting[a] @ np.abs(tangents[a]) for a in waiting if a in tangents), np.zeros(p[j].shape[0])
            )
        allowed[j] *= SLACK
    worst = max((float(np.max(bound)) for bound in allowed.values()), default=0.0)
    limit = float(np.finfo(np.float64).max if system.name == "bfloat16" else np.finfo(system.dtype).max)
    if not worst < np.inf or max(largest, *(float(np.max(np.abs(values))) for values in p.values())) > limit:
        return Bounds(allowed, f"an adjoint leaves the range of {system.name}")
    if worst > LARGEST_SHARE * largest:
        return Bounds(allowed, f"rounding in {system.name} may change a derivative by more than a quarter of the largest")
    return Bounds(allowed, None)


def _with_errors(
    graph: Graph, leaves: Sequence[Any], running: NumberSystem, system: NumberSystem
) -> tuple[dict[int, Array], dict[int, Array], str | None]:
    """All values with the errors they inherit, the errors that each vertex adds, and where a kink, a domain's edge or the end of the range lies within them."""
    u: dict[int, Array] = {}
    own: dict[int, Array] = {}
    for i, values in enumerate(leaves, start=1):
        u[i] = (
            np.asarray(values, dtype=object).reshape(-1)
            if graph.is_discrete(i)
            else running.array(np.asarray(values, dtype=float).reshape(-1))
        )
    for i in range(graph.l + 1, graph.n + 1):
        row, attributes = graph.row(i), graph.attributes(i)
        inherited = [u[j].reshape(graph.shape(j)) for j in graph.operands(i)]
        exact = [_without_error(values) for values in inherited]
        u[i] = np.asarray(row.value(running, attributes, inherited)).reshape(-1)
        own[i] = np.imag(np.asarray(row.value(running, attributes, exact)).reshape(-1))
        where = f"{label(graph.vertices, i)}: {row.name}"
        if row.domain is not everywhere and not row.domain(attributes, [_values(a) for a in inherited]) > _largest_error(inherited):
            return u, own, f"{where} comes to the edge of its domain within the rounding errors of {system.name}"
        if not np.all(np.isfinite(u[i])):
            return u, own, f"{where} leaves the range of {system.name}"
        if row.kinks is not everywhere:
            for j in graph.parents(i):
                if not graph.is_discrete(j) and np.any(np.isinf(np.imag(local_jacobian_of(graph, j, i, u, running)))):
                    return u, own, f"{where} has a kink within the rounding errors of {system.name}"
    return u, own, None


def local_jacobian_of(graph: Graph, j: int, i: int, u: Mapping[int, Array], system: NumberSystem) -> Array:
    """The row's own Jacobian, summed over the uses of u_j, without the engine's look at the domain (it orders numbers)."""
    row, attributes = graph.row(i), graph.attributes(i)
    operands = [u[k].reshape(graph.shape(k)) for k in graph.operands(i)]
    blocks = [row.jacobian(system, attributes, operands, slot) for slot, operand in enumerate(graph.operands(i)) if operand == j]
    total = blocks[0]
    for block in blocks[1:]:
        total = system.add(total, block)
    return total


def _values(operand: Array) -> Array:
    return np.real(operand) if operand.dtype == np.complex128 else operand


def _largest_error(operands: Sequence[Array]) -> float:
    return max((float(np.max(np.imag(operand), initial=0.0)) for operand in operands if operand.dtype == np.complex128), default=0.0)


def _without_error(values: Array) -> Array:
    return np.real(values).astype(np.complex128) if values.dtype == np.complex128 else values


def _adjoints(graph: Graph, D: Mapping[Edge, Array], cotangent: Any) -> dict[int, Array]:
    """p_j for every vertex with a path to the output, by L14, in whatever numbers the blocks of D hold."""
    width = graph.dimension(graph.n)
    p: dict[int, Array] = {graph.n: np.eye(width) if cotangent is None else np.asarray(cotangent, dtype=float).reshape(-1, width)}
    for j in range(graph.n - 1, 0, -1):
        if not graph.is_discrete(j):
            terms = [_product(p[i], D[j, i]) for i in graph.children(j)]
            p[j] = sum(terms[1:], terms[0]) if terms else np.zeros((p[graph.n].shape[0], graph.dimension(j)))
    return p


def _product(p: Array, D: Array) -> Array:
    return TANGENT.matmul(p, D) if D.dtype == np.complex128 else p @ D


def _per_adjoint(graph: Graph, D: Mapping[Edge, Array], p: Mapping[int, Array], system: NumberSystem) -> dict[int, Array]:
    """For every vertex a, row by row of the cotangent: how far p_a may be off by the Jacobians of its edges, and by its own products and sums."""
    u, eta = float(system.unit_roundoff), smallest_error(system)
    errors: dict[int, Array] = {}
    for a in range(1, graph.n):
        if graph.is_discrete(a) or not graph.children(a):
            continue
        total = np.zeros(p[a].shape)
        for b in graph.children(a):
            roundings = (graph.dimension(b) + len(graph.children(a)) - 1) * u
            gamma = roundings / (1 - roundings) if roundings < 1 else np.inf
            total += np.abs(p[b]) @ (np.imag(D[a, b]) + gamma * np.abs(np.real(D[a, b]))) + graph.dimension(b) * eta
        errors[a] = total
    return errors


@dataclass(frozen=True)
class _AtRest:
    """Values and local Jacobians, as floats."""

    u: Mapping[int, Array]
    D: Mapping[Edge, Array]


def _tangent(values: Array, slope: Array | None) -> Array:
    """Values that move along `slope`; whole numbers (object arrays) stay what they are."""
    if values.dtype == object:
        return values
    moving = values.astype(np.complex128)
    if slope is not None:
        moving.imag = slope * STEP
    return moving


AFFINE = frozenset(
    [
        "identity",
        "add",
        "subtract",
        "negate",
        "relu",
        "abs",
        "maximum",
        "minimum",
        "where",
        "weighted_sum",
        "sum",
        "mean",
        "concatenate",
        "slice",
        "take",
        "reshape",
        "transpose",
        "broadcast",
        "pick",
        "constant",
    ]
)
"""Rows whose local Jacobian is the same all around a point that is no kink."""


def _along(graph: Graph, still: _AtRest, j: int, entry: int, cotangent: Any) -> tuple[dict[int, Array], dict[int, Array]]:
    """u̇_a and ṗ_v along one entry of vertex j; without the vertices that do not move."""
    slopes = {j: np.zeros(graph.dimension(j))}
    slopes[j][entry] = 1.0
    D: dict[Edge, Array] = dict(still.D)
    for i in range(max(j, graph.l) + 1, graph.n + 1):
        parents = [a for a in graph.parents(i) if a in slopes]
        if not parents:
            continue
        if graph.row(i).name in AFFINE:
            slopes[i] = sum((still.D[a, i] @ slopes[a] for a in parents), np.zeros(graph.dimension(i)))
            continue
        u = {a: _tangent(still.u[a], slopes.get(a)) for a in graph.parents(i)}
        operands = [u[k].reshape(graph.shape(k)) for k in graph.operands(i)]
        slopes[i] = np.imag(graph.row(i).value(TANGENT, graph.attributes(i), operands)).reshape(-1) / STEP
        D.update({(a, i): local_jacobian_of(graph, a, i, u, TANGENT) for a in graph.parents(i) if not graph.is_discrete(a)})
    p = _adjoints(graph, D, cotangent)
    answers = {v: np.imag(adjoint) / STEP for v, adjoint in p.items() if adjoint.dtype == np.complex128 and np.any(np.imag(adjoint))}
    return slopes, answers
