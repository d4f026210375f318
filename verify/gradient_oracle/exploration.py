"""The points of one `check`: which are judged, in which order, and what was found at them.

The given arguments are first. Then come the decisions of the code, those that always fell the same way before others
(`decisions.py`), in turn with the points that do not depend on the code (`variants.py`, `settings.py`). An `Effort`
bounds the number of points and the numbers that the code reads. Where the given arguments are too large for that,
smaller ones of the same code are explored (`planned/smaller.py`). What is found where the code need not be meant for
that is noted only; what was planned and is not judged is counted, with its reason (`planned/unjudged.py`).

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

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any, NamedTuple

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.decisions import Aim, Decisions
from backproof.verify.gradient_oracle.findings import GradientFinding, Kind, Note
from backproof.verify.gradient_oracle.given.contained import Escaped, contained
from backproof.verify.gradient_oracle.given.floats import is_float
from backproof.verify.gradient_oracle.given.outputs import called_at, is_output, taken_cotangent, taken_output
from backproof.verify.gradient_oracle.given.words import raised
from backproof.verify.gradient_oracle.judge import Judged, Reach, judge
from backproof.verify.gradient_oracle.opaque import judge_opaque
from backproof.verify.gradient_oracle.planned.effort import Effort
from backproof.verify.gradient_oracle.planned.smaller import smaller
from backproof.verify.gradient_oracle.planned.unjudged import Counted, Why
from backproof.verify.gradient_oracle.points import JUST, ON, WELL, Point, across, shifted
from backproof.verify.gradient_oracle.running import Question, run_floats, wrong_at
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
SECONDS = 10.0  # chosen, of wall clock: of one chosen point, where somebody's iteration may have no end
FIRST_VARIANTS = 2  # chosen: generic and small values before any other setting is tried


@dataclass(frozen=True)
class Taken:
    """A point that counts, and what was found there."""

    point: Point
    cotangent: Array
    judged: Judged


class Missed(NamedTuple):
    """Why a point does not count."""

    why: Why
    words: str = ""


@dataclass(eq=False)
class Exploration:
    """The points taken so far, the decisions of the code at them, and the notes of all points, also of others.

    `given`    the arguments
    `base`     those from which it is explored: the same, or smaller ones; none if the forward cannot be lifted there, so
               that other points make no sense
    `cut`      in words, if they are smaller ones
    `usual`    how large the gradients are at the base
    `unjudged` the points that were planned and are not judged
    `deadline` when to stop, on the monotonic clock
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
    base: tuple[Any, ...] = ()
    cut: str = ""
    usual: tuple[float, ...] = ()
    unjudged: Counted = field(default_factory=Counted)
    deadline: float = math.inf
    spare: Iterator[Point] = field(default_factory=lambda: iter(()))

    @property
    def findings(self) -> list[GradientFinding]:
        """What was found at all points."""
        return [finding for taken in self.taken for finding in taken.judged.findings]

    @property
    def operations(self) -> int:
        """How many numbers the code read: where it is explored from smaller arguments, there."""
        return sum(taken.judged.operations for taken in self.taken[bool(self.cut) :])

    def failing(self, point: str) -> tuple[tuple[Any, ...], Array | None]:
        """Arguments and cotangent of the point with these words at which something was found; else the given ones."""
        for taken in self.taken:
            if taken.judged.findings and taken.point.words == point:
                return taken.point.args, taken.cotangent
        return self.given, self.taken[0].cotangent if self.taken else None

    # which points

    def start(self, args: tuple[Any, ...]) -> None:
        """Judge the given arguments. What f raises there passes; TypeError or ValueError if it does not return floats,
        or the cotangent is none for what it returns."""
        self.given = args
        out = taken_output(called_at(self.f, args))
        random = self._random_like(out)
        cotangent = random if self.cotangent is None else taken_cotangent(self.cotangent, out)
        question = Question(self.f, self.vjp, args, cotangent, GIVEN)
        judged = self._judged(question)
        if judged.reach is Reach.DIFFERENCES and not judged.findings:
            compared = judge_opaque(question, judged.why)
            judged = self._with_note(replace(compared, lack=compared.lack or judged.lack, place=judged.place))
        else:
            self.base = args
        self.usual = usual_sizes(question)
        self._take(Taken(Point(args, GIVEN), cotangent, judged), given=True)

    def explore(self, functions: Sequence[Callable[..., Any]]) -> None:
        """Other points until the effort is spent or something is wrong. `functions` are the user's own, whose words are
        looked at."""
        given = self.taken[0].judged
        entries = _entries(self.given)
        large = entries > MOST_ENTRIES or given.lack is Why.SIZE or given.operations > self.effort.operations
        if large:
            self._begin_smaller()
        if not self.base or (entries > MOST_ENTRIES and not self.cut):
            few = next(smaller(self.given), self.given) if large else self.given  # as many points, and quickly drawn
            self.spare = self._spare(few, functions)
            self._leave_rest(*(Missed(Why.SIZE, _too_many(entries)) if large else Missed(given.lack or Why.UNSUPPORTED)))
            return
        self.spare = self._spare(self.base, functions)
        while self._goes_on():
            aim = self.decisions.next_aim()
            if aim is not None:
                self._take_aim(aim)
            if not self._goes_on():
                break
            point = next(self.spare, None)
            if point is not None:
                self.at(point)
            elif aim is None:
                return
        if not self._is_wrong():
            self._leave_rest(*self._stopped())

    def _begin_smaller(self) -> None:
        """Explore from smaller arguments, the first that the code takes; from none if there are none."""
        for args in smaller(self.given):
            words = f"arguments cut to {' and '.join(str(np.shape(a)) for a in args if isinstance(a, np.ndarray))}"
            point = Point(args, words, resized=True)
            found = self._look(point)
            if isinstance(found, Taken):
                self.base, self.cut = args, words
                self.usual = usual_sizes(Question(self.f, self.vjp, args, found.cotangent, words))
                self.decisions.begin_again()
                self._take(found, given=True)
                return

    def _goes_on(self) -> bool:
        return self.effort.allows(self._chosen(), self.operations) and not self._is_wrong() and monotonic() < self.deadline

    def _chosen(self) -> int:
        """How many points were chosen so far."""
        return len(self.taken) - 1 - bool(self.cut)

    def _is_wrong(self) -> bool:
        return any(finding.verdict is Verdict.WRONG for finding in self.findings)

    def _stopped(self) -> Missed:
        """Why it does not go on."""
        if monotonic() >= self.deadline:
            return Missed(Why.TIME)
        if self.operations > self.effort.operations:
            reads = self.taken[bool(self.cut)].judged.operations
            return Missed(Why.WORK, f"the code reads {reads:,} numbers at each; smaller arguments, or more effort, reach more")
        return Missed(Why.EFFORT, f"it has {self.effort.points} points")

    def _leave_rest(self, why: Why, words: str = "", least: int = 0) -> None:
        """Count what is still planned as not judged."""
        rest = sum(1 for point in self.spare if not point.noted) + self.decisions.pending()
        self.unjudged.add(why, words, max(rest, least))

    def end_early(self, why: Why, words: str) -> None:
        """Count the point that is being judged, and what is still planned, as not judged."""
        self._leave_rest(why, words, least=1)

    def _spare(self, args: Sequence[Any], functions: Sequence[Callable[..., Any]]) -> Iterator[Point]:
        """The points that do not depend on decisions: variants, and other settings after the first few."""
        others, told = variants(args, self.rng), settings(args, functions)
        for number, point in enumerate(others):
            if number >= FIRST_VARIANTS and (setting := next(told, None)) is not None:
                yield setting
            yield point
        yield from told

    def _take_aim(self, aim: Aim) -> None:
        self.decisions.tried(aim)
        start = aim.start
        read, args, positions = start.read, start.args, start.positions
        steps = [shifted(read, args, positions, aim.by)] if aim.by else [across(read, args, positions, t) for t in STEPS]
        sensible = [point for point in steps if point is not None and _size(point.args) <= FAR * max(1.0, _size(self.base))]
        if not sensible:  # the other side is where only sentinels are, or nowhere
            self.unjudged.add(Why.NO_WAY, f"{start.read.what} at {start.read.place}")
        for point in sensible:
            self.at(point)
            if self.findings or not self._goes_on():
                return

    # one point

    def at(self, point: Point) -> None:
        """Judge a chosen point; it counts if it lies in the domain, and what is found there may be held against the
        backward."""
        if self.cut:
            point = replace(point, words=f"{point.words}, with {self.cut}", resized=True)
        found = self._look(point)
        if isinstance(found, Taken):
            self._take(found)
        elif found is not None and not point.noted:
            self.unjudged.add(found.why, found.words)

    def _look(self, point: Point) -> Taken | Missed | None:
        """What is found at a chosen point, or why that does not count; None where there is nothing worth a note."""
        if _entries(point.args) > MOST_ENTRIES:
            fewer = self._with_fewer_entries(point) if point.resized else None
            if fewer is None:
                return Missed(Why.SIZE, _too_many(_entries(point.args)))
            point = fewer
        try:
            with limited(SECONDS):
                return self._judged_elsewhere(point)
        except TookTooLong:
            words = f"{point.words}, where the code takes more than {SECONDS:g} s"
            self._note("not judged", words)
            return Missed(Why.TIME, words)
        except MemoryError:
            return Missed(Why.MEMORY, point.words)
        except (ArithmeticError, ValueError, TypeError, IndexError, AssertionError) as error:
            return Missed(Why.FAILED, f"{point.words}: {raised(error)}")

    def _with_fewer_entries(self, point: Point) -> Point | None:
        """A point of other shapes, cut to arguments that f takes; None if there are none."""
        for args in smaller(point.args):
            try:
                with limited(SECONDS):
                    fits = is_output(self._output(args))
            except (Exception, TookTooLong):
                continue
            if fits:
                return replace(point, args=args)
        return None

    def _take(self, taken: Taken, given: bool = False) -> None:
        self.taken.append(taken)
        if not taken.point.noted:
            self.decisions.take(taken.judged.reads, taken.point.args, taken.judged.positions, given=given)

    def _note(self, said: str, words: str) -> None:
        self.notes[Note(said, f"{said}: {words}")] = None

    def _judged(self, question: Question) -> Judged:
        try:
            judged = contained(judge, question)
        except Escaped as error:
            return Judged((wrong_at(question, Kind.PROTOCOL, f"called again, the code raises {error}"),))
        return self._with_note(judged)

    def _with_note(self, judged: Judged) -> Judged:
        if judged.note is not None:
            self.notes[judged.note] = None
        return judged

    def _judged_elsewhere(self, point: Point) -> Taken | Missed | None:
        """What is found at a chosen point, or why that does not count; None where there is nothing worth a note."""
        cotangent = self._cotangent_in_domain(point.args)
        if cotangent is None:
            return Missed(Why.DOMAIN, point.words)
        strict = [k in point.small or _size(point.args) < NEAR_ZERO for k, a in enumerate(point.args) if is_float(a)]
        judged = self._judged(Question(self.f, self.vjp, point.args, cotangent, point.words, self._usual_at(point), strict))
        if judged.reach in (Reach.DIFFERENCES, Reach.NOTHING) and not judged.findings:
            return Missed(judged.lack or Why.UNSUPPORTED, f"{point.words}: {judged.why}")
        if point.noted and not any(self._is_worth_a_note(finding, point) for finding in judged.findings):
            return None
        unmeant = next((finding for finding in judged.findings if _is_unmeant(finding, point)), None)
        if unmeant is not None:
            argument = "" if unmeant.argument is None else f"gradient of argument {unmeant.argument}: "
            words = f"with {point.words}, {argument}{unmeant.words}"
            self._note("not held against it, since it need not be meant for that", words)
            return Missed(Why.UNMEANT, words)
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
        grown = max(1.0, _size(point.args) / max(_size(self.base or self.given), 1e-300))
        places = [k for k, a in enumerate(point.args) if is_float(a)]
        return tuple(0.0 if k in point.small else size * grown for k, size in zip(places, self.usual, strict=False))

    def _output(self, args: tuple[Any, ...]) -> Any:
        with np.errstate(all="ignore"):
            return contained(self.f, *(a.copy() if isinstance(a, np.ndarray) else a for a in args))

    def _random_like(self, out: Array) -> Array:
        return np.asarray(self.rng.normal(size=out.shape), dtype=out.dtype)

    def _cotangent_in_domain(self, args: tuple[Any, ...]) -> Array | None:
        """A random cotangent; None outside of the domain, where f need not take arguments that nobody gave: it raises,
        or its output is not finite, or a sentinel, or no float."""
        try:
            if self.domain is not None and not contained(self.domain, *args):
                return None
            found = self._output(args)
        except MemoryError:
            raise
        except Exception:
            return None
        if not is_output(found):
            return None
        out = np.asarray(found)
        return self._random_like(out) if largest_entry([out]) <= SENSIBLE * max(1.0, _size(args)) else None


def _is_unmeant(finding: GradientFinding, point: Point) -> bool:
    """Whether a finding is at arguments that the backward need not be meant for: of other ranks, huge, of a shape or a
    setting that it refuses."""
    if point.noted:
        return finding.kind in point.noted
    return (point.resized and finding.kind in (Kind.SHAPE, Kind.PROTOCOL)) or (point.setting and finding.kind is Kind.PROTOCOL)


def _entries(args: Sequence[Any]) -> int:
    return sum(np.size(a) for a in args)


def _too_many(entries: int) -> str:
    return f"{entries:,} entries are more than {MOST_ENTRIES:,}"


def _size(args: Sequence[Any]) -> float:
    """The largest absolute value among the float arguments."""
    return largest_entry([a for a in args if is_float(a)])


def usual_sizes(question: Question) -> tuple[float, ...]:
    """The largest entry of each gradient at the given arguments: where the function saturates elsewhere, errors below
    its rounding do not count."""
    _, gradients, problems = run_floats(question)
    return () if problems else tuple(largest_entry([gradient]) for gradient in gradients)
