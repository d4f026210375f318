"""Certified derivatives from values alone: `certify(graph, leaves, j)` encloses ∂u_k/∂u_j for every descendant k of a
leaf, or says why not.

The `Enclosure` is proved: it comes from forward evaluations in complex ball arithmetic (`polydiscs.py`) and never from
a Jacobian, so it can judge backward passes, path sums and local Jacobians alike. The first radius tried is 2⁻³²; where
a kink, a cut or a pole is not excluded, it shrinks. At an exact kink no radius is small enough, and the answer is
`NoEnclosure` (`kinks.py` encloses what the derivatives on its sides are).

`certify_all` does all leaves together, `local_certificate` one edge under fⁱ alone, which names a wrong local Jacobian.

>>> from backproof.engine import Graph, leaf, vertex
>>> from backproof.verify.derivatives.enclosures import contains
>>> graph = Graph(1, (leaf("x"), vertex("y", "exp", (1,)), vertex("z", "log", (2,))))
>>> found = certify(graph, [0.5], 1)
>>> contains(found[3], [[1.0]]).tolist(), contains(found[3], [[1.0 + 2**-52]]).tolist(), found[3].digits > 18
([[True]], [[False]], True)
>>> print(certify(Graph(1, (leaf("x"), vertex("y", "relu", (1,)))), [0.0], 1)[2])
vertex 2 ('y'): relu is at a kink
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from backproof.engine import Graph, GraphError
from backproof.engine.graph import Edge
from backproof.engine.vertices import label
from backproof.verify.derivatives.enclosures import FIRST_RADIUS, Enclosure
from backproof.verify.derivatives.polydiscs import Column, NoEnclosure, Polydisc, Problem, attempt, hopeless
from backproof.verify.verdicts import Reason

BITS = 64  # accuracy that is asked for where nothing is said: more than the 53 of a float64 that is to be judged
GUARD = 8  # bits more than are asked for, so that the first attempt mostly gives them
FLOOR, LOWEST = 4, 900  # an entry below 2^(−FLOOR·bits), or 2^−LOWEST, need not be told from 0
SMALLEST_RADIUS = 4000  # bits of R in the last attempt; chosen: a kink that near is taken for one at the point
LARGEST_ACCURACY = 10_000  # bits; chosen: what needs more is left with the radius that it has
ATTEMPTS = 16  # chosen: from the first radius to the last it takes six, the others are for more bits
HUGE = 512  # missing bits from which on a smaller ball costs less than so many bits
COLUMNS = 64  # chosen: entries that are moved in one evaluation, so that memory stays small


def certify(
    graph: Graph, leaves: Sequence[Any], j: int, bits: int = BITS, targets: Sequence[int] | None = None
) -> dict[int, Enclosure | NoEnclosure]:
    """∂u_k/∂u_j under f̄ᵏ for leaf j and every descendant k (or those among `targets`), each with a proved radius, or
    the reason why there is none.

    The radius is at most 2^−bits times the largest entry of the matrix, unless that entry is below 2^(−4·bits).
    GraphError if j is no leaf with a derivative.

    >>> from backproof.engine import Graph, leaf, vertex
    >>> graph = Graph(2, (leaf("x"), leaf("y"), vertex("z", "multiply", (1, 2))))
    >>> certify(graph, [3.0, 5.0], 2)[3].mid.tolist()
    [[Fraction(3, 1)]]
    >>> certify(graph, [3.0, 5.0], 3)
    Traceback (most recent call last):
        ...
    backproof.engine.errors.GraphError: a certificate is taken with respect to a leaf that is not discrete, found vertex 3 ('z')
    """
    if not 1 <= j <= graph.l or graph.is_discrete(j):
        found_instead = label(graph.vertices, j) if 1 <= j <= graph.n else f"{j} in a graph with {graph.l} leaves"
        raise GraphError(f"a certificate is taken with respect to a leaf that is not discrete, found {found_instead}")
    found = _certified(graph, leaves, (j,), bits, targets)
    return {k: enclosure for (_, k), enclosure in found.items()}


def certify_all(
    graph: Graph, leaves: Sequence[Any], bits: int = BITS, targets: Sequence[int] | None = None
) -> dict[Edge, Enclosure | NoEnclosure]:
    """`certify` for every leaf at once, with one ball around all of them: {(j, k): ∂u_k/∂u_j}, for k a descendant of j.

    >>> from backproof.engine import Graph, leaf, vertex
    >>> graph = Graph(2, (leaf("x"), leaf("y"), vertex("z", "multiply", (1, 2))))
    >>> {pair: float(found.mid[0, 0]) for pair, found in certify_all(graph, [3.0, 5.0]).items()}
    {(1, 3): 5.0, (2, 3): 3.0}
    """
    return _certified(graph, leaves, graph.differentiable_leaves(), bits, targets)


def local_certificate(graph: Graph, values: Mapping[int, Any], i: int, j: int, bits: int = BITS) -> Enclosure | NoEnclosure:
    """∂u_i/∂u_j under fⁱ alone, for an edge (j, i), at the given values of the parents of i (taken as exact numbers).

    >>> from backproof.engine import Graph, leaf, vertex
    >>> graph = Graph(1, (leaf("x"), vertex("y", "square", (1,)), vertex("z", "multiply", (1, 2))))
    >>> local_certificate(graph, {1: [3.0], 2: [9.0]}, 3, 1).mid.tolist()
    [[Fraction(9, 1)]]
    """
    if j not in graph.parents(i) or graph.is_discrete(j):
        raise GraphError(f"({j}, {i}) is not an edge along which {label(graph.vertices, i)} has a derivative")
    given = {parent: values[parent] for parent in graph.parents(i)}
    return _blocks(graph, given, [(j, entry) for entry in range(graph.dimension(j))], [(j, i)], bits)[j, i]


def _certified(
    graph: Graph, leaves: Sequence[Any], moved: Sequence[int], bits: int, targets: Sequence[int] | None
) -> dict[Edge, Enclosure | NoEnclosure]:
    if len(leaves) != graph.l:
        raise GraphError(f"the graph has {graph.l} leaves, found {len(leaves)} leaf values")
    reached = _reached(graph, moved)
    ends = [k for k in (reached if targets is None else sorted({*targets})) if k > graph.l and k in reached]
    pairs = [(j, k) for j in moved for k in ends if j in reached[k]]
    return _blocks(graph, dict(enumerate(leaves, start=1)), [(j, entry) for j in moved for entry in range(graph.dimension(j))], pairs, bits)


def _reached(graph: Graph, moved: Sequence[int]) -> dict[int, frozenset[int]]:
    """By which of the moved leaves a vertex is reached; without those that are reached by none."""
    reached = {j: frozenset({j}) for j in moved}
    for k in range(graph.l + 1, graph.n + 1):
        if found := [reached[i] for i in graph.parents(k) if i in reached]:
            reached[k] = found[0].union(*found[1:])
    return reached


def _blocks(
    graph: Graph, given: Mapping[int, Any], columns: Sequence[Column], pairs: Sequence[Edge], bits: int
) -> dict[Edge, Enclosure | NoEnclosure]:
    """The pairs (j, k) for vertices j of the columns; at most 64 columns are moved in one evaluation."""
    targets = sorted({k for _, k in pairs})
    parts = [_settle(Problem(graph, given, columns[start : start + COLUMNS]), targets, bits) for start in range(0, len(columns), COLUMNS)]
    places = {columns[start][0]: (start, stop) for start, stop in _runs(columns)}
    return {(j, k): _finite(graph, k, _block([part[k] for part in parts], *places[j])) for j, k in pairs}


def _finite(graph: Graph, k: int, found: Enclosure | NoEnclosure) -> Enclosure | NoEnclosure:
    """An enclosure without a finite radius says nothing."""
    if isinstance(found, NoEnclosure) or all(ball.is_finite() for ball in found.balls.reshape(-1).tolist()):
        return found
    return NoEnclosure(k, Reason.DTYPE, f"{label(graph.vertices, k)}: its derivative is not enclosed with a finite radius")


def _block(parts: Sequence[_Settled | NoEnclosure], start: int, stop: int) -> Enclosure | NoEnclosure:
    """The columns start … stop − 1, put together from the evaluations in which they were moved."""
    first = start // COLUMNS
    used: list[_Settled] = []
    for part in parts[first : (stop - 1) // COLUMNS + 1]:
        if isinstance(part, NoEnclosure):
            return part
        used.append(part)
    rows = used[0].rows if len(used) == 1 else [list(chain(*row)) for row in zip(*(part.rows for part in used), strict=True)]
    balls = [ball for row in rows for ball in row[start - first * COLUMNS : stop - first * COLUMNS]]
    shaped = np.fromiter(balls, dtype=object, count=len(balls)).reshape(len(rows), stop - start)
    return Enclosure(shaped, max([part.radius for part in used]))


@dataclass(frozen=True)
class _Settled:
    """One list of columns for each entry of the vertex, and the radius at which they were proved."""

    rows: list[list[Any]]
    radius: int


def _settle(problem: Problem, targets: Sequence[int], bits: int) -> dict[int, _Settled | NoEnclosure]:
    """Attempts with smaller and smaller radius where the evaluation breaks, and with more and more bits where the
    enclosure is too wide."""
    settled: dict[int, _Settled | NoEnclosure] = {}
    radius, accuracy = FIRST_RADIUS, bits + GUARD
    asked: dict[int, NoEnclosure | None] = {}
    waiting = list(targets)
    for _ in range(ATTEMPTS):
        if not waiting:
            break
        found = attempt(problem, waiting, polydisc_for(radius, accuracy))
        waiting, more, smaller = [], 0, False
        for k, rows in found.derivatives.items():
            settled[k] = _Settled(rows, radius)
            missing = _missing(problem.columns, rows, bits)
            if missing and accuracy < LARGEST_ACCURACY:
                waiting.append(k)
                more = max(more, missing)
                smaller = smaller or missing > HUGE  # f is so large on the ball that a smaller one costs less than so many bits
        for k, stopped in found.broken.items():
            if isinstance(settled.get(k), _Settled):
                continue
            if not stopped.final and stopped.vertex not in asked:
                asked[stopped.vertex] = hopeless(problem, stopped.vertex, FIRST_RADIUS + accuracy)
            settled[k] = verdict = stopped if stopped.final else asked[stopped.vertex] or stopped
            if not verdict.final and radius * 5 // 2 <= SMALLEST_RADIUS:
                waiting.append(k)
                smaller = True
        if smaller and radius * 5 // 2 <= SMALLEST_RADIUS:
            radius, more = radius * 5 // 2, min(more, HUGE)
        accuracy = min(accuracy + more, LARGEST_ACCURACY)
    return settled


def polydisc_for(radius: int, accuracy: int) -> Polydisc:
    """R = 2^−radius, the precision with which an enclosure of about 2^−accuracy comes out, and an h that adds nothing
    to its width where M < 2²⁵⁶.

    Imaginary parts are rounded by themselves, so that a tiny h loses nothing; and flint is faster where h² is below its
    precision.

    >>> polydisc_for(32, 72)
    Polydisc(radius=32, step=256, precision=112)
    """
    precision = max(accuracy + 40, 64 + 3 * radius // 2)
    return Polydisc(radius, 2 * precision + radius, precision)


def _missing(columns: Sequence[Column], rows: Sequence[Sequence[Any]], bits: int) -> int:
    """How many bits more are needed for every matrix to have 2^−bits of its largest entry, or to be told from 0 if it
    is not too small for that."""
    missing, floor = 0, min(FLOOR * bits, LOWEST)
    for start, stop in _runs(columns):
        balls = [ball for row in rows for ball in row[start:stop]]
        if min([ball.rel_accuracy_bits() for ball in balls]) > bits:
            continue
        widths = [ball.rad() for ball in balls if not ball.is_exact()]
        size = max((_log2(ball.mid()) for ball in balls if ball.is_finite() and ball.mid() != 0), default=-SMALLEST_RADIUS)
        width = max(_log2(rad) + 1 for rad in widths) if all(rad.is_finite() for rad in widths) else SMALLEST_RADIUS
        excess = width + (bits - size if size > max(width + 2, -floor) else floor)
        missing = max(missing, excess + 2 if excess > 0 else 0)
    return missing


def _runs(columns: Sequence[Column]) -> list[tuple[int, int]]:
    """Where the columns of one vertex start and stop."""
    starts = [place for place, (j, _) in enumerate(columns) if place == 0 or columns[place - 1][0] != j]
    return list(zip(starts, [*starts[1:], len(columns)], strict=True))


def _log2(number: Any) -> int:
    """The whole part of log₂ |x| of an exact ball other than 0."""
    mantissa, exponent = number.man_exp()
    return int(mantissa).bit_length() + int(exponent) - 1
