"""The points of one `check`: which are judged, in which order, and what was found at them.

The given arguments are first. Then come the decisions of the code, those that always fell the same way before others
(`decisions.py`), in turn with the points that do not depend on the code (`variants.py`, `settings.py`). An `Effort`
bounds the number of points and the numbers that the code reads. What is found where the code need not be meant for that
is noted only.

>>> def run_of(vjp):
...     run = Exploration(np.abs, vjp, rng=np.random.default_rng(0), effort=Effort(10, 250_000))
...     run.start((np.array([2.0]),))
...     return run
>>> run = run_of(lambda args, out, ct: (ct * np.sign(args[0]),))
>>> [(what, sorted(seen)) for (_, what), seen in run.decisions.branches().items()]
[('abs', [True]), ('sign', [True])]
>>> run.explore(())
>>> run.findings, [(what, sorted(seen)) for (_, what), seen in run.decisions.branches().items()]
([], [('abs', [False, True]), ('sign', [False, True])])
>>> wrong = run_of(lambda args, out, ct: (ct,))
>>> wrong.explore(())
>>> wrong.findings[0].point.split(" at ")[0]
'just across the decision abs'
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.decisions import Aim, Decisions
from backproof.verify.gradient_oracle.findings import GradientFinding, Kind, Note
from backproof.verify.gradient_oracle.judge import Judged, Reach, judge
from backproof.verify.gradient_oracle.opaque import judge_opaque
from backproof.verify.gradient_oracle.points import JUST, ON, WELL, Point, across, shifted
from backproof.verify.gradient_oracle.running import Question, is_float, is_float_dtype, run_floats
from backproof.verify.gradient_oracle.settings import settings
from backproof.verify.gradient_oracle.variants import variants
from backproof.verify.lift.lifted import Function
from backproof.verify.numbers.float_model import largest_entry
from backproof.verify.time_limits import TookTooLong, limited
from backproof.verify.verdicts import Verdict

GIVEN = "the given arguments"
STEPS = (JUST, ON, WELL)
"""How far to go to a decision, one after the other, until something is found."""
MOST_ENTRIES = 4000  # chosen: numbers among the arguments of a point; with more of them, one point is dear
NEAR_ZERO = 1e-3  # chosen: where all arguments are below that, relative accuracy is at stake
NOTICEABLE = 1e-3  # chosen: of the usual derivatives; a smaller one that vanishes where squares overflow is nobody's fault
SENSIBLE = 1e12  # chosen: outputs that are larger than their arguments by this factor are sentinels or overflow
FAR = 1e8  # chosen: arguments that are larger than those given by this factor are sentinels too, as beyond a mask of −1e9
SECONDS = 5.0  # chosen: of one chosen point, where somebody's iteration may have no end
FIRST_VARIANTS = 2  # chosen: generic and small values before any other setting is tried


@dataclass(frozen=True)
class Effort:
    """How much a check may do beside the given arguments: so many `points`, and code that reads so many numbers in all
    (`operations`). Larger code is judged at fewer points, and the result says so."""

    points: int
    operations: int

    def allows(self, points: int, operations: int) -> bool:
        """Whether there may be one more point after so many."""
        return points < self.points and operations <= self.operations


EFFORTS = {
    "quick": Effort(6, 200_000),  # chosen: while one writes the code
    "default": Effort(40, 1_000_000),  # chosen: most variants of an argument or two, and as many decisions in turn
    "thorough": Effort(200, 20_000_000),  # chosen: all variants of several arguments, and every entry of a table
}


@dataclass(frozen=True)
class Taken:
    """A point that counts, and what was found there."""

    point: Point
    cotangent: Array
    judged: Judged


@dataclass(eq=False)
class Exploration:
    """The points taken so far, the decisions of the code at them, and the notes of all points, also of others.

    `given`    the arguments, if the forward can be lifted there, so that other points make sense
    `usual`    how large the gradients are there
    """

    f: Function
    vjp: Function
    rng: np.random.Generator
    effort: Effort
    domain: Callable[..., bool] | None = None
    cotangent: Any = None
    taken: list[Taken] = field(default_factory=list[Taken])
    notes: dict[Note, None] = field(default_factory=dict[Note, None])
    decisions: Decisions = field(default_factory=Decisions)
    given: tuple[Any, ...] = ()
    usual: tuple[float, ...] = ()

    @property
    def findings(self) -> list[GradientFinding]:
        """What was found at all points."""
        return [finding for taken in self.taken for finding in taken.judged.findings]

    @property
    def operations(self) -> int:
        """How many numbers the code read."""
        return sum(taken.judged.operations for taken in self.taken)

    def failing(self, point: str) -> tuple[tuple[Any, ...], Array]:
        """Arguments and cotangent of the point with these words at which something was found; else the given ones."""
        for taken in self.taken:
            if taken.judged.findings and taken.point.words == point:
                return taken.point.args, taken.cotangent
        return self.given, self.taken[0].cotangent

    # which points

    def start(self, args: tuple[Any, ...]) -> None:
        """Judge the given arguments. What f raises there passes; ValueError if it does not return floats."""
        out = self._output(args)
        if not is_float_dtype(out.dtype):
            raise ValueError(f"f must return an array of floats, found one of dtype {out.dtype}")
        cotangent = self._random_like(out)
        if self.cotangent is not None:
            cotangent = np.asarray(self.cotangent, dtype=out.dtype)
        question = Question(self.f, self.vjp, args, cotangent, GIVEN)
        judged = self._judged(question)
        if judged.reach is Reach.DIFFERENCES and not judged.findings:
            judged = judge_opaque(question, judged.why)
        else:
            self.given = args
        self.usual = usual_sizes(question)
        self._take(Taken(Point(args, GIVEN), cotangent, judged), given=True)

    def explore(self, functions: Sequence[Callable[..., Any]]) -> None:
        """Other points until the effort is spent or something is wrong. `functions` are the user's own, whose words are
        looked at."""
        if not self.given:
            return
        spare = self._spare(functions)
        while self._goes_on():
            aim = self.decisions.next_aim()
            if aim is not None:
                self._take_aim(aim)
            point = next(spare, None)
            if point is not None and self._goes_on():
                self.at(point)
            elif aim is None:
                return

    def _goes_on(self) -> bool:
        wrong = any(finding.verdict is Verdict.WRONG for finding in self.findings)
        return self.effort.allows(len(self.taken) - 1, self.operations) and not wrong

    def _spare(self, functions: Sequence[Callable[..., Any]]) -> Iterator[Point]:
        """The points that do not depend on decisions: variants, and other settings after the first few."""
        others, told = variants(self.given, self.rng), settings(self.given, functions)
        for number, point in enumerate(others):
            if number >= FIRST_VARIANTS and (setting := next(told, None)) is not None:
                yield setting
            yield point
        yield from told

    def _take_aim(self, aim: Aim) -> None:
        self.decisions.tried(aim)
        start = aim.start
        if aim.by:
            self._at_sensible(shifted(start.read, start.args, start.positions, aim.by))
            return
        for t in STEPS:
            self._at_sensible(across(start.read, start.args, start.positions, t))
            if self.findings or not self._goes_on():
                return

    def _at_sensible(self, point: Point | None) -> None:
        """A decision that was reached without going where only sentinels are."""
        if point is not None and _size(point.args) <= FAR * max(1.0, _size(self.given)):
            self.at(point)

    # one point

    def at(self, point: Point) -> None:
        """Judge a chosen point; it counts if it lies in the domain, and what is found there may be held against the
        backward."""
        if sum(np.size(a) for a in point.args) > MOST_ENTRIES:
            return
        try:
            with limited(SECONDS):
                taken = self._judged_elsewhere(point)
                if taken is not None:
                    self._take(taken)
        except TookTooLong:
            self._note("not judged", f"{point.words}, where the code takes more than {SECONDS:g} s")
        except (ArithmeticError, ValueError, TypeError, IndexError, AssertionError):
            return

    def _take(self, taken: Taken, given: bool = False) -> None:
        self.taken.append(taken)
        if not taken.point.noted:
            self.decisions.take(taken.judged.reads, taken.point.args, taken.judged.positions, given=given)

    def _note(self, said: str, words: str) -> None:
        self.notes[Note(said, f"{said}: {words}")] = None

    def _judged(self, question: Question) -> Judged:
        judged = judge(question)
        if judged.note is not None:
            self.notes[judged.note] = None
        return judged

    def _judged_elsewhere(self, point: Point) -> Taken | None:
        """What is found at a chosen point; None where that does not count."""
        cotangent = self._cotangent_in_domain(point.args)
        if cotangent is None:
            return None
        strict = [k in point.small or _size(point.args) < NEAR_ZERO for k, a in enumerate(point.args) if is_float(a)]
        judged = self._judged(Question(self.f, self.vjp, point.args, cotangent, point.words, self._usual_at(point), strict))
        if judged.reach in (Reach.DIFFERENCES, Reach.NOTHING) and not judged.findings:
            return None
        if point.noted and not any(self._is_worth_a_note(finding, point) for finding in judged.findings):
            return None
        unmeant = next((finding for finding in judged.findings if _is_unmeant(finding, point)), None)
        if unmeant is not None:
            argument = "" if unmeant.argument is None else f"gradient of argument {unmeant.argument}: "
            self._note("not held against it, since it need not be meant for that", f"with {point.words}, {argument}{unmeant.words}")
            return None
        return Taken(point, cotangent, judged)

    def _is_worth_a_note(self, finding: GradientFinding, point: Point) -> bool:
        """Whether a finding at arguments that need not be meant is one of those to be noted: not that a derivative
        vanishes which is small beside the usual ones."""
        if finding.kind not in point.noted:
            return False
        small = abs(finding.derivative) < NOTICEABLE * max(self.usual, default=0.0)
        return finding.kind is not Kind.FLOATS or not small

    def _usual_at(self, point: Point) -> tuple[float, ...]:
        """The size of each gradient beside which a formula may be cut off: where derivatives vanish by saturation, or
        arguments are larger than those given."""
        grown = max(1.0, _size(point.args) / max(_size(self.given), 1e-300))
        places = [k for k, a in enumerate(point.args) if is_float(a)]
        return tuple(0.0 if k in point.small else size * grown for k, size in zip(places, self.usual, strict=False))

    def _output(self, args: tuple[Any, ...]) -> Array:
        with np.errstate(all="ignore"):
            return np.asarray(self.f(*(a.copy() if isinstance(a, np.ndarray) else a for a in args)))

    def _random_like(self, out: Array) -> Array:
        return np.asarray(self.rng.normal(size=out.shape), dtype=out.dtype)

    def _cotangent_in_domain(self, args: tuple[Any, ...]) -> Array | None:
        """A random cotangent; None outside of the domain, where f need not take arguments that nobody gave: it raises,
        or its output is not finite, or a sentinel, or no float."""
        try:
            if self.domain is not None and not self.domain(*args):
                return None
            out = self._output(args)
        except Exception:
            return None
        sensible = is_float_dtype(out.dtype) and largest_entry([out]) <= SENSIBLE * max(1.0, _size(args))
        return self._random_like(out) if sensible else None


def _is_unmeant(finding: GradientFinding, point: Point) -> bool:
    """Whether a finding is at arguments that the backward need not be meant for: of other ranks, huge, of a shape or a
    setting that it refuses."""
    if point.noted:
        return finding.kind in point.noted
    return (point.resized and finding.kind in (Kind.SHAPE, Kind.PROTOCOL)) or (point.setting and finding.kind is Kind.PROTOCOL)


def _size(args: Sequence[Any]) -> float:
    """The largest absolute value among the float arguments."""
    return largest_entry([a for a in args if is_float(a)])


def usual_sizes(question: Question) -> tuple[float, ...]:
    """The largest entry of each gradient at the given arguments: where the function saturates elsewhere, errors below
    its rounding do not count."""
    _, gradients, problems = run_floats(question)
    return () if problems else tuple(largest_entry([gradient]) for gradient in gradients)
