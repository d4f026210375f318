"""How often blame names an injected fault from the gradients of the leaves alone, and how long a diagnosis takes.

Every fault is injected into a backward pass that really runs with it, and adds up in another order than the engine does. A fault counts as named if the class of
explanations that cannot be told apart, the one answer of a diagnosis, holds it, by kind and place; a diagnosis that says "undetectable" is counted apart.

>>> graph, D, seed = random_graph(6, 0.5, 3, 0)
>>> [fault.kind for fault in faults(graph, D, np.random.default_rng(0))][:3]
['dropped', 'doubled', 'sign']
>>> rates = rates_of([(6, 0.5, 3, 0)])
>>> rates.seen > 0, rates.named == rates.seen
(True, True)
>>> random_graph(3, 0.5, 3, 0)
Traceback (most recent call last):
    ...
ValueError: a graph with three leaves and an output needs at least 4 vertices, found 3
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from backproof.engine import Graph, forward, jacobians, leaf, vertex
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.verify.blame.diagnosis import UNDETECTABLE, Diagnosis, blame
from benchmarks.measure import FULL, QUICK, Comparison, Effort, Result, line, ratios, time_in_turns

NAME = "blame"
TITLE = "Blame: injected faults named from the gradients alone"
ABOUT = (
    "Random graphs of vectors (three leaves; every vertex reads each earlier one with the probability given, and always the one before it; the output is a number). "
    "Faults are injected into a backward pass: a contribution dropped, doubled, negated, transposed, scaled by a random factor, by 1 + 10⁻⁶; its Jacobian cut to "
    "the diagonal or replaced by the identity; a vertex that takes its first, its last, or at most two consumers, or scales its adjoint. Blame sees the leaf gradients. "
    "A fault is named if the class of explanations that these gradients cannot tell apart holds it, by kind and place."
)
LEAVES = 3
FAMILIES = (("dense", 12, 0.5, 3), ("dense", 20, 0.5, 3), ("dense", 40, 0.5, 3), ("dense, scalars", 12, 0.5, 1))
SPARSE = (("sparse", 12, 0.15, 3), ("sparse", 20, 0.1, 3), ("sparse", 40, 0.05, 3))

Problem: TypeAlias = tuple[Graph, dict[Edge, Array], Array]
Wrong: TypeAlias = Callable[[Edge, Array], Array]


@dataclass(frozen=True)
class Fault:
    """One fault: its kind and place as blame calls them, and what it makes of the Jacobian of an edge."""

    kind: str
    place: Any
    wrong: Wrong


@dataclass(frozen=True)
class Rates:
    """Of `seen` faults with a visible effect, how many were `named`, and how many of these `alone`, with one explanation; `hidden` had no visible effect.

    `pairs` of `pairs_seen` dropped pairs of edges were explained, as a pair or as a simpler fault with the same gradients;
    `classes` holds the number of explanations of every diagnosis, `missed` the faults that were not named.
    """

    seen: int
    named: int
    alone: int
    hidden: int
    pairs: int
    pairs_seen: int
    classes: tuple[int, ...]
    missed: tuple[str, ...]


def random_graph(n: int, probability: float, d: int, seed: int) -> Problem:
    """A random graph with its Jacobians and the cotangent 1. ValueError for fewer than four vertices."""
    if n <= LEAVES:
        raise ValueError(f"a graph with three leaves and an output needs at least {LEAVES + 1} vertices, found {n}")
    rng = np.random.default_rng([n, d, seed])
    vertices = [leaf(f"x{j}", (d,)) for j in range(1, LEAVES + 1)]
    for i in range(LEAVES + 1, n + 1):
        parents = [j for j in range(1, i) if j == i - 1 or rng.random() < probability]
        weights = rng.normal(size=(len(parents), 1 if i == n else d, d)) / np.sqrt(d * len(parents))
        vertices.append(vertex(f"u{i}", "weighted_sum", parents, weights=weights.tolist()))
    graph = Graph(LEAVES, tuple(vertices))
    return graph, jacobians(graph, forward(graph, [np.ones(d)] * LEAVES)), np.ones((1, 1))


def faults(graph: Graph, D: dict[Edge, Array], rng: Any) -> Iterator[Fault]:
    """One fault of every kind, each at a random place where it makes sense."""

    def on_edge(kind: str, change: Callable[[Array], Array], square: bool = False) -> Iterator[Fault]:
        fits = [edge for edge in graph.edges if not square or (D[edge].shape[0] == D[edge].shape[1] > 1)]
        if fits:
            chosen = fits[int(rng.integers(len(fits)))]
            yield Fault(kind, chosen, lambda edge, block: change(block) if edge == chosen else block)

    def at_vertex(kind: str, fewest: int, keep: Callable[[tuple[int, ...]], tuple[int, ...]], factor: float = 0.0) -> Iterator[Fault]:
        fits = [a for a in range(1, graph.n) if len(graph.children(a)) >= fewest]
        if fits:
            chosen = fits[int(rng.integers(len(fits)))]
            kept = keep(graph.children(chosen))
            yield Fault(kind, chosen, lambda edge, block: factor * block if edge[0] == chosen and edge[1] not in kept else block)

    yield from on_edge("dropped", lambda block: 0 * block)
    yield from on_edge("doubled", lambda block: 2 * block)
    yield from on_edge("sign", lambda block: -block)
    yield from on_edge("transposed", lambda block: block.T, square=True)
    yield from on_edge("diagonal only", lambda block: np.diag(np.diag(block)), square=True)
    yield from on_edge("identity", lambda block: np.eye(len(block)), square=True)
    alpha = float(rng.uniform(-3, 3))
    yield from on_edge("scaled", lambda block: alpha * block)
    yield from on_edge("scaled", lambda block: (1 + 1e-6) * block)
    yield from at_vertex("first consumer only", 2, lambda children: children[:1])
    yield from at_vertex("last consumer only", 2, lambda children: children[-1:])
    yield from at_vertex("at most 2 consumers", 3, lambda children: children[:2])
    yield from at_vertex("adjoint scaled", 2, lambda children: (), alpha)


def gradients(graph: Graph, D: dict[Edge, Array], seed: Array, wrong: Wrong) -> dict[int, Array]:
    """The leaf gradients of a backward pass that uses wrong(edge, D) in the place of D, and adds contributions from the last child to the first."""
    p = {graph.n: seed}
    for j in range(graph.n - 1, 0, -1):
        p[j] = np.zeros((len(seed), graph.dimension(j)))
        for i in reversed(graph.children(j)):
            p[j] = p[j] + p[i] @ wrong((j, i), D[j, i])
    return {j: p[j] for j in range(1, graph.l + 1)}


def holds(diagnosis: Diagnosis, kind: str, place: Any) -> bool:
    """Whether the diagnosis names this fault."""
    return any((match.kind, match.place) == (kind, place) for match in diagnosis.matches)


def rates_of(problems: Sequence[tuple[int, float, int, int]]) -> Rates:
    """Inject one fault of every kind, and a pair of dropped edges, into each of these graphs (n, probability, d, seed)."""
    seen = named = alone = hidden = pairs = pairs_seen = 0
    classes: list[int] = []
    missed: list[str] = []
    for problem in problems:
        graph, D, seed = random_graph(*problem)
        rng = np.random.default_rng([problem[0], problem[2], problem[3], 1])
        for fault in faults(graph, D, rng):
            diagnosis = blame(graph, D, seed, gradients(graph, D, seed, fault.wrong))
            if diagnosis.verdict == UNDETECTABLE:
                hidden += 1
                continue
            good = holds(diagnosis, fault.kind, fault.place)
            seen, named, alone = seen + 1, named + good, alone + (good and len(diagnosis.matches) == 1)
            classes.append(len(diagnosis.matches))
            if not good:
                missed.append(f"{fault.kind} at {fault.place} of graph {problem}: {diagnosis.sentence}")
        first, second = sorted(int(k) for k in rng.choice(len(graph.edges), size=2, replace=False))
        pair = graph.edges[first], graph.edges[second]
        both = blame(graph, D, seed, gradients(graph, D, seed, lambda edge, block, pair=pair: 0 * block if edge in pair else block))
        pairs_seen += both.verdict != UNDETECTABLE
        pairs += holds(both, "two dropped edges", pair) or any(match.kind != "two dropped edges" for match in both.matches)
    return Rates(seen, named, alone, hidden, pairs, pairs_seen, tuple(classes), tuple(missed))


def words(family: str, n: int, probability: float, d: int, found: Rates) -> str:
    """The rates in words.

    >>> words("dense", 12, 0.5, 3, Rates(200, 199, 100, 4, 9, 10, (1, 1, 2), ()))
    'dense, n = 12, d = 3, edges with probability 0.5: 99.50 % of 200 faults named (50 % alone, classes of 1 to 2), 4 without effect; 9 of 10 dropped pairs explained'
    """
    share = 100 * found.named / max(1, found.seen)
    alone = 100 * found.alone / max(1, found.seen)
    smallest, largest = min(found.classes, default=0), max(found.classes, default=0)
    return (
        f"{family}, n = {n}, d = {d}, edges with probability {probability}: {share:.2f} % of {found.seen:,} faults named ({alone:.0f} % alone, classes of {smallest} "
        f"to {largest}), {found.hidden} without effect; {found.pairs} of {found.pairs_seen} dropped pairs explained"
    )


def times(family: tuple[str, int, float, int], found: Rates, graphs: int, effort: Effort) -> Comparison:
    """Seconds for one diagnosis, over the first graphs of a family in turn: a dropped edge, two of them, and gradients that nothing explains."""
    name, n, probability, d = family
    cases: dict[str, list[Callable[[], Any]]] = {"one dropped edge": [], "two dropped edges": [], "nothing explains it": []}
    for number in range(graphs):
        graph, D, seed = random_graph(n, probability, d, number)
        edges = graph.edges
        one, two = {edges[len(edges) // 2]}, {edges[len(edges) // 3], edges[-2]}
        right = gradients(graph, D, seed, lambda edge, block: block)
        observed = {
            "one dropped edge": gradients(graph, D, seed, lambda edge, block, gone=one: 0 * block if edge in gone else block),
            "two dropped edges": gradients(graph, D, seed, lambda edge, block, gone=two: 0 * block if edge in gone else block),
            "nothing explains it": {j: p + np.sqrt(np.arange(2.0 * j, 2.0 * j + p.size)) for j, p in right.items()},
        }
        for kind, given in observed.items():
            cases[kind].append(lambda graph=graph, D=D, seed=seed, given=given: blame(graph, D, seed, given))

    def all_of(runs: list[Callable[[], Any]]) -> Callable[[], Any]:
        return lambda: [run() for run in runs]

    seconds = [[total / graphs for total in own] for own in time_in_turns([all_of(runs) for runs in cases.values()], effort)]
    lines = tuple(line(kind, own, ratio=ratios(own, seconds[0])) for kind, own in zip(cases, seconds, strict=True))
    return Comparison(words(name, n, probability, d, found), None, lines, found.missed[:3])


def measure(quick: bool) -> Result:
    """Dense graphs with n = 12, 20 and 40, dense graphs of scalars, and sparse ones; a few graphs of each if `quick`."""
    effort = QUICK if quick else FULL
    tables: list[Comparison] = []
    for family in (*FAMILIES[:1], *SPARSE[:1]) if quick else (*FAMILIES, *SPARSE):
        _, n, probability, d = family
        graphs = 2 if quick else 1200 // n
        found = rates_of([(n, probability, d, number) for number in range(graphs)])
        tables.append(times(family, found, min(graphs, 5), effort))
    return Result(NAME, TITLE, ABOUT, tuple(tables))
