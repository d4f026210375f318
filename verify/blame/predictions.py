"""The graph as one block matrix, and what each wrong place does to the gradients: `make_space`, `predictions`.

With N the matrix that has D_{a→b} at (b, a), X = (I − N)⁻¹ holds the path sum between every two vertices. Put D′ in the
place of D on one edge (a, b), and the error of the adjoints is exactly p_b (D′ − D) X_{a·}; on several edges of which
no path meets two, the sum of these. Elsewhere the backward pass is run again.

>>> from backproof.engine import Graph, forward, jacobians, leaf, vertex
>>> from backproof.verify.blame.candidates import DROPPED
>>> graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
>>> space = make_space(graph, jacobians(graph, forward(graph, [3.0, 4.0])), None, [1, 2])
>>> effects, _ = predictions(space)
>>> {edge: effects[CHANGES.index(DROPPED), k].tolist() for k, edge in enumerate(space.edges)}
{(1, 3): [-4.0, 0.0], (2, 3): [0.0, -4.0], (2, 4): [0.0, -7.0], (3, 4): [-4.0, -4.0]}
>>> make_space(graph, {}, None, [1, 2])
Traceback (most recent call last):
    ...
ValueError: edge (1, 3) has no Jacobian; give D for every edge, as `jacobians` returns it
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.engine import Graph
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.verify.blame.candidates import CHANGES, Candidate, Change, Setting, changed, floats, make_setting

MOST_ENTRIES = 1500  # chosen: so wide a block matrix takes 18 MB and a second to invert; every candidate has one
UNIT = 2.0**-53  # the unit roundoff of float64, in which all predictions are computed


@dataclass(frozen=True)
class Space(Setting):
    """The graph as one block matrix, and what follows from it.

    `block`       the entries of each vertex in the big matrices
    `N`           Σ D placed at (b, a), hence X = (I − N)⁻¹ holds the path sum between every two vertices
    `P`, `T`      p_n X (every adjoint), and the columns of X that belong to the observed entries; `sizes` the same two
                  for Π |D|
    `longest`     the number of edges of the longest path at most, `width` the number of terms of the longest inner
                  product
    """

    block: Mapping[int, slice]
    N: Array
    X: Array
    P: Array
    T: Array
    sizes: tuple[Array, Array]
    columns: Array
    longest: int
    width: int

    @property
    def roundings(self) -> int:
        """How many roundings lie at most behind an entry of p_b D T_a.

        A substitution with inner products of w terms has the error γ_w X̄(I + |N|)X̄ ≤ γ_w (2L + 1) X̄, X̄ = Σ Π|D|
        (Higham, Theorem 8.5); there are three such factors, and three products.
        """
        return (6 * self.longest + 9) * (self.width + 1)


def make_space(graph: Graph, D: Mapping[Edge, Any], cotangent: Any, observed: Iterable[int], extra: Sequence[Change] = ()) -> Space:
    """The matrices for float64 Jacobians, a cotangent, and the vertices of which adjoints are observed.

    ValueError if a Jacobian is missing, or the vertices have more than 1,500 entries: such a case is shrunk first
    (`verify.campaign.shrinking`).
    """
    setting = make_setting(graph, D, extra)
    vertices = [j for j in range(1, graph.n + 1) if not graph.is_discrete(j)]
    total = sum(graph.dimension(j) for j in vertices)
    if total > MOST_ENTRIES:
        raise ValueError(
            f"the vertices have {total:,} entries; blame by gradients takes at most {MOST_ENTRIES:,}. Shrink the case first, or give every adjoint"
        )
    block: dict[int, slice] = {}
    place = 0
    for j in vertices:
        block[j] = slice(place, place + graph.dimension(j))
        place += graph.dimension(j)
    N = np.zeros((total, total))
    for (a, b), matrix in zip(setting.edges, setting.D, strict=True):
        N[block[b], block[a]] = matrix
    X, sizes = inverse(N), inverse(np.abs(N))
    width = graph.dimension(graph.n)
    seed = np.eye(width) if cotangent is None else floats(cotangent).reshape(-1, width)
    columns = np.array([entry for j in sorted(observed) if j in block for entry in range(total)[block[j]]], dtype=int)
    last = block[graph.n]
    return Space(
        graph=graph,
        edges=setting.edges,
        D=setting.D,
        extra=setting.extra,
        block=block,
        N=N,
        X=X,
        P=seed @ X[last],
        T=X[:, columns],
        sizes=(np.abs(seed) @ sizes[last], sizes[:, columns]),
        columns=columns,
        longest=_longest(graph),
        width=int(max((N != 0).sum(axis=0).max(initial=0), (N != 0).sum(axis=1).max(initial=0))),
    )


def inverse(N: Array) -> Array:
    """(I − N)⁻¹ of a strictly lower triangular matrix: Σ over the paths between every two entries; not finite where they
    are not, and never singular.

    >>> inverse(np.array([[0.0, 0.0], [3.0, 0.0]]))
    array([[1., 0.],
           [3., 1.]])
    """
    from scipy.linalg.lapack import dtrtri  # a third of what `verify` imports, and needed where something fails only

    inverse, _ = dtrtri(np.eye(len(N)) - N, lower=1, unitdiag=1)
    return np.asarray(inverse)


def _longest(graph: Graph) -> int:
    length = [0] * (graph.n + 1)
    for a, b in graph.edges:  # sorted by a, so that the length of a is final
        length[b] = max(length[b], length[a] + 1)
    return max(length)


def roundings_of_a_pass(graph: Graph) -> dict[int, int]:
    """How many roundings lie at most behind a term of each adjoint: along a path, an inner product of d_b terms at each
    edge, and the sum over the children.

    >>> from backproof.engine import Graph, leaf, vertex
    >>> roundings_of_a_pass(Graph(1, (leaf("x"), vertex("a", "exp", (1,)), vertex("y", "add", (1, 2)))))
    {3: 0, 2: 2, 1: 5}
    """
    behind = {graph.n: 0}
    for j in range(graph.n - 1, 0, -1):
        children = graph.children(j)
        behind[j] = max((graph.dimension(i) + behind[i] for i in children), default=0) + len(children)
    return behind


def predictions(space: Space) -> tuple[Array, Array]:
    """p_b (D′ − D) T_a for every change and edge, and the scale of its rounding error P̄_b (|D′| + |D|) T̄_a:
    changes × edges × observed entries.
    """
    changes = space.changes
    shape = (len(changes), len(space.edges), space.P.shape[0] * space.T.shape[1])
    effects, sizes = np.zeros(shape), np.zeros(shape)
    groups: dict[tuple[int, ...], list[int]] = {}
    for k, matrix in enumerate(space.D):
        groups.setdefault(matrix.shape, []).append(k)
    for (rows, width), members in groups.items():
        right = np.stack([space.D[k] for k in members])
        wrong = np.stack([right if change.of is None else change.of(right) for change in changes])
        for r in range(len(CHANGES), len(changes)):
            for place, k in enumerate(members):
                wrong[r, place] = changed(space, changes[r], k)
        b = np.array([space.block[space.edges[k][1]].start for k in members])[:, None] + np.arange(rows)
        a = np.array([space.block[space.edges[k][0]].start for k in members])[:, None] + np.arange(width)
        big, wide = space.sizes
        effect = (space.P[:, b].transpose(1, 0, 2) @ (wrong - right)) @ space.T[a]
        size = (big[:, b].transpose(1, 0, 2) @ (np.abs(wrong) + np.abs(right))) @ wide[a]
        effects[:, members] = effect.reshape(len(changes), len(members), -1)
        sizes[:, members] = size.reshape(len(changes), len(members), -1)
    return effects, sizes


def sums(effects: Array, sizes: Array, space: Space, candidates: Sequence[Candidate]) -> tuple[Array, Array]:
    """The predictions of candidates of which no path meets two edges: sums of those of single edges."""
    order = {change: r for r, change in enumerate(space.changes)}
    numbers = [order[c.change] * len(space.edges) + k for c in candidates for k in c.edges]
    starts = np.cumsum([0, *(len(c.edges) for c in candidates[:-1])])
    flat = (-1, effects.shape[-1])
    return np.add.reduceat(effects.reshape(flat)[numbers], starts), np.add.reduceat(sizes.reshape(flat)[numbers], starts)
