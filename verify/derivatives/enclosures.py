"""Certified derivatives from values alone: `certify(graph, leaves, j)` encloses ∂u_k/∂u_j for every descendant k of a leaf, or says why not.

An `Enclosure` is proved: the derivative lies within `rad` of `mid`, entry by entry. It comes from forward evaluations in complex ball arithmetic
(`verify.derivatives.polydiscs`) and never from a Jacobian, so it can judge backward passes, path sums and local Jacobians alike. The first radius tried is 2⁻³²;
where a kink, a cut or a pole is not excluded, it shrinks. At an exact kink no radius is small enough, and the answer is `Undecided`
(`verify.derivatives.kinks` encloses what the derivatives on its sides are).

`certify_all` does all leaves together, `local_certificate` one edge under fⁱ alone, which names a wrong local Jacobian.

>>> from backproof.engine import Graph, leaf, vertex
>>> graph = Graph(1, (leaf("x"), vertex("y", "exp", (1,)), vertex("z", "log", (2,))))
>>> found = certify(graph, [0.5], 1)
>>> contains(found[3], [[1.0]]).tolist(), contains(found[3], [[1.0 + 2**-52]]).tolist(), found[3].digits > 18
([[True]], [[False]], True)
>>> print(certify(Graph(1, (leaf("x"), vertex("y", "relu", (1,)))), [0.0], 1)[2])
vertex 2 ('y'): relu is at a kink
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np

from backproof.engine import Graph, GraphError
from backproof.engine.number_systems import Array
from backproof.engine.vertices import label
from backproof.verify.derivatives.polydiscs import Pair, Plan, Problem, Undecided, attempt, entry_of, hopeless, written_out
from backproof.verify.numbers.ball_arrays import arb
from backproof.verify.numbers.balls import exact_ball
from backproof.verify.verdicts import Reason

BITS = 64
FIRST_RADIUS = 32
SMALLEST_RADIUS = 4000
GUARD = 8
FLOOR, LOWEST = 4, 900  # an entry below 2^(−FLOOR·bits), or 2^−LOWEST, need not be told from 0
ATTEMPTS = 16
LARGEST_ACCURACY = 10_000
HUGE = 512  # missing bits
COLUMNS = 64
WRITTEN = 8192  # bits of a middle that is given as a fraction

__all__ = ["Enclosure", "Undecided", "certify", "certify_all", "contains", "judge", "local_certificate"]


@dataclass(frozen=True, eq=False)
class Enclosure:
    """Real balls that contain ∂u_k/∂u_j, entry by entry: d_k × d_j. As plain numbers: |∂u_k/∂u_j − mid| ≤ rad, fractions and floats.

    `radius`: f is proved analytic where every entry of u_j stays within 2^−radius of its value.

    >>> half = Enclosure.of([[Fraction(1, 2)]], [[0.25]])
    >>> half.mid.tolist(), float(half.rad[0, 0]) >= 0.25, half.balls[0, 0].contains(0.75)
    ([[Fraction(1, 2)]], True, True)
    """

    balls: Array
    radius: int

    @staticmethod
    def of(mid: Any, rad: Any, radius: int = FIRST_RADIUS) -> Enclosure:
        """The balls with these middles and radii; fractions of other denominators than powers of 2 are widened a little."""
        middles, radii = np.asarray(mid, dtype=object), np.asarray(rad, dtype=object)
        balls: Array = np.empty(middles.shape, dtype=object)
        balls.reshape(-1)[:] = [
            arb(exact_ball(Fraction(m), WRITTEN), exact_ball(r, WRITTEN))
            for m, r in zip(middles.reshape(-1).tolist(), radii.reshape(-1).tolist(), strict=True)
        ]
        return Enclosure(balls, radius)

    @cached_property
    def mid(self) -> Array:
        """The middles, as fractions."""
        return self._plain[0]

    @cached_property
    def rad(self) -> Array:
        """The radii, as floats, rounded up."""
        return self._plain[1]

    @cached_property
    def _plain(self) -> tuple[Array, Array]:
        entries = [entry_of(ball) for ball in self.balls.reshape(-1).tolist()]
        mid: Array = np.empty(len(entries), dtype=object)
        mid[:] = [entry.mid for entry in entries]
        return mid.reshape(self.balls.shape), np.array([entry.rad for entry in entries]).reshape(self.balls.shape)

    @property
    def digits(self) -> float:
        """How many decimal digits of the largest entry are certified (0 if it is not told from 0)."""
        worst, size = float(np.max(self.rad)), max(abs(entry) for entry in self.mid.reshape(-1))
        if worst == 0:
            return math.inf
        return 0.0 if size == 0 else max(0.0, float(-math.log10(worst) + _log10(size)))

    def __reduce__(self) -> tuple[Any, ...]:
        """Balls of flint cannot be pickled: as plain numbers."""
        return Enclosure.of, (self.mid, self.rad, self.radius)


def _log10(value: Fraction) -> float:
    return math.log10(value.numerator) - math.log10(value.denominator)


def certify(
    graph: Graph, leaves: Sequence[Any], j: int, bits: int = BITS, targets: Sequence[int] | None = None
) -> dict[int, Enclosure | Undecided]:
    """∂u_k/∂u_j under f̄ᵏ for leaf j and every descendant k (or those among `targets`), each with a proved radius, or the reason why there is none.

    The radius is at most 2^−bits times the largest entry of the matrix, unless that entry is below 2^(−4·bits). GraphError if j is no leaf with a derivative.

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
) -> dict[Pair, Enclosure | Undecided]:
    """`certify` for every leaf at once, with one ball around all of them: {(j, k): ∂u_k/∂u_j}, for k a descendant of j.

    >>> from backproof.engine import Graph, leaf, vertex
    >>> graph = Graph(2, (leaf("x"), leaf("y"), vertex("z", "multiply", (1, 2))))
    >>> {pair: float(found.mid[0, 0]) for pair, found in certify_all(graph, [3.0, 5.0]).items()}
    {(1, 3): 5.0, (2, 3): 3.0}
    """
    return _certified(graph, leaves, graph.differentiable_leaves(), bits, targets)


