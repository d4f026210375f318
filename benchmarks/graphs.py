"""The graphs on which is measured: `complete`, `ladder`, `chain`, `scalar_ladder`, `scalar_network`, each with values for its leaves.

They are built from rows that other libraries have too, so that the same graph can be run there (`benchmarks.peers`).

>>> graph, leaves = complete(4, 3)
>>> graph.edges, graph.dimension(4), len(leaves)
(((1, 2), (1, 3), (1, 4), (2, 3), (2, 4), (3, 4)), 3, 1)
>>> complete(1, 3)
Traceback (most recent call last):
    ...
ValueError: a complete graph needs at least 2 vertices, found 1
"""

from __future__ import annotations

import itertools
from typing import Any, TypeAlias

import numpy as np

from backproof.engine import Graph, Vertex, leaf, vertex

Workload: TypeAlias = tuple[Graph, list[Any]]

SEED = 20


def complete(n: int, d: int, scalar_output: bool = False) -> Workload:
    """Every vertex reads all earlier ones, through random constant d × d matrices: 2^(n−2) paths from vertex 1 to vertex n.

    With `scalar_output` one more vertex sums the entries of the last, so that the derivative is a gradient.
    """
    if n < 2:
        raise ValueError(f"a complete graph needs at least 2 vertices, found {n}")
    rng = np.random.default_rng(SEED)
    vertices: list[Vertex] = [leaf("u1", (d,))]
    for i in range(2, n + 1):
        weights = rng.uniform(-1, 1, size=(i - 1, d, d)) / d
        vertices.append(vertex(f"u{i}", "weighted_sum", tuple(range(1, i)), weights=weights.tolist()))
    if scalar_output:
        vertices.append(vertex("total", "sum", (n,)))
    return Graph(1, tuple(vertices)), [rng.uniform(-1, 1, size=d)]


def ladder(n: int, d: int) -> Workload:
    """Two leaves, then in turns u + u' of the two vertices before, u times one of the leaves, and tanh(u); the last vertex sums its entries."""
    rng = np.random.default_rng(SEED)
    vertices: list[Vertex] = [leaf("u1", (d,)), leaf("u2", (d,))]
    for i in range(3, n):
        function, operands = (("add", (i - 1, i - 2)), ("multiply", (i - 1, i % 2 + 1)), ("tanh", (i - 1,)))[i % 3]
        vertices.append(vertex(f"u{i}", function, operands))
    return Graph(2, (*vertices, vertex(f"u{n}", "sum", (n - 1,)))), [rng.uniform(0.5, 1, size=d), rng.uniform(0.5, 1, size=d)]


def chain(n: int, inputs: int) -> Workload:
    """A leaf of `inputs` entries, a vertex that adds them up with weights, and n − 2 scalar vertices sin(u): one path, whatever the number of inputs."""
    rng = np.random.default_rng(SEED)
    weights = rng.uniform(0.5, 1, size=(1, 1, inputs)) / inputs
    vertices = [leaf("u1", (inputs,)), vertex("u2", "weighted_sum", (1,), weights=weights.tolist())]
    vertices += [vertex(f"u{i}", "sin", (i - 1,)) for i in range(3, n + 1)]
    return Graph(1, tuple(vertices)), [rng.uniform(0.5, 1, size=inputs)]


def scalar_ladder(n: int) -> Workload:
    """Scalars only, on four leaves: in turns u + u', u times a leaf, −u, u − u' and relu(u), all of them positive but −u."""
    rng = np.random.default_rng(SEED)
    vertices: list[Vertex] = [leaf(f"u{j}") for j in range(1, 5)]
    for i in range(5, n + 1):
        function, operands = (
            ("add", (i - 1, i - 2)),
            ("multiply", (i - 1, (i // 5 - 1) % 4 + 1)),
            ("negate", (i - 1,)),
            ("subtract", (i - 2, i - 1)),
            ("relu", (i - 1,)),
        )[i % 5]
        vertices.append(vertex(f"u{i}", function, operands))
    return Graph(4, tuple(vertices)), rng.uniform(0.5, 1, size=4).tolist()


def scalar_network(inputs: int, hidden: int) -> Workload:
    """A network of scalars, as micrograd builds it: `inputs` numbers, two layers of `hidden` relu units, and one output, a vertex for every + and ·.

    All numbers are positive, so that no unit is dead.
    """
    rng = np.random.default_rng(SEED)
    sizes = [inputs, hidden, hidden, 1]
    count = inputs + sum(before * after + after for before, after in itertools.pairwise(sizes))
    vertices: list[Vertex] = [leaf(f"u{j}") for j in range(1, count + 1)]

    def add(function: str, *operands: int) -> int:
        vertices.append(vertex(f"u{len(vertices) + 1}", function, operands))
        return len(vertices)

    layer, parameter = list(range(1, inputs + 1)), inputs
    for number, size in enumerate(sizes[1:], start=1):
        units: list[int] = []
        for _ in range(size):
            parameter += 1
            total = parameter
            for unit in layer:
                parameter += 1
                total = add("add", total, add("multiply", parameter, unit))
            units.append(add("relu", total) if number < len(sizes) - 1 else total)
        layer = units
    return Graph(count, tuple(vertices)), rng.uniform(0.1, 1, size=count).tolist()
