"""Derivatives at a kink of somebody's forward: one for each way to take its exact ties, whether gradients are a mixture
of them, and nearby ones where there is no finite one.

>>> from backproof.verify.gradient_oracle.lifted_runs import lifted_forward
>>> relu = Question(lambda x: np.maximum(x, 0.0), lambda *_: None, (np.array([0.0]),), np.array([1.0]), "here")
>>> found = sides_of(relu, lifted_forward(relu.f, relu.args))
>>> sorted(float(truth[0][0].mid()) for truth in found.truths), found.complete, found.agree
([0.0, 1.0], True, False)
>>> in_hull([np.array([0.3])], found.truths), in_hull([np.array([1.5])], found.truths)
(True, False)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, combinations
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.excused.branches import AGREE
from backproof.verify.gradient_oracle.excused.isolated import isolated
from backproof.verify.gradient_oracle.findings import GradientFinding, Kind
from backproof.verify.gradient_oracle.formula import BITS, judge_formula
from backproof.verify.gradient_oracle.given.contained import contained
from backproof.verify.gradient_oracle.given.floats import is_float
from backproof.verify.gradient_oracle.lifted_runs import Falls, lifted_at, lifted_once, other_side
from backproof.verify.gradient_oracle.running import Question
from backproof.verify.gradient_oracle.ties.along import DIRECTIONS, FEW_DIRECTIONS, slopes_along
from backproof.verify.gradient_oracle.ties.groups import Runs, separate_kinks
from backproof.verify.gradient_oracle.ties.mixtures import ROOM, ManyTies, distance_from_hull
from backproof.verify.lift.lifted import Lifted, pull_back
from backproof.verify.lift.rounding.margins import largest_value, rounding_of_margin
from backproof.verify.lift.tape.reads import NotLifted, Undecided
from backproof.verify.lift.tape.slopes import inverted
from backproof.verify.numbers.ball_arrays import is_finite, precision
from backproof.verify.numbers.float_model import largest_entry
from backproof.verify.time_limits import PASSING
from backproof.verify.verdicts import Verdict

MOST_SIDES = 64  # chosen: all ways to take six ties
FEWEST_TIES = 7  # of which `MOST_SIDES` are not all ways
GIVEN_NODES, CHOSEN_NODES = 400_000, 20_000
"""Chosen, of all sides of a point together: how many nodes the given arguments are worth, and each of many others."""
FEWEST_RUNS = 4  # chosen: to see that a branch holds nowhere around, at the least; where they are too dear, nothing is said
NEARBY = 8  # chosen: pairs of opposite points at which nearby derivatives are taken
DISTANCE = 2.0**-40  # chosen: of nearby points; far below what anybody means by near, far above the roundings of a float64
STEEP = 2.0**12  # what nearby derivatives stay below that are bounded: at `DISTANCE`, that of a square root is 2¹⁹
MOST_NEAR = 6  # chosen, as of ties: decisions that are taken otherwise one by one
MOST_SWEPT = 16  # chosen: decisions whose roundings are asked for, each by a sweep over the tape
CLOSE, ROUNDED = 1e3, 2.0
"""Chosen: in roundings of the largest value, what may be near at all; and how often the roundings of a decision, since
forward and backward take it each with its own."""
MOST_NODES_ALONG = 200_000  # chosen, of all runs along directions together: a second or two
JUMP = 1e-6  # chosen: of the largest value; what changes by more within `DISTANCE` jumps there


@dataclass(frozen=True, eq=False)
class Sides:
    """The derivatives of a forward that floats may take for its own.

    `truths`   the run's own first; then one for each other way to take its ties, or the least and the largest
    `runs`     the forwards that have them
    `complete` whether these are all ways
    `near`     whether there is a decision that floats may take otherwise at all
    `ties`     where there are too many ways together: the kinks that share no entry of the gradient
    """

    truths: Sequence[tuple[Array, ...]]
    runs: Sequence[Lifted]
    complete: bool = True
    near: bool = False
    ties: ManyTies | None = None

    @property
    def finite(self) -> bool:
        """Whether every derivative is a finite ball."""
        return all(is_finite(ball) for truth in self.truths for array in truth for ball in array.reshape(-1))

    @property
    def agree(self) -> bool:
        """Whether all derivatives are known, and the same: nothing depends on the decisions at ties, as in a guard."""
        return self.complete and all(
            a.overlaps(b)
            for other in self.truths[1:]
            for x, y in zip(self.truths[0], other, strict=True)
            for a, b in zip(x.reshape(-1), y.reshape(-1), strict=True)
        )


def nodes_for(question: Question) -> int:
    """How many nodes all sides of a point are worth together."""
    return CHOSEN_NODES if question.chosen else GIVEN_NODES


def two_ways(question: Question, forward: Lifted) -> Sides | None:
    """The derivatives where every tie falls as the code has it, and where all of them fall the other way; None where no
    tie is, or so few that all sides are taken anyway. Most conventions lie between the two, and what does is a mixture
    of the sides whatever the others are."""
    near = sum(read.near(question.u) for read in forward.reads)
    if near >= FEWEST_TIES:
        other = other_side(question, forward, at_ties=inverted(question.u))
        if other is not None:
            return Sides([pull_back(run, question.cotangent) for run in (forward, other)], [forward, other], complete=False, near=True)
    return None


def sides_of(question: Question, forward: Lifted) -> Sides:
    """The derivatives for the ways to take the decisions that floats may take otherwise.

    Where there are too many ways, ties that share no entry of the gradient are taken apart, and the derivatives are the
    run's own, the least and the largest, entry by entry. Undecided if even that needs too many nodes. A flipped decision
    may change which decisions come after it, never those before.
    """
    u, cotangent = question.u, question.cotangent
    most_nodes = nodes_for(question)
    near = [place for place, read in enumerate(forward.reads) if read.near(u)]
    truths: list[tuple[Array, ...]] = []
    runs: list[Lifted] = []
    waiting: list[tuple[frozenset[int], Lifted]] = [(frozenset(), forward)]
    most = max(2, min(MOST_SIDES, most_nodes // max(1, len(forward.tape.nodes))))
    single = cache(lambda tie: other_side(question, forward, frozenset({tie})))  # which may be asked for again below
    while waiting and len(truths) < most:
        flips, run = waiting.pop(0)
        truths.append(pull_back(run, cotangent))
        runs.append(run)
        later = [place for place, read in enumerate(run.reads) if read.near(u) and place > max(flips, default=-1)]
        if len(truths) + len(waiting) + len(later) > most:
            return _separately(question, forward, most_nodes, single)
        for tie in later:
            other = other_side(question, forward, flips | {tie}) if flips else single(tie)
            waiting += [] if other is None else [(flips | {tie}, other)]
    return Sides(truths, runs, complete=not waiting, near=bool(near))


def _separately(question: Question, forward: Lifted, most_nodes: int, single: Callable[[int], Lifted | None]) -> Sides:
    """The sides of kinks that share no entry, each by itself; slopes along directions of those that have too many."""
    nodes = max(1, len(forward.tape.nodes))

    def otherwise(flips: frozenset[int] = frozenset(), at_ties: Falls | None = None) -> Lifted | None:
        alone = len(flips) == 1 and at_ties is None
        return single(*flips) if alone else other_side(question, forward, flips, at_ties)

    runs = Runs(forward, question.cotangent, question.u, otherwise)
    base, kinks, made = separate_kinks(runs, most_sides=MOST_SIDES, most_runs=most_nodes // nodes)
    shapes = [numbers.shape for numbers in forward.tape.shapes]
    endless = next((kink.in_place(base, column) for kink in kinks for column in kink.columns if not all(map(is_finite, column))), None)
    if endless is not None:
        return Sides([_in_shapes(base, shapes), _in_shapes(endless, shapes)], made, complete=False, near=True)
    large = [kink for kink in kinks if not kink.complete]
    directions = FEW_DIRECTIONS if question.chosen else DIRECTIONS
    if large and 2 * directions * nodes > MOST_NODES_ALONG:
        raise Undecided(f"a kink with more than {MOST_SIDES} sides", next(read.place for read in forward.reads if read.near(question.u)))
    slopes = iter(slopes_along(runs, large, directions) if large else [])
    ties = ManyTies(kinks, [[] if kink.complete else next(slopes) for kink in kinks])
    low, high = list(base), list(base)
    for kink in kinks:
        for place, entry in enumerate(kink.entries):
            sides = sorted((column[place] for column in kink.columns), key=lambda ball: float(ball.mid()))
            low[entry], high[entry] = sides[0], sides[-1]
    return Sides([_in_shapes(balls, shapes) for balls in (base, low, high)], made, complete=not large, near=True, ties=ties)


def without_isolated(question: Question, forward: Lifted, sides: Sides) -> Sides:
    """The same without the branches that hold at the point itself and nowhere around it, where f is continuous."""
    ties = [k for k, read in enumerate(forward.reads) if read.tie and read.relation]
    if not ties or len(forward.tape.nodes) * FEWEST_RUNS > nodes_for(question) or sides.agree or not sides.finite:
        return sides

    def run(args: Sequence[Any], flips: frozenset[int] = frozenset()) -> Lifted | None:
        return lifted_at(question, args, flips)

    by = {k: _depending(question, forward, sides, flips) for flips in _flips(ties) for k in flips}
    asked = [k for k in ties if by[k]]
    alone = isolated(run, question.args, forward, [by[k] for k in asked], asked)
    if not alone:
        return sides
    if sides.complete and sides.ties is None:
        kept = [i for i, side in enumerate(sides.runs) if all(side.reads[k].outcome != forward.reads[k].outcome for k in alone)]
        return replace(sides, truths=[sides.truths[i] for i in kept], runs=[sides.runs[i] for i in kept]) if kept else sides
    other = run(question.args, alone) if alone.issuperset(k for k, read in enumerate(forward.reads) if read.near(question.u)) else None
    return sides if other is None else Sides([pull_back(other, question.cotangent)], [other], near=True)


def _flips(ties: Sequence[int]) -> list[frozenset[int]]:
    """Decisions that are inverted together: each by itself, or all, where they are many."""
    return [frozenset({k}) for k in ties] if 2 ** len(ties) <= MOST_SIDES else [frozenset(ties)]


def _depending(question: Question, forward: Lifted, sides: Sides, flips: frozenset[int]) -> list[int]:
    """The arguments whose gradients are others where some decisions fall otherwise; none where the value is another
    one too: there f jumps."""
    other = lifted_at(question, question.args, flips)
    if other is None or not all(_are_same(a, b, question.u) for a, b in zip(forward.values, other.values, strict=False)):
        return []
    found = zip(forward.positions, sides.truths[0], pull_back(other, question.cotangent), strict=True)
    return [position for position, a, b in found if not all(x.overlaps(y) for x, y in zip(a.reshape(-1), b.reshape(-1), strict=True))]


def _are_same(a: Array | None, b: Array | None, u: float) -> bool:
    """Whether two outputs are the same to some roundings."""
    if a is None or b is None or a.shape != b.shape:
        return a is b
    with precision(BITS):
        return all(x.overlaps(y) or abs(x - y) <= abs(x) * AGREE * u for x, y in zip(a.reshape(-1), b.reshape(-1), strict=True))


def _in_shapes(balls: Sequence[Any], shapes: Sequence[tuple[int, ...]]) -> tuple[Array, ...]:
    """Balls one after the other as one array for each lifted input."""
    parts: list[Array] = []
    start = 0
    for shape in shapes:
        array: Array = np.empty(math.prod(shape), dtype=object)
        array[:] = balls[start : start + array.size]
        parts.append(array.reshape(shape))
        start += array.size
    return tuple(parts)


def is_on_another_side(question: Question, forward: Lifted, backward: Lifted, sides: Sides) -> bool:
    """Whether the backward is the derivative on another side of decisions that floats may take otherwise, where it
    takes one that is as near: the same decision up to the rounding of its constants."""
    if not (any(read.near(question.u) for read in backward.reads) or _within_rounding(backward, question.u)):
        return False
    runs = list(sides.runs[1:]) if sides.complete else []
    near = _within_rounding(forward, question.u)
    for flips in [{place} for place in near[:MOST_NEAR]] + ([set(near)] if len(near) > 1 else []):
        other = other_side(question, forward, flips)
        runs += [] if other is None else [other]
    if not runs:
        return False
    truths = [pull_back(run, question.cotangent) for run in runs]
    return any(not _findings(question, run, backward, truth) for run, truth in zip(runs, truths, strict=True))


def turned_by_rounding(question: Question, forward: Lifted) -> Iterator[Sides]:
    """The derivatives where decisions whose margins are within their rounding fall otherwise, as they may in floats: the
    sum x @ w + b that is 0 but for roundings is so on either side of it. Every set of the nearest few."""
    near = _within_rounding(forward, question.u)[:MOST_NEAR]
    for flips in chain.from_iterable(combinations(near, size) for size in range(1, len(near) + 1)):
        other = other_side(question, forward, set(flips))
        if other is not None:
            yield Sides([pull_back(other, question.cotangent)], [other], near=True)


def _findings(question: Question, run: Lifted, backward: Lifted, truth: tuple[Array, ...]) -> list[GradientFinding]:
    places, u, usual = question.places, question.u, question.usual_size
    return judge_formula(run, backward, truth, question.cotangent, question.point, places=places, u=u, usual=usual)[0]


def _within_rounding(lifted: Lifted, u: float) -> list[int]:
    """The decisions, beside those that are `near`, that may fall otherwise if each constant is off by half a last place,
    and each value by its roundings. Most are far from that; of the others the nearest are looked at."""
    close = CLOSE * u * largest_value(lifted)
    margins = [(abs(float(read.margin.mid())), place) for place, read in enumerate(lifted.reads) if not read.near(u)]
    few = sorted((margin, place) for margin, place in margins if margin <= close)[:MOST_SWEPT]
    return [place for margin, place in few if margin <= ROUNDED * rounding_of_margin(lifted, lifted.reads[place])]


def in_hull(gradients: Sequence[Any], truths: Sequence[Sequence[Array]], least: float = 0.0, room: float = ROOM) -> bool:
    """Whether all gradients together are a convex combination of the derivatives on the sides of a kink, but for errors
    of size `least`, and of that share of the largest derivative."""
    matrix = np.array([[float(ball.mid()) for array in truth for ball in array.reshape(-1)] for truth in truths])
    target = np.concatenate([_as_floats(gradient) for gradient in gradients])
    return distance_from_hull(target, matrix) <= max(room * float(np.max(np.abs(matrix), initial=0.0)), least)


def outside_of_hull(question: Question, gradients: Sequence[Any], sides: Sides, room: float = ROOM) -> list[GradientFinding]:
    """At a kink: whether the gradients are no mixture of the derivatives on its sides."""
    least = question.u * question.usual_size
    words = "at this kink no mixture of the derivatives on its sides gives these gradients together"
    argument: int | None = None
    if sides.ties is not None:
        missed = sides.ties.unmixed(np.concatenate([_as_floats(g) for g in gradients]), room, least)
        if missed is None:
            return []
        kink, more = missed
        words, argument = f"{words}{more and ': '}{more}", _argument_of(kink.entries[0], question, gradients)
    elif in_hull(gradients, sides.truths, least, room):
        return []
    return [GradientFinding(Verdict.WRONG, Kind.FLOATS, question.point, argument, words=words, size=math.inf)]


def _as_floats(gradient: Any) -> Array:
    """Floats, or the middles of balls, in a row."""
    array = np.asarray(gradient)
    return np.array([float(x.mid()) for x in array.reshape(-1)]) if array.dtype == object else array.reshape(-1).astype(float)


def _argument_of(entry: int, question: Question, gradients: Sequence[Any]) -> int:
    """The number of the argument to which an entry of all gradients belongs."""
    ends = np.cumsum([np.size(g) for g in gradients])
    return question.places[int(np.searchsorted(ends, entry, side="right"))]


def nearby_range(question: Question) -> tuple[list[Array], list[Array]] | None:
    """The least and the largest derivative at 16 points within `DISTANCE`, entry by entry, for each float argument;
    None where they are not bounded.

    Clarke's derivative is made of limits of such derivatives, hence gradients at a point without one (a norm at the
    origin) must lie about there.
    """
    rng = np.random.default_rng(0)
    found: list[list[Array]] = []
    for _ in range(NEARBY):
        step = rng.uniform(-1, 1)
        for sign in (1.0, -1.0):
            beside = tuple(_beside(a, sign * step, rng) if is_float(a) else a for a in question.args)
            try:
                truth = pull_back(lifted_once(question.f, beside), question.cotangent)
            except (NotLifted, Undecided, ArithmeticError, ValueError):
                continue
            if all(is_finite(ball) and abs(float(ball.mid())) < STEEP for array in truth for ball in array.reshape(-1)):
                found.append([np.array([float(ball.mid()) for ball in array.reshape(-1)]).reshape(array.shape) for array in truth])
    if len(found) < NEARBY:
        return None
    return [np.min(arrays, axis=0) for arrays in zip(*found, strict=True)], [np.max(arrays, axis=0) for arrays in zip(*found, strict=True)]


def is_continuous(question: Question) -> bool:
    """Whether the floats of f come to its own value from both sides, at `DISTANCE`.

    >>> zero, ct = np.array([0.0]), np.array([1.0])
    >>> with np.errstate(divide="ignore", invalid="ignore"):
    ...     [is_continuous(Question(f, lambda *_: None, (zero,), ct, "here")) for f in (np.abs, lambda x: np.arctan(1 / x))]
    [True, False]
    """
    rng, values = np.random.default_rng(0), list[Array]()
    for step in (0.0, 1.0, -1.0):
        with np.errstate(all="ignore"):
            beside = tuple(_beside(a, step, rng) if is_float(a) else a for a in question.args)
            try:
                values.append(np.asarray(contained(question.f, *beside), dtype=float))
            except PASSING:
                raise
            except Exception:
                return False
    here, *others = values
    room = JUMP * largest_entry([here]) + STEEP * DISTANCE * sum(np.size(a) for a in question.args)
    return all(other.shape == here.shape and bool(np.all(np.abs(other - here) <= room)) for other in others)


def has_a_value(question: Question) -> bool:
    """Whether f comes to its value without a division by zero, or the logarithm of zero: exp(−1/0) is a number of
    floats, and none of a function.

    >>> zero, ct = np.array([0.0]), np.array([1.0])
    >>> [has_a_value(Question(f, lambda *_: None, (zero,), ct, "here")) for f in (np.abs, lambda x: np.exp(-1 / x**2))]
    [True, False]
    """
    try:
        with np.errstate(all="ignore", divide="raise"):
            contained(question.f, *(a.copy() if isinstance(a, np.ndarray) else a for a in question.args))
    except PASSING:
        raise
    except Exception:
        return False
    return True


def _beside(a: Any, step: float, rng: np.random.Generator) -> Any:
    """An argument moved by about `DISTANCE` in every entry, in float64: a coarser dtype may not hold it."""
    array = np.asarray(a)
    moved = array.astype(float) + step * DISTANCE * rng.uniform(0.5, 1, size=array.shape) * rng.choice([-1.0, 1.0], size=array.shape)
    return moved if isinstance(a, np.ndarray) else float(moved)
