"""Decisions that somebody's code takes on lifted numbers: `Read`, where in the code they are taken: `place()`, and the
errors of lifting.

A certificate holds for the outcomes that were read; `margin` tells how far each is from its opposite, `gradient()` in
which direction the opposite lies.

>>> from backproof.verify.numbers.ball_arrays import arb
>>> read = Read("user.py:3", "x > 2", True, arb(1e-15), False, tuple, size=2.0)
>>> read.margin > 0, read.near(2.0**-53), read.near(2.0**-60)
(True, True, False)
>>> raise NotLifted("numpy.linalg.eigh", "user.py:12")
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: numpy.linalg.eigh has no lifted rule (user.py:12)
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

from backproof.engine import callers

START = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "run.py")
"""The file in which the code begins, as it was loaded; what called it is not looked at."""
NEAR = 16.0  # chosen: units in the last place within which floats may decide otherwise, after some roundings


@dataclass(frozen=True)
class Read:
    """One decision: `place` is `file.py:line` of the user's code, `what` the comparison or the function that took it,
    `outcome` what came out.

    `margin` is left − right, a ball: the outcome changes where it passes zero. `tie` says that both sides are exactly
    equal. `gradient()` gives the derivatives of the margin by the lifted inputs, as arrays of balls of their shapes.
    `against` tells the decisions of one function call apart: the constant that was compared with (an entry of a table),
    or the place in an argmax. `size` is the larger of |left| and |right|, and `ends` are the nodes of both, −1 for a
    constant. `relation` is that of a comparison which the code makes itself, "" of any other decision.
    """

    place: str
    what: str
    outcome: bool | int
    margin: Any
    tie: bool
    gradient: Callable[[], tuple[Any, ...]]
    against: float | int | None = None
    size: float = 0.0
    ends: tuple[int, int] = (-1, -1)
    relation: str = ""

    def near(self, u: float) -> bool:
        """Whether floats of unit roundoff u may decide otherwise: both sides are exactly equal, or equal to some
        roundings."""
        return is_near(self.tie, self.margin, self.size, u)


def is_near(tie: bool, margin: Any, size: float, u: float) -> bool:
    """Whether floats of unit roundoff u may decide otherwise on numbers of this size that differ by the margin."""
    return tie or abs(float(margin.mid())) < NEAR * u * size


class NotLifted(Exception):
    """The code needs something that has no lifted rule; the message names the function, the file and the line of the
    user's code."""

    def __init__(self, what: str, place: str, advice: str = "") -> None:
        reason = what if " " in what else f"{what} has no lifted rule"
        super().__init__(f"{reason} ({place})" + (f"; {advice}" if advice else ""))
        self.what = what
        self.place = place
        RAISED.append(self)


class TooLarge(NotLifted):
    """The code reads more numbers than are kept on a tape."""


class Undecided(Exception):
    """A decision on balls that overlap and are not an exact tie; more bits may decide it."""

    def __init__(self, what: str, place: str, found: str = "") -> None:
        super().__init__(f"{what} is not decided ({place})" + (f": {found}" if found else "") + "; use more bits, or another point")
        self.what = what
        self.place = place
        RAISED.append(self)


class Undefined(Undecided):
    """A decision on what the code computed and is no number, as the log of a negative number is none: there is no real
    function that decides so, whatever floats do with nan."""

    def __init__(self, what: str, place: str, found: str = "") -> None:
        super().__init__(what, place, found)
        asked = f": {found}" if found else ""
        self.args = (f"{what} is asked of what is no number ({place}){asked}; use a point at which the code is defined",)


RAISED: list[Exception] = []  # of the run: code that catches such an error must not go on as if nothing had happened


def place() -> str:
    """`file.py:line` of the user's code that is running."""
    frame = users_frame()
    return "?" if frame is None else f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}"


def users_frame() -> FrameType | None:
    """The innermost frame of the user's code in this run; None where none is."""
    return callers.users_frame(START)
