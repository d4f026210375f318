"""How all values and all adjoints move with the entries of some vertices: `tangents` and `answers`, one sweep each for
all entries.

Let x₁ … x_m be those entries, U̇_v = ∂u_v/∂x (d_v × m) and ṗ_v = ∂p_v/∂x (one d_v × m for each row of the cotangent).
By the chain rule and L14

    U̇_v = Σ_a D_{a→v} · U̇_a                          forward, from the identity where the entries are
    ṗ_a = Σ_b ( ṗ_b · D_{a→b} + p_b · ∂D_{a→b}/∂x )    in reverse, from ṗ_n = 0

The last term is the second derivative of p_b·fᵇ times U̇. It is 0 for affine rows, and for products again a product:
∂(p·AB) is p·(dA B) and p·(A dB). Other rows have their own partial derivatives or Jacobians taken on numbers with a
tangent (`verify.numbers.tangents`): once for all entries x where they work entry by entry, otherwise once for each x
that moves the operands, or for each entry of the operands if those are fewer.

>>> from backproof.engine import Graph, backward, forward, jacobians, leaf, vertex
>>> graph = Graph(2, (leaf("x"), leaf("y"), vertex("z", "multiply", (1, 1, 2))))
>>> u = forward(graph, [3.0, 5.0])
>>> D = jacobians(graph, u)
>>> U = tangents(graph, D, [(1, 0), (2, 0)])
>>> U[3].tolist()  # ∂(x²y) = (2xy, x²)
[[30.0, 9.0]]
>>> p = answers(graph, u, D, backward(graph, D), U)
>>> p[1].tolist(), p[2].tolist()  # ∂(2xy) = (2y, 2x) and ∂(x²) = (2x, 0)
([[[10.0, 6.0]]], [[[6.0, 0.0]]])
>>> tangents(graph, D, [(1, 1)])
Traceback (most recent call last):
    ...
IndexError: index 1 is out of bounds for axis 0 with size 1
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from backproof.engine import Graph, NumberSystem
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.verify.numbers.tangents import STEP, TANGENT, pair


def local_jacobians(graph: Graph, i: int, operands: Sequence[Array], system: NumberSystem) -> dict[int, Array]:
    """The row's own Jacobians by parent, summed over the uses of each, without the engine's look at the domain (it
    orders numbers)."""
    row, attributes = graph.row(i), graph.attributes(i)
    blocks: dict[int, Array] = {}
    for slot, j in enumerate(graph.operands(i)):
        if not graph.is_discrete(j):
            block = row.jacobian(system, attributes, operands, slot)
            blocks[j] = system.add(blocks[j], block) if j in blocks else block
    return blocks


def adjoints(graph: Graph, D: Mapping[Edge, Array], cotangent: Any) -> dict[int, Array]:
    """p_j for every vertex that has an adjoint, by L14; not the engine's own backward pass, which may be on trial."""
    width = graph.dimension(graph.n)
    p: dict[int, Array] = {graph.n: np.eye(width) if cotangent is None else np.asarray(cotangent, dtype=float).reshape(-1, width)}
    for j in range(graph.n - 1, 0, -1):
        if not graph.is_discrete(j):
            terms = [p[i] @ D[j, i] for i in graph.children(j)]
            p[j] = sum(terms[1:], terms[0]) if terms else np.zeros((p[graph.n].shape[0], graph.dimension(j)))
    return p


def tangents(graph: Graph, D: Mapping[Edge, Array], entries: Sequence[tuple[int, int]]) -> dict[int, Array]:
    """U̇_v along `entries`, pairs of a vertex and the number of its entry; without the vertices that do not move."""
    U: dict[int, Array] = {}
    for column, (j, entry) in enumerate(entries):
        U.setdefault(j, np.zeros((graph.dimension(j), len(entries))))[entry, column] = 1.0
    for v in range(graph.l + 1, graph.n + 1):
        for a in graph.parents(v):
            if a in U:
                _add(U, v, D[a, v] @ U[a])
    return U


