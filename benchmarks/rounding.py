"""The rounding bound against fixed tolerances: false alarms on correct backward passes, and the smallest fault that is seen, in four dtypes.

Correct passes add up in three orders. A fault scales one edge by 1 + ε; since the gradient is linear in ε, the smallest ε that leaves the allowed interval is allowed / |E|, with E
the part of the gradient that passes through the edge; a dropped edge is ε = −1.

>>> figures = figures_of(FLOAT64, 2)
>>> figures.alarms["rounding bound"], figures.entries > 0
(0, True)
>>> figures.median["rounding bound"] < figures.median["1e-5 + 1e-3 |g|"]
True
>>> figures_of(RATIONAL, 1)
Traceback (most recent call last):
    ...
ValueError: running errors are those of a hardware number system, found rational
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.engine import (
    FLOAT32,
    FLOAT64,
    RATIONAL,
    DomainError,
    Graph,
    GraphError,
    NumberSystem,
    backward,
    forward,
    jacobians,
    leaf,
    mpmath_system,
    vertex,
)
from backproof.engine.number_systems import BFLOAT16, FLOAT16, Array
from backproof.verify.cases.case import Case, make_case, rounded_case
from backproof.verify.rounding.bounds import rounding_bounds
from benchmarks.measure import FULL, QUICK, Comparison, Effort, Result, line, ratios, time_in_turns

__all__ = ["RATIONAL", "Figures", "figures_of", "measure"]

NAME = "rounding"
TITLE = "The rounding bound against fixed tolerances"
ABOUT = (
    "Random graphs of tanh, products, exp(−s²), sin and softmax of affine sums (d = 3, 9 leaf entries). A correct backward pass, summed in three orders, is a false alarm where "
    "an entry leaves the allowed interval around the derivative in 60 digits at the rounded inputs. The smallest fault seen is the least ε by which one edge must be scaled; "
    "medians over edges with a visible effect. 1e-5 + 1e-3 |g| are the default tolerances of PyTorch's gradcheck, 1e-8 + 1e-5 |g| those of numpy.allclose; JAX's check_grads "
    "allows t + t |g| with t = 1e-5, 2e-3, 1e-2, 1e-1 in the four dtypes, autograd's the larger of 1e-6 and 2e-6 |g|, both for one number, the derivative along a random "
    "direction; here they are held against every entry. The noise of their differences is not counted."
)
SYSTEMS = (FLOAT64, FLOAT32, FLOAT16, BFLOAT16)
HIGH = mpmath_system(60)
OURS = "rounding bound"
OF_JAX = {"float64": 1e-5, "float32": 2e-3, "float16": 1e-2, "bfloat16": 1e-1}
TOLERANCES: dict[str, Callable[[NumberSystem, Array], Array]] = {
    "1e-5 + 1e-3 |g|": lambda system, g: 1e-5 + 1e-3 * np.abs(g),
    "1e-8 + 1e-5 |g|": lambda system, g: 1e-8 + 1e-5 * np.abs(g),
    "JAX's": lambda system, g: OF_JAX[system.name] * (1 + np.abs(g)),
    "autograd's": lambda system, g: np.maximum(1e-6, 2e-6 * np.abs(g)),
}


@dataclass(frozen=True)
class Figures:
    """Of `passes` correct passes with `entries` numbers: those flagged, by judge; of the edges with an effect, the median of the smallest ε seen, and dropped ones not seen."""

    passes: int
    entries: int
    undecidable: int
    worst: float
    alarms: Mapping[str, int]
    median: Mapping[str, float]
    missed: Mapping[str, int]
    edges: int


def random_case(number: int) -> Case:
    """A graph of the family, with its leaf values."""
    rng = np.random.default_rng([12, number])
    vertices = [leaf(f"x{j}", (3,)) for j in range(1, 4)]
    kinds = ("tanh", "multiply", "exp", "sin", "softmax")
    while len(vertices) < 24:
        parents = [
            j for j in range(1, len(vertices) + 1) if (j <= 3 or j % 2 == len(vertices) % 2) and (j == len(vertices) or rng.random() < 0.5)
        ]
        parents = parents or [1]
        weights = rng.normal(size=(len(parents), 3, 3)) / np.sqrt(3 * len(parents))
        vertices.append(vertex(f"s{len(vertices)}", "weighted_sum", parents, weights=weights.tolist()))
        s, kind = len(vertices), kinds[int(rng.integers(len(kinds)))]
        if kind == "multiply":
            vertices.append(vertex(f"u{s}", "multiply", (s, parents[-1])))
        elif kind == "exp":
            vertices += [vertex(f"q{s}", "square", (s,)), vertex(f"m{s}", "negate", (s + 1,)), vertex(f"u{s}", "exp", (s + 2,))]
        else:
            vertices.append(vertex(f"u{s}", kind, (s,)))
    top = rng.normal(size=(1, 1, 3))
    vertices.append(vertex("o", "weighted_sum", (len(vertices),), weights=top.tolist()))
    return make_case(f"rounding {number}", "random", Graph(3, tuple(vertices)), list(rng.normal(size=(3, 3))))


def passes_of(case: Case, system: NumberSystem) -> Iterator[dict[int, Array]]:
    """Three correct backward passes: contributions from the first child on, from the last one, and two by two."""
    graph = case.graph
    D = jacobians(graph, forward(graph, case.leaves, system), system)

    def two_by_two(terms: list[Array]) -> Array:
        while len(terms) > 1:
            terms = [system.add(*terms[k : k + 2]) if k + 1 < len(terms) else terms[k] for k in range(0, len(terms), 2)]
        return terms[0]

    def one_by_one(terms: list[Array]) -> Array:
        total = terms[0]
        for term in terms[1:]:
            total = system.add(total, term)
        return total

    orders: tuple[tuple[Callable[[list[Array]], Array], bool], ...] = ((one_by_one, False), (one_by_one, True), (two_by_two, False))
    width = graph.dimension(graph.n)
    seed = system.identity(width) if case.cotangent is None else system.array(case.cotangent).reshape(-1, width)
    for add_up, turned in orders:
        p = {graph.n: seed}
        for j in range(graph.n - 1, 0, -1):
            if not graph.is_discrete(j):
                children = graph.children(j)[::-1] if turned else graph.children(j)
                terms = [system.matmul(p[i], D[j, i]) for i in children]
                p[j] = add_up(terms) if terms else system.zeros((len(seed), graph.dimension(j)))
        yield p


def figures_of(system: NumberSystem, graphs: int) -> Figures:
    """The figures of one number system over so many graphs."""
    judges = (OURS, *TOLERANCES)
    alarms, missed = dict.fromkeys(judges, 0), dict.fromkeys(judges, 0)
    least: dict[str, list[float]] = {judge: [] for judge in judges}
    passes = entries = undecidable = edges = 0
    worst = 0.0
    for number in range(graphs):
        case = rounded_case(random_case(number), system)
        graph = case.graph
        bounds = rounding_bounds(graph, case.leaves, None, system)
        if bounds.undecidable:
            undecidable += 1
            continue
        try:
            D = jacobians(graph, forward(graph, case.leaves, HIGH), HIGH)
            with np.errstate(all="ignore"):
                observed = list(passes_of(case, system))
        except (DomainError, GraphError):
            undecidable += 1
            continue
        true = backward(graph, D, None, HIGH)
        g = np.concatenate([true[j][0].astype(float) for j in range(1, graph.l + 1)])
        allowed = {OURS: np.concatenate([bounds.allowed[j][0] for j in range(1, graph.l + 1)])}
        allowed |= {name: room(system, g) for name, room in TOLERANCES.items()}
        for p in observed:
            error = np.concatenate([(HIGH.array(p[j][0].astype(float)) - true[j][0]).astype(float) for j in range(1, graph.l + 1)])
            passes, entries = passes + 1, entries + error.size
            error = np.where(np.isnan(error), np.inf, np.abs(error))
            worst = max(worst, float(np.max(error / np.maximum(allowed[OURS], 1e-320))))
            for judge, room in allowed.items():
                alarms[judge] += bool(np.any(error > room))
        for effect in through_edges(graph, {edge: block.astype(float) for edge, block in D.items()}):
            edges += 1
            for judge, room in allowed.items():
                with np.errstate(all="ignore"):
                    smallest = float(np.min(room / np.maximum(np.abs(effect), 1e-320)))
                least[judge].append(smallest)
                missed[judge] += smallest >= 1
    medians = {judge: statistics.median(found) if found else float("nan") for judge, found in least.items()}
    return Figures(passes, entries, undecidable, worst, alarms, medians, missed, edges)


def through_edges(graph: Graph, D: Mapping[tuple[int, int], Array]) -> Iterator[Array]:
    """For every edge with an effect, the part of all leaf gradients that passes through it."""
    p = backward(graph, D)
    sizes = [graph.dimension(j) for j in range(1, graph.l + 1)]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    T: dict[int, Array] = {j: np.eye(int(starts[-1]))[starts[j - 1] : starts[j]] for j in range(1, graph.l + 1)}
    for k in range(graph.l + 1, graph.n + 1):
        T[k] = sum((D[j, k] @ T[j] for j in graph.parents(k)), np.zeros((graph.dimension(k), int(starts[-1]))))
    for a, b in graph.edges:
        effect = (p[b] @ D[a, b] @ T[a])[0]
        if np.any(effect):
            yield effect


def words(system: NumberSystem, found: Figures) -> str:
    """The figures in words."""
    alarms = ", ".join(f"{judge}: {100 * count / max(1, found.passes):.1f} %" for judge, count in found.alarms.items())
    median = ", ".join(f"{judge}: {value:.1e}" for judge, value in found.median.items())
    missed = ", ".join(f"{judge}: {100 * count / max(1, found.edges):.2f} %" for judge, count in found.missed.items())
    return (
        f"{system.name}: {found.passes:,} correct passes ({found.entries:,} derivatives), largest error {found.worst:.2f} of the bound, {found.undecidable} graphs undecidable; "
        f"false alarms: {alarms}; smallest scaling of one edge that is seen, median of {found.edges:,} edges: {median}; dropped edges not seen: {missed}"
    )


def times(system: NumberSystem, effort: Effort) -> tuple[Any, ...]:
    """Seconds for the three engine passes and for the bound of nine leaf entries."""
    case = rounded_case(random_case(0), system)
    graph = case.graph

    def passes() -> None:
        with np.errstate(all="ignore"):
            backward(graph, jacobians(graph, forward(graph, case.leaves, system), system), None, system)

    seconds = time_in_turns([passes, lambda: rounding_bounds(graph, case.leaves, None, system)], effort)
    names = ("forward, Jacobians, backward", "rounding bound of 9 leaf entries")
    return tuple(line(name, own, ratio=ratios(own, seconds[0])) for name, own in zip(names, seconds, strict=True))


def measure(quick: bool) -> Result:
    """All four dtypes, 1,000 graphs each (5 if `quick`)."""
    effort = QUICK if quick else FULL
    return Result(
        NAME, TITLE, ABOUT, tuple(Comparison(words(s, figures_of(s, 5 if quick else 1000)), None, times(s, effort)) for s in SYSTEMS)
    )
