"""What cannot be told apart: candidates in groups that no adjoint splits, and the adjoint that would split them best.

Two candidates are alike if the backward passes that run with them leave the same adjoints, up to rounding, at every
vertex. Of those that differ somewhere, one more observed adjoint may decide; the one with the most groups is named.

>>> from backproof.engine import Graph, forward, jacobians, leaf, vertex
>>> from backproof.verify.blame.candidates import DROPPED
>>> from backproof.verify.blame.predictions import make_space
>>> graph = Graph(1, (leaf("x"), vertex("a", "sin", (1,)), vertex("b", "exp", (2,)), vertex("o", "square", (3,))))
>>> space = make_space(graph, jacobians(graph, forward(graph, [0.4])), None, [1])
>>> dropped = [Candidate("dropped", edge, DROPPED, (k,)) for k, edge in enumerate(space.edges)]
>>> alike(space, [1], dropped)
Alike(groups=((0,), (1,), (2,)), split_by=3)
>>> alike(space, [1, 2, 3], dropped).split_by is None
True
>>> alike(space, [1], [])
Traceback (most recent call last):
    ...
ValueError: there is no candidate to be told apart
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from backproof.verify.blame.candidates import Candidate
from backproof.verify.blame.predictions import UNIT, Space
from backproof.verify.blame.wrong_passes import wrong_adjoints

MOST_SPLIT = 60  # chosen: each candidate is a backward pass of its own, and they are compared pair by pair


@dataclass(frozen=True)
class Alike:
    """Candidates, by number, in groups that no adjoint tells apart; and the vertex whose adjoint splits them best, None
    if none does.
    """

    groups: tuple[tuple[int, ...], ...]
    split_by: int | None


def alike(space: Space, given: Collection[int], found: Sequence[Candidate]) -> Alike:
    """The first candidates in groups, where the adjoints of `given` vertices are observed. ValueError for none."""
    chosen = found[:MOST_SPLIT]
    if not chosen:
        raise ValueError("there is no candidate to be told apart")
    if len(chosen) == 1:
        return Alike(((0,),), None)
    values, sizes = wrong_adjoints(space, chosen)
    allowed = space.roundings * UNIT * (sizes + space.sizes[0])

    def groups(own: slice) -> tuple[tuple[int, ...], ...]:
        firsts: list[list[int]] = []
        for h in range(len(chosen)):
            for group in firsts:
                g = group[0]
                if np.all(np.abs(values[h][:, own] - values[g][:, own]) <= (allowed[h] + allowed[g])[:, own]):
                    group.append(h)
                    break
            else:
                firsts.append([h])
        return tuple(map(tuple, firsts))

    counts = {j: len(groups(block)) for j, block in space.block.items() if j not in given and j != space.graph.n}
    best = max(counts, key=lambda j: (counts[j], -space.graph.dimension(j), j), default=None)
    return Alike(groups(slice(None)), best if best is not None and counts[best] > 1 else None)