def answers(
    graph: Graph, u: Mapping[int, Array], D: Mapping[Edge, Array], p: Mapping[int, Array], U: Mapping[int, Array]
) -> dict[int, Array]:
    """ṗ_v (rows of p_v × d_v × m) along the tangents U̇; without the adjoints that do not move."""
    moved: dict[int, Array] = {}
    for b in range(graph.n, graph.l, -1):
        row, parents = graph.row(b), graph.parents(b)
        if b in moved:
            for a in parents:
                if not graph.is_discrete(a):
                    _add(moved, a, D[a, b].T @ moved[b])
        affine = row.is_affine(graph.attributes(b), len(graph.operands(b)))
        if not affine and p[b].any() and any(a in U for a in parents):
            bends = _bends_of_product if row.product else _bends_of_entries if row.partial else _bends_of_blocks
            for a, bend in bends(graph, b, u, p[b], U):
                _add(moved, a, bend)
    return moved


def _add(totals: dict[int, Array], v: int, term: Array) -> None:
    totals[v] = totals[v] + term if v in totals else term


def _bends_of_product(graph: Graph, b: int, u: Mapping[int, Array], p: Array, U: Mapping[int, Array]) -> Iterator[tuple[int, Array]]:
    """p_b · ∂D_{a→b}/∂x for the factors of AB: p_b·(A dB) and p_b·(dA B) with one of them moving and the other one
    asked for."""
    left, right = graph.operands(b)[:2]
    inner, count = graph.shape(right)[0], next(iter(U.values())).shape[1]
    weights = p.reshape(len(p), graph.dimension(left) // inner, -1)
    if right in U:
        yield left, np.einsum("rik,jkx->rijx", weights, U[right].reshape(inner, -1, count)).reshape(len(p), -1, count)
    if left in U:
        yield right, np.einsum("rik,ijx->rjkx", weights, U[left].reshape(-1, inner, count)).reshape(len(p), -1, count)


def _bends_of_entries(graph: Graph, b: int, u: Mapping[int, Array], p: Array, U: Mapping[int, Array]) -> Iterator[tuple[int, Array]]:
    """p_b · ∂D_{a→b}/∂x for each use of a parent by a row that works entry by entry: the entries x lie along one more
    axis."""
    partial, attributes, shape, count = graph.row(b).partial, graph.attributes(b), graph.shape(b), next(iter(U.values())).shape[1]
    assert partial is not None
    shapes = [(1,) * (len(shape) - len(graph.shape(a))) + graph.shape(a) for a in graph.operands(b)]
    moving = [
        pair(u[a].reshape(*own, 1), U[a].reshape(*own, count) * STEP if a in U else np.zeros(count))
        for a, own in zip(graph.operands(b), shapes, strict=True)
    ]
    weights = p.reshape(-1, *shape, 1)
    for slot, (a, own) in enumerate(zip(graph.operands(b), shapes, strict=True)):
        slopes = np.imag(partial(TANGENT, attributes, slot, *moving)) / STEP
        if slopes.any():
            repeated = tuple(axis for axis, (size, whole) in enumerate(zip(own, shape, strict=True), start=1) if size != whole)
            bend = weights * slopes
            yield a, (bend.sum(repeated) if repeated else bend).reshape(len(p), -1, count)


def _bends_of_blocks(graph: Graph, b: int, u: Mapping[int, Array], p: Array, U: Mapping[int, Array]) -> Iterator[tuple[int, Array]]:
    """p_b · ∂D_{a→b}/∂x for each parent of any row, one direction of its operands after the other."""
    movers = [a for a in graph.parents(b) if a in U]
    slopes = np.concatenate([U[a] for a in movers])
    moving = np.flatnonzero(slopes.any(axis=0))
    size, count = slopes.shape
    directions, weights = (slopes[:, moving], np.eye(count)[moving]) if len(moving) < size else (np.eye(size), slopes)
    still = {a: u[a].astype(np.complex128) for a in graph.parents(b)}
    bends: dict[int, list[Array]] = {}
    for direction in directions.T:
        along, start = dict(still), 0
        for a in movers:
            along[a] = pair(u[a], STEP * direction[start : start + len(u[a])])
            start += len(u[a])
        operands = [along[a].reshape(graph.shape(a)) for a in graph.operands(b)]
        for a, block in local_jacobians(graph, b, operands, TANGENT).items():
            bends.setdefault(a, []).append(p @ (np.imag(block) / STEP))
    for a, found in bends.items():
        yield a, np.stack(found, axis=-1) @ weights
