"""What can be wrong in one place of a backward pass: every candidate that blame considers, a change on a set of edges.

A *change* puts another matrix in the place of D: nothing, 2D, −D, Dᵀ, |D|, its diagonal, …; `single_places` applies
each to one edge, to the local Jacobian of one vertex, and to the consumers that one vertex may forget; `wide_places`
applies it at every vertex, or in the local rule of one function.

>>> from backproof.engine import Graph, forward, jacobians, leaf, vertex
>>> graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
>>> setting = make_setting(graph, jacobians(graph, forward(graph, [3.0, 4.0])))
>>> [c.place for c in single_places(setting) if c.name == "last consumer only"]
[2]
>>> changed(setting, SIGN, setting.edges.index((2, 4))).item()
-7.0
>>> make_setting(graph, {})
Traceback (most recent call last):
    ...
ValueError: edge (1, 3) has no Jacobian; give D for every edge, as `jacobians` returns it
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from backproof.engine import Graph
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array

Place: TypeAlias = "int | str | Edge | tuple[Edge, Edge]"

EVERYWHERE = "every vertex"
AT_MOST, LAST_FEW, ROUNDED_TO = "at most {} consumers", "last {} consumers", "rounded to {}"
FIRST_AND_LAST = "first and last consumer only"
FEW = (2, 3)  # consumers that alone may contribute at every vertex; chosen: of more, `single_faults` says how many it can be


@dataclass(frozen=True, eq=False)
class Change:
    """What is put in the place of D on an edge: `of(D)`, or what is `given` for that edge. `kind` is its name.

    Where there is neither, D stays, and something else is done wrong. `stale` is the vertex at whose old value the
    Jacobians given were taken. `whole` is the place of a fault of a whole engine, which is none of a single edge (`verify.blame.uses`);
    `detail` stands beside its kind.
    """

    kind: str
    of: Callable[[Array], Array] | None = None
    given: Mapping[Edge, Array] = field(default_factory=dict[Edge, Array])
    stale: int | None = None
    whole: str | None = None
    detail: str | None = None


def _square(change: Callable[[Array], Array]) -> Callable[[Array], Array]:
    return lambda D: change(D) if D.shape[-1] == D.shape[-2] else D


DROPPED = Change("dropped", np.zeros_like)
DOUBLED = Change("doubled", lambda D: 2.0 * D)
SIGN = Change("sign", np.negative)
TRANSPOSED = Change("transposed", _square(lambda D: np.swapaxes(D, -1, -2)))
CHANGES = (
    DROPPED,
    DOUBLED,
    SIGN,
    TRANSPOSED,
    Change("sign lost", np.abs),
    Change("diagonal only", _square(lambda D: D * np.eye(D.shape[-1]))),
    Change("identity", _square(lambda D: np.broadcast_to(np.eye(D.shape[-1]), D.shape))),
    Change("square root", lambda D: np.sqrt(np.abs(D))),
    Change("squared", np.square),
)
SCALED = Change("scaled")  # α D, with the factor of the candidate
FACTORS = {0.0: DROPPED, 2.0: DOUBLED, -1.0: SIGN}  # factors that are changes of their own
PHANTOM, SEEDED, WRONG_SIDE = Change("phantom"), Change("seeded"), Change("wrong side")
LAST_PARENT_FIRST, FIRST_PARENT_FIRST = Change("last parent first"), Change("first parent first")
ROUNDED, UNEXPLAINED = Change("rounded"), Change("unexplained")


@dataclass(frozen=True)
class Candidate:
    """The change `change` on the edges with these numbers. `kind` and `place` say what was done, and where.

    `alpha` is the factor where the change is SCALED, `detail` what stands in the gap of the kind.
    """

    kind: str
    place: Place
    change: Change
    edges: tuple[int, ...]
    alpha: float | None = None
    detail: int | str | None = None

    @property
    def name(self) -> str:
        """The kind, with its detail."""
        return self.kind.format(self.detail)


@dataclass(frozen=True)
class Setting:
    """A graph and its edges that have a Jacobian, numbered 0, 1, …; `D` are their Jacobians, `extra` changes that only
    values tell (`verify.blame.from_values`).
    """

    graph: Graph
    edges: tuple[Edge, ...]
    D: tuple[Array, ...]
    extra: tuple[Change, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes of single edges, in the order of `predictions`."""
        return (*CHANGES, *(change for change in self.extra if change.whole is None))


def make_setting(graph: Graph, D: Mapping[Edge, Any], extra: Sequence[Change] = ()) -> Setting:
    """The edges of a graph with float64 Jacobians. ValueError if one is missing."""
    edges = tuple(edge for edge in graph.edges if not graph.is_discrete(edge[0]))
    for a, b in edges:
        if (a, b) not in D:
            raise ValueError(f"edge ({a}, {b}) has no Jacobian; give D for every edge, as `jacobians` returns it")
    return Setting(graph, edges, tuple(floats(D[edge]) for edge in edges), tuple(extra))


def floats(matrix: Any) -> Array:
    """A matrix of any number system in float64."""
    return np.asarray(matrix, dtype=float)


