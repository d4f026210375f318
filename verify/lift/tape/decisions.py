"""`decide`: comparisons of scalars, each recorded as a `Read`; and when two numbers are exactly equal.

What is no number (the log of a negative one) lies on no side: `np.log(x) > 0` is refused there, where floats say False.
A choice that is decided by numbers is one, and may leave out what is none: `np.where(x > 0, np.log(x), 0.0)` takes
entries, so that the function that the code computes is 0 around every negative x. No choice, and refused as outside of
the domain (`lifted.py: surely_undefined`), is a number that arithmetic makes of nan, as nan⁰ = 1.

At an exact tie NumPy's own convention holds. The tape may say that some decisions fall the other way (`flips`): those
at a tie, or so near to one that floats may take the other side.

>>> from backproof.verify.numbers.ball_arrays import arb
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100)) as tape:
...     decide(tape.leaf(arb(0.5)), ">=", 2.0, "maximum")
False
>>> [(read.what, read.outcome, read.margin, read.tie) for read in tape.reads]
[('maximum', False, -1.50000000000000, False)]
>>> with running(Tape(100)) as tape:
...     decide(tape.leaf(arb(1, 0.5)), ">", 1)
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.Undecided: x > 1 is not decided (...
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from backproof.verify.lift.tape.exact import exact
from backproof.verify.lift.tape.reads import Read, Undecided, Undefined, place
from backproof.verify.lift.tape.rule import ONE
from backproof.verify.lift.tape.tape import NOW, Scalar, Tape

ENOUGH = 500  # chosen: with so many bits, what does not differ is taken for a tie, of which both sides are looked at
EQUAL = 2.0**-400  # radius of a difference that is none then: of 500 bits 100 may have been lost on the way
MOST_COMPARED = 2000  # chosen: pairs of nodes; numbers whose history is longer count as computed differently
RELATIONS: dict[str, tuple[bool, bool, bool]] = {  # the outcome for left < right, left = right, left > right
    "<": (True, False, False),
    "<=": (True, True, False),
    ">": (False, False, True),
    ">=": (False, True, True),
    "==": (False, True, False),
    "!=": (True, False, True),
}


def decide(left: Any, relation: str, right: Any, what: str = "") -> bool:
    """The outcome of a comparison, recorded if a lifted number takes part; Undecided if the balls overlap and are not
    an exact tie, Undefined if one was computed and is no number. Only x != x has an answer there: it asks for that."""
    left, right = _compared(left), _compared(right)
    side = _side(left, right)
    constants = left.index < 0 and right.index < 0
    if not constants and left.index == right.index and left.tape is right.tape:
        if left.value.is_finite():
            return RELATIONS[relation][1]  # a number with itself: nothing to decide
        if left.value.is_nan() and relation in ("==", "!="):
            return relation == "!="
    name = what or NOW.tape.calling or _named(left, relation, right)
    if side is None:
        if constants:
            return relation == "!="  # not a number
        refused = Undefined if any(x.index >= 0 and x.value.is_nan() for x in (left, right)) else Undecided
        raise refused(name, place(), f"{left!r} against {right!r}")
    outcome = RELATIONS[relation][side + 1]
    if not constants:
        if NOW.tape.at_ties is not None:
            outcome = NOW.tape.at_ties(left, relation, right, side)
        outcome ^= len(NOW.tape.reads) in NOW.tape.flips
        constant = right if right.index < 0 else left if left.index < 0 else None
        own = relation if what == "truth" or not (what or NOW.tape.calling) else ""
        record(name, outcome, left, right, side == 0, None if constant is None else float(constant.value.mid()), relation=own)
    return outcome


def record(
    name: str,
    outcome: bool | int,
    left: Scalar,
    right: Scalar,
    tie: bool,
    against: float | int | None = None,
    size: float | None = None,
    relation: str = "",
) -> None:
    """Append a read whose margin is left − right. A `size` of 0 says that nothing depends on the outcome: the read is
    there to be aimed at."""
    tape = NOW.tape
    left, right = (tape.adopted(x) if x.index >= 0 and x.tape is not tape else x for x in (left, right))
    gradient = functools.partial(_margin_gradient, tape, left.index, right.index)
    if size is None:
        size = max(abs(float(left.value.mid())), abs(float(right.value.mid())))
    ends = (left.index, right.index)
    tape.reads.append(Read(place(), name, outcome, left.value - right.value, tie, gradient, against, size, ends, relation))


def _margin_gradient(tape: Tape, left: int, right: int) -> tuple[np.ndarray[Any, Any], ...]:
    return tape.gradient({index: sign for index, sign in ((left, ONE), (right, -ONE)) if index >= 0})


def _compared(value: Any) -> Scalar:
    """Widening stops at decisions: the code takes them with the float that stands there."""
    if type(value) is not Scalar:
        return Scalar(exact(value[()] if isinstance(value, np.ndarray) and value.ndim == 0 else value))
    return Scalar(value.value.mid()) if value.index < 0 and NOW.tape.widen else value


def _side(left: Scalar, right: Scalar) -> int | None:
    """−1, 0, 1 for less, equal, greater; None if undecided."""
    a, b = left.value, right.value
    if a < b:
        return -1
    if a > b:
        return 1
    if a.is_nan() or b.is_nan():
        return None
    if (a.is_exact() and b.is_exact()) or same(left, right):
        return 0
    if left.index < 0 and right.index < 0:
        x, y = float(a.mid()), float(b.mid())
        return (x > y) - (x < y)
    if NOW.tape.bits >= ENOUGH and a.is_finite() and b.is_finite() and (a - b).rad() < EQUAL:
        return 0
    return None


def same(left: Scalar, right: Scalar) -> bool:
    """Whether both were computed in the same way from equal numbers, so that they are equal whatever the rounding."""
    tape, seen, stack = NOW.tape, set[tuple[int, int]](), [(left, right)]
    while stack:
        x, y = stack.pop()
        if x.index < 0 or y.index < 0:
            equal = x.value.is_exact() and y.value.is_exact() and x.value == y.value
            if x.value is y.value or equal:
                continue
            return False
        key = (x.index, y.index)
        if x.index == y.index or key in seen:
            continue
        seen.add(key)
        first, second = tape.nodes[x.index], tape.nodes[y.index]
        if first[0] is not second[0] or len(first[1]) != len(second[1]) or len(seen) > MOST_COMPARED:
            return False
        if not first[1] and not (first[2].is_exact() and second[2].is_exact() and first[2] == second[2]):
            return False
        stack.extend(zip(first[1], second[1], strict=True))
    return True


def _named(left: Scalar, relation: str, right: Scalar) -> str:
    if right.index < 0:
        return f"x {relation} {_short(right)}"
    return f"{_short(left)} {relation} x" if left.index < 0 else f"x {relation} y"


def _short(x: Scalar) -> str:
    return f"{float(x.value.mid()):.6g}"
