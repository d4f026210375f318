"""Points that a check planned and did not judge, counted by their reason: `Unjudged`.

Some reasons excuse: where f is not meant to be called, or has no derivative, nothing can be judged. The others leave a
gap in what was shown.

>>> gaps = Counted()
>>> for reason in (Why.DOMAIN, Why.SIZE, Why.SIZE):
...     gaps.add(reason, "4,001 entries")
>>> for entry in gaps.all():
...     print(entry)
Unjudged(reason=<Why.DOMAIN: 'outside the domain'>, points=1, words='4,001 entries')
Unjudged(reason=<Why.SIZE: 'too large'>, points=2, words='4,001 entries')
>>> [entry.excused for entry in gaps.all()]
[True, False]
>>> left_out(gaps.all()), Why("no idea")
Traceback (most recent call last):
    ...
ValueError: 'no idea' is not a valid Why
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from backproof.verify.verdicts import Reason


class Why(StrEnum):
    """Why a point was not judged."""

    SIZE = "too large"  # more entries than are explored
    WORK = "too much work"  # the code reads more numbers than the effort has
    TIME = Reason.TIME.value
    MEMORY = Reason.MEMORY.value
    UNSUPPORTED = Reason.UNSUPPORTED.value  # the code could not be followed there
    CONSTANT = "nothing to follow"  # what f returns there does not depend on lifted numbers
    DTYPE = Reason.DTYPE.value  # what rounding allows is beyond all bounds there
    KINK = Reason.KINK.value  # a tie whose other side could not be followed
    FAILED = "an error there"  # of the code, on its way back to a result
    DOMAIN = Reason.DOMAIN.value  # f refuses the arguments, or `domain` does, or what f returns is no use
    NO_DERIVATIVE = "no derivative there"  # it is not finite
    EMPTY = "no entry"  # the arguments have none
    ENDLESS = "no end there"  # f does not come back, at arguments that nobody gave
    UNSETTLED = "not settled"  # what was seen there may be rounding or not
    NO_WAY = "no way to the other side"  # of a decision: no arguments were found there
    UNMEANT = "not meant for that"  # a shape or a setting that the backward need not take
    EFFORT = "a larger effort"  # more points than the caller asked for


EXCUSED = frozenset({Why.DTYPE, Why.DOMAIN, Why.EMPTY, Why.NO_DERIVATIVE, Why.ENDLESS, Why.NO_WAY, Why.UNMEANT, Why.EFFORT})
"""The reasons that leave no gap in what was asked for."""
BROKEN_OFF = frozenset({Why.TIME, Why.MEMORY, Why.FAILED, Why.UNSETTLED})
"""The reasons for which a point was begun and not decided, so that nothing is CORRECT before it is."""


@dataclass(frozen=True)
class Unjudged:
    """So many `points` that were planned and not judged for a `reason`; `words` about the first of them."""

    reason: Why
    points: int
    words: str = ""

    @property
    def excused(self) -> bool:
        """Whether nothing that was asked for is missing."""
        return self.reason in EXCUSED

    def line(self) -> str:
        """How many are missing, and why.

        >>> Unjudged(Why.TIME, 1, "zeros, where the code takes more than 5 s").line()
        '1 for time (zeros, where the code takes more than 5 s)'
        """
        return f"{self.points:,} {self.phrase()}"

    def phrase(self) -> str:
        """Why they are missing, with what is known of the first of them."""
        return f"{_PHRASES.get(self.reason, f'for {self.reason}')}{f' ({self.words})' if self.words else ''}"


_PHRASES = {
    Why.SIZE: "too large",
    Why.WORK: "for too much work",
    Why.UNSUPPORTED: "where the code could not be followed",
    Why.CONSTANT: "where nothing was lifted",
    Why.DTYPE: "undecidable in this dtype",
    Why.KINK: "at a kink",
    Why.FAILED: "with an error there",
    Why.DOMAIN: "outside the domain of f",
    Why.NO_DERIVATIVE: "where f has no derivative",
    Why.ENDLESS: "where f does not come back",
    Why.UNSETTLED: "where what was seen could not be settled",
    Why.NO_WAY: "for decisions without a way to their other side",
    Why.UNMEANT: "that it need not be meant for",
    Why.EFFORT: "for a larger effort",
}


def left_out(unjudged: Iterable[Unjudged]) -> int:
    """How many points are missing without an excuse."""
    return sum(entry.points for entry in unjudged if not entry.excused)


def broken_off(unjudged: Iterable[Unjudged]) -> Unjudged | None:
    """The first of the points that were begun and not decided.

    >>> broken_off([Unjudged(Why.SIZE, 2), Unjudged(Why.MEMORY, 1, "zeros")])
    Unjudged(reason=<Why.MEMORY: 'memory'>, points=1, words='zeros')
    """
    return next((entry for entry in unjudged if entry.reason in BROKEN_OFF), None)


@dataclass(eq=False)
class Counted:
    """The points that were not judged so far: how many for each reason, and words about the first of them."""

    points: dict[Why, int] = field(default_factory=dict[Why, int])
    words: dict[Why, str] = field(default_factory=dict[Why, str])

    def add(self, reason: Why, words: str = "", points: int = 1) -> None:
        """So many more of them; none leaves no trace."""
        if points:
            self.points[reason] = self.points.get(reason, 0) + points
            self.words.setdefault(reason, words)

    def all(self) -> tuple[Unjudged, ...]:
        """One entry for each reason, in the order in which they came up."""
        return tuple(Unjudged(reason, points, self.words[reason]) for reason, points in self.points.items())
