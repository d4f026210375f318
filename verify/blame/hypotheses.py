"""What can be wrong in one place of a backward pass: every hypothesis that blame considers, as a rule on a set of edges.

A *rule* puts another matrix in the place of D: nothing, 2D, −D, Dᵀ, |D|, its diagonal, …; `single_places` applies each to one edge, to the local Jacobian of one
vertex, and to the consumers that one vertex may forget; `wide_places` applies it at every vertex, or in the local rule of one function.

>>> from backproof.engine import Graph, forward, jacobians, leaf, vertex
>>> graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
>>> setting = make_setting(graph, jacobians(graph, forward(graph, [3.0, 4.0])))
>>> [c.place for c in single_places(setting) if c.kind == "last consumer only"]
[2]
>>> changed(setting, "sign", setting.edges.index((2, 4))).item()
-7.0
>>> make_setting(graph, {})
Traceback (most recent call last):
    ...
ValueError: edge (1, 3) has no Jacobian; give D for every edge, as `jacobians` returns it
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from backproof.engine import Graph
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array

Place: TypeAlias = "int | str | Edge | tuple[Edge, Edge]"

EVERYWHERE = "every vertex"
STALE = "stale value: "


def _square(change: Callable[[Array], Array]) -> Callable[[Array], Array]:
    return lambda D: change(D) if D.shape[-1] == D.shape[-2] else D


CHANGES: dict[str, Callable[[Array], Array]] = {
    "dropped": np.zeros_like,
    "doubled": lambda D: 2.0 * D,
    "sign": np.negative,
    "transposed": _square(lambda D: np.swapaxes(D, -1, -2)),
    "sign lost": np.abs,
    "diagonal only": _square(lambda D: D * np.eye(D.shape[-1])),
    "identity": _square(lambda D: np.broadcast_to(np.eye(D.shape[-1]), D.shape)),
    "square root": lambda D: np.sqrt(np.abs(D)),
    "squared": np.square,
}
RULES = tuple(CHANGES)


@dataclass(frozen=True)
class Candidate:
    """The rule `rule` on the edges with these numbers. `kind` and `place` say it in words; `alpha` is the factor where the rule is "scaled"."""

    kind: str
    place: Place
    rule: str
    edges: tuple[int, ...]
    alpha: float | None = None


@dataclass(frozen=True)
class Setting:
    """A graph and its edges that have a Jacobian, numbered 0, 1, …; `D` are their Jacobians, `extra` further rules: name → edge number → D′."""

    graph: Graph
    edges: tuple[Edge, ...]
    D: tuple[Array, ...]
    extra: Mapping[str, Mapping[int, Array]]


def make_setting(graph: Graph, D: Mapping[Edge, Any], extra: Mapping[str, Mapping[Edge, Array]] | None = None) -> Setting:
    """The edges of a graph with float64 Jacobians. ValueError if one is missing."""
    edges = tuple(edge for edge in graph.edges if not graph.is_discrete(edge[0]))
    for a, b in edges:
        if (a, b) not in D:
            raise ValueError(f"edge ({a}, {b}) has no Jacobian; give D for every edge, as `jacobians` returns it")
    number = {edge: k for k, edge in enumerate(edges)}
    further = {name: {number[edge]: floats(change) for edge, change in of.items()} for name, of in (extra or {}).items()}
    return Setting(graph, edges, tuple(floats(D[edge]) for edge in edges), further)


def floats(matrix: Any) -> Array:
    return np.asarray(matrix, dtype=float)


def changed(setting: Setting, rule: str, k: int, alpha: float | None = None) -> Array:
    """D′ of edge number k under a rule."""
    if rule == "scaled":
        return np.asarray((0.0 if alpha is None else alpha) * setting.D[k])
    if rule in CHANGES:
        return CHANGES[rule](setting.D[k])
    return setting.extra[rule].get(k, setting.D[k])


def rules(setting: Setting) -> tuple[str, ...]:
    """The rules of `predictions`, in its order."""
    return (*RULES, *setting.extra)


def single_places(setting: Setting) -> Iterator[Candidate]:
    """Every rule on one edge; on all edges into one vertex (its local Jacobian); and the consumers that a vertex forgets."""
    out, into = incidence(setting)
    for name in rules(setting):
        if is_stale(name):
            yield from (Candidate(kind(name), pair, name, into[pair[1]]) for pair in _reads(setting, name))
            continue
        for k, edge in enumerate(setting.edges):
            yield Candidate(kind(name), edge, name, (k,))
        for v, members in into.items():
            if len(members) > 1:
                yield Candidate(kind(name), v, name, members)
    for a, members in out.items():
        if len(members) < 2:
            continue
        yield Candidate("first consumer only", a, "dropped", members[1:])
        yield Candidate("last consumer only", a, "dropped", members[:-1])
        for m in range(2, len(members)):
            yield Candidate(f"at most {m} consumers", a, "dropped", members[m:])
            yield Candidate(f"last {m} consumers", a, "dropped", members[:-m])


def kind(rule: str) -> str:
    """The kind of fault that a rule is: its name without what tells several of them apart.

    >>> kind("operand missed: use 2 alone"), kind("sign")
    ('operand missed', 'sign')
    """
    return rule.partition(":")[0]


def is_stale(rule: str) -> bool:
    """Whether the rule takes Jacobians at an old value of one vertex; its number stands behind the colon."""
    return rule.startswith(STALE)


def _reads(setting: Setting, rule: str) -> list[Edge]:
    """The edges along which the vertex of a stale rule is read."""
    v = int(rule.removeprefix(STALE))
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
    """The same fault in several places: at every vertex, in the local rule of one function that several vertices use, at all readers of an old value."""
    graph, edges, extra = setting.graph, setting.edges, setting.extra
    out, into = incidence(setting)

    def everywhere(name: str, rule: str, choose: Callable[[tuple[int, ...]], Iterable[int]], fewest: int = 1) -> Iterator[Candidate]:
        chosen = [tuple(choose(members)) for members in out.values()]
        if sum(map(bool, chosen)) >= fewest:
            yield Candidate(name, EVERYWHERE, rule, tuple(k for members in chosen for k in members))

    def where_several(choose: Callable[[tuple[int, ...]], tuple[int, ...]]) -> Callable[[tuple[int, ...]], tuple[int, ...]]:
        return lambda members: choose(members) if len(members) > 1 else ()

    yield from everywhere("last consumer only", "dropped", lambda k: k[:-1])
    yield from everywhere("first consumer only", "dropped", lambda k: k[1:])
    for m in (2, 3):
        yield from everywhere(f"at most {m} consumers", "dropped", lambda k, m=m: k[m:])
    for words, rule in (("dropped", "dropped"), ("doubled", "doubled")):
        yield from everywhere(f"first consumer {words}", rule, where_several(lambda k: k[:1]))
        yield from everywhere(f"last consumer {words}", rule, where_several(lambda k: k[-1:]))
    yield from everywhere("fused chain", "dropped", lambda k: k[1:] if len(graph.children(edges[k[0]][1])) == 1 else ())
    yield from everywhere("adjoints not ready", "dropped", lambda k: [i for i in k if edges[i][1] != graph.n])
    users: dict[str, list[int]] = {}
    for b in into:
        users.setdefault(graph.row(b).name, []).append(b)
    for function, vertices in users.items():
        if len(vertices) > 1:
            members = tuple(k for b in vertices for k in into[b])
            for rule in rules(setting):
                if not is_stale(rule):
                    yield Candidate(kind(rule), f"every {function}", rule, members)
    for rule in ("transposed", "sign"):
        yield from everywhere(rule, rule, lambda k: k, 2)
    for rule in extra:
        if not is_stale(rule):
            yield from everywhere(kind(rule), rule, lambda k, rule=rule: [i for i in k if i in extra[rule]], 2)
        elif len(_reads(setting, rule)) > 1:
            yield Candidate(kind(rule), int(rule.removeprefix(STALE)), rule, tuple(extra[rule]))
