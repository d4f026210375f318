"""One chosen point: whether it counts, and what is found there: `Looking.look(point)`.

A point counts if it lies in the domain, the code can be followed there, and what is found may be held against the
backward. Else it is `Missed`, with the reason.

>>> looking = Looking(np.sqrt, lambda args, out, ct: (ct * 0.5 / out,), np.random.default_rng(0), base=(np.array([2.0]),))
>>> looking.look(Point((np.array([3.0]),), "three")).judged.certified
True
>>> looking.look(Point((np.array([-3.0]),), "below zero")), looking.look(Point((np.array([0.0]),), "zero")).why
(Missed(why=<Why.DOMAIN: 'outside the domain'>, words='below zero'), <Why.NO_DERIVATIVE: 'no derivative there'>)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.aimed.captured import tied_sizes
from backproof.verify.gradient_oracle.aimed.sizes import is_deprecated, is_size_free, takes_further_sizes
from backproof.verify.gradient_oracle.by_differences import judge_smooth
from backproof.verify.gradient_oracle.conventions.symmetric import is_square, with_symmetric_parts
from backproof.verify.gradient_oracle.findings import GradientFinding, Kind, Note
from backproof.verify.gradient_oracle.given.contained import Escaped, contained, is_the_codes
from backproof.verify.gradient_oracle.given.floats import is_float
from backproof.verify.gradient_oracle.given.names import argument
from backproof.verify.gradient_oracle.given.outputs import is_output
from backproof.verify.gradient_oracle.given.words import raised
from backproof.verify.gradient_oracle.handed.written import as_source
from backproof.verify.gradient_oracle.judge import Judged, Reach, judge
from backproof.verify.gradient_oracle.plain.held import Held, Tied, arrays_held, resized, tied_to
from backproof.verify.gradient_oracle.planned.smaller import smaller
from backproof.verify.gradient_oracle.planned.unjudged import Why
from backproof.verify.gradient_oracle.points import Point
from backproof.verify.gradient_oracle.running import Question, wrong_at
from backproof.verify.lift.lifted import Function
from backproof.verify.numbers.float_model import largest_entry
from backproof.verify.time_limits import PASSING, TookTooLong, limited

MOST_ENTRIES = 4000  # chosen: numbers among the arguments of a point; with more of them, one point is dear
NEAR_ZERO = 1e-3  # chosen: where all arguments are below that, relative accuracy is at stake
NOTICEABLE = 1e-3  # chosen: of the usual derivatives; a smaller one that vanishes where squares overflow is nobody's fault
SENSIBLE = 1e12  # chosen: outputs that are larger than their arguments by this factor are sentinels or overflow
SECONDS = 10.0  # chosen, of wall clock: of one chosen point, where somebody's iteration may have no end


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
class Looking:
    """How points are looked at: the code, its domain, the arguments of the `base` and the `usual` size of each gradient
    there; `cut`, whether the base is smaller than what was given; which arguments are `symmetric` matrices there, and to
    which the domain `restricted` them; the values of guards that are `ignored`; and the `notes` so far."""

    f: Function
    vjp: Function
    rng: np.random.Generator
    domain: Callable[..., bool] | None = None
    base: tuple[Any, ...] = ()
    usual: tuple[float, ...] = ()
    cut: bool = False
    symmetric: frozenset[int] = frozenset()
    restricted: frozenset[int] = frozenset()
    ignored: tuple[float, ...] = ()
    notes: dict[Note, None] = field(default_factory=dict[Note, None])

    def _tied(self) -> set[int]:
        """The numbers that functions hold to which a size may be tied."""
        return tied_sizes((self.f, self.vjp))

    def look(self, point: Point) -> Taken | Missed | None:
        """What is found at a chosen point, or why that does not count; None where there is nothing worth a note.

        Where it has another size, arrays of whole numbers that the code holds and that have the same get it too; nothing
        is held against a backward where others have it."""
        point = replace(point, args=with_symmetric_parts(point.args, self.restricted))
        tied = self.tied(point)
        if tied is None:
            return self._look(point)
        held = dict.fromkeys(f"{one.words}, which is captured, is {as_source(now)} there" for one, now in tied.now())
        with resized(tied.together, tied.sizes):
            found = self._look(replace(point, words=f"{point.words}{tied.words}", held=tuple(held)))
        if not (tied.kept and isinstance(found, Taken) and found.judged.findings):
            return found
        words = f"with {point.words}, {found.judged.findings[0].words}; {tied.note}"
        self._note("not held against it, since a size is kept", words)
        return Missed(Why.UNMEANT, words)

    def tied(self, point: Point) -> Tied | None:
        """What arrays that the code holds have to do with the sizes of a point; None for nothing."""
        return tied_to(self._held, point.args, self.base) if point.resized and not self.cut else None

    @cached_property
    def _held(self) -> list[Held]:
        return arrays_held((self.f, self.vjp))

    def _look(self, point: Point) -> Taken | Missed | None:
        if entries_of(point.args) > MOST_ENTRIES:
            fewer = self._with_fewer_entries(point) if point.resized else None
            if not isinstance(fewer, Point):
                return fewer or Missed(Why.SIZE, too_many(entries_of(point.args)))
            point = fewer
        entered: list[Array] = []  # the cotangent, once f has come back
        try:
            with limited(SECONDS):
                cotangent = self._cotangent_in_domain(point.args)
                if cotangent is None:
                    return Missed(Why.DOMAIN, point.words)
                entered.append(cotangent)
                return self._judged_elsewhere(point, cotangent)
        except TookTooLong:
            words = f"{point.words}, where the code takes more than {SECONDS:g} s"
            self._note("not judged", words)
            return Missed(Why.TIME if entered or point.resized else Why.ENDLESS, words)
        except MemoryError:
            return Missed(Why.MEMORY, point.words)
        except Exception as error:
            if not is_the_codes(error):
                raise
            return Missed(Why.FAILED, f"{point.words}: {raised(error)}")

    def _with_fewer_entries(self, point: Point) -> Point | Missed | None:
        """A point of other shapes, cut to arguments that f takes; None if there are none, Missed if it was not seen
        whether there are."""
        missed: Missed | None = None
        for args in smaller(point.args):
            try:
                with limited(SECONDS):
                    fits = is_output(self._output(args))
            except (TookTooLong, MemoryError) as error:
                missed = missed or Missed(Why.MEMORY if isinstance(error, MemoryError) else Why.TIME, point.words)
                continue
            except TimeoutError:
                raise
            except Exception:
                continue
            if fits:
                return replace(point, args=args)
        return missed

    def _note(self, said: str, words: str) -> None:
        self.notes[Note(said, f"{said}: {words}")] = None

    def judged(self, question: Question) -> Judged:
        try:
            judged = judge(replace(question, ignored=self.ignored))
        except Escaped as error:
            return Judged((wrong_at(question, Kind.PROTOCOL, f"called again, the code raises {error}"),))
        return self.with_note(judged)

    def with_note(self, judged: Judged) -> Judged:
        if judged.note is not None:
            self.notes[judged.note] = None
        return judged

    def _judged_elsewhere(self, point: Point, cotangent: Array) -> Taken | Missed | None:
        """What is found at a chosen point at which f returns, or why that does not count; None where there is nothing
        worth a note."""
        strict = [k in point.small or largest_of(point.args) < NEAR_ZERO for k, a in enumerate(point.args) if is_float(a)]
        usual = self._usual_at(point)
        symmetric, restricted = (frozenset(k for k in ks if is_square(point.args[k])) for ks in (self.symmetric, self.restricted))
        question = Question(self.f, self.vjp, point.args, cotangent, point.words, usual, strict, symmetric=symmetric, restricted=restricted)
        judged = self.judged(question)
        if judged.reach in (Reach.DIFFERENCES, Reach.NOTHING) and not judged.findings:
            if point.degenerate:
                return self._compared(question, point)
            return Missed(judged.lack or Why.UNSUPPORTED, f"{point.words}: {judged.why}")
        if not judged.settled and not point.noted:
            return Missed(Why.DTYPE if point.degenerate else judged.unsettled_why, judged.unsettled)
        if point.noted and not any(self._is_worth_a_note(finding, point) for finding in judged.findings):
            return None
        if judged.findings and point.resized and is_deprecated(self.f, point.args) and not is_deprecated(self.f, self.base):
            return Missed(Why.UNMEANT, f"with {point.words}, f says that such arguments are deprecated")
        meant = bool(judged.findings) and point.resized and is_size_free(point.args, self.base, self._tied)
        meant = meant and takes_further_sizes(self.f, point.args, self.base)
        unmeant = next((finding for finding in judged.findings if _is_unmeant(finding, point, meant)), None)
        if unmeant is not None:
            where = "" if unmeant.argument is None else f"gradient of {argument(unmeant.argument)}: "
            words = f"with {point.words}, {where}{unmeant.words}"
            self._note("not held against it, since it need not be meant for that", words)
            return Missed(Why.UNMEANT, words)
        return Taken(point, cotangent, judged)

    def _compared(self, question: Question, point: Point) -> Taken | Missed | None:
        """A degenerate point at which the code cannot be followed: what is wrong by differences, if f is smooth there."""
        judged = judge_smooth(question)
        if judged is None:
            return Missed(Why.NO_DERIVATIVE, point.words)
        if not judged.findings:
            self._note("compared with differences alone", point.words)
            return None
        return Taken(point, question.cotangent, judged)

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
        grown = max(1.0, largest_of(point.args) / (largest_of(self.base) or 1.0))
        places = [k for k, a in enumerate(point.args) if is_float(a)]
        return tuple(0.0 if k in point.small else size * grown for k, size in zip(places, self.usual, strict=False))

    def _output(self, args: tuple[Any, ...]) -> Any:
        with np.errstate(all="ignore"):
            return contained(self.f, *(a.copy() if isinstance(a, np.ndarray) else a for a in args))

    def random_like(self, out: Array) -> Array:
        return np.asarray(self.rng.normal(size=out.shape), dtype=out.dtype)

    def _cotangent_in_domain(self, args: tuple[Any, ...]) -> Array | None:
        """A random cotangent; None outside of the domain, where f need not take arguments that nobody gave: it raises,
        or its output is not finite, or a sentinel, or no float."""
        try:
            if self.domain is not None and not contained(self.domain, *args):
                return None
            found = self._output(args)
        except PASSING:
            raise
        except Exception:
            return None
        if not is_output(found):
            return None
        out = np.asarray(found)
        return self.random_like(out) if largest_entry([out]) <= SENSIBLE * max(1.0, largest_of(args)) else None


def _is_unmeant(finding: GradientFinding, point: Point, meant: bool) -> bool:
    """Whether a finding is at arguments that the backward need not be meant for: of other ranks, huge, of a shape or a
    setting that it refuses. A gradient of a wrong shape is held against it where the size that is another one is
    `meant` to be any."""
    if point.noted:
        return finding.kind in point.noted
    refused = (Kind.PROTOCOL,) if meant else (Kind.SHAPE, Kind.MISSING, Kind.PROTOCOL)
    return (point.resized and finding.kind in refused) or (point.setting and finding.kind is Kind.PROTOCOL)


def entries_of(args: Sequence[Any]) -> int:
    """How many numbers there are among the arguments."""
    return sum(np.size(a) for a in args)


def too_many(entries: int) -> str:
    """That there are more entries than are explored."""
    return f"{entries:,} entries are more than {MOST_ENTRIES:,}"


def largest_of(args: Sequence[Any]) -> float:
    """The largest absolute value among the float arguments."""
    return largest_entry([a for a in args if is_float(a)])
