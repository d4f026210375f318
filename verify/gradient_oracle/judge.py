"""Judge somebody's backward pass at one point: `judge(question)`.

In five steps:

1. *run* both passes in plain floats: the gradients, and what is wrong with their number and shapes before all else.
2. *lift* the forward: run it on certified balls that remember how they were made. A reverse sweep over its tape is the
   certified cotangent · Jacobian.
3. *sides*: at a tie of the forward, and so near to one that floats may decide otherwise, both outcomes are taken, and
   any value in the hull of the derivatives is right. Near to one, the formula may be that of another side than the
   forward's, if the backward decides as nearly: clip(0.2·x + 0.5) and x ≤ 2.5 are the same but for the rounding of 0.2.
4. *formula*: the backward, lifted as well, must overlap the certified value; or lie within the roundings of float
   constants in the code, shown by a second run in which every constant that looks rounded is a ball of some of its last
   places; or within some units in the last place of the arguments' dtype (series that are cut off below that). Else it
   is WRONG.
5. *floats*: what the backward really computes must lie within what rounding explains (`gradient_oracle/floats.py`):
   that of a reverse sweep of the forward, and of the backward's own formula. Else it is INACCURATE.

Where the code makes a number of what is none (nan⁰ = 1), though its floats are finite, it is outside of its domain:
nothing is judged there. What a choice leaves out (`np.where(x > 0, np.log(x), 0.0)` at x < 0) does not count; a decision
on what is none is not followed.

How far they lead is the `Reach` of the point: where the backward cannot be lifted, only the floats are judged, with
what is assumed of an unknown formula; where the forward cannot be lifted, nothing is certified.

>>> square, x, ct = lambda x: x * x, np.array([3.0]), np.array([1.0])
>>> judge(Question(square, lambda args, out, ct: (2 * ct * args[0],), (x,), ct, "here")).findings
()
>>> judge(Question(square, lambda args, out, ct: (ct * args[0],), (x,), ct, "here")).findings[0].expected
'6.0000000000000000000'
>>> judge(Question(lambda x: np.linalg.eigvals(np.diag(x)), lambda args, out, ct: (ct,), (x,), ct, "here")).reach
<Reach.DIFFERENCES: 'the floats alone, against differences of the forward'>
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.conventions.symmetric import reads_one_triangle
from backproof.verify.gradient_oracle.differences.comparison import DIGITS
from backproof.verify.gradient_oracle.excused.near_guards import beside
from backproof.verify.gradient_oracle.excuses import Asked, from_expressions, from_guards, has_no_derivative_without
from backproof.verify.gradient_oracle.findings import GradientFinding, Kind, Note, note_at
from backproof.verify.gradient_oracle.floats import Floats, Unsettled, judge_floats
from backproof.verify.gradient_oracle.formula import is_undecided, judge_formula, own_gradients
from backproof.verify.gradient_oracle.given.contained import is_the_codes
from backproof.verify.gradient_oracle.kinks import (
    FEWEST_RUNS,
    Sides,
    has_a_value,
    is_continuous,
    is_on_another_side,
    nearby_range,
    nodes_for,
    outside_of_hull,
    sides_of,
    turned_by_rounding,
    two_ways,
    without_isolated,
)
from backproof.verify.gradient_oracle.lifted_runs import NotFollowed, follow_backward, follow_forward, guards_of, widened
from backproof.verify.gradient_oracle.planned.unjudged import Why
from backproof.verify.gradient_oracle.running import (
    Question,
    on_symmetric,
    run_floats,
    symmetric_note,
    with_symmetric_gradients,
    without_missing,
)
from backproof.verify.gradient_oracle.ties.mixtures import room_for
from backproof.verify.lift.lifted import Lifted
from backproof.verify.lift.tape.literals import Guard
from backproof.verify.lift.tape.reads import Read
from backproof.verify.numbers.float_model import largest_entry
from backproof.verify.verdicts import Verdict

FOLDED = 32.0  # chosen, in half units in the last place: constants that the code computes from others have several roundings
AGREE = 1e-6  # chosen: of the largest; nearby derivatives that differ by less are those of a function that is smooth there
NO_BALL = "backward: in certified arithmetic a gradient is no number, so that only its floats are judged"
BESIDE, ROUNDINGS_BESIDE = 1e-9, 256
"""Chosen: how far outside of nearby derivatives a gradient may lie, and in roundings of the largest of them for coarser
dtypes. In float64 the first is always the larger, since nearby derivatives are below 2¹²."""


class Reach(Enum):
    """How far a point can be judged."""

    CERTIFIED = "the formula and the floats, against certified derivatives"
    FLOATS = "the floats alone, against certified derivatives or those nearby"
    DIFFERENCES = "the floats alone, against differences of the forward"
    NOTHING = "no derivative to compare with"


@dataclass(frozen=True)
class Judged:
    """What was found at one point.

    `reach`    how far it could be judged, and in words `why` no farther; `lack` is the same as a reason, and `place` the
               line at which the code could not be followed, if it is one
    `reads`    the decisions of both passes; `positions` tells which arguments their margins depend on
    `constants`   whether the rounding of a constant, or the end of a series, was excused
    `kink`     whether operands tied, or there was no derivative
    `entries`  how many entries of gradients were compared
    `operations`  how many numbers the code read
    `note`     what is not held against the backward, and yet worth knowing
    `unsettled`  why a tier could not say whether what it saw is wrong, in words; without a finding, nothing is judged;
               `unsettled_why` is the same as a reason
    `digits`   to how many digits differences were compared
    `guards`   what the forward has beside the function whose derivative the backward was certified to be; `ignored`,
               whether the caller leaves them out
    """

    findings: tuple[GradientFinding, ...] = ()
    reach: Reach = Reach.CERTIFIED
    why: str = ""
    lack: Why | None = None
    place: str = ""
    reads: tuple[Read, ...] = ()
    positions: tuple[int, ...] = ()
    constants: bool = False
    kink: bool = False
    entries: int = 0
    operations: int = 0
    note: Note | None = None
    unsettled: str = ""
    unsettled_why: Why = Why.UNSETTLED
    digits: int = DIGITS
    guards: tuple[Guard, ...] = ()
    ignored: bool = False

    @property
    def certified(self) -> bool:
        """Whether the backward's formula was proved right here."""
        return self.reach is Reach.CERTIFIED and not self.findings and not self.unsettled and (self.ignored or not self.guards)

    @property
    def settled(self) -> bool:
        """Whether something was found, or nothing was left open."""
        return bool(self.findings) or not self.unsettled


