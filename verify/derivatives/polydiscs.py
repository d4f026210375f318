"""One attempt at enclosing derivatives from values alone: `attempt(problem, targets, disc)` evaluates f at x + ih and
on a ball of radius R around x.

Let f be analytic where every moved entry stays within R of its value, real for real entries, and |f − c| ≤ M there for
some real c. Then for 0 < h < R

    |Im f(x + ih) / h − f′(x)| ≤ M h² / (R (R² − h²)),

because |f⁽ᵐ⁾(x)|/m! ≤ M/Rᵐ (Cauchy) and only odd m ≥ 3 are left. One ball around *all* moved entries gives one M, which
serves each of them. The ball is evaluated in complex ball arithmetic with `analytic=True`: a finite value proves that f
is analytic, and h may be as small as one likes, since nothing cancels.

Only the `value` of a row is called, never its Jacobian.

A composed function is defined where each of its parts is. So a vertex is outside its domain, and has no derivative, if
its operands are, or if an operand that it reads is: whatever it makes of them. x⁰ of a log that is not defined is not
1, a product of it and 0 is not 0, and a `where` does not choose away a branch that is not defined. An operand is read
whole, also by a `slice` or `take` of other entries: fⁱ is a function of vectors, and the forward pass of the engine
refuses the vertex too. Kinks are another matter: a function has a value there, and what reads it may pass it over
(max(|x|, 1) has a derivative at 0).

>>> from backproof.engine import Graph, leaf, vertex
>>> graph = Graph(1, (leaf("x"), vertex("y", "exp", (1,)), vertex("z", "abs", (1,))))
>>> found = attempt(Problem(graph, {1: [0.0]}, ((1, 0),)), [2, 3], Polydisc(radius=32, step=120, precision=128))
>>> derivative, = found.derivatives[2][0]
>>> derivative.contains(1), float(derivative.rad()) < 1e-30
(True, True)
>>> print(found.broken[3])
vertex 3 ('z'): abs has a kink within 2^-32 of the given values
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from flint import acb, arb

from backproof.engine import Graph, NumberSystem, UnsupportedOperation
from backproof.engine.functions.row import Attributes, Row, Shape, everywhere
from backproof.engine.number_systems import Array
from backproof.engine.vertices import label
from backproof.verify.numbers.ball_arrays import Points, precision
from backproof.verify.numbers.balls import Tie, complex_ball_system, real_ball_system
from backproof.verify.verdicts import Reason

Column: TypeAlias = tuple[int, int]  # a vertex, and the number of its entry that is moved

FAILURES = (TypeError, AttributeError, ValueError, ArithmeticError, LookupError, UnsupportedOperation)  # of a value on balls


@dataclass(frozen=True)
class Problem:
    """`given` values of vertices (all leaves, or the parents of one vertex), and the `columns` (vertex, entry) with
    respect to which to differentiate."""

    graph: Graph
    given: Mapping[int, Any]
    columns: Sequence[Column]

    def needed(self, targets: Sequence[int]) -> list[int]:
        """The vertices to evaluate for the targets, in order: their ancestors up to what is given."""
        needed: set[int] = set()
        waiting = [k for k in targets if k not in self.given]
        while waiting:
            k = waiting.pop()
            if k not in needed:
                needed.add(k)
                waiting += [i for i in self.graph.parents(k) if i not in self.given]
        return sorted(needed)


@dataclass(frozen=True)
class Polydisc:
    """Where f is evaluated: a ball of radius R = 2^−radius around every moved entry, and x + ih with h = 2^−step inside
    it; the working precision in bits."""

    radius: int
    step: int
    precision: int


@dataclass(frozen=True)
class NoEnclosure:
    """Why there is no enclosure: the vertex where the proof stops, and what may lie there. Not `final` where a smaller
    radius may help."""

    vertex: int
    reason: Reason
    text: str
    final: bool = True

    def __str__(self) -> str:
        return self.text


NONE, UNKNOWN = arb(0), arb(0, math.inf)  # the derivative by a column that moves nothing, and one of which nothing is known


@dataclass
class Attempt:
    """For every target either balls of its derivatives, one list of columns for each of its entries, or where its
    evaluation broke; and where operands tied."""

    derivatives: dict[int, list[list[Any]]] = field(default_factory=dict[int, list[list[Any]]])
    broken: dict[int, NoEnclosure] = field(default_factory=dict[int, NoEnclosure])
    tied: set[int] = field(default_factory=set[int])


def truncation_bound(M: Any, disc: Polydisc) -> Any:
    """M h² / (R (R² − h²)), rounded up.

    >>> bound = truncation_bound(arb(1), Polydisc(radius=0, step=1, precision=64))
    >>> bound.contains(1 / arb(3)), float(bound)
    (True, 0.3333333333333333)
    """
    h, R = arb(2) ** -disc.step, arb(2) ** -disc.radius
    return M * h**2 / (R * (R**2 - h**2))


def attempt(problem: Problem, targets: Sequence[int], disc: Polydisc, tie: Tie | None = None) -> Attempt:
    """The derivatives of the targets with respect to all columns, with rigorous radii, as far as the polydisc proves
    them."""
    done = Evaluation()

    def noted(a: Any, b: Any) -> bool:
        done.tied.add(done.current)
        return tie is not None and tie(a, b)

    with precision(disc.precision):
        evaluate(problem, targets, disc, complex_ball_system(disc.precision, tie and noted), done)
        found = Attempt(broken={k: done.broken[k] for k in targets if k in done.broken}, tied=done.tied)
        for k in targets:
            if k not in done.broken:
                moves = [j in done.reached.get(k, ()) for j, _ in problem.columns]
                found.derivatives[k] = derivatives(done.u[k].reshape(-1).tolist(), moves, disc)
    return found


def derivatives(entries: Sequence[Any], moves: Sequence[bool], disc: Polydisc) -> list[list[Any]]:
    """For each entry Im f(x + ih)/h, with the bound as its radius, for every column that may move it, and 0 for the
    others. The ball is the last point; c is its real middle."""
    scale, bound_of_one = arb(2) ** disc.step, truncation_bound(arb(1), disc)
    rows: list[list[Any]] = []
    for entry in entries:
        if type(entry) is not Points:
            rows.append([NONE] * len(moves))
            continue
        box = entry.values[-1]
        bound = (box - box.real.mid()).abs_upper() * bound_of_one
        rows.append(
            [
                NONE if not own else arb(value.imag * scale, bound) if value.is_finite() else UNKNOWN  # acb(nan) has the imaginary part 0
                for value, own in zip(entry.values, moves, strict=False)
            ]
        )
    return rows


@dataclass
class Evaluation:
    """An evaluation: the values so far, by which given vertices each moves, where it broke, which vertices are not
    proved to be inside their domain, the vertex at hand, and those at which operands tied."""

    u: dict[int, Array] = field(default_factory=dict[int, Array])
    reached: dict[int, frozenset[int]] = field(default_factory=dict[int, frozenset[int]])
    broken: dict[int, NoEnclosure] = field(default_factory=dict[int, NoEnclosure])
    undefined: set[int] = field(default_factory=set[int])
    current: int = 0
    tied: set[int] = field(default_factory=set[int])


def evaluate(problem: Problem, targets: Sequence[int], disc: Polydisc, system: NumberSystem, done: Evaluation) -> None:
    """All vertices that the targets need: `Points` where they move with a column, real balls elsewhere, and where the
    evaluation broke. What reads an undefined vertex is undefined, and not evaluated.

    A value is let go after its last use, unless it is a target's.
    """
    graph, real, needed = problem.graph, real_ball_system(disc.precision), problem.needed(targets)
    last = {i: k for k in needed for i in graph.operands(k)} | dict.fromkeys(targets)
    done.reached.update({j: frozenset({j}) for j, _ in problem.columns})
    done.u.update({i: _given(problem, i, disc, real) for i in problem.given})
    lifted: dict[int, Array] = {}
    for k in needed:
        row, attributes, operands = graph.row(k), graph.attributes(k), graph.operands(k)
        done.current = k
        moving = [done.reached[i] for i in operands if i in done.reached]
        if moving:
            done.reached[k] = moving[0].union(*moving[1:])
        for i in operands if 0 < len(moving) < len(operands) else ():
            if i not in done.reached and i not in lifted and not graph.is_discrete(i):
                lifted[i] = np.asarray(np.frompyfunc(acb, 1, 1)(done.u[i]), dtype=object)
        values = [lifted.get(i, done.u[i]) if moving else done.u[i] for i in operands]
        stopped: NoEnclosure | None = None
        unknown = next((i for i in operands if i in done.undefined), None)
        if unknown is not None:
            stopped = done.broken[unknown]
            done.undefined.add(k)
        elif row.domain is not everywhere and _outside(row, attributes, values, bool(moving)):
            stopped = _stopped(graph, k, disc, outside=True)
            done.undefined.add(k)
        else:
            try:
                done.u[k], proved = _value(row, attributes, graph.shape(k), values, system if moving else real)
                stopped = None if proved else _stopped(graph, k, disc, outside=False)
            except FAILURES as error:
                text = f"{label(graph.vertices, k)}: {row.name} cannot be evaluated in ball arithmetic: {error}"
                stopped = NoEnclosure(k, Reason.UNSUPPORTED, text)
            if stopped and stopped.reason is Reason.DOMAIN:
                done.undefined.add(k)
        if stopped:
            done.broken[k] = next((done.broken[i] for i in operands if i in done.broken), stopped)
            if k not in done.u:  # no value: nothing that uses it is proved
                done.u[k] = np.full(graph.shape(k), acb(math.nan) if moving else arb(math.nan), dtype=object)
        for i in operands:
            if last[i] == k:
                done.u.pop(i, None)
                lifted.pop(i, None)


def _value(row: Row, attributes: Attributes, shape: Shape, operands: Sequence[Array], system: NumberSystem) -> tuple[Array, bool]:
    """The value of a vertex in its shape, and whether it is finite on the whole ball; the other points lie inside it,
    and are looked at in the end."""
    value = np.asarray(row.value(system, attributes, operands), dtype=object).reshape(shape)
    balls = [entry.values[-1] if type(entry) is Points else entry for entry in value.ravel().tolist()]
    for ball in balls:
        if type(ball) is not system.scalar:
            raise TypeError(f"expected {system.scalar.__name__}, found {ball!r} of type {type(ball).__name__}")
    return value, all([ball.is_finite() for ball in balls])  # noqa: C419


def _given(problem: Problem, i: int, disc: Polydisc, real: NumberSystem) -> Array:
    """The values of a given vertex in its shape: moved entries at x + ih for every column, and last on the ball around
    x. The others of its entries are constants, so that a vertex of many is not evaluated at every point in all of them.
    """
    shape = problem.graph.shape(i)
    values = np.asarray(problem.given[i], dtype=object).reshape(shape)
    if problem.graph.is_discrete(i):
        return values
    centre, columns = real.array(values), problem.columns
    places = {entry: place for place, (j, entry) in enumerate(columns) if j == i}
    if not places:
        return centre
    h, around = arb(2) ** -disc.step, arb(0, arb(2) ** -disc.radius)
    moved: Array = np.empty(values.size, dtype=object)
    for entry, x in enumerate(centre.reshape(-1).tolist()):
        if entry not in places:
            moved[entry] = acb(x)
            continue
        points = [acb(x)] * (len(columns) + 1)
        points[places[entry]], points[-1] = acb(x, h), acb(x + around, around)
        moved[entry] = Points(points)
    return moved.reshape(shape)


def _outside(row: Row, attributes: Attributes, operands: Sequence[Array], moves: bool) -> bool:
    """Whether the real operands may leave the domain of the row. Operands that do not move may lie on its edge, where
    the row has a value there."""
    distance = row.domain(attributes, [_real_part(operand) for operand in operands])
    return not (distance > 0 or (not moves and row.closed(attributes) and distance >= 0))


def _real_part(operand: Array) -> Array:
    """The real balls of an operand; a label is left as it is."""

    def part(entry: Any) -> Any:
        if type(entry) is Points:
            return entry.values[-1].real
        return entry.real if type(entry) is acb else entry

    return np.asarray(np.frompyfunc(part, 1, 1)(operand), dtype=object)


def _stopped(graph: Graph, k: int, disc: Polydisc, outside: bool) -> NoEnclosure:
    row, where = graph.row(k), label(graph.vertices, k)
    near = f"within 2^-{disc.radius} of the given values"
    if outside or (row.domain is not everywhere and row.kinks is everywhere):
        return NoEnclosure(k, Reason.DOMAIN, f"{where}: {row.name} comes to the edge of its domain {near}", final=False)
    if row.kinks is not everywhere:
        return NoEnclosure(k, Reason.KINK, f"{where}: {row.name} has a kink {near}", final=False)
    return NoEnclosure(k, Reason.UNSUPPORTED, f"{where}: {row.name} has no finite value {near}", final=False)


def hopeless(problem: Problem, k: int, bits: int) -> NoEnclosure | None:
    """The reason if the given values provably lie on a kink of vertex k, or outside its domain: then no radius is small
    enough."""
    graph, system = problem.graph, real_ball_system(bits)
    with precision(bits):
        u = {i: _given(Problem(graph, problem.given, ()), i, Polydisc(0, 0, bits), system) for i in problem.given}
        for i in problem.needed([k]):
            operands = [u[a] for a in graph.operands(i)]
            if i == k:
                return _exactly(graph, k, operands)
            try:
                u[i], _ = _value(graph.row(i), graph.attributes(i), graph.shape(i), operands, system)
            except FAILURES:
                break
    return None


def _exactly(graph: Graph, k: int, operands: Sequence[Array]) -> NoEnclosure | None:
    row, attributes, where = graph.row(k), graph.attributes(k), label(graph.vertices, k)
    tests: tuple[tuple[Callable[..., Any], Reason, str], ...] = (
        (row.domain, Reason.DOMAIN, "is at the edge of its domain or outside"),
        (row.kinks, Reason.KINK, "is at a kink"),
    )
    for distance, reason, words in tests:
        if distance is not everywhere and distance(attributes, operands) <= 0:
            return NoEnclosure(k, reason, f"{where}: {row.name} {words}")
    return None
