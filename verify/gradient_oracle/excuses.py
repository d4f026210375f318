"""Why a backward that is not the derivative may not be held to it, or what it is the derivative of: an `Excuse`, from
guards that it leaves out (`excused/guards.py`), or from expressions that no float tells apart (`excused/branches.py`).

What is found where it is held against another function is for the judge to say: it hands in `compared`, and `found`
stands for what it says, of any type that has findings.

>>> import numpy as np
>>> from types import SimpleNamespace
>>> from backproof.verify.gradient_oracle.lifted_runs import lifted_backward, lifted_forward
>>> x, ct = np.array([0.25]), np.array([1.0])
>>> def excused(vjp):
...     question = Question(lambda p: np.log(p + 1e-7), vjp, (x,), ct, "here", ignored=(1e-7,))
...     forward = lifted_forward(question.f, question.args)
...     nothing = SimpleNamespace(findings=())
...     asked = Asked(question, forward, lifted_backward(question, forward), sides_of(question, forward), nothing, lambda *_, **__: nothing)
...     return from_guards(asked, only_formula=False)
>>> excuse = excused(lambda args, out, ct: (ct / args[0],))
>>> excuse.ignored, excuse.note.words.partition(" at ")[0]
(True, 'at here, it is the derivative with the guard 1e-07')
>>> excused(lambda args, out, ct: (ct * args[0],)).note is None
False
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

from backproof.verify.gradient_oracle.causes.cause import Diagnosis
from backproof.verify.gradient_oracle.excused.branches import free_choices
from backproof.verify.gradient_oracle.excused.guards import Way, explanation, is_ignored, shown
from backproof.verify.gradient_oracle.excused.sweeps import within_sweep
from backproof.verify.gradient_oracle.findings import GradientFinding, Note, note_at
from backproof.verify.gradient_oracle.formula import in_places, is_between, judge_formula
from backproof.verify.gradient_oracle.given.contained import Escaped, is_the_codes
from backproof.verify.gradient_oracle.kinks import Sides, sides_of
from backproof.verify.gradient_oracle.lifted_runs import guards_of, lifted_at, lifted_backward, lifted_without
from backproof.verify.gradient_oracle.running import Question
from backproof.verify.lift.lifted import Lifted, continue_derivatives, pull_back
from backproof.verify.lift.tape.literals import Guard, LeftOut
from backproof.verify.numbers.ball_arrays import is_finite
from backproof.verify.verdicts import Verdict

WITHIN = "the difference is within what a reverse sweep of the forward may lose"
BETWEEN = "the forward chooses between expressions that no float tells apart, and the gradient is between their derivatives"
IGNORED = ", as ignore_constants= asks"
MOST_NODES = 200_000  # chosen: of all runs that look for expressions at a point, two seconds or three
BITS_OF_CHOICES = (200, 600, 4400)  # chosen: sin(x)/x loses three digits for each of x, and the smallest float is 2⁻¹⁰⁷⁴


class HasFindings(Protocol):
    """What is found at a point."""

    @property
    def findings(self) -> Sequence[GradientFinding]: ...


Found = TypeVar("Found", bound=HasFindings)
Found_co = TypeVar("Found_co", bound=HasFindings, covariant=True)


class Compared(Protocol[Found_co]):
    """What is found where the backward is held against a forward and its derivatives; the formula is not asked where it
    is known to be `right`."""

    def __call__(self, question: Question, forward: Lifted, sides: Sides, /, *, right: bool = False) -> Found_co: ...


@dataclass(frozen=True, eq=False)
class Asked(Generic[Found]):
    """A point at which a backward is wrong: what is asked, both passes, the derivatives, what is found where nothing is
    (`nothing`), and what is found elsewhere."""

    question: Question
    forward: Lifted
    backward: Lifted
    sides: Sides
    nothing: Found
    compared: Compared[Found]


@dataclass(frozen=True)
class Excuse(Generic[Found]):
    """What is found `instead`, with a note, and the guards beyond which it is, which the caller may have `ignored`; None
    where what was found stays, and is `explained`."""

    instead: Found | None
    note: Note | None = None
    guards: tuple[Guard, ...] = ()
    ignored: bool = False
    explained: Diagnosis | None = None


def from_guards(asked: Asked[Found], only_formula: bool) -> Excuse[Found] | None:
    """The excuse of a backward that is certified to be the derivative without guards, if it is: a difference within what
    a reverse sweep may lose is none, where `only_formula` says that the formula alone is wrong; a larger one is a note
    where the caller ignores them, or at chosen points where they are small; else it is explained."""
    question = asked.question
    marked = lifted_without(replace(question, left_out=LeftOut()))

    def held(left_out: LeftOut) -> Found | None:
        return _held_against(asked, replace(question, left_out=left_out))

    def both(left_out: LeftOut) -> Found | None:
        return _agree_without(asked, replace(question, left_out=left_out))

    found = None if marked is None else explanation(marked.tape, held, both)
    if found is None:
        return None
    removed = found.way is not Way.BOTH
    values = in_places(asked.backward, question.places)
    if only_formula and removed and within_sweep(asked.forward, question.cotangent, values, asked.sides.truths[0]):
        instead = asked.compared(question, asked.forward, asked.sides, right=True)
        return Excuse(instead, note_at(question.point, f"{found.words}; {WITHIN}"))
    ignored = all(is_ignored(guard.literal, question.ignored) for guard in found.guards)
    if ignored or (question.chosen and found.forgiven):
        note = note_at(question.point, f"{found.words}{IGNORED if ignored else ''}")
        return Excuse(found.result, note, found.guards, ignored and removed)
    return Excuse(None, explained=found.diagnosis)


def _held_against(asked: Asked[Found], question: Question) -> Found | None:
    """What is found where the backward is held against the forward without the literals that the question leaves out;
    None if it is not its derivative either. Where that has no value, as the log of a negative number has none, it is
    held against the derivatives of the functions that it is made of."""
    lifted = lifted_without(question)
    if lifted is None:
        return None
    if continue_derivatives(lifted):
        return asked.nothing if _is_derivative(asked.backward, lifted, question) else None
    sides = sides_of(question, lifted)
    found = asked.compared(question, lifted, sides) if sides.finite else None
    return None if found is None or any(finding.verdict is Verdict.WRONG for finding in found.findings) else found


def _agree_without(asked: Asked[Found], question: Question) -> Found | None:
    """What is known where both passes are run without the literals that the question leaves out, and agree."""
    lifted, left_out = lifted_without(question), question.left_out
    if lifted is None or left_out is None or not lifted.finite or any(read.tie for read in lifted.reads):
        return None
    alike = LeftOut(alike=frozenset((literal.value, literal.bounds) for literal in left_out.removed))
    try:
        backward = lifted_backward(question, lifted, alike)
    except Escaped:
        raise
    except Exception as error:
        if not is_the_codes(error):
            raise
        return None
    return asked.nothing if _is_derivative(backward, lifted, question) else None


def _is_derivative(backward: Lifted, forward: Lifted, question: Question) -> bool:
    """Whether a backward overlaps the pull-back of a forward everywhere, but for a few units in the last place."""
    truth = pull_back(forward, question.cotangent)
    if not all(is_finite(ball) for array in truth for ball in array.reshape(-1)):
        return False
    places, u, usual = question.places, question.u, question.usual_size
    return not judge_formula(forward, backward, truth, question.cotangent, question.point, places=places, u=u, usual=usual)[0]


def has_no_derivative_without(question: Question) -> bool:
    """Whether the forward has no finite derivative without the guards that the caller ignores."""
    ignored = [guard for guard in guards_of(question) if is_ignored(guard.literal, question.ignored)] if question.ignored else []
    asked = replace(question, left_out=LeftOut.of(ignored))
    lifted = lifted_without(asked) if ignored else None
    return lifted is not None and not (lifted.finite and sides_of(asked, lifted).finite)


def from_expressions(asked: Asked[Found]) -> Excuse[Found] | None:
    """The excuse of a backward that lies between the derivatives of expressions between which the forward chooses
    freely."""
    question, sides = asked.question, asked.sides
    runs = iter(range(MOST_NODES // max(1, len(asked.forward.tape.nodes))))
    for bits in BITS_OF_CHOICES if sides.agree or (sides.complete and sides.ties is None) else ():

        def run(args: Sequence[Any], flips: frozenset[int] = frozenset(), bits: int = bits) -> Lifted | None:
            return None if next(runs, None) is None else lifted_at(question, args, flips, bits, folds=False)

        here = run(question.args)
        others = [] if here is None else free_choices(run, question.args, here, question.u)
        truths = [*sides.truths, *(pull_back(other, question.cotangent) for other in others)]
        both = Sides(truths, [*sides.runs, *others], complete=False)
        if not others or not both.finite:
            return None
        between = is_between(asked.backward, truths, question.places, question.u)
        if between:
            return Excuse(asked.compared(question, asked.forward, both, right=True), note_at(question.point, BETWEEN))
        if between is not None:
            return None
    return None


def no_guards(ignored: Sequence[float], question: Question) -> Iterator[str]:
    """That a value which the caller wants to be ignored is no guard of the forward, for each."""
    found = guards_of(question) if ignored else []
    for value in ignored:
        if not any(is_ignored(guard.literal, (value,)) for guard in found):
            operands = "the operand of a log, a root, a power or a denominator"
            yield f"ignore_constants: {shown(value)} is no guard of f, a literal that is added to {operands}, or bounds it"