def judge(question: Question, look_beside: bool = True) -> Judged:
    """What is found at one point, in the five steps above; of symmetric matrices, along symmetric directions; where a
    gradient is not finite, beside it too."""
    judged = _as_it_stands(question, look_beside)
    return _on_symmetric(question, judged, look_beside) if judged.findings and (question.symmetric or question.restricted) else judged


def _on_symmetric(question: Question, judged: Judged, look_beside: bool) -> Judged:
    """What is found along symmetric directions, where that is what a backward may be meant for; else what was found."""
    forward = follow_forward(question, run_floats(question)[0])
    read = {k for k in question.symmetric if isinstance(forward, Lifted) and reads_one_triangle(forward, k)}
    if not any(finding.argument in read | question.restricted for finding in judged.findings):
        return judged
    try:
        ks = question.restricted | (read & with_symmetric_gradients(question, read))
        found = _as_it_stands(on_symmetric(question, sorted(ks)), look_beside) if ks else judged
    except Exception as error:
        if not is_the_codes(error):
            raise
        return Judged(reach=Reach.NOTHING, why="f raises at the symmetric part", lack=Why.DOMAIN)
    return judged if found.findings else replace(found, note=symmetric_note(sorted(ks)))


def _as_it_stands(question: Question, look_beside: bool) -> Judged:
    out, gradients, problems = run_floats(question)
    absent = next((problem for problem in problems if problem.kind is Kind.ABSENT), None)
    if absent is not None:
        return Judged(reach=Reach.NOTHING, why=absent.words, lack=Why.UNMEANT if question.chosen else Why.UNSUPPORTED)
    missing = [problem for problem in problems if problem.kind is Kind.MISSING]
    coarse = tuple(problem for problem in problems if problem.verdict is Verdict.INACCURATE)
    problems = tuple(problem for problem in problems if problem not in coarse and problem not in missing)
    if any(problem.kind is not Kind.FINITE for problem in problems):
        return Judged((*problems, *missing))
    judged = _judged(question, out, gradients, problems, look_beside)
    judged = replace(judged, findings=without_missing(judged.findings, missing)) if missing else judged
    return replace(judged, findings=(*filter(_is_more_than_digits, judged.findings), *coarse)) if coarse else judged


def _is_more_than_digits(finding: GradientFinding) -> bool:
    """Whether something is WRONG beside the digits that a coarser dtype loses."""
    by_digits = finding.kind is Kind.FLOATS and math.isnan(finding.derivative) and math.isfinite(finding.size)
    return finding.verdict is Verdict.WRONG and not by_digits