def local_certificate(graph: Graph, values: Mapping[int, Any], i: int, j: int, bits: int = BITS) -> Enclosure | Undecided:
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


def contains(enclosure: Enclosure, values: Any, allowed: Any = 0) -> Array:
    """Whether each value lies within `rad` + `allowed` of `mid`: False is a proof that it is off by more than `allowed`.

    >>> half = Enclosure.of([[Fraction(1, 2)]], [[0.0]])
    >>> contains(half, [[0.5]]).tolist(), contains(half, [[math.nan]]).tolist(), contains(half, [[0.75]], allowed=0.25).tolist()
    ([[True]], [[False]], [[True]])
    """
    given = np.asarray(values, dtype=object).reshape(enclosure.balls.shape)
    allowance = np.broadcast_to(np.asarray(allowed, dtype=object), given.shape)
    inside = [
        judge(value, _in_numbers(ball), room)
        for value, ball, room in zip(*(a.reshape(-1).tolist() for a in (given, enclosure.balls, allowance)), strict=True)
    ]
    return np.array(inside, dtype=bool).reshape(given.shape)


def _in_numbers(ball: Any) -> tuple[Any, Any]:
    """Middle and radius, no narrower than the ball: rounded up where they are small, exact where no float is as large."""
    entry = entry_of(ball)
    return entry if math.isfinite(entry.rad) else (written_out(ball.mid()), written_out(ball.rad()))


def judge(value: Any, enclosure: tuple[Any, Any], allowed: Any = 0) -> bool:
    """|value − mid| ≤ rad + allowed, in exact arithmetic, for one entry (mid, rad). False is a proof that |value − derivative| > allowed.

    >>> judge(1 / 3, (Fraction(1, 3), 0.0)), judge(1 / 3, (Fraction(1, 3), 0.0), allowed=2**-54), judge(math.inf, (Fraction(0), 1.0))
    (False, True, False)
    """
    exact, mid, rad, room = (_fraction(number) for number in (value, *enclosure, allowed))
    if rad is None or room is None:
        return True
    return exact is not None and mid is not None and abs(exact - mid) <= rad + room


