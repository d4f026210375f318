"""What rounding errors of second and higher order may add to the bound of `verify.rounding.bounds`:
`second_order(graph, leaves, cotangent, system)`.

A computed adjoint is Σ over paths of Π D̂ with D̂ = D + d. Let Δ bound |d| to all orders and Δ₁ its first-order part
(`verify.numbers.running_errors`, with the errors that the operands inherit, and γ for the products and sums of the
backward pass). Then Σ Π(|D| + Δ) = a + c + n, where a is the sum without errors, c what is linear in them, and n the
rest, by one sweep in reverse:

    a_j = Σ_i a_i |D|        c_j = Σ_i ( c_i |D| + a_i Δ₁ )        n_j = Σ_i ( n_i (|D| + Δ) + c_i Δ + a_i (Δ − Δ₁) )

n is what the first-order bound leaves out at most. Where every operand of a row with a derivative that is not constant
keeps `BITS` bits, it is a small share of that bound. In graphs with many paths n can be far more than what happens;
`nearly_linear` looks at samples then.

>>> from backproof.engine import FLOAT32, Graph, leaf, vertex
>>> lost = Graph(1, (leaf("x"), vertex("s", "sin", (1,)), vertex("d", "subtract", (2, 2)), vertex("y", "multiply", (3, 3, 3))))
>>> found = second_order(lost, [[0.5]], None, FLOAT32)  # d is 0 with an error, and so is ∂y/∂d = 3d²
>>> bool(0 < found[3][0, 0] < 1e-10)
True
>>> from backproof.verify.numbers.tangents import pair
>>> keeps_bits([pair(1.0, 1e-7)], transcendental=True), keeps_bits([pair(1e5, 1e-2)], transcendental=True)
(True, False)
>>> keeps_bits([pair(0.0, 1e-9)], transcendental=False)
False
>>> second_order(lost, [], None, FLOAT32)
Traceback (most recent call last):
    ...
KeyError: 1
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from backproof.engine import FLOAT64, Graph, NumberSystem
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.verify.numbers.float_model import gamma
from backproof.verify.numbers.running_errors import running_errors
from backproof.verify.rounding.second_derivatives import adjoints, local_jacobians
from backproof.verify.rounding.textbook import textbook_errors

BITS = 12  # chosen: a value that keeps them changes its derivatives by 2⁻¹² at most, and errors of second order by 2⁻¹² of the first
SAMPLES = 8  # chosen: how often the signs of all errors are drawn at random; each is a forward and a backward pass


def keeps_bits(operands: Sequence[Array], transcendental: bool) -> bool:
    """Whether no error exceeds 2^−BITS of its value, nor 2^−BITS itself where the row is sensitive to absolute
    errors."""
    share = 2.0**-BITS
    for operand in operands:
        if operand.dtype == np.complex128:
            error = np.imag(operand)
            if (error > share * np.abs(np.real(operand))).any() or (transcendental and (error > share).any()):
                return False
    return True


def second_order(
    graph: Graph, leaves: Sequence[Any], cotangent: Any, system: NumberSystem, more: Mapping[Edge, Array] | None = None
) -> dict[int, Array]:
    """n for every vertex that has an adjoint, row by row of the cotangent. `more`: further errors of local
    Jacobians."""
    with np.errstate(all="ignore"):
        D, first = _errors(graph, leaves, running_errors(system))
        _, whole = _errors(graph, leaves, running_errors(system, all_orders=True))
        for edge, error in (more or {}).items():
            first[edge], whole[edge] = first[edge] + error, whole[edge] + error
        return _swept(graph, cotangent, D, first, whole, float(system.unit_roundoff))


def nearly_linear(
    graph: Graph,
    leaves: Sequence[Any],
    cotangent: Any,
    errors: tuple[Mapping[int, Array], Mapping[Edge, Array]],
    room: Mapping[int, tuple[Array, Array]],
) -> bool:
    """Whether passes in float64, with every value and every local Jacobian moved up or down by its error, stay within
    `room`: an adjoint, and how far from it."""
    rng = np.random.default_rng(0)

    def moved(value: Array, error: Array) -> Array:
        return value + rng.choice((-1.0, 1.0), value.shape) * error.reshape(value.shape)

    with np.errstate(all="ignore"):
        for _ in range(SAMPLES):
            u: dict[int, Any] = {i: np.asarray(x, dtype=object if graph.is_discrete(i) else float) for i, x in enumerate(leaves, start=1)}
            D: dict[Edge, Array] = {}
            for i in range(graph.l + 1, graph.n + 1):
                operands = [u[j].reshape(graph.shape(j)) for j in graph.operands(i)]
                u[i] = moved(np.asarray(graph.row(i).value(FLOAT64, graph.attributes(i), operands)), errors[0][i])
                D.update({(j, i): moved(block, errors[1][j, i]) for j, block in local_jacobians(graph, i, operands, FLOAT64).items()})
            p = adjoints(graph, D, cotangent)
            if not all((np.abs(p[j] - value) <= allowed).all() for j, (value, allowed) in room.items()):
                return False
    return True


def inherited_errors(graph: Graph, leaves: Sequence[Any], system: NumberSystem) -> dict[Edge, Array]:
    """How far each local Jacobian may be off where its operands are, to first order, as an implementation computes it
    that uses the usual formulas (`textbook`); 0 where nothing is known: at a kink, beyond the range.
    """
    with np.errstate(all="ignore"):
        running = running_errors(system)
        D, errors = _errors(graph, leaves, running)
        u: dict[int, Any] = {}
        for i, values in enumerate(leaves, start=1):
            u[i] = np.asarray(values, dtype=object if graph.is_discrete(i) else float).reshape(graph.shape(i))
        for i in range(graph.l + 1, graph.n + 1):
            u[i] = np.asarray(graph.row(i).value(FLOAT64, graph.attributes(i), [u[j] for j in graph.operands(i)]))
        for (j, i), block in D.items():
            value, operand = u[i].reshape(-1), u[j].reshape(-1)
            errors[j, i] = errors[j, i] + textbook_errors(graph.row(i), value, operand, block, system)
    return {edge: np.where(np.isfinite(error), error, 0.0) for edge, error in errors.items()}


def _errors(graph: Graph, leaves: Sequence[Any], running: NumberSystem) -> tuple[dict[Edge, Array], dict[Edge, Array]]:
    """Every local Jacobian, and how far it may be off where its operands are."""
    u: dict[int, Any] = {}
    D: dict[Edge, Array] = {}
    errors: dict[Edge, Array] = {}
    for i, values in enumerate(leaves, start=1):
        given = np.asarray(values, dtype=object if graph.is_discrete(i) else float).reshape(graph.shape(i))
        u[i] = given if graph.is_discrete(i) else running.array(given)
    for i in range(graph.l + 1, graph.n + 1):
        operands = [u[j] for j in graph.operands(i)]
        u[i] = np.asarray(graph.row(i).value(running, graph.attributes(i), operands))
        for j, block in local_jacobians(graph, i, operands, running).items():
            D[j, i], errors[j, i] = np.abs(np.real(block)), np.imag(block)
    return D, errors


def _swept(
    graph: Graph, cotangent: Any, D: dict[Edge, Array], first: dict[Edge, Array], whole: dict[Edge, Array], u: float
) -> dict[int, Array]:
    width = graph.dimension(graph.n)
    seed = np.eye(width) if cotangent is None else np.abs(np.asarray(cotangent, dtype=float)).reshape(-1, width)
    a, c, n = {graph.n: seed}, {graph.n: np.zeros(seed.shape)}, {graph.n: np.zeros(seed.shape)}
    for j in range(graph.n - 1, 0, -1):
        if graph.is_discrete(j):
            continue
        a[j], c[j], n[j] = (np.zeros((len(seed), graph.dimension(j))) for _ in range(3))
        for i in graph.children(j):
            rounding = gamma(graph.dimension(i) + len(graph.children(j)) - 1, u)
            size, linear = D[j, i], first[j, i] + rounding * D[j, i]
            beyond = np.maximum(whole[j, i] - first[j, i], 0.0) + rounding * whole[j, i]
            a[j] += a[i] @ size
            c[j] += c[i] @ size + a[i] @ linear
            n[j] += n[i] @ (size + linear + beyond) + c[i] @ (linear + beyond) + a[i] @ beyond
    return n