def changed(setting: Setting, change: Change, k: int, alpha: float | None = None) -> Array:
    """D′ of edge number k under a change."""
    D = setting.D[k]
    if change is SCALED:
        return np.asarray((0.0 if alpha is None else alpha) * D)
    return change.of(D) if change.of is not None else change.given.get(setting.edges[k], D)


def single_places(setting: Setting) -> Iterator[Candidate]:
    """Every change on one edge; on all edges into one vertex (its local Jacobian); and the consumers that a vertex
    forgets.
    """
    out, into = incidence(setting)
    for change in setting.changes:
        if change.stale is not None:
            yield from (Candidate(change.kind, pair, change, into[pair[1]]) for pair in _reads(setting, change.stale))
            continue
        for k, edge in enumerate(setting.edges):
            yield Candidate(change.kind, edge, change, (k,))
        for v, members in into.items():
            if len(members) > 1:
                yield Candidate(change.kind, v, change, members)
    for a, members in out.items():
        if len(members) < 2:
            continue
        yield Candidate("first consumer only", a, DROPPED, members[1:])
        yield Candidate("last consumer only", a, DROPPED, members[:-1])
        for m in range(2, len(members)):
            yield Candidate(AT_MOST, a, DROPPED, members[m:], detail=m)
            yield Candidate(LAST_FEW, a, DROPPED, members[:-m], detail=m)


def _reads(setting: Setting, v: int) -> list[Edge]:
    """The edges along which vertex v is read."""
    return [edge for edge in setting.edges if edge[0] == v]


def incidence(setting: Setting) -> tuple[dict[int, tuple[int, ...]], dict[int, tuple[int, ...]]]:
    """The numbers of the edges out of each vertex (its contributions, in the order of its children), and into each."""
    out: dict[int, list[int]] = {}
    into: dict[int, list[int]] = {}
    for k, (a, b) in enumerate(setting.edges):
        out.setdefault(a, []).append(k)
        into.setdefault(b, []).append(k)
    return {a: tuple(k) for a, k in out.items()}, {b: tuple(k) for b, k in into.items()}


def wide_places(setting: Setting) -> Iterator[Candidate]:
    """The same fault in several places: at every vertex, in the local rule of one function that several vertices use,
    at all readers of an old value.
    """
    graph, edges = setting.graph, setting.edges
    out, into = incidence(setting)

    def everywhere(
        kind: str, change: Change, choose: Callable[[tuple[int, ...]], Iterable[int]], fewest: int = 1, detail: int | None = None
    ) -> Iterator[Candidate]:
        chosen = [tuple(choose(members)) for members in out.values()]
        if sum(map(bool, chosen)) >= fewest:
            yield Candidate(kind, EVERYWHERE, change, tuple(k for members in chosen for k in members), detail=detail)

    def where_several(choose: Callable[[tuple[int, ...]], tuple[int, ...]]) -> Callable[[tuple[int, ...]], tuple[int, ...]]:
        return lambda members: choose(members) if len(members) > 1 else ()

    yield from everywhere("last consumer only", DROPPED, lambda k: k[:-1])
    yield from everywhere("first consumer only", DROPPED, lambda k: k[1:])
    yield from everywhere(FIRST_AND_LAST, DROPPED, lambda k: k[1:-1])
    for m in FEW:
        yield from everywhere(AT_MOST, DROPPED, lambda k, m=m: k[m:], detail=m)
        yield from everywhere(LAST_FEW, DROPPED, lambda k, m=m: k[:-m], detail=m)
    for change in (DROPPED, DOUBLED):
        yield from everywhere(f"first consumer {change.kind}", change, where_several(lambda k: k[:1]))
        yield from everywhere(f"last consumer {change.kind}", change, where_several(lambda k: k[-1:]))
    yield from everywhere("fused chain", DROPPED, lambda k: k[1:] if len(graph.children(edges[k[0]][1])) == 1 else ())
    yield from everywhere("adjoints not ready", DROPPED, lambda k: [i for i in k if edges[i][1] != graph.n])
    users: dict[str, list[int]] = {}
    for b in into:
        users.setdefault(graph.row(b).name, []).append(b)
    for function, vertices in users.items():
        if len(vertices) > 1:
            members = tuple(k for b in vertices for k in into[b])
            for change in setting.changes:
                if change.stale is None:
                    yield Candidate(change.kind, f"every {function}", change, members)
    for change in (TRANSPOSED, SIGN):
        yield from everywhere(change.kind, change, lambda k: k, 2)
    for change in setting.extra:
        if change.whole is not None:
            members = tuple(k for k, edge in enumerate(edges) if edge in change.given)
            yield Candidate(change.kind, change.whole, change, members, detail=change.detail)
        elif change.stale is None:
            yield from everywhere(change.kind, change, lambda k, change=change: [i for i in k if edges[i] in change.given], 2)
        elif len(_reads(setting, change.stale)) > 1:
            yield Candidate(change.kind, change.stale, change, tuple(map(edges.index, change.given)))
