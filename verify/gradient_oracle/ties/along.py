"""A kink with too many sides to take each: slopes along directions. `slopes_along(…)`.

A gradient that is a mixture of the sides has, along every direction v, a slope between the least and the largest of
theirs. Where f is convex in the ties (a maximum with a positive cotangent), the largest is the one-sided slope f′(x; v),
and the least −f′(x; −v); where it is concave, the other way round. Either is one run in which ties fall as they do along
v. Convex is what agrees with that on every side that is known. Elsewhere the slopes that each tie adds by itself are
added up, those of every output are taken by themselves, and all that is known of the sides lies between as well.

>>> from backproof.verify.gradient_oracle.ties.groups import separate_kinks
>>> from backproof.verify.lift.numpy_code.lifting import lift
>>> runs = Runs(lift(np.max, (np.zeros(9),)), np.array(1.0), 2.0**-53, lambda **how: lift(np.max, (np.zeros(9),), **how))
>>> _, kinks, _ = separate_kinks(runs, most_sides=4, most_runs=20)
>>> (slopes,) = slopes_along(runs, kinks)
>>> len(slopes), slopes[0].direction.tolist(), slopes[0].low, slopes[0].high
(32, [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0], 1.0, 1.0)
>>> Slopes(np.ones(9), 1.0, 1.0).missed_by(np.ones(9), 0.0)
8.0
>>> Slopes(np.ones(9), 1.0, 1.0).missed_by(np.ones(3), 0.0)
Traceback (most recent call last):
    ...
ValueError: ...
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.ties.groups import Runs, SeparateKink, as_floats
from backproof.verify.lift.lifted import Lifted
from backproof.verify.lift.tape.slopes import Along, at_random, inverted

DIRECTIONS = 32  # chosen: a gradient that is outside of the hull passes each random one with a probability well below 1
FEW_DIRECTIONS = 8  # chosen: at a point that nobody gave, of which there are many
SINGLE_ENTRIES = 8  # chosen: of these directions, so many along one entry of each kink
SAME = 2.0**-40  # chosen: of the largest slope; far above the roundings of floats, far below what differs
SEVERAL = -2  # as a number of a kink: several
AT_RANDOM = 8  # chosen: sides on which each tie falls one way or the other, where f is not convex in them


class Slopes(NamedTuple):
    """What lies between along a `direction` of the entries of a kink."""

    direction: Array
    low: float
    high: float

    def missed_by(self, values: Array, room: float) -> float:
        """How far beyond the `room` the slope of a gradient is outside; 0 if it is not. ValueError for other entries."""
        slope = float(values @ self.direction)
        return max(0.0, self.low - room - slope, slope - room - self.high)


class _Pair(NamedTuple):
    """The runs along a direction and against it, and what every output does there: its least and its largest slope,
    times its cotangent."""

    direction: Array
    forth: list[Any]
    back: list[Any]
    outputs: Array


def slopes_along(runs: Runs, kinks: Sequence[SeparateKink], directions: int = DIRECTIONS) -> list[list[Slopes]]:
    """For each kink the slopes along so many directions; sides that are met are added to the kink. Empty where a
    run is refused: such a kink has one side only."""
    rng = np.random.default_rng(0)
    forward = runs.forward
    owner = _owners(forward, kinks)
    pairs: list[_Pair] = []
    for number in range(directions):
        direction = np.zeros(sum(numbers.size for numbers in forward.tape.shapes))
        for kink in kinks:
            direction[list(kink.entries)] = _direction(number, len(kink.entries), rng)
        forth, back = (_along(runs, sign * direction) for sign in (1.0, -1.0))
        if forth is None or back is None:
            continue
        for kink in kinks:
            kink.add(forth[0])
            kink.add(back[0])
        cotangent = np.asarray(runs.cotangent, dtype=float).reshape(-1)
        both = np.array([forth[1], -back[1]]) * cotangent
        pairs.append(_Pair(direction, forth[0], back[0], np.array([both.min(axis=0), both.max(axis=0)])))
    apart = SEVERAL not in owner
    return [_slopes_of(runs, kink, pairs, owner == place if apart else None) for place, kink in enumerate(kinks)]


def _direction(number: int, size: int, rng: np.random.Generator) -> Array:
    """All entries, then single ones, then random ones; the largest entry is 1."""
    if number == 0:
        return np.ones(size)
    if number <= min(SINGLE_ENTRIES, size):
        one = np.zeros(size)
        one[(number - 1) * size // min(SINGLE_ENTRIES, size)] = 1.0
        return one
    drawn = rng.normal(size=size)
    return drawn / np.max(np.abs(drawn))


def _along(runs: Runs, direction: Array) -> tuple[list[Any], Array] | None:
    """The derivatives of the run along a direction, and the slopes of its outputs."""
    inputs = runs.forward.tape.shapes
    shapes = [numbers.shape for numbers in inputs]
    parts = np.split(direction, np.cumsum([numbers.size for numbers in inputs])[:-1])
    along = Along([part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)], runs.u)
    run = runs.otherwise(at_ties=along)
    if run is None:
        return None
    slopes = [along.of(x, run.tape) for output in run.outputs if output is not None for x in output.reshape(-1)]
    return runs.derivatives(run), np.array(slopes)


def _owners(forward: Lifted, kinks: Sequence[SeparateKink]) -> Array:
    """For each output the number of the only kink on whose entries it depends; −1 for none, `SEVERAL` for more."""
    leaves = np.concatenate([numbers.reshape(-1) for numbers in forward.tape.shapes])
    masks = [0] * len(forward.tape.nodes)
    for place, kink in enumerate(kinks):
        for entry in kink.entries:
            masks[leaves[entry]] = 1 << place
    for v, (_, operands, _) in enumerate(forward.tape.nodes):
        for x in operands:
            if x.index >= 0:
                masks[v] |= masks[x.index]
    found = [masks[x.index] if x.index >= 0 else 0 for output in forward.outputs if output is not None for x in output.reshape(-1)]
    return np.array([SEVERAL if mask & (mask - 1) else mask.bit_length() - 1 for mask in found])


def _slopes_of(runs: Runs, kink: SeparateKink, pairs: Sequence[_Pair], own: Array | None) -> list[Slopes]:
    """Of one kink; `own` are its outputs, None where some output depends on several kinks."""
    entries = list(kink.entries)
    chosen = [pair.direction[entries] for pair in pairs]
    forth = [float(as_floats([[pair.forth[k] for k in entries]])[0] @ v) for pair, v in zip(pairs, chosen, strict=True)]
    back = [float(as_floats([[pair.back[k] for k in entries]])[0] @ v) for pair, v in zip(pairs, chosen, strict=True)]
    known = [kink.matrix @ v for v in chosen]
    rooms = [SAME * max(1e-300, float(np.max(np.abs(slopes)))) for slopes in known]
    for highs, lows in ((forth, back), (back, forth)):
        if all(slopes.max() <= h + room and slopes.min() >= l - room for h, l, slopes, room in zip(highs, lows, known, rooms, strict=True)):
            return [Slopes(v, low, high) for v, low, high in zip(chosen, lows, highs, strict=True)]
    added = [_added_up(kink.matrix[0], as_floats(kink.singles)), *_of_other_sides(runs, kink)]
    known = [kink.matrix @ v for v in chosen]  # with the other sides
    found: list[Slopes] = []
    for pair, v, slopes in zip(pairs, chosen, known, strict=True):
        sums = [part(v) for part in added]
        by_output = slopes[:1] if own is None else pair.outputs[:, own].sum(axis=1)
        low = min(slopes.min(), by_output[0], *(low for low, _ in sums))
        high = max(slopes.max(), by_output[-1], *(high for _, high in sums))
        found.append(Slopes(v, float(low), float(high)))
    return found


def _added_up(start: Array, singles: Array) -> Callable[[Array], tuple[float, float]]:
    """The least and the largest slope if every tie adds what it adds alone."""

    def between(v: Array) -> tuple[float, float]:
        changes = (singles - start) @ v if len(singles) else np.zeros(1)
        return float(start @ v + np.minimum(changes, 0).sum()), float(start @ v + np.maximum(changes, 0).sum())

    return between


def _of_other_sides(runs: Runs, kink: SeparateKink) -> list[Callable[[Array], tuple[float, float]]]:
    """Sides at random are added to the kink; and what ties add up to from the side where all fall otherwise."""
    rng = np.random.default_rng(1)
    for _ in range(AT_RANDOM):
        run = runs.otherwise(at_ties=at_random(runs.u, rng))
        if run is not None:
            kink.add(runs.derivatives(run))
    start = runs.otherwise(at_ties=inverted(runs.u))
    if start is None:
        return []
    entries = list(kink.entries)
    singles: list[list[Any]] = []
    for place, read in enumerate(start.reads):
        if read.near(runs.u):
            run = runs.otherwise(flips=frozenset({place}), at_ties=inverted(runs.u))
            if run is not None:
                truth = runs.derivatives(run)
                singles.append([truth[k] for k in entries])
    truth = runs.derivatives(start)
    own = [truth[k] for k in entries]
    kink.add(truth)
    return [_added_up(as_floats([own])[0], as_floats(singles))]
