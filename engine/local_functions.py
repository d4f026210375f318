"""The local function fⁱ of a vertex and its Jacobian with respect to one parent (L10, L13), read from the function
table.

Vertices hold vectors; the rows of the table see each operand in its shape, and their results become vectors again here.
`local_value` and `local_jacobian` refuse a point outside the domain, and an edge that would not fit into memory:

>>> from backproof.engine.graph import Graph
>>> from backproof.engine.vertices import leaf, vertex
>>> from backproof.engine.number_systems import FLOAT64
>>> graph = Graph(1, (leaf("x", (8000,)), vertex("y", "exp", (1,))))
>>> local_jacobian(graph, 1, 2, {1: FLOAT64.zeros((8000,))}, FLOAT64)  # doctest: +ELLIPSIS
Traceback (most recent call last):
    ...
backproof.engine.errors.EdgeTooLarge: edge (1, 2): the Jacobian of vertex 2 ('y') with respect to vertex 1 ('x') is 8000 × 8000, 512 MB in float64; the limit is 256 MB...
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from backproof.engine.errors import DomainError, EdgeTooLarge, GraphError, TooManyDigits, in_line
from backproof.engine.functions.row import everywhere
from backproof.engine.graph import Graph
from backproof.engine.limits import LIMITS
from backproof.engine.number_systems import Array, NumberSystem, most_digits
from backproof.engine.vertices import label

MOST_NAMED = 4  # chosen: operands that a message names; a function with a domain has one or two


def local_value(graph: Graph, i: int, u: Mapping[int, Array], system: NumberSystem) -> Array:
    """fⁱ(Aᵢ) with Aᵢ = ⟨u_j | j ∈ π(i)⟩, as a vector of dᵢ entries (L12). DomainError where fⁱ is not defined,
    TooManyDigits where an exact value grows beyond the limit.

    >>> from backproof.engine import FLOAT64, Graph
    >>> from backproof.engine.vertices import leaf, vertex
    >>> graph = Graph(1, (leaf("x"), vertex("y", "log", (1,))))
    >>> local_value(graph, 2, {1: FLOAT64.array([1.0])}, FLOAT64).tolist()
    [0.0]
    >>> local_value(graph, 2, {1: FLOAT64.array([-1.0])}, FLOAT64)
    Traceback (most recent call last):
        ...
    backproof.engine.errors.DomainError: vertex 2 ('y'): log is not defined at x = [-1.0]; move the leaf values into its domain
    """
    row, attributes, operands = graph.row(i), graph.attributes(i), operands_of(graph, i, u)
    if row.domain is not everywhere:
        distance = row.domain(attributes, operands)
        if distance < 0 or (distance == 0 and not row.closed(attributes)):
            raise _outside(graph, i, u, "is not defined")
    value = np.asarray(row.value(system, attributes, operands)).reshape(-1)
    if system.family in ("rational", "mpmath"):
        digits = most_digits(value)
        if digits > LIMITS.exact_digits:
            problem = f"its value in {system.name} has {digits:,} digits; the limit is {LIMITS.exact_digits:,}. Use smaller exponents"
            raise TooManyDigits(f"{label(graph.vertices, i)}: {problem}")
    return value


def local_jacobian(
    graph: Graph, j: int, i: int, u: Mapping[int, Array], system: NumberSystem, given: Sequence[Array] | None = None
) -> Array:
    """J^{j→i}(Aᵢ) = ∂fⁱ/∂u_j, of shape dᵢ × d_j (L13). A parent that fⁱ reads twice contributes the sum over both uses.
    `given`: the operands Aᵢ in their shapes, where they are at hand.

    DomainError where fⁱ has no derivative; EdgeTooLarge where the matrix would take more than 256 MB; GraphError where
    (j, i) is no edge.

    >>> from backproof.engine import FLOAT64, Graph
    >>> from backproof.engine.vertices import leaf, vertex
    >>> graph = Graph(1, (leaf("x"), vertex("y", "multiply", (1, 1))))
    >>> local_jacobian(graph, 1, 2, {1: FLOAT64.array([3.0])}, FLOAT64).tolist()
    [[6.0]]
    """
    read = graph.operands(i)
    if j not in read:
        problem = f"({j}, {i}) is not an edge: {label(graph.vertices, i)} does not read {label(graph.vertices, j)}"
        raise GraphError(problem, at=(j, i))
    size = graph.dimension(i) * graph.dimension(j) * system.itemsize
    if size > LIMITS.edge_bytes:
        raise EdgeTooLarge(
            f"edge ({j}, {i}): the Jacobian of {label(graph.vertices, i)} with respect to {label(graph.vertices, j)} is "
            f"{graph.dimension(i)} × {graph.dimension(j)}, {size / 1e6:,.0f} MB in {system.name}; the limit is {LIMITS.edge_bytes // 10**6} MB. Use smaller dimensions"
        )
    row, attributes, operands = graph.row(i), graph.attributes(i), operands_of(graph, i, u) if given is None else given
    if row.domain is not everywhere and row.domain(attributes, operands) <= 0:
        raise _outside(graph, i, u, "has no derivative")
    total = row.jacobian(system, attributes, operands, read.index(j))
    for slot in range(read.index(j) + 1, len(read)):
        if read[slot] == j:
            total = system.add(total, row.jacobian(system, attributes, operands, slot))
    return total


def operands_of(graph: Graph, i: int, u: Mapping[int, Array]) -> list[Array]:
    """Aᵢ: the values that fⁱ reads, each in its shape."""
    return [u[j] if u[j].shape == graph.shape(j) else u[j].reshape(graph.shape(j)) for j in graph.operands(i)]


def _outside(graph: Graph, i: int, u: Mapping[int, Array], what: str) -> DomainError:
    operands: list[Any] = [f"{in_line(graph.name(j))} = {_short(u[j])}" for j in graph.parents(i)[:MOST_NAMED]]
    return DomainError(
        f"{label(graph.vertices, i)}: {graph.row(i).name} {what} at {', '.join(operands)}; move the leaf values into its domain"
    )


def _short(values: Array) -> str:
    """Up to four entries; of more, the first three and the three that decide about a domain."""
    if len(values) <= 4:
        return f"[{', '.join(map(_rounded, values))}]"
    first = ", ".join(map(_rounded, values[:3]))
    low, high, near = _rounded(min(values)), _rounded(max(values)), _rounded(min(values, key=abs))
    return f"[{first}, …] ({len(values)} entries from {low} to {high}, nearest to zero {near})"


def _rounded(value: Any) -> str:
    try:
        return repr(float(value))
    except OverflowError:
        return f"{'−' if value < 0 else ''}(above 10^308)"
