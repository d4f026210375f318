"""Decisions at ties as they fall next to the point: `Along` a direction, where the margin is no longer zero; `inverted`
and `at_random` take the sides that no direction needs to show.

A run along v has the derivative that f has at x + tv for a small t > 0, so that its product with v is the slope f′(x; v)
of whatever is piecewise smooth. Slopes of margins are followed forward, node by node, as the decisions are taken.

>>> from backproof.verify.lift.lifted import pull_back
>>> from backproof.verify.lift.numpy_code.lifting import lift
>>> x = np.array([2.0, 2.0, 2.0])
>>> run = lift(np.max, (x,), at_ties=Along([np.array([0.1, 0.5, 0.3])], 0.0))
>>> [float(entry.mid()) for entry in pull_back(run, np.array(1.0))[0]]
[0.0, 1.0, 0.0]
>>> lift(np.max, (x,), at_ties=Along([np.array([0.1, 0.5])], 0.0))
Traceback (most recent call last):
    ...
ValueError: a direction has 2 entries, its argument 3; they must be equal
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.lift.tape.decisions import RELATIONS
from backproof.verify.lift.tape.reads import is_near
from backproof.verify.lift.tape.tape import NOW, Scalar, Tape


@dataclass(eq=False)
class Along:
    """Ties fall as they do a small step along `direction`, one array for each lifted input; what floats of unit roundoff
    `u` cannot tell from a tie counts as one. A tie that stays one along the direction falls NumPy's way. For one run."""

    direction: Sequence[Array]
    u: float
    slopes: list[float] = field(default_factory=list[float])

    def __call__(self, left: Scalar, relation: str, right: Scalar, side: int) -> bool:
        """The outcome of a decision."""
        if _ties(left, right, side, self.u):
            slope = self.of(left, NOW.tape) - self.of(right, NOW.tape)
            side = int(np.sign(slope)) if slope else side
        return RELATIONS[relation][side + 1]

    def of(self, x: Scalar, tape: Tape) -> float:
        """The slope of a number on the tape of the run: 0 of a constant."""
        if x.index < 0:
            return 0.0
        if not self.slopes:
            self.slopes += _of_leaves(tape, self.direction)
        while len(self.slopes) <= x.index:
            self.slopes.append(_slope(tape, len(self.slopes), self.slopes))
        return self.slopes[x.index]


def _of_leaves(tape: Tape, direction: Sequence[Array]) -> list[float]:
    """The slopes of the first nodes, which are the lifted inputs."""
    found: dict[int, float] = {}
    for numbers, along in zip(tape.shapes, direction, strict=True):
        if numbers.size != np.size(along):
            raise ValueError(f"a direction has {np.size(along)} entries, its argument {numbers.size}; they must be equal")
        found.update(zip(numbers.reshape(-1).tolist(), np.asarray(along, dtype=float).reshape(-1).tolist(), strict=True))
    return [found[number] for number in range(len(found))]


def _slope(tape: Tape, v: int, slopes: Sequence[float]) -> float:
    """Σ partial · slope of the operands; 0 where a partial is no number, so that such a tie falls NumPy's way."""
    rule, operands, value = tape.nodes[v]
    if not operands or value.is_nan() or not any(x.index >= 0 and slopes[x.index] for x in operands):
        return 0.0
    partials = tape.partials[v]
    if partials is None:
        partials = tape.partials[v] = rule.partials(value, *[x.value for x in operands])
    pairs = zip(operands, partials, strict=True)
    total = sum(slopes[x.index] * float(partial.mid()) for x, partial in pairs if x.index >= 0 and partial is not None and slopes[x.index])
    return total if math.isfinite(total) else 0.0


def inverted(u: float) -> Callable[[Scalar, str, Scalar, int], bool]:
    """Every tie falls the other way."""

    def decided(left: Scalar, relation: str, right: Scalar, side: int) -> bool:
        return RELATIONS[relation][side + 1] ^ _ties(left, right, side, u)

    return decided


def at_random(u: float, rng: np.random.Generator) -> Callable[[Scalar, str, Scalar, int], bool]:
    """Every tie falls one way or the other."""

    def decided(left: Scalar, relation: str, right: Scalar, side: int) -> bool:
        return RELATIONS[relation][side + 1] ^ (_ties(left, right, side, u) and bool(rng.random() < 0.5))

    return decided


def _ties(left: Scalar, right: Scalar, side: int, u: float) -> bool:
    if left.index < 0 and right.index < 0:
        return False
    return is_near(side == 0, left.value - right.value, max(abs(float(left.value.mid())), abs(float(right.value.mid()))), u)