def _fraction(number: Any) -> Fraction | None:
    """The exact value; None if it is not finite."""
    if isinstance(number, np.generic):
        number = number.item()
    if hasattr(number, "_mpf_"):
        sign, mantissa, exponent, bits = number._mpf_
        return None if bits and not mantissa else (-1) ** sign * int(mantissa) * Fraction(2) ** int(exponent)
    if isinstance(number, float) and not math.isfinite(number):
        return None
    return Fraction(number)


def _certified(
    graph: Graph, leaves: Sequence[Any], moved: Sequence[int], bits: int, targets: Sequence[int] | None
) -> dict[Pair, Enclosure | Undecided]:
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
    graph: Graph, given: Mapping[int, Any], columns: Sequence[Pair], pairs: Sequence[Pair], bits: int
) -> dict[Pair, Enclosure | Undecided]:
    """The pairs (j, k) for vertices j of the columns; at most 64 columns are moved in one evaluation."""
    targets = sorted({k for _, k in pairs})
    parts = [_settle(Problem(graph, given, columns[start : start + COLUMNS]), targets, bits) for start in range(0, len(columns), COLUMNS)]
    places = {columns[start][0]: (start, stop) for start, stop in _runs(columns)}
    return {(j, k): _finite(graph, k, _block([part[k] for part in parts], *places[j])) for j, k in pairs}


def _finite(graph: Graph, k: int, found: Enclosure | Undecided) -> Enclosure | Undecided:
    """An enclosure without a finite radius says nothing."""
    if isinstance(found, Undecided) or all(ball.is_finite() for ball in found.balls.reshape(-1).tolist()):
        return found
    return Undecided(k, Reason.DTYPE, f"{label(graph.vertices, k)}: its derivative is not enclosed with a finite radius")


def _block(parts: Sequence[_Settled | Undecided], start: int, stop: int) -> Enclosure | Undecided:
    """The columns start … stop − 1, put together from the evaluations in which they were moved."""
    first = start // COLUMNS
    used: list[_Settled] = []
    for part in parts[first : (stop - 1) // COLUMNS + 1]:
        if isinstance(part, Undecided):
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


def _settle(problem: Problem, targets: Sequence[int], bits: int) -> dict[int, _Settled | Undecided]:
    """Attempts with smaller and smaller radius where the evaluation breaks, and with more and more bits where the enclosure is too wide."""
    settled: dict[int, _Settled | Undecided] = {}
    radius, accuracy = FIRST_RADIUS, bits + GUARD
    asked: dict[int, Undecided | None] = {}
    waiting = list(targets)
    for _ in range(ATTEMPTS):
        if not waiting:
            break
        found = attempt(problem, waiting, plan_for(radius, accuracy))
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


def plan_for(radius: int, accuracy: int) -> Plan:
    """R = 2^−radius, the precision with which an enclosure of about 2^−accuracy comes out, and an h that adds nothing to its width where M < 2²⁵⁶.

    Imaginary parts are rounded by themselves, so that a tiny h loses nothing; and flint is faster where h² is below its precision.

    >>> plan_for(32, 72)
    Plan(radius=32, step=256, precision=112)
    """
    precision = max(accuracy + 40, 64 + 3 * radius // 2)
    return Plan(radius, 2 * precision + radius, precision)


def _missing(columns: Sequence[Pair], rows: Sequence[Sequence[Any]], bits: int) -> int:
    """How many bits more are needed for every matrix to have 2^−bits of its largest entry, or to be told from 0 if it is not too small for that."""
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


def _runs(columns: Sequence[Pair]) -> list[tuple[int, int]]:
    """Where the columns of one vertex start and stop."""
    starts = [place for place, (j, _) in enumerate(columns) if place == 0 or columns[place - 1][0] != j]
    return list(zip(starts, [*starts[1:], len(columns)], strict=True))


def _log2(number: Any) -> int:
    """The whole part of log₂ |x| of an exact ball other than 0."""
    mantissa, exponent = number.man_exp()
    return int(mantissa).bit_length() + int(exponent) - 1
