"""Translation validation: the words that the engine's own backward pass leaves on a graph, as a table that Coq checks.

The backward pass runs on symbols, one for each edge. What it leaves at vertex j is a sum of words; each word should be
one path from j to the output. The table lists, for each graph, its edges and the words at every vertex; `accepts_all`
(theorems/formal/Validation.v, proved sound and complete) decides whether they are exactly the paths. So Coq checks the
results of the program on these graphs; it does not check the program.

Vertices are numbered from 0 there.

>>> four = skeleton(4, ((1, 3), (2, 3), (2, 4), (3, 4)))
>>> result(four).words
((((0, 2), (2, 3)),), (((1, 3),), ((1, 2), (2, 3))), (((2, 3),),), ((),))
>>> from backproof.verify.selftest.mutants import by_name
>>> result(four, by_name("wrong sign").routes.backward)
Traceback (most recent call last):
    ...
backproof.verify.proofs.translation.NotWords: vertex 1 of the graph 1→3, 2→3, 2→4, 3→4 holds -1 3→4 1→3, which is no sum of paths
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from backproof.engine import backward
from backproof.engine.free_algebra import FREE, Polynomial
from backproof.engine.graph import Edge
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.proofs.every_graph import edge_sets, symbol
from backproof.verify.proofs.skeletons import Skeleton, of_graph, skeleton
from backproof.verify.three_way.routes import Backward

EdgePath: TypeAlias = tuple[Edge, ...]

LARGEST = 5  # chosen: 1,024 graphs, which Coq accepts in seconds; n = 6 stands in `verify.proofs.texts`


class NotWords(ValueError):
    """What the backward pass left is not a sum of words that could be paths."""


@dataclass(frozen=True)
class Result:
    """What the backward pass left on one graph: for each vertex the words, each in path order, vertices numbered from
    0.
    """

    n: int
    edges: tuple[Edge, ...]
    words: tuple[tuple[EdgePath, ...], ...]


@dataclass(frozen=True)
class Tables:
    """A Coq text, and on how many graphs it states a result; with a digest where the text is too long to be kept."""

    text: str
    graphs: int
    digest: str | None = None


def result(graph: Skeleton, backward_pass: Backward = backward) -> Result:
    """The words that the backward pass leaves on a graph. NotWords if they are none."""
    edges = tuple(edge for edge in graph.edges if not graph.is_discrete(edge[0]))
    run: Any = backward_pass
    p = run(graph, {edge: FREE.symbol(symbol(edge)) for edge in edges}, None, FREE)
    named = {symbol((a, b)): (a - 1, b - 1) for a, b in edges}
    words = tuple(_words(graph, named, j, p.get(j, Polynomial({}))) for j in range(1, graph.n + 1))
    return Result(graph.n, tuple((a - 1, b - 1) for a, b in edges), words)


def _words(graph: Skeleton, named: Mapping[str, Edge], j: int, found: Polynomial) -> tuple[EdgePath, ...]:
    """The words at vertex j, one with coefficient c listed c times; `named` gives the edge of each symbol."""
    listed: list[EdgePath] = []
    for word, coefficient in sorted(found.terms.items()):
        if coefficient != int(coefficient) or coefficient < 0 or not named.keys() >= set(word):
            edges = ", ".join(map(symbol, graph.edges))
            raise NotWords(f"vertex {j} of the graph {edges} holds {found}, which is no sum of paths")
        listed += [tuple(named[name] for name in reversed(word))] * int(coefficient)
    return tuple(listed)


def small_graphs(n: int) -> Iterator[Skeleton]:
    """Every graph with n vertices."""
    return (skeleton(n, edges) for edges in edge_sets(n))


def named_graphs() -> dict[str, Skeleton]:
    """The lecture's graphs, by the name of their case."""
    return {case.name: of_graph(case.graph) for case in lecture_cases()}


def coq_tables(backward_pass: Backward = backward, largest: int = LARGEST) -> Tables:
    """A Coq file that states, and proves by computation, that every result is right and no graph with n ≤ `largest`
    vertices is missing.
    """
    parts = [Tables("From mathcomp Require Import all_ssreflect.\nRequire Import BackproofFormal.Validation.\n", 0)]
    for n in range(1, largest + 1):
        parts.append(coq_table(f"graphs_{n}", [result(graph, backward_pass) for graph in small_graphs(n)]))
        parts.append(Tables(f"Theorem graphs_{n}_all : has_every_graph {n} graphs_{n} = true.\nProof. by vm_compute. Qed.\n", 0))
    parts.append(coq_table("named_graphs", [result(graph, backward_pass) for graph in named_graphs().values()]))
    return Tables("\n".join(part.text for part in parts), sum(part.graphs for part in parts))


def coq_table(name: str, results: Sequence[Result]) -> Tables:
    """One table with the theorem that it is accepted."""
    rows = ";\n".join(f"  ({entry.n}, {_list(entry.edges, _edge)}, {_list(entry.words, _word_list)})" for entry in results)
    right = f"Theorem {name}_right : accepts_all {name} = true.\nProof. by vm_compute. Qed.\n"
    return Tables(f"Definition {name} : seq result := [::\n{rows}].\n{right}", len(results))


def _edge(edge: Edge) -> str:
    return f"({edge[0]}, {edge[1]})"


def _word_list(words: Sequence[EdgePath]) -> str:
    return _list(words, lambda word: _list(word, _edge))


def _list(items: Sequence[Any], show: Any) -> str:
    return f"[:: {'; '.join(map(show, items))}]" if items else "[::]"