def _judged(question: Question, out: Any, gradients: Sequence[Any], problems: tuple[GradientFinding, ...], look_beside: bool) -> Judged:
    """Steps 2 to 5; the `problems` are entries that are not finite."""
    forward = follow_forward(question, out, may_be_constant=not problems)
    if not isinstance(forward, Lifted):
        reach = Reach.NOTHING if forward.undefined else Reach.DIFFERENCES
        return Judged(reach=reach, why=f"forward: {forward.words}", lack=forward.why, place=forward.place)
    here = Judged(reads=forward.reads, positions=forward.positions)
    at_many = None if problems else _between_two_ways(question, gradients, forward, here)
    if at_many is not None:
        return at_many
    try:
        sides = without_isolated(question, forward, sides_of(question, forward))
    except Exception as error:
        if not is_the_codes(error):
            raise
        return replace(here, reach=Reach.NOTHING, why="at a kink whose other side cannot be followed", lack=Why.KINK, kink=True)
    if not sides.finite:
        return _without_derivative(question, gradients, here)
    if problems:
        here = replace(here, findings=tuple(problems))
        return _near_guards(question, forward, here) if look_beside else here
    followed = follow_backward(question, forward)

    def compared(asked: Question, against: Lifted, sides: Sides, *, right: bool = False) -> Judged:
        return _compared(asked, gradients, against, sides, here, followed, right)

    judged = compared(question, forward, sides)
    if isinstance(followed, Lifted) and any(finding.verdict is Verdict.WRONG for finding in judged.findings):
        return _excused(Asked(question, forward, followed, sides, replace(judged, findings=()), compared), judged)
    return judged


def _between_two_ways(question: Question, gradients: Sequence[Any], forward: Lifted, here: Judged) -> Judged | None:
    """What is known at many ties where the gradients are a mixture of two sides; None where they are not, or where
    anything else is to be said: then all sides are asked."""
    try:
        sides = two_ways(question, forward)
        sides = None if sides is None else without_isolated(question, forward, sides)
    except Exception as error:
        if not is_the_codes(error):
            raise
        return None
    if sides is None or not sides.finite:
        return None
    judged = _compared(question, gradients, forward, sides, here, follow_backward(question, forward))
    return None if judged.findings or judged.unsettled or judged.note else judged


def _compared(
    question: Question,
    gradients: Sequence[Any],
    forward: Lifted,
    sides: Sides,
    here: Judged,
    followed: Lifted | NotFollowed,
    right: bool = False,
) -> Judged:
    """Formula and floats against the certified derivatives, with what is known `here`. The formula is not asked where it
    is known to be `right`."""
    findings: list[GradientFinding] = []
    constants, said, turned = False, None, False
    backward, without = (followed, None) if isinstance(followed, Lifted) else (None, followed)
    agree = sides.agree
    asked = backward is not None and (agree or not any(read.tie for read in forward.reads))
    if backward is not None and asked and not right:
        findings, constants = judge_formula(
            forward,
            backward,
            sides.truths[0],
            question.cotangent,
            question.point,
            places=question.places,
            u=question.u,
            usual=question.usual_size,
            widened=partial(widened, question, FOLDED) if forward is sides.runs[0] else None,
        )
        if findings and is_on_another_side(question, forward, backward, sides):
            findings = []
        if not findings and is_undecided(backward, question.places):
            backward, without = None, NotFollowed(NO_BALL)
    own = own_gradients(backward, sides.truths[0], question.places) if backward is not None and sides.near and not agree else None
    if not findings and sides.near and not agree:
        findings = [] if own is None else outside_of_hull(question, own, sides, room_for(question.u))
        findings = findings or outside_of_hull(question, gradients, sides)
    if not findings:
        floats = Floats(question, gradients, sides, backward, asked, own)
        findings, said = judge_floats(floats)
        turned = (findings or isinstance(said, Unsettled)) and _is_turned(floats, forward)
        findings, said = ([], None) if turned else (findings, said)
    return replace(
        here,
        findings=tuple(findings),
        reach=Reach.FLOATS if backward is None else Reach.CERTIFIED,
        why=without.words if without else "",
        lack=without.why if without else None,
        place=without.place if without else "",
        reads=forward.reads + (backward.reads if backward is not None else ()),
        constants=constants,
        kink=sides.near or turned,
        entries=sum(array.size for array in sides.truths[0]),
        operations=(backward or forward).tape.operands,
        note=said if isinstance(said, Note) else None,
        unsettled=said.words if isinstance(said, Unsettled) else "",
        unsettled_why=said.why if isinstance(said, Unsettled) else Why.UNSETTLED,
    )


def _is_turned(floats: Floats, forward: Lifted) -> bool:
    """Whether the floats are right on another side of decisions that rounding may turn."""
    question = floats.question
    if question.left_out is not None:
        return False
    others = (replace(floats, sides=sides, accepted=False, own=None) for sides in turned_by_rounding(question, forward))
    return any(other.sides.finite and judge_floats(other) == ([], None) for other in others)


