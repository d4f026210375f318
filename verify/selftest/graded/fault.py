"""A fault of a known size, where it is planted, and what became of it.

`grade` is the size in units of the bound that decides. Above 1 the fault must be caught, by the check that is named;
below 1 it must pass, and the check must be there. Where no bound decides (a path missed, a count that is wrong) there
is no grade. A `Measured` fault has no right answer: its figure is the resolution.

>>> from backproof.verify.verdicts import Verdict
>>> def planted(judge):
...     return {"a check": Verdict.WRONG}
>>> tried = try_fault(Fault("a check", "off by 1.01 bounds", {"x": planted}, grade=1.01), None)
>>> tried.outcome, tried.places, tried.caught_by
('caught', 1, ('a check',))
>>> missed = try_fault(Fault("another check", "off by 1.01 bounds", {"x": planted}, grade=1.01), None)
>>> missed.outcome, missed.failing
('MISSED', ('x',))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from backproof.verify.selftest.graded.judge import Judge, Seen
from backproof.verify.verdicts import Verdict

Plant: TypeAlias = Callable[[Judge], Seen]
GradedPlant: TypeAlias = Callable[[Judge, Fraction], Seen]

WITHIN = Fraction(99, 100)  # chosen: as near below the bound as 1.01 is above it
BEYOND = (Fraction(101, 100), Fraction(2), Fraction(10))  # chosen: just beyond, and so far that no rounding of the planting matters
HALVINGS = 9  # of the interval 0.9 … 1.1 in which a resolution is looked for; chosen: to 4 parts in 10,000
LISTED = 8  # places that a row names; chosen: a line

CAUGHT, PASSES, MISSED, ALARM, BELOW = "caught", "passes", "MISSED", "FALSE ALARM", "below resolution"


@dataclass(frozen=True)
class Fault:
    """What is wrong, at which places, and the check that should flag it, with which verdict.

    `should_pass`: it lies within the bound (or nothing is wrong), and the check must call it CORRECT.
    """

    check: str
    words: str
    places: Mapping[str, Plant]
    grade: float | None = None
    verdict: Verdict = Verdict.WRONG
    should_pass: bool = False


@dataclass(frozen=True)
class Measured:
    """A fault whose size is looked for: `measure` gives the smallest that is caught (None: none is), and says in words
    what that means. `within`: the range in which it must lie; None where any figure is right.
    """

    check: str
    words: str
    measure: Callable[[Judge], tuple[float | None, str]]
    within: tuple[float, float] | None = None


@dataclass(frozen=True)
class Tried:
    """What became of one fault, as data.

    `should_pass`: nothing was to be caught; `places`: where it was planted, `as_expected` at how many of them the check did what it should, `failing` the names of
    others; `caught_by`: every check that flagged it somewhere; `resolution`: the figure of a measured one.
    """

    check: str
    words: str
    grade: float | None
    outcome: str
    places: int
    as_expected: int
    failing: tuple[str, ...] = ()
    caught_by: tuple[str, ...] = ()
    resolution: float | None = None
    note: str = ""
    should_pass: bool = False

    @property
    def ok(self) -> bool:
        """Whether nothing was missed, and nothing right flagged."""
        return self.outcome in (CAUGHT, PASSES, BELOW)


def try_fault(fault: Fault | Measured, judge: Judge) -> Tried:
    """Plant a fault at each of its places. A place that raises is a place at which nothing was caught."""
    if isinstance(fault, Measured):
        return _measured(fault, judge)
    failing: list[str] = []
    flagged: dict[str, None] = {}
    for place, plant in fault.places.items():
        seen = plant(judge)
        found = seen.get(fault.check)
        flagged |= dict.fromkeys(check for check, verdict in seen.items() if verdict is not Verdict.CORRECT)
        if found is not (Verdict.CORRECT if fault.should_pass else fault.verdict):
            failing.append(place)
    right, wrong = (PASSES, ALARM) if fault.should_pass else (CAUGHT, MISSED)
    planted = len(fault.places)
    return Tried(
        fault.check,
        fault.words,
        fault.grade,
        wrong if failing or not planted else right,
        planted,
        planted - len(failing),
        tuple(failing[:LISTED]),
        tuple(sorted(flagged)),
        should_pass=fault.should_pass,
    )


def _measured(fault: Measured, judge: Judge) -> Tried:
    figure, note = fault.measure(judge)
    low, high = fault.within or (0.0, float("inf"))
    if fault.within is None:
        outcome = BELOW
    elif figure is None or figure > high:
        outcome = MISSED
    else:
        outcome = ALARM if figure < low else CAUGHT
    return Tried(fault.check, fault.words, None, outcome, 1, int(outcome not in (MISSED, ALARM)), resolution=figure, note=note)


def graded(
    check: str,
    words: str,
    fine: Mapping[str, GradedPlant],
    coarse: Mapping[str, GradedPlant] | None = None,
    verdict: Verdict = Verdict.WRONG,
) -> list[Fault | Measured]:
    """The faults of one comparison: 0 and 0.99 bounds pass, 1.01, 2 and 10 are caught, and the smallest that is caught
    is looked for. `coarse`: more places, at which the numbers are too coarse for a hundredth of the bound.
    """
    every = {**fine, **(coarse or {})}
    faults: list[Fault | Measured] = [
        Fault(check, words, at(places, grade), float(grade), verdict, should_pass=True)
        for places, grade in ((every, Fraction(0)), (fine, WITHIN))
    ]
    faults += [Fault(check, words, at(fine if grade < 2 else every, grade), float(grade), verdict) for grade in BEYOND]
    first = next(iter(fine.values()))
    return [*faults, Measured(check, f"{words}, the smallest that is caught", _smallest(check, first, verdict), (0.99, 1.01))]


def at(places: Mapping[str, GradedPlant], grade: Fraction) -> dict[str, Plant]:
    """The same places with the size of the fault fixed."""
    return {name: lambda judge, plant=plant: plant(judge, grade) for name, plant in places.items()}


def _smallest(check: str, plant: GradedPlant, verdict: Verdict) -> Callable[[Judge], tuple[float | None, str]]:
    def measure(judge: Judge) -> tuple[float | None, str]:
        figure = smallest(lambda grade: plant(judge, grade).get(check) is verdict, Fraction(9, 10), Fraction(11, 10))
        return figure, "no fault of 1.1 bounds is caught" if figure is None else f"{figure:.4f} bounds"

    return measure


def smallest(caught: Callable[[Fraction], bool], low: Fraction, high: Fraction, halvings: int = HALVINGS) -> float | None:
    """The smallest size between `low` and `high` that is caught, by bisection; None if `high` is not, `low` if it is.

    >>> smallest(lambda size: size > 1, Fraction(9, 10), Fraction(11, 10))
    1.000390625
    >>> smallest(lambda size: False, Fraction(0), Fraction(1)), smallest(lambda size: True, Fraction(0), Fraction(1))
    (None, 0.0)
    """
    if not caught(high):
        return None
    if caught(low):
        return float(low)
    for _ in range(halvings):
        middle = (low + high) / 2
        low, high = (low, middle) if caught(middle) else (middle, high)
    return float(high)
