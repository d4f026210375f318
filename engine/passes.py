"""Backpropagation on a computational graph, as the lecture has it: `forward`, `jacobians`, `backward` (L12, L13, L14).

Three loops over the vertices 1 … n. They have one body for every number system, recurse nowhere, and look at every
edge once.

The four-vertex example (L11) at u₁ = 3, u₂ = 4: the output is u₂·(u₁ + u₂) = 28, and its derivatives are u₂ = 4 and
u₁ + 2u₂ = 11.

>>> from backproof.engine.graph import Graph
>>> from backproof.engine.vertices import leaf, vertex
>>> graph = Graph(l=2, vertices=(leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
>>> u = forward(graph, [3.0, 4.0])
>>> D = jacobians(graph, u)
>>> p = backward(graph, D)
>>> u[4], p[1], p[2]
(array([28.]), array([[4.]]), array([[11.]]))
>>> forward(graph, [3.0])
Traceback (most recent call last):
    ...
backproof.engine.errors.GraphError: the graph has 2 leaves, found 1 leaf values; give one for each of u1, u2
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from backproof.engine.errors import GraphError, at_vertex, listed
from backproof.engine.graph import Edge, Graph
from backproof.engine.local_functions import local_jacobian as J
from backproof.engine.local_functions import local_value as f
from backproof.engine.local_functions import operands_of
from backproof.engine.number_systems import FLOAT64, Array, NumberSystem, all_finite

Values: TypeAlias = dict[int, Array]
Jacobians: TypeAlias = dict[Edge, Array]
Adjoints: TypeAlias = dict[int, Array]


def forward(graph: Graph, leaf_values: Sequence[Any], system: NumberSystem = FLOAT64) -> Values:
    """The forward pass (L12): u_i for every vertex i, each a vector of d_i entries.

    `leaf_values` holds one number or array for each leaf, in its shape or flat. GraphError if they do not fit,
    DomainError (naming the vertex) where a local function is not defined.
    """
    u = _leaves(graph, leaf_values, system)
    for i in range(graph.l + 1, graph.n + 1):
        u[i] = f(graph, i, u, system)
    return u


def jacobians(graph: Graph, u: Mapping[int, Array], system: NumberSystem = FLOAT64) -> Jacobians:
    """The edge Jacobians (L13): D_{j→i} = J^{j→i}(A_i) of shape d_i × d_j, for every edge (j, i) from a vertex that has
    a derivative.

    DomainError where a local function has no derivative, EdgeTooLarge for an edge above 256 MB.
    """
    A = {i: operands_of(graph, i, u) for i in range(graph.l + 1, graph.n + 1)}
    D: Jacobians = {}
    for j, i in graph.edges:
        if not graph.is_discrete(j):
            D[j, i] = J(graph, j, i, u, system, A[i])
    return D


def backward(graph: Graph, D: Mapping[Edge, Array], cotangent: Any = None, system: NumberSystem = FLOAT64) -> Adjoints:
    """The backward pass (L14): p_n = 1, then p_j = Σ_{i:(j,i)∈E} p_i D_{j→i} for j = n−1 … 1.

    Each adjoint p_j is a row vector of d_j entries, or one such row for every row of p_n. `cotangent` is p_n: r × d_n
    numbers, or a vector of d_n; where it is left out it is the identity, which is 1 for the lecture's scalar output. A
    discrete leaf has no adjoint (L6).
    """
    n = graph.n
    p: Adjoints = {n: system.identity(graph.dimension(n)) if cotangent is None else _seed(graph, cotangent, system)}
    rows = p[n].shape[0]
    for j in range(n - 1, 0, -1):
        if graph.is_discrete(j):
            continue
        p[j] = system.zeros((rows, graph.dimension(j)))
        for i in graph.children(j):
            p[j] = system.add(p[j], system.matmul(p[i], D[j, i]))
    return p


def _leaves(graph: Graph, leaf_values: Sequence[Any], system: NumberSystem) -> Values:
    if len(leaf_values) != graph.l:
        names = listed([graph.name(i) for i in range(1, graph.l + 1)])
        raise GraphError(f"the graph has {graph.l} leaves, found {len(leaf_values)} leaf values; give one for each of {names}")
    u: Values = {}
    for i, value in enumerate(leaf_values, start=1):
        array = system.array(value)
        if array.size != graph.dimension(i) or array.shape not in (graph.shape(i), (graph.dimension(i),)):
            raise at_vertex(i, graph.name(i), f" needs a value of shape {graph.shape(i)}, found shape {array.shape}")
        u[i] = array.reshape(-1)
        if not all_finite(u[i]):
            problem = f"a value that is not finite: {array.tolist()}; every leaf value must be a finite number"
            raise at_vertex(i, graph.name(i), f" has {problem}")
    return u


def _seed(graph: Graph, cotangent: Any, system: NumberSystem) -> Array:
    seed = np.atleast_1d(system.array(cotangent))
    width = graph.dimension(graph.n)
    if seed.ndim == 1 and seed.shape == (width,):
        return seed.reshape(1, width)
    if seed.shape == graph.shape(graph.n):
        return seed.reshape(1, width)
    if seed.ndim == 2 and seed.shape[1] == width:
        return seed
    raise GraphError(f"the cotangent must be a row vector of d_n = {width} entries (or several such rows), found shape {seed.shape}")
