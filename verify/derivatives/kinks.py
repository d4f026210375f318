"""Derivatives at a kink: `clarke(graph, leaves, j)` encloses every derivative that f̄ᵏ takes on the sides of the kink,
and what lies between them.

Near the given values f̄ᵏ is put together from smooth pieces: one for each way of resolving max, min, |·| and relu at
the operands that tie (x or 0, the first operand or the second). Each piece is evaluated like a smooth function
(`verify.derivatives.polydiscs`), and every element of Clarke's generalized derivative lies in the hull of the pieces'
derivatives (S. Scholtes, *Introduction to Piecewise Differentiable Equations*, ch. 4). A value outside the hull is
wrong.

A piece is *active* if f̄ᵏ provably equals it on some open set that touches the given values: there is a direction in
which every tie is broken its way. Where the ends of the hull belong to active pieces, the hull is exactly the interval
of Clarke's derivative: `attained`, and any value inside is right.

>>> from backproof.engine import Graph, leaf, vertex
>>> from backproof.verify.derivatives.enclosures import contains
>>> found = clarke(Graph(1, (leaf("x"), vertex("y", "relu", (1,)))), [0.0], 1)[2]
>>> [contains(found.enclosure, [[value]]).item() for value in (0.0, 1.0, 1.5)]
[True, True, False]
>>> found.attained.tolist(), found.left.tolist(), found.right.tolist(), found.kinks
([[True]], [[Fraction(0, 1)]], [[Fraction(1, 1)]], (2,))
>>> step = Graph(1, (leaf("x"), vertex("c", "constant", value=1.0), vertex("y", "where", (1, 2, 1))))
>>> print(clarke(step, [0.0], 1)[3])
vertex 3 ('y'): where is at a kink
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from flint import acb

from backproof.engine import Graph
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.engine.vertices import label
from backproof.verify.derivatives.certificates import BITS, GUARD, certify, certify_all, polydisc_for
from backproof.verify.derivatives.enclosures import Enclosure
from backproof.verify.derivatives.polydiscs import NoEnclosure, Polydisc, Problem, attempt, derivatives
from backproof.verify.numbers.ball_arrays import Points, precision
from backproof.verify.numbers.written_balls import MidRad, mid_rad
from backproof.verify.verdicts import Reason

Found: TypeAlias = "Enclosure | ClarkeInterval | NoEnclosure"

RADII = (200, 500, 1250, 3125)  # bits of R; chosen: on the first the pieces of an exact kink differ by nothing that 64 bits would show
MOST_PIECES = 256  # chosen: eight operands that tie independently; each piece is an evaluation
CENTRE = (0, 0)  # a column that moves nothing
SMALLEST, LARGEST = 2.0**-1000, 2**1000  # between which products of floats round by their last bit


@dataclass(frozen=True, eq=False)
class ClarkeInterval:
    """low ≤ ∂u_k/∂u_j ≤ high, entry by entry (fractions, d_k × d_j), for every element of Clarke's generalized
    derivative of f̄ᵏ in u_j.

    `attained`     whether both ends are derivatives of active pieces (up to their radius of about 2^−64), so that every
                   value of the entry inside is taken by an element
    `left`, `right`  the one-sided derivatives in each entry of u_j, up to that radius; None where they are not known
    `pieces`       how many smooth pieces there are
    `kinks`        the vertices at which operands tie
    """

    low: Array
    high: Array
    attained: Array
    left: Array
    right: Array
    pieces: int
    kinks: tuple[int, ...]

    @property
    def enclosure(self) -> Enclosure:
        """The interval as middle and half width, for `contains`."""
        return Enclosure.of((self.low + self.high) / 2, (self.high - self.low) / 2, RADII[0])


@dataclass(frozen=True, eq=False)
class _Piece:
    """One way of resolving the ties: the derivatives, and for each of the directions whether it is `active` or at least
    `possible` there.

    Active: a step in this direction breaks every tie the way that is assumed. Possible: it breaks none the other way.
    """

    rows: list[list[MidRad]]
    active: Array
    possible: Array


def clarke(
    graph: Graph, leaves: Sequence[Any], j: int, targets: Sequence[int] | None = None, bits: int = BITS
) -> dict[int, Enclosure | ClarkeInterval | NoEnclosure]:
    """`certify`, and where a kink is in the way the interval of the derivatives around it.

    NoEnclosure remain jumps (`where` at 0), points outside a domain, and more than 256 pieces.

    >>> from backproof.engine import Graph, leaf, vertex
    >>> graph = Graph(1, (leaf("x"), vertex("a", "abs", (1,)), vertex("s", "square", (2,)), vertex("y", "add", (1, 2))))
    >>> found = clarke(graph, [0.0], 1)
    >>> [(round(float(found[k].low[0, 0])), round(float(found[k].high[0, 0]))) for k in (2, 3, 4)]
    [(-1, 1), (0, 0), (0, 2)]
    >>> print(clarke(Graph(1, (leaf("x"), vertex("y", "log", (1,)))), [0.0], 1)[2])
    vertex 2 ('y'): log is at the edge of its domain or outside
    """
    found: dict[int, Enclosure | ClarkeInterval | NoEnclosure] = dict(certify(graph, leaves, j, bits, targets))
    given = dict(enumerate(leaves, start=1))
    for k, enclosure in found.items():
        if isinstance(enclosure, NoEnclosure) and enclosure.reason is Reason.KINK:
            found[k] = _interval(graph, given, j, k, bits, enclosure)
    return found


def _interval(graph: Graph, given: dict[int, Any], j: int, k: int, bits: int, refused: NoEnclosure) -> ClarkeInterval | NoEnclosure:
    columns = [(j, entry) for entry in range(graph.dimension(j))]
    directions = _directions(len(columns))
    for radius in RADII:
        tied: set[int] = set()
        pieces: list[_Piece] = []
        for piece in _pieces(Problem(graph, given, [*columns, CENTRE]), k, polydisc_for(radius, bits + GUARD), tied, directions):
            if piece is None:
                break
            pieces.append(piece)
            if len(pieces) > MOST_PIECES:
                where = label(graph.vertices, refused.vertex)
                return replace(refused, text=f"{where}: the kinks that meet here have more than {MOST_PIECES} smooth pieces")
        else:
            return _hull(pieces, len(columns), tuple(sorted(tied)))
    return refused


def _pieces(problem: Problem, k: int, disc: Polydisc, tied: set[int], directions: Array) -> Iterator[_Piece | None]:
    """All ways of resolving the ties, in the order of a counter; None where one of them cannot be evaluated on the
    ball."""
    resolved: list[bool] = []
    while True:
        asked: list[tuple[bool, Any, Any]] = []

        def tie(a: Any, b: Any, asked: list[tuple[bool, Any, Any]] = asked, resolved: list[bool] = resolved) -> bool:
            above = resolved[len(asked)] if len(asked) < len(resolved) else True
            asked.append((above, a, b))
            return above

        found = attempt(problem, [k], disc, tie)
        tied |= found.tied
        if k in found.broken:
            yield None
            return
        with precision(disc.precision):
            signs = [signs_along(_slopes(a, b, len(problem.columns) - 1, disc), directions) * (1 if above else -1) for above, a, b in asked]
        ways = np.array(signs).reshape(len(asked), len(directions))
        yield _Piece(
            [[mid_rad(ball) for ball in row[:-1]] for row in found.derivatives[k]], (ways == 1).all(axis=0), (ways != -1).all(axis=0)
        )
        resolved = [above for above, _, _ in asked]
        while resolved and not resolved[-1]:
            resolved.pop()
        if not resolved:
            return
        resolved[-1] = False


def _slopes(a: Any, b: Any, columns: int, disc: Polydisc) -> list[MidRad] | None:
    """The derivative of a − b, if a = b exactly at the given values (the last point but one)."""
    count = columns + 2
    above, below = (entry.values if type(entry) is Points else [entry] * count for entry in (a, b))
    difference = [x - y for x, y in zip(above, below, strict=True)]
    if difference[columns] != acb(0):
        return None
    return [mid_rad(ball) for ball in derivatives([Points(difference)], [True] * columns, disc)[0]]


def signs_along(slopes: list[MidRad] | None, directions: Array) -> Array:
    """The sign of the derivative in each direction; 0 where it is not certain in float64."""
    if slopes is None or any(max(abs(slope.mid), slope.rad) > LARGEST for slope in slopes):
        return np.zeros(len(directions))
    mid, rad = np.array([float(slope.mid) for slope in slopes]), np.array([slope.rad for slope in slopes])
    slope = directions @ mid
    rounding = (len(slopes) + 4) * 2.0**-52 * (np.abs(mid) + rad) + [SMALLEST if slope.mid else 0.0 for slope in slopes]
    doubt = np.abs(directions) @ (rad + rounding)
    return np.where(np.abs(slope) > doubt, np.sign(slope), 0)


def _directions(columns: int) -> Array:
    """Both ways along every entry, then others in general position."""
    axes = np.repeat(np.eye(columns), 2, axis=0)
    axes[1::2] *= -1
    return np.concatenate([axes, np.random.default_rng(0).integers(-1000, 1001, size=(8 * columns if columns > 1 else 0, columns))])


def _hull(pieces: Sequence[_Piece], columns: int, kinks: tuple[int, ...]) -> ClarkeInterval:
    active = [piece.active.any() for piece in pieces]
    shape = (len(pieces[0].rows), columns)
    low, high, attained, left, right = (np.empty(shape, dtype=object) for _ in range(5))
    for r, c in np.ndindex(shape):
        lows, highs = _ends(pieces, r, c)
        low[r, c], high[r, c] = min(lows), max(highs)
        least = any(a and v <= min(highs) for a, v in zip(active, lows, strict=True))
        most = any(a and v >= max(lows) for a, v in zip(active, highs, strict=True))
        attained[r, c] = (least and most) or max(lows) <= min(highs)  # where all pieces agree, one of them is active
        right[r, c], left[r, c] = (_one_sided(pieces, r, c, direction) for direction in (2 * c, 2 * c + 1))
    return ClarkeInterval(low, high, attained.astype(bool), left, right, len(pieces), kinks)


def _ends(pieces: Sequence[_Piece], r: int, c: int) -> tuple[list[Fraction], list[Fraction]]:
    entries = [piece.rows[r][c] for piece in pieces]
    return [entry.mid - Fraction(entry.rad) for entry in entries], [entry.mid + Fraction(entry.rad) for entry in entries]


def _one_sided(pieces: Sequence[_Piece], r: int, c: int, direction: int) -> Fraction | None:
    """The derivative on one side, if the pieces that are possible there agree on it."""
    possible = [piece for piece in pieces if piece.possible[direction]]
    lows, highs = _ends(possible, r, c)
    return possible[0].rows[r][c].mid if possible and max(lows) <= min(highs) else None


def enclosures_or_hulls(graph: Graph, leaves: Sequence[Any], bits: int = 64) -> dict[Edge, Found]:
    """The enclosure of ∂u_k/∂u_j for every leaf j and every k that it reaches; at an exact kink the hull of the
    derivatives around it.

    >>> from backproof.engine import Graph, leaf, vertex
    >>> found = enclosures_or_hulls(Graph(1, (leaf("x"), vertex("y", "relu", (1,)))), [[0.0]])
    >>> float(found[1, 2].low[0, 0]), float(found[1, 2].high[0, 0])
    (0.0, 1.0)
    """
    found: dict[Edge, Found] = dict(certify_all(graph, leaves, bits))
    kinked = [(j, k) for (j, k), enclosure in found.items() if isinstance(enclosure, NoEnclosure) and enclosure.reason is Reason.KINK]
    for j in dict.fromkeys(j for j, _ in kinked):
        around = clarke(graph, leaves, j, [k for i, k in kinked if i == j], bits)
        found.update({(j, k): hull for k, hull in around.items()})
    return found
