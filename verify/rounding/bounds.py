"""How far the adjoints that a hardware number system computes may lie from the exact ones: `rounding_bounds(graph,
leaves, cotangent, system)`.

For one leaf entry k, g_k = ∂(p_n·u_n)/∂x_k is computed by a forward pass, local Jacobians and a backward pass, each
rounded. To first order in the rounding errors

    |ĝ_k − g_k|  ≤  S_k  =  Σ_v |ṗ_v|·μ(u_v)  +  Σ_{(a,b)∈E} |p_b|·μ(D_{a→b})·|u̇_a|  +  Σ_a ( Σ_b γ_{d_b+Δ_a} |p_b||D_{a→b}| + d_b·η )·|u̇_a|

- μ(u_v), μ(D): rounding errors of one local function and of one local Jacobian at exact operands, by running error
  analysis of the row (`verify.numbers.running_errors`);
- u̇_a = ∂u_a/∂x_k and ṗ_v = ∂p_v/∂x_k: tangents along leaf entry k (`verify.rounding.second_derivatives`). ṗ_v is also
  how g_k answers to an error in u_v, since second derivatives are symmetric; u̇_a is how it answers to an error in p_a;
- γ_m = m·u/(1 − m·u): the products and sums of the backward pass, in any order; Δ_a is the number of children of a, d_b
  the dimension of b.

An adjoint inside the graph is that of a leaf added to its vertex: its tangent starts there. One sweep forward and in
reverse for all entries, at the leaf values *already rounded* to the number system (`rounded_case`). No constant is
fitted: the only assumption is how accurate the mathematical library is (`float_model.LIBRARY`). Errors of higher
order are added (`verify.rounding.higher_order`) unless every value on which a derivative depends keeps twelve bits;
where they may be more than a quarter of the bound, sampled errors of the assumed size must not lead beyond it. Where
the bound is above a quarter of the largest derivative, and where a kink or the end of the range lies within the errors
(or within the sums on the way to an adjoint), the comparison is *undecidable in this dtype*.

Source: N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, ch. 2–3; the split into answers is that of
automatic error analysis (S. Linnainmaa, 1976).

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

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.engine import Graph, NumberSystem
from backproof.engine.functions.row import everywhere
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.engine.vertices import label
from backproof.verify.cases.case import Case
from backproof.verify.numbers.float_model import LIBRARY, gamma, largest_float, smallest_error
from backproof.verify.numbers.running_errors import running_errors
from backproof.verify.rounding.higher_order import keeps_bits, nearly_linear, second_order
from backproof.verify.rounding.second_derivatives import adjoints, answers, local_jacobians, tangents
from backproof.verify.rounding.textbook import textbook_errors
from backproof.verify.verdicts import Reason

AT_ONCE = 64  # entries to a sweep, so that memory stays small
LARGEST_SHARE = 0.25  # chosen: of the largest derivative; a bound above it would let a wrong derivative pass as badly rounded
MOST_BEYOND = 0.25  # chosen: of the bound of first order; more of higher order is not added, but sampled
SLACK = 1 + 1e-6  # the bound is itself computed in float64


@dataclass(frozen=True, eq=False)
class Bounds:
    """`allowed`: for every leaf with a derivative (or vertex asked for) the matrix of S (rows of the cotangent ×
    entries of the vertex).

    `undecidable`: why nothing can be said in this dtype, or None. `first_order`: whether errors of higher order are too
    small to be added. `reason`: what kind of trouble makes it undecidable.
    """

    allowed: Mapping[int, Array]
    undecidable: str | None
    first_order: bool = True
    reason: Reason = Reason.DTYPE


def rounding_bounds(
    graph: Graph, leaves: Sequence[Any], cotangent: Any, system: NumberSystem, vertices: Sequence[int] | None = None, textbook: bool = False
) -> Bounds:
    """S for the adjoints of `vertices` (left out: every leaf with a derivative), at leaf values that `system` holds
    exactly.

    With `textbook` the local Jacobians may lose what the usual formulas lose (`verify.rounding.textbook`): for engines
    other than backproof's. ValueError unless `system` is a hardware number system.
    """
    with np.errstate(all="ignore"):
        return _bounds(graph, leaves, cotangent, system, graph.differentiable_leaves() if vertices is None else vertices, textbook)


def bounds_in_each(rounded: Sequence[tuple[NumberSystem, Case]]) -> dict[str, Bounds]:
    """`rounding_bounds` for a case as several number systems hold it, by their names: where they hold the same, a bound
    found in a coarser one serves in a finer one.

    S is a sum of terms c·u, c·γ_m(u) and c·η with c from the values alone, and γ_m(u)/u grows with u. Hence
    S_fine ≤ (u_fine/u_coarse) · S_coarse, if η and the assumed roundings of the library do not grow and the range does
    not shrink; a kink, or the end of the range, that is far enough away in the coarser one is so in the finer.

    >>> from backproof.engine import FLOAT32, FLOAT64, Graph, leaf, vertex
    >>> from backproof.verify.cases.case import make_case
    >>> case = make_case("exp", "replay", Graph(1, (leaf("x"), vertex("y", "exp", (1,)))), [[0.5]])
    >>> found = bounds_in_each([(FLOAT64, case), (FLOAT32, case)])
    >>> float(found["float32"].allowed[1][0, 0] / found["float64"].allowed[1][0, 0]) == 2**29
    True
    """
    found: dict[str, Bounds] = {}
    known: list[tuple[NumberSystem, Case, Bounds]] = []
    for system, case in sorted(rounded, key=lambda pair: -pair[0].unit_roundoff):
        bounds = next(
            (_refined(bounds, coarse, system) for coarse, same, bounds in known if same == case and _serves(bounds, coarse, system)), None
        )
        found[system.name] = bounds = bounds or rounding_bounds(case.graph, case.leaves, case.cotangent, system)
        known.append((system, case, bounds))
    return found


def _serves(bounds: Bounds, coarse: NumberSystem, fine: NumberSystem) -> bool:
    shrink = float(fine.unit_roundoff / coarse.unit_roundoff)
    smaller = smallest_error(fine) <= shrink * smallest_error(coarse) and LIBRARY[fine.name] <= LIBRARY[coarse.name]
    return bounds.undecidable is None and bounds.first_order and smaller and largest_float(fine) >= largest_float(coarse)


def _refined(bounds: Bounds, coarse: NumberSystem, fine: NumberSystem) -> Bounds:
    shrink = float(fine.unit_roundoff / coarse.unit_roundoff)
    return Bounds({j: shrink * allowed for j, allowed in bounds.allowed.items()}, None)


def _bounds(graph: Graph, leaves: Sequence[Any], cotangent: Any, system: NumberSystem, vertices: Sequence[int], textbook: bool) -> Bounds:
    still, trouble = _at_rest(graph, leaves, system)
    if trouble:
        return Bounds({}, trouble, reason=still.trouble)
    usual = {(j, i): textbook_errors(graph.row(i), still.u[i], still.u[j], D, system) for (j, i), D in still.D.items()} if textbook else {}
    for edge, error in usual.items():
        still.errors[edge] = still.errors[edge] + error
    beyond = {} if still.keeps_bits else second_order(graph, leaves, cotangent, system, usual)
    p = adjoints(graph, still.D, cotangent)
    waiting, reached = _per_adjoint(graph, still, p, system)
    entries = [(j, entry) for j in vertices for entry in range(graph.dimension(j))]
    allowed = {j: np.empty(p[j].shape) for j in vertices}
    for start in range(0, len(entries), AT_ONCE):
        some = entries[start : start + AT_ONCE]
        for (j, entry), bound in zip(some, _block(graph, still, p, waiting, some).T, strict=True):
            allowed[j][:, entry] = bound * SLACK
    if beyond and all((beyond[j] <= MOST_BEYOND * bound).all() for j, bound in allowed.items()):
        allowed = {j: bound + beyond[j] for j, bound in allowed.items()}
    elif beyond and not nearly_linear(
        graph, leaves, cotangent, (still.own, still.errors), {j: (p[j], bound) for j, bound in allowed.items()}
    ):
        return Bounds(allowed, f"rounding in {system.name} is too coarse for a bound of first order")
    worst, largest = _largest(allowed.values()), _largest([p[j] for j in vertices])
    if not _largest(reached.values()) <= largest_float(system):
        return Bounds(allowed, f"an adjoint leaves the range of {system.name}")
    if not worst <= LARGEST_SHARE * largest:
        return Bounds(allowed, f"rounding in {system.name} may change a derivative by more than a quarter of the largest")
    return Bounds(allowed, None, first_order=not beyond)


def _largest(arrays: Iterable[Array]) -> float:
    """The largest absolute value of all entries, nan if one is."""
    return float(np.max(np.abs(np.concatenate([np.zeros(1), *(array.reshape(-1) for array in arrays)]))))


@dataclass
class _AtRest:
    """Values and local Jacobians as floats, the errors that each vertex and each local Jacobian adds at exact operands,
    and whether inherited ones are small everywhere."""

    u: dict[int, Array]
    own: dict[int, Array]
    D: dict[Edge, Array]
    errors: dict[Edge, Array]
    keeps_bits: bool = True
    trouble: Reason = Reason.DTYPE


def _at_rest(graph: Graph, leaves: Sequence[Any], system: NumberSystem) -> tuple[_AtRest, str | None]:
    """All values and local Jacobians, and where a kink, a domain's edge or the end of the range lies within the errors
    that the values inherit.

    Rows with kinks have their Jacobians taken with inherited errors: away from the kink they are 0 and ±1, without
    error.
    """
    running = running_errors(system)
    still = _AtRest({}, {}, {}, {})
    inherited: dict[int, Any] = {}
    exact: dict[int, Any] = {}
    for i, values in enumerate(leaves, start=1):
        given = np.asarray(values, dtype=object if graph.is_discrete(i) else float).reshape(graph.shape(i))
        inherited[i] = exact[i] = given if graph.is_discrete(i) else running.array(given)
        still.u[i] = given.reshape(-1)
    for i in range(graph.l + 1, graph.n + 1):
        row, attributes, parents = graph.row(i), graph.attributes(i), graph.operands(i)
        operands, at_rest = [inherited[j] for j in parents], [exact[j] for j in parents]
        inherited[i] = alone = np.asarray(row.value(running, attributes, operands))
        if any(inherited[j] is not exact[j] for j in parents):
            alone = np.real(alone).astype(np.complex128) if row.copies else np.asarray(row.value(running, attributes, at_rest))
        exact[i] = np.real(alone).astype(np.complex128) if inherited[i].imag.any() else inherited[i]
        still.u[i], still.own[i] = np.real(alone).reshape(-1), np.imag(alone).reshape(-1)
        bends = not row.is_affine(attributes, len(operands)) or "exponent" in attributes  # x¹ as every power: at worst too careful
        if still.keeps_bits and bends:
            still.keeps_bits = keeps_bits(operands, row.algebra(attributes, len(operands)) == "transcendental")
        trouble, kinked = None, row.kinks is not everywhere
        if row.domain is not everywhere and not row.domain(attributes, [_values(a) for a in operands]) > _largest_error(operands):
            trouble = "comes to the edge of its domain within the rounding errors"
        elif not np.isfinite(inherited[i]).all():
            trouble = "leaves the range"
        else:
            for j, block in local_jacobians(graph, i, operands if kinked else at_rest, running).items():
                still.D[j, i], still.errors[j, i] = np.real(block), np.imag(block)
                if kinked and np.isinf(still.errors[j, i]).any():
                    trouble, still.trouble = "has a kink within the rounding errors", Reason.KINK
        if trouble:
            return still, f"{label(graph.vertices, i)}: {row.name} {trouble} of {system.name}"
    return still, None


def _values(operand: Array) -> Array:
    return np.real(operand) if operand.dtype == np.complex128 else operand


def _largest_error(operands: Sequence[Array]) -> float:
    return max((float(np.imag(operand).max()) for operand in operands if operand.dtype == np.complex128), default=0.0)


def _per_adjoint(graph: Graph, still: _AtRest, p: Mapping[int, Array], system: NumberSystem) -> tuple[dict[int, Array], dict[int, Array]]:
    """For every vertex a, row by row of the cotangent: how far p_a may be off by the Jacobians of its edges, and by its
    own products and sums; and what these can reach."""
    u, eta = float(system.unit_roundoff), smallest_error(system)
    sizes = {b: np.abs(adjoint) for b, adjoint in p.items()}
    waiting: dict[int, Array] = {}
    reached = {graph.n: sizes[graph.n]}
    for (a, b), D in still.D.items():
        size = sizes[b] @ np.abs(D)
        term = gamma(len(D) + len(graph.children(a)) - 1, u) * size + sizes[b] @ still.errors[a, b] + len(D) * eta
        waiting[a], reached[a] = (waiting[a] + term, reached[a] + size) if a in waiting else (term, size)
    return waiting, reached


def _block(graph: Graph, still: _AtRest, p: Mapping[int, Array], waiting: Mapping[int, Array], entries: Sequence[tuple[int, int]]) -> Array:
    """S for the adjoints of `entries`: rows of the cotangent × entries."""
    U = tangents(graph, still.D, entries)
    moved = answers(graph, still.u, still.D, p, U)
    total = np.zeros((len(p[graph.n]), len(entries)))
    if answering := [v for v in moved if v in still.own]:
        total += np.concatenate([still.own[v] for v in answering]) @ np.abs(np.concatenate([moved[v] for v in answering], axis=1))
    if moving := [a for a in U if a in waiting]:
        total += np.concatenate([waiting[a] for a in moving], axis=1) @ np.abs(np.concatenate([U[a] for a in moving]))
    return total
