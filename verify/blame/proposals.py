"""A better input where a fault could hide: `propose(space)` looks for a cotangent, then for leaf values, at which more
dropped edges would show.

A softmax seeded with ones has the gradient 0 whatever its input, so no fault before it can be seen; a cotangent without
zero entries, and no two alike, shows them:

>>> from backproof.engine import Graph, forward, jacobians, leaf, vertex
>>> from backproof.verify.blame.predictions import make_space
>>> graph = Graph(1, (leaf("x", (3,)), vertex("h", "square", (1,)), vertex("y", "softmax", (2,))))
>>> D = jacobians(graph, forward(graph, [[1.0, 2.0, 3.0]]))
>>> found = propose(make_space(graph, D, [1.0, 1.0, 1.0], [1]))
>>> found.hidden, found.left, found.leaves
(2, 0, None)
>>> propose(make_space(graph, D, [1.0, 2.0, 3.0], [1])).cotangent is None
True
>>> propose(make_space(graph, {}, None, [1]))
Traceback (most recent call last):
    ...
ValueError: edge (1, 2) has no Jacobian; give D for every edge, as `jacobians` returns it
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.engine import Graph, GraphError, forward, jacobians
from backproof.engine.errors import DomainError, UnsupportedOperation
from backproof.engine.number_systems import Array
from backproof.verify.blame.candidates import CHANGES, DROPPED
from backproof.verify.blame.predictions import UNIT, Space, inverse, make_space, predictions

DRAWS = 4  # chosen: leaf values tried; what four random draws hide is hidden nearly everywhere


@dataclass(frozen=True)
class Proposal:
    """Another cotangent or other leaf values (None where the present ones are as good), and why.

    `hidden` edges could be dropped here without a trace; `left` of them could be at the input proposed.
    """

    cotangent: tuple[tuple[float, ...], ...] | None
    leaves: tuple[tuple[float, ...], ...] | None
    hidden: int
    left: int
    why: str


def propose(space: Space, seed: int = 0) -> Proposal:
    """The better input: a random cotangent if that shows more, else leaf values, drawn from 0.5 … 1.5."""
    rng = np.random.default_rng(seed)
    here = hidden_edges(space)
    edges = len(space.edges)
    if not here:
        return Proposal(None, None, 0, 0, "Every edge that is dropped would show.")
    words = f"{here} of {edges} edges can be dropped here without a trace"
    cotangent = rng.uniform(0.5, 1.5, size=space.P[:, space.block[space.graph.n]].shape) * rng.choice([-1.0, 1.0], size=(1, 1))
    left = hidden_edges(_with_cotangent(space, cotangent))
    if left < here:
        why = f"{words}, since the cotangent sends them nothing; with a random one without zero entries, that is not constant, {left} can."
        return Proposal(_rows(cotangent), None, here, left, why)
    best: tuple[int, list[Array]] | None = None
    for _ in range(DRAWS):
        values = _leaves(space.graph, rng)
        try:
            D = jacobians(space.graph, forward(space.graph, values))
            there = hidden_edges(make_space(space.graph, D, cotangent, space.graph.differentiable_leaves()))
        except (DomainError, GraphError, UnsupportedOperation, ValueError):
            continue
        if there < (here if best is None else best[0]):
            best = there, values
    if best is None:
        why = f"{words}, and neither another cotangent nor other leaf values were found to show more: no path through them counts."
        return Proposal(None, None, here, here, why)
    why = f"{words}, since a factor on every path through them is 0 or they cancel; at leaf values drawn from 0.5 … 1.5, {best[0]} can."
    return Proposal(_rows(cotangent), tuple(tuple(v.reshape(-1).tolist()) for v in best[1]), here, best[0], why)


def hidden_edges(space: Space) -> int:
    """How many edges can be dropped without an effect on the observed entries that is larger than rounding."""
    effects, sizes = predictions(space)
    bound = space.roundings * UNIT * (sizes[0] + space.sizes[0][:, space.columns].reshape(-1))
    return int(np.sum(~np.any(np.abs(effects[CHANGES.index(DROPPED)]) > bound, axis=-1)))


def _with_cotangent(space: Space, cotangent: Array) -> Space:
    last, X = space.block[space.graph.n], space.X
    size = inverse(np.abs(space.N))
    return dataclasses.replace(space, P=cotangent @ X[last], sizes=(np.abs(cotangent) @ size[last], space.sizes[1]))


def _leaves(graph: Graph, rng: Any) -> list[Array]:
    return [np.asarray(0.0 if graph.is_discrete(j) else rng.uniform(0.5, 1.5, size=graph.shape(j))) for j in range(1, graph.l + 1)]


def _rows(matrix: Array) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(entry) for entry in row) for row in matrix)