def _excused(asked: Asked[Judged], judged: Judged) -> Judged:
    """What is wrong, if it is not excused."""
    excuse = from_guards(asked, all(finding.kind is Kind.FORMULA for finding in judged.findings))
    if excuse is None or excuse.instead is None:
        excuse = from_expressions(asked) or excuse
    if excuse is None:
        return judged
    if excuse.instead is None:
        explained = tuple(replace(f, words=f"{f.words}; {excuse.explained}", explained=excuse.explained) for f in judged.findings)
        return replace(judged, findings=explained)
    unsettled = "" if excuse.guards else excuse.instead.unsettled
    found = replace(excuse.instead, reads=judged.reads, note=excuse.note or excuse.instead.note, unsettled=unsettled)
    return replace(found, guards=excuse.guards, ignored=excuse.ignored)


def _near_guards(question: Question, forward: Lifted, here: Judged) -> Judged:
    """A gradient that is not finite: where the forward has none without the guards that the caller ignores, and where
    beside the point it is certified to be that without guards."""
    if question.chosen and has_no_derivative_without(question):
        why = "without the constants that are ignored, f has no derivative here"
        return replace(here, findings=(), reach=Reach.NOTHING, why=why, lack=Why.NO_DERIVATIVE)
    points = beside(question.args, forward.reads, forward.positions) if guards_of(question) else iter(())
    for args in islice(points, max(1, nodes_for(question) // (FEWEST_RUNS * len(forward.tape.nodes)))):
        try:
            near = judge(replace(question, args=args), look_beside=False)
        except Exception as error:
            if not is_the_codes(error):
                raise
            continue
        if near.guards and not near.findings and near.note is not None and question.chosen:
            said = note_at(question.point, f"a gradient is not finite; beside it, {near.note.said}")
            return replace(here, findings=(), guards=near.guards, ignored=near.ignored, note=said, kink=True)
        explained = next((finding.explained for finding in near.findings), None)
        if explained is not None:
            words = f"; beside it, {explained}"
            return replace(here, findings=tuple(replace(f, words=f.words + words, explained=explained) for f in here.findings))
    return here


def _without_derivative(question: Question, gradients: Sequence[Any], here: Judged) -> Judged:
    """Where the lifted derivative is not finite: gradients outside of the nearby derivatives are WRONG.

    At a chosen point only where these agree, so that f has a derivative after all (sin(x)/x at 0); and where f jumps,
    gradients that are not finite are not held against anybody.
    """
    nearby = nearby_range(question)
    vague = question.chosen and not all(np.all(np.isfinite(np.asarray(gradient, dtype=float))) for gradient in gradients)
    agree = nearby is not None and _spread(nearby, question.usual_size if vague else 0.0) <= AGREE
    if nearby is None or (question.chosen and not agree) or (vague and not (is_continuous(question) and has_a_value(question))):
        said = "a gradient is not finite, though the derivatives nearby are bounded"
        note = note_at(question.point, said) if vague and nearby is not None else None
        why = "the derivative is not finite here"
        return replace(here, reach=Reach.NOTHING, why=why, lack=Why.NO_DERIVATIVE, kink=True, note=note)
    room = max(BESIDE, ROUNDINGS_BESIDE * question.u * largest_entry([*nearby[0], *nearby[1]]))
    for k, gradient, low, high in zip(question.places, gradients, *nearby, strict=True):
        values = np.asarray(gradient, dtype=float)
        width = high - low + room
        outside = ~((values >= low - width) & (values <= high + width))
        if outside.any():
            index = tuple(int(i) for i in np.argwhere(outside)[0])
            expected = f"between {low[index]:.6g} and {high[index]:.6g}"
            finite = math.isfinite(values[index])
            words = "outside of the derivatives at nearby points" if finite else "not finite, though those at nearby points agree"
            wrong = GradientFinding(
                Verdict.WRONG, Kind.FLOATS, question.point, k, index, repr(float(values[index])), expected, math.inf, words
            )
            return replace(here, findings=(wrong,), kink=True)
    why = "backward: compared with the derivatives at nearby points"
    entries = sum(np.size(g) for g in gradients)
    return replace(here, reach=Reach.FLOATS, why=why, lack=Why.NO_DERIVATIVE, kink=True, entries=entries)


def _spread(nearby: tuple[list[Array], list[Array]], usual: float) -> float:
    """How far apart the least and the largest nearby derivatives are, beside the largest of all, or the `usual` one."""
    lows, highs = nearby
    size = max(usual, largest_entry([*lows, *highs]))
    apart = max((float(np.max(high - low, initial=0.0)) for low, high in zip(lows, highs, strict=True)), default=0.0)
    return apart / size if size else math.inf
