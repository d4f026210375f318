"""The engine's passes against autograd and micrograd, on the same graphs with the same leaf values.

The engine is made to be checked, not to be fast: it forms every edge Jacobian as a full matrix (L13), which the others never do. What it costs is
measured here, where it wins and where it loses.

>>> compared("two scalars", scalar_ladder(6), Effort(1, 0.0)).lines[0].name
'engine'
>>> compared("vectors", complete(4, 2), Effort(1, 0.0), scalars=True)
Traceback (most recent call last):
    ...
ValueError: vertex 2 ('u2'): weighted_sum is not written for micrograd here; written are: add, subtract, multiply, negate, square, relu
"""

from __future__ import annotations

import numpy as np

from backproof.engine.network import leaf_values, network, random_parameters
from benchmarks.graphs import SEED, Workload, complete, ladder, scalar_ladder, scalar_network
from benchmarks.measure import FULL, QUICK, Comparison, Effort, NotMeasured, Result, Side, compare, need
from benchmarks.peers import autograd_gradients, engine_gradients, micrograd_gradients

NAME = "engines"
TITLE = "The engine against autograd and micrograd"
ABOUT = (
    "The derivatives of a scalar output with respect to every leaf: forward pass, Jacobians and backward pass of the engine, against autograd and micrograd. "
    "The engine's graph is there beforehand, and is rebuilt in the second line; the others record theirs in every call."
)
PEERS = {"autograd": autograd_gradients, "micrograd": micrograd_gradients}


def lecture_network(d: int, m: int, K: int) -> Workload:
    """The network of L6, with random weights and a random example."""
    rng = np.random.default_rng(SEED)
    parameters = random_parameters(d, m, K, rng)
    return network(d, m, K), leaf_values(parameters, rng.uniform(0, 1, size=d), 0)


def compared(name: str, workload: Workload, effort: Effort, scalars: bool = False) -> Comparison:
    """The engine, the engine with its graph rebuilt, autograd, and on graphs of scalars micrograd."""
    graph, leaves = workload
    sides = [
        Side("engine", engine_gradients(graph, leaves)),
        Side("engine, graph rebuilt in every call", engine_gradients(graph, leaves, rebuild=True)),
    ]
    missing: list[str] = []
    for library in PEERS if scalars else ("autograd",):
        try:
            need(library)
            sides.append(Side(library, PEERS[library](graph, leaves)))
        except NotMeasured as reason:
            missing.append(str(reason))
    entries = sum(graph.dimension(j) for j in graph.differentiable_leaves())
    size = f"{graph.n} vertices, {len(graph.edges)} edges, {entries:,} derivatives"
    return compare(f"{name}: {size}", sides, effort, missing)


def workloads(quick: bool) -> tuple[dict[str, Workload], dict[str, Workload]]:
    """Graphs of scalars, where all three run, and graphs of vectors, up to the lecture's network at the size of the digits; small ones if `quick`."""
    scalars: dict[str, Workload] = {
        "ladder of scalars": scalar_ladder(20 if quick else 100),
        "network of scalars": scalar_network(2, 3) if quick else scalar_network(3, 8),
    }
    vectors: dict[str, Workload] = {
        "ladder, d = 16": ladder(12 if quick else 100, 16),
        "complete graph, d = 3": complete(6 if quick else 16, 3, scalar_output=True),
        "the lecture's network": lecture_network(4, 3, 2) if quick else lecture_network(64, 32, 10),
    }
    return scalars, vectors


def measure(quick: bool) -> Result:
    """Every workload, with all libraries that can run it."""
    effort = QUICK if quick else FULL
    scalars, vectors = workloads(quick)
    tables = [compared(name, workload, effort, scalars=True) for name, workload in scalars.items()]
    tables += [compared(name, workload, effort) for name, workload in vectors.items()]
    return Result(NAME, TITLE, ABOUT, tuple(tables))
