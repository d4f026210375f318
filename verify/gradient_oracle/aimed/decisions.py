"""The decisions of somebody's code: which outcomes of each were seen, and what to aim at next.

What is aimed at, in this order: decisions that always fell the same way, the nearest first; whole numbers of a floor
that were not seen; entries of a table, or places of an argmax, that always fell the same way.

>>> from backproof.verify.gradient_oracle.lifted_runs import lifted_forward
>>> x = np.array([1.0])
>>> run, decisions = lifted_forward(lambda x: np.maximum(x, 0.25), (x,)), Decisions()
>>> decisions.take(run.reads, (x,), run.positions, given=True)
>>> [(what, sorted(seen)) for (_, what), seen in decisions.branches().items()]
[('maximum', [True])]
>>> aim = decisions.next_aim()
>>> aim.decision.what, aim.outcome, aim.by
('maximum', True, 0)
>>> decisions.tried(aim)
>>> decisions.next_aim() is None
True
>>> decisions.tried(aim)
Traceback (most recent call last):
    ...
KeyError: ...
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np

from backproof.verify.lift.tape.reads import Read


class Aimed(StrEnum):
    """What is aimed at."""

    SIDE = "side"  # the other side of a decision that always fell the same way
    NUMBER = "number"  # another whole number
    PLACE = "place"  # another entry of a table, or place of an argmax


AIMS: tuple[Aimed, ...] = (Aimed.SIDE, Aimed.NUMBER, Aimed.PLACE)
"""What is aimed at first; what is not here is not aimed at."""
MOST_AIMS = 4  # chosen: attempts at the other side of one decision, each from the nearest arguments that are known by then
MOST_NUMBERS = 24  # chosen: whole numbers of one decision, of a long table some
FARTHEST = 8  # chosen: how far a whole number may lie from one at the given arguments, if others lie on both sides of it
AROUND = 2  # chosen: the same, for those that lie beside all of the given ones


class Decision(NamedTuple):
    """Where in the code, in words what, and what tells apart the decisions of one function call."""

    place: str
    what: str
    against: float | int | None


@dataclass(frozen=True)
class ReadAt:
    """A decision, as it was read at some arguments."""

    read: Read
    args: tuple[Any, ...]
    positions: tuple[int, ...]

    @property
    def distance(self) -> float:
        """How far it is from its opposite."""
        return abs(float(self.read.margin.mid())) if hasattr(self.read.margin, "mid") else float("inf")


@dataclass(frozen=True)
class Aim:
    """What to try: from where it was read to a whole number that is larger by `by`; to the other side if that is 0."""

    start: ReadAt
    decision: Decision
    outcome: Any
    by: int


@dataclass(eq=False)
class Decisions:
    """The outcomes that were seen: `seen` of every decision, `numbers` those of whole numbers at the given arguments;
    `starts`, where each was read nearest to its opposite; `times`, how often each was aimed at."""

    seen: dict[Decision, set[Any]] = field(default_factory=dict[Decision, set[Any]])
    numbers: dict[Decision, set[int]] = field(default_factory=dict[Decision, set[int]])
    starts: dict[tuple[Decision, Any], ReadAt] = field(default_factory=dict[tuple[Decision, Any], ReadAt])
    times: dict[tuple[Decision, Any], int] = field(default_factory=dict[tuple[Decision, Any], int])

    def branches(self) -> dict[tuple[str, str], frozenset[Any]]:
        """For each decision of the code (place and words) the outcomes that were seen."""
        found: dict[tuple[str, str], frozenset[Any]] = {}
        for (place, what, _), outcomes in self.seen.items():
            found[place, what] = found.get((place, what), frozenset()) | outcomes
        return found

    def take(self, reads: Sequence[Read], args: tuple[Any, ...], positions: tuple[int, ...], *, given: bool) -> None:
        """Keep the decisions that were read at some arguments, the `given` ones or others."""
        for read in reads:
            decision = Decision(read.place, read.what, read.against)
            self.seen.setdefault(decision, set()).add(read.outcome)
            whole = not isinstance(read.outcome, bool | np.bool_)
            if given and whole:
                self.numbers.setdefault(decision, set()).add(read.outcome)
            start, known = ReadAt(read, args, positions), self.starts.get((decision, read.outcome))
            if known is None or (not whole and start.distance < known.distance):
                self.starts[decision, read.outcome] = start

    def begin_again(self) -> None:
        """Aim from the next arguments that are taken only, and no longer from those before."""
        self.starts.clear()

    def next_aim(self) -> Aim | None:
        """A decision that always fell the same way, or a whole number that was not seen."""
        best = min(self._aims(), key=lambda found: found[0], default=None)
        return best and best[1]

    def pending(self) -> int:
        """How many aims there are still."""
        return sum(1 for _ in self._aims())

    def _aims(self) -> Iterator[tuple[tuple[Any, ...], Aim]]:
        """All of them, each with what it is ordered by."""
        settled = {key for key, outcomes in self.branches().items() if len(outcomes) > 1}
        for (decision, outcome), start in self.starts.items():
            whole = not isinstance(outcome, bool | np.bool_)
            kind = Aimed.NUMBER if whole else Aimed.PLACE if decision[:2] in settled else Aimed.SIDE
            if kind not in AIMS or (not whole and len(self.seen[decision]) > 1):
                continue
            for by in self._unseen(decision, int(outcome)) if whole else (0,):
                target = outcome + by if whole else outcome
                times = self.times.get((decision, target), 0)
                if times >= (1 if whole else MOST_AIMS):
                    continue
                yield (AIMS.index(kind), times, abs(by) if whole else start.distance), Aim(start, decision, target, by)

    def _unseen(self, decision: Decision, outcome: int) -> list[int]:
        """Steps from a whole number at the given arguments to others that were not seen: those between the ones there,
        and some around."""
        usual, seen = self.numbers.get(decision, set()), self.seen[decision]
        if outcome not in usual or len(seen) > MOST_NUMBERS:
            return []
        steps = [by * sign for by in range(1, FARTHEST + 1) for sign in (1, -1)]
        return [by for by in steps if outcome + by not in seen and (min(usual) < outcome + by < max(usual) or abs(by) <= AROUND)]

    def tried(self, aim: Aim) -> None:
        """An aim is not taken from the same start again. KeyError if it is no longer known."""
        self.times[aim.decision, aim.outcome] = self.times.get((aim.decision, aim.outcome), 0) + 1
        if not aim.by:
            del self.starts[aim.decision, aim.outcome]
