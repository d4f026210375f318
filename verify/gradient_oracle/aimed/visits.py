"""Every decision is visited exactly on it and just across: `Visits`, which of them were not, and where to go next.

That both outcomes of a decision were seen somewhere does not show where it switches: a backward that switches at 1.01
in place of 1 is right at nearly all points. So each distinct threshold counts as visited only once a point lay on it
and another one close beside it. The nearest come first; those for which there was no room are named.

>>> from backproof.verify.gradient_oracle.lifted_runs import lifted_forward
>>> visits = Visits()
>>> for x in (0.25, 2.0):
...     run = lifted_forward(lambda x: np.where(x > 1, x, 0.0), (np.array([x]),))
...     visits.take(run.reads, (np.array([x]),), run.positions, usual=True)
>>> [words.split(" at ")[0] for words in visits.left()]
['x > 1']
>>> visit = visits.next_visit()
>>> visit.args, visit.words.split(" at ")[0]
((array([1.]),), 'exactly on the decision x > 1')
>>> visits.take(None, (), (), usual=True)
Traceback (most recent call last):
    ...
TypeError: 'NoneType' object is not iterable
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.aimed.decisions import Decision, ReadAt
from backproof.verify.gradient_oracle.aimed.steps import slopes_of, stepped
from backproof.verify.gradient_oracle.given.floats import is_float
from backproof.verify.lift.tape.reads import NEAR, Read
from backproof.verify.numbers.float_model import largest_entry

ACROSS = 2.0**-20  # chosen, of the threshold: so little beyond it, and above the roundings of a float32
BESIDE = 2.0**-16  # chosen, of the threshold: sixteen times as far, since a step to a curved decision misses it a little
EXACT = NEAR * 2.0**-53  # so near, of the threshold, float64 may decide either way, as at the threshold itself
MOST_VISITS = 2  # chosen: attempts at one decision, the second from where the first has come
MOST_READS = 3  # one for each target
FAR = 1e8  # chosen, as for aims: what is farther than the arguments are large, by this factor, is a sentinel


class Target(Enum):
    """Where a visit leads."""

    ON = "exactly on"
    TRUE = "where it just holds"
    FALSE = "where it just fails"


@dataclass(frozen=True, eq=False)
class Visit:
    """Arguments on a decision or close beside it, and where that is, in words."""

    args: tuple[Any, ...]
    words: str


@dataclass(eq=False)
class Closest:
    """How near one decision was come to: the targets that were `met`, and how often each was `tried`; the `reads` of the
    arguments at which it was nearest, the nearest first, how far that is (`distance`), and whether its shapes are the `usual` ones."""

    met: set[Target] = field(default_factory=set[Target])
    tried: dict[Target, int] = field(default_factory=lambda: dict.fromkeys(Target, 0))
    reads: list[ReadAt] = field(default_factory=list[ReadAt])
    distance: float = np.inf
    usual: bool = False

    def wanted(self) -> list[Target]:
        """The targets that were not met, nor tried often."""
        return [target for target in Target if target not in self.met and self.tried[target] < MOST_VISITS]


@dataclass(eq=False)
class Visits:
    """How near each decision was come to. Whole numbers of a floor have points of their own; a decision on which nothing
    depends has none."""

    closest: dict[Decision, Closest] = field(default_factory=dict[Decision, Closest])
    largest: float = 0.0

    def take(self, reads: Iterable[Read], args: tuple[Any, ...], positions: Sequence[int], *, usual: bool) -> None:
        """Keep how near the decisions came that were read at some arguments, of the `usual` shapes or others."""
        self.largest = self.largest or largest_entry([a for a in args if is_float(a)]) or 1.0
        found: dict[Decision, list[tuple[float, Read]]] = {}
        for read in reads:
            if read.size <= 0 or not isinstance(read.outcome, bool | np.bool_):
                continue
            decision = Decision(read.place, read.what, read.against)
            known = self.closest.get(decision)
            if known is None:
                known = self.closest[decision] = Closest()
            elif len(known.met) == len(Target):
                continue
            distance = 0.0 if read.tie else abs(float(read.margin.mid()))
            if distance <= EXACT * read.size:
                known.met.add(Target.ON)
                continue
            if distance <= BESIDE * (self.largest if read.against == 0 else read.size):
                known.met.add(Target.TRUE if read.outcome else Target.FALSE)
            found.setdefault(decision, []).append((distance, read))
        for decision, there in found.items():
            known, distance = self.closest[decision], min(there, key=lambda one: one[0])[0]
            if (usual, -distance) > (known.usual, -known.distance):
                nearest = heapq.nsmallest(MOST_READS, there, key=lambda one: one[0])
                known.reads = [ReadAt(read, args, tuple(positions)) for _, read in nearest]
                known.distance, known.usual = distance, usual

    def begin_again(self) -> None:
        """Visit from the next arguments that are taken only."""
        self.closest.clear()
        self.largest = 0.0

    def next_visit(self) -> Visit | None:
        """The next step to a decision, the nearest first; None where there is none left."""
        while (found := min(self._waiting(), key=lambda one: one[0], default=None)) is not None:
            visit = self._visit(*found[1:])
            if visit is not None:
                return visit
        return None

    def left(self) -> tuple[str, ...]:
        """The decisions that still wait for a visit, in words, the nearest first."""
        waiting = sorted(self._waiting(), key=lambda one: one[0])
        return tuple(dict.fromkeys(f"{decision.what} at {decision.place}" for _, decision, _ in waiting))

    def _waiting(self) -> Iterator[tuple[tuple[Any, ...], Decision, Closest]]:
        """What is still to be visited, after what it is ordered by: first what no visit was made to."""
        far = FAR * max(1.0, self.largest)
        for decision, known in self.closest.items():
            wanted = known.wanted()
            if wanted and known.distance <= far:
                yield (known.tried[wanted[0]], known.distance), decision, known

    def _visit(self, decision: Decision, known: Closest) -> Visit | None:
        """All targets that are missing at once, as far as there are entries that can be moved by themselves; on the
        second attempt one by one."""
        args, touched, met = known.reads[0].args, list[Array](), list[Target]()
        wanted = known.wanted()
        for start in known.reads:
            slopes = slopes_of(start.read)
            if slopes is None or any(np.any((g != 0) & t) for g, t in zip(slopes, touched, strict=False)):
                continue
            target = wanted[len(met)]
            moved = stepped(args, start.positions, slopes, *_change(start.read, target))
            if moved is not None:
                args = moved
                met.append(target)
                marks = [g != 0 for g in slopes]
                touched = [a | b for a, b in zip(touched, marks, strict=True)] if touched else marks
            if len(met) == len(wanted) or known.tried[wanted[0]]:
                break
        for target in met or wanted[:1]:
            known.tried[target] += 1
        where = "exactly on" if met == [Target.ON] else "values on and just beside" if Target.ON in met else "values just beside"
        return Visit(args, f"{where} the decision {decision.what} at {decision.place}") if met else None


def _change(read: Read, target: Target) -> tuple[float, float | int | None]:
    """By how much the margin changes on the way to a target, and the number that an entry comes to on a decision."""
    margin = float(read.margin.mid())
    if target is Target.ON:
        return -margin, read.against
    beyond = ACROSS * max(abs(margin), read.size)
    across = bool(read.outcome) is not (target is Target.TRUE)
    return -margin - math.copysign(beyond, margin) if across else -margin + math.copysign(beyond, margin), None
