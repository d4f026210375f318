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
from functools import partial
from time import monotonic
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.aimed.decisions import Aim, Decisions
from backproof.verify.gradient_oracle.aimed.further import Aimed, Further
from backproof.verify.gradient_oracle.aimed.others_held import varied
from backproof.verify.gradient_oracle.by_differences import wrong_beside
from backproof.verify.gradient_oracle.conventions.symmetric import is_symmetric, restricts
from backproof.verify.gradient_oracle.excuses import no_guards
from backproof.verify.gradient_oracle.findings import GradientFinding, Kind, Note, is_clear, note_at
from backproof.verify.gradient_oracle.given.outputs import called_at, taken_cotangent, taken_output
from backproof.verify.gradient_oracle.judge import Reach
from backproof.verify.gradient_oracle.looking import MOST_ENTRIES, Looking, Missed, Taken, entries_of, largest_of, too_many
from backproof.verify.gradient_oracle.opaque import judge_opaque
from backproof.verify.gradient_oracle.plain.candidates import Axis, Candidate
from backproof.verify.gradient_oracle.plain.positions import reads_as_positions
from backproof.verify.gradient_oracle.plain.screening import Screening
from backproof.verify.gradient_oracle.plain.search import Looked, Search
from backproof.verify.gradient_oracle.plain.values import beside, of_values
from backproof.verify.gradient_oracle.planned.effort import Effort
from backproof.verify.gradient_oracle.planned.smaller import smaller
from backproof.verify.gradient_oracle.planned.unjudged import Counted, Why
from backproof.verify.gradient_oracle.points import JUST, ON, WELL, Point, across, elsewhere, shifted
from backproof.verify.gradient_oracle.running import Question, usual_sizes
from backproof.verify.gradient_oracle.settings import settings
from backproof.verify.gradient_oracle.variants import variants
from backproof.verify.lift.lifted import Function
from backproof.verify.verdicts import Verdict

GIVEN = "the given arguments"
STEPS = (JUST, ON, WELL)
"""How far to go to a decision, one after the other, until something is found."""
FAR = 1e8  # chosen: arguments that are larger than those given by this factor are sentinels too, as beyond a mask of −1e9
LEAST_SECONDS = 0.5  # chosen: what other sizes and types may take where the rest was quick
OF_THE_TIME = 0.3  # chosen: and beyond that, of the time of the rest
SHARE = 2  # chosen: other sizes and types may read half as many numbers again; what is beyond is compared with differences
OF_VALUES = (Kind.FORMULA, Kind.FLOATS, Kind.DIFFERENCES)
"""What is held against a backward in dtypes and types that nobody gave."""
MORE_POINTS = 6  # chosen: so many more after the first that is wrong by next to nothing
MOST_SIZES = 2  # chosen: other sizes at which the protocol is tried once more; that of one, and the next
FIRST_VARIANTS = 2  # chosen: generic and small values before any other setting is tried


@dataclass(eq=False)
class Exploration:
    """The points taken so far, the decisions of the code at them, and the notes of all points, also of others.

    `given`    the arguments
    `base`     those from which it is explored: the same, or smaller ones; none if the forward cannot be lifted there, so
               that other points make no sense
    `cut`      in words, if they are smaller ones
    `unjudged` the points that were planned and are not judged
    `in_floats`  the points, with their words, that are compared with differences alone, where the forward cannot be followed
    `plain`    the outcomes of decisions on sizes, dtypes, types and words; `read_plainly`, about how many numbers the
               code read for those that were judged
    `deadline` when to stop, on the monotonic clock
    `names`    what the arguments are called, where they have names; `about`, what is to be said first of what was given
    `ignored`  the values of guards that are left out of the forward
    """

    f: Function
    vjp: Function
    rng: np.random.Generator
    effort: Effort
    domain: Callable[..., bool] | None = None
    cotangent: Any = None
    taken: list[Taken] = field(default_factory=list[Taken])
    decisions: Decisions = field(default_factory=Decisions)
    given: tuple[Any, ...] = ()
    base: tuple[Any, ...] = ()
    cut: str = ""
    unjudged: Counted = field(default_factory=Counted)
    deadline: float = math.inf
    spare: Iterator[Point] = field(default_factory=lambda: iter(()))
    plain: Search | None = None
    in_floats: list[tuple[tuple[Any, ...], str]] | None = None
    read_plainly: float = 0.0
    names: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    ignored: tuple[float, ...] = ()
    further: Further = field(default_factory=Further)
    looking: Looking = field(init=False)

    def __post_init__(self) -> None:
        self.looking = Looking(self.f, self.vjp, self.rng, self.domain, ignored=self.ignored)

    def put_on_trial(self, f: Function, vjp: Function) -> None:
        """From now on, these functions."""
        self.f = self.looking.f = f
        self.vjp = self.looking.vjp = vjp

    @property
    def notes(self) -> dict[Note, None]:
        """What is not held against the backward, and yet worth knowing."""
        return self.looking.notes

    @property
    def findings(self) -> list[GradientFinding]:
        """What was found at all points."""
        return [finding for taken in self.taken for finding in taken.judged.findings]

    @property
    def operations(self) -> int:
        """How many numbers the code read: where it is explored from smaller arguments, there."""
        return sum(taken.judged.operations for taken in self.taken[bool(self.cut) :])

    @property
    def chosen(self) -> int:
        """How many points were taken beside those from which it is explored."""
        return max(0, len(self.taken) - 1 - bool(self.cut))

    def failing(self, point: str) -> tuple[tuple[Any, ...], Array | None]:
        """Arguments and cotangent of the point with these words at which something was found; else the given ones."""
        for taken in self.taken:
            if taken.judged.findings and taken.point.words == point:
                return taken.point.args, taken.cotangent
        given = self.given, self.taken[0].cotangent if self.taken else None
        return next(((args, None) for words, args in self.of_other_sizes() if words == point), given)

    def held_at(self, point: str) -> tuple[str, ...]:
        """What functions hold at the point with these words at which something was found, where that is not what it was."""
        return next((taken.point.held for taken in self.taken if taken.judged.findings and taken.point.words == point), ())

    def unseen(self) -> tuple[str, ...]:
        """The outcomes of decisions on sizes, dtypes, types and words that were never taken, in words."""
        return self.plain.unseen({place for place, _ in self.decisions.branches()}) if self.plain else ()

    def of_other_sizes(self) -> list[tuple[str, tuple[Any, ...]]]:
        """Arguments of other sizes at which nothing was found, each with words: those of one row first."""
        sizes = sorted(self.plain.fitting.items()) if self.plain else []
        return [(one.words, one.args) for _, fitting in sizes[:MOST_SIZES] for one in fitting]

    # which points

    def start(self, args: tuple[Any, ...], returned: Any = None) -> None:
        """Judge the given arguments, at which f `returned` something, if it was called there. What f raises there
        passes; TypeError or ValueError if it does not return floats, or the cotangent is none for what it returns."""
        self.given = args
        out = taken_output(called_at(self.f, args) if returned is None else returned)
        random = self.looking.random_like(out)
        cotangent = random if self.cotangent is None else taken_cotangent(self.cotangent, out)
        self.looking.symmetric = frozenset(k for k, a in enumerate(args) if is_symmetric(a))
        self.looking.restricted = frozenset(k for k in self.looking.symmetric if restricts(self.domain, args, k))
        matrices = self.looking.symmetric, self.looking.restricted
        question = Question(self.f, self.vjp, args, cotangent, GIVEN, symmetric=matrices[0], restricted=matrices[1])
        judged = self.looking.judged(question)
        if judged.reach is Reach.DIFFERENCES and not judged.findings:
            compared = judge_opaque(question, judged.why)
            judged = self.looking.with_note(replace(compared, lack=compared.lack or judged.lack, place=judged.place))
        else:
            self.base = args
        self.looking.base = args
        self.notes.update(dict.fromkeys(Note("no guard", words) for words in no_guards(self.ignored, question)))
        self.looking.usual, problems = usual_sizes(question)
        if problems and not judged.findings:
            judged = replace(judged, findings=problems)
        self._take(Taken(Point(args, GIVEN), cotangent, judged), given=True)
        if not judged.settled:
            self.unjudged.add(judged.unsettled_why, judged.unsettled)

    def explore(self, functions: Sequence[Callable[..., Any]]) -> None:
        """Other points until the effort is spent or something is wrong; then other sizes, dtypes, types and settings.
        `functions` are the user's own, whose words are looked at."""
        began = monotonic()
        self._explore(functions)
        if not self._is_wrong() and monotonic() < self.deadline:
            self._look_plainly(monotonic() - began)

    def _explore(self, functions: Sequence[Callable[..., Any]]) -> None:
        given = self.taken[0].judged
        entries = entries_of(self.given)
        large = entries > MOST_ENTRIES or given.lack is Why.SIZE or given.operations > self.effort.operations
        if large:
            self._begin_smaller()
        if not self.base or (entries > MOST_ENTRIES and not self.cut):
            few = next(smaller(self.given), self.given) if large else self.given  # as many points, and quickly drawn
            self.spare = self._spare(few, functions)
            if not large:
                points = list(self.spare)
                self.spare, self.in_floats = iter(points), [(point.args, point.words) for point in points if not point.noted]
            self._leave_rest(*(Missed(Why.SIZE, too_many(entries)) if large else Missed(given.lack or Why.UNSUPPORTED)))
            return
        self.spare = self._spare(self.base, functions)
        self.further.begin(self.f, self.vjp, self.base, self.taken[bool(self.cut)].cotangent)
        while self._goes_on():
            aim = self.decisions.next_aim()
            more = self.further.next_point(self.base) if aim is None else None
            if aim is not None:
                self._take_aim(aim)
            elif more is not None:
                self._look_further(more)
            if not self._goes_on():
                break
            point = next(self.spare, None)
            if point is not None:
                self.at(point)
            elif aim is None and more is None:
                return
        if not self._is_wrong():
            self._leave_rest(*self._stopped())

    def _begin_smaller(self) -> None:
        """Explore from smaller arguments, the first that the code takes and the effort allows; from none if there are none."""
        best: Taken | None = None
        self.looking.cut = True
        for args in smaller(self.given):
            words = f"arguments cut to {' and '.join(str(np.shape(a)) for a in args if isinstance(a, np.ndarray))}"
            point = Point(args, words, resized=True)
            found = self.looking.look(point)
            if isinstance(found, Taken) and (best is None or found.judged.operations < best.judged.operations):
                best = found
                if found.judged.operations * self.effort.points <= self.effort.operations:
                    break
        if best is not None:
            self.base, self.cut = best.point.args, best.point.words
            question = Question(self.f, self.vjp, self.base, best.cotangent, self.cut)
            self.looking.base = self.base
            self.looking.usual, _ = usual_sizes(question)
            self.decisions.begin_again()
            self.further.begin_again()
            self._take(best, given=True)

    def _goes_on(self) -> bool:
        return self.effort.allows(self.chosen, self.operations) and not self._is_seen() and monotonic() < self.deadline

    def _is_wrong(self) -> bool:
        return any(finding.verdict is Verdict.WRONG for finding in self.findings)

    def _is_seen(self) -> bool:
        """Whether enough is seen of what is wrong: a clear point, or none among some more."""
        wrong = [n for n, taken in enumerate(self.taken) if any(f.verdict is Verdict.WRONG for f in taken.judged.findings)]
        return bool(wrong) and (len(self.taken) - 1 - wrong[0] >= MORE_POINTS or any(map(is_clear, self.findings)))

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
        others, told = variants(args, self.rng, partial(reads_as_positions, self.f, args)), settings(args, functions)
        for number, point in enumerate(others):
            if number == FIRST_VARIANTS:
                yield from (Point(changed, words, degenerate=True) for changed, words in self.further.degenerate(self.rng))
            if number >= FIRST_VARIANTS and (setting := next(told, None)) is not None:
                yield setting
            yield point
        yield from told

    def _take_aim(self, aim: Aim) -> None:
        self.decisions.tried(aim)
        start = aim.start
        read, args, positions = start.read, start.args, start.positions
        steps = [shifted(read, args, positions, aim.by)] if aim.by else [across(read, args, positions, t) for t in STEPS]
        sensible = [point for point in steps if point is not None and self._is_sensible(point)]
        if not sensible:  # the other side is where only sentinels are, or nowhere
            self.unjudged.add(Why.NO_WAY, f"{start.read.what} at {start.read.place}")
        for point in sensible:
            self.at(point)
            if any(map(is_clear, self.findings)) or not self._goes_on():
                return

    def _look_further(self, more: Aimed) -> None:
        point = elsewhere(more.args, self.base, more.words)
        if more.counted:
            self.at(point)
        elif self._is_sensible(point):
            found = self.looking.look(self._as_cut(point))
            if isinstance(found, Taken):
                self._take(found)
            elif found is not None:
                self.unjudged.add(Why.NO_WAY, point.words)

    def _is_sensible(self, point: Point) -> bool:
        return largest_of(point.args) <= FAR * max(1.0, largest_of(self.base))

    # what is no number

    def _look_plainly(self, seconds: float) -> None:
        """Other sizes, dtypes, types and settings, in a share of the time that was taken for the rest."""
        base, now = self.base or self.given, monotonic()
        search = Search(Screening(self.f, self.vjp, np.random.default_rng(self.rng.integers(2**32)), self.domain), self._plain)
        search.until = min(now + LEAST_SECONDS + OF_THE_TIME * seconds, (now + self.deadline) / 2)
        self.plain = search
        if (points := self.in_floats) is not None:
            search.values = lambda codes: of_values(points, codes, base, search.screening.rng)
        search.begin(base)
        for taken in self.taken:
            if not taken.point.noted and taken.judged.settled:
                search.also(taken.point.args)
        if entries_of(base) <= MOST_ENTRIES:
            search.run(base, self.effort.plain)
        self.unjudged.add(Why.EFFORT, "sizes, dtypes and settings beside", search.left)
        self.notes.update(dict.fromkeys(Note("with no entry", words) for words in search.odd))
        self.notes.update(dict.fromkeys(note_at(words, "compared with differences alone, to about 6 digits") for words in search.coarse))

    def _plain(self, candidate: Candidate, meant: bool) -> Looked:
        """Judge a candidate: with certified numbers where the effort bears it, else against differences. What is not
        `meant` is only noted, and so is what is wrong before all values in another dtype or type."""
        same = candidate.axis in (Axis.SIZE, Axis.SETTING)
        point = Point(candidate.args, candidate.words, resized=True, noted=frozenset() if meant else frozenset(Kind))
        reads = self.taken[bool(self.cut)].judged.operations / max(1, entries_of(self.base)) * entries_of(point.args)
        dear = not self.base or entries_of(point.args) > MOST_ENTRIES or self.read_plainly + reads > self.effort.operations / SHARE
        self.read_plainly += 0 if dear else reads
        found = Missed(Why.SIZE) if dear else self.looking.look(point)
        if isinstance(found, Missed) and found.why in (Why.SIZE, Why.CONSTANT):
            found = None if self.looking.tied(point) else self._against_differences(point)
        if found is None:
            return Looked.NOT if meant else Looked.JUDGED
        if isinstance(found, Missed):
            return Looked.NOT
        wrong = any(finding.verdict is Verdict.WRONG and (same or finding.kind in OF_VALUES) for finding in found.judged.findings)
        if found.judged.findings and not (wrong or same):
            self.notes[note_at(point.words, f"not held against it: {found.judged.findings[0].words}")] = None
            return Looked.NOT
        self._take(found)
        return Looked.WRONG if wrong else Looked.JUDGED

    def _against_differences(self, point: Point) -> Taken | None:
        """A candidate that is wrong by differences, beside it; None where it is not."""
        found = wrong_beside(self.f, self.vjp, point.args, point.words, self.rng, None if self.in_floats is None else beside)
        if found is None or point.noted:
            return None
        return Taken(replace(point, args=tuple(found[0].args)), found[0].cotangent, found[1])

    def note_captured(self) -> None:
        """Note what would be wrong with other whole numbers in the arrays that the functions hold."""

        def verdict_with(words: str) -> str:
            late = monotonic() > self.deadline
            found = None if late else self.looking.look(Point(self.looking.base, words))
            return str(found.judged.findings[0].verdict) if isinstance(found, Taken) and found.judged.findings else ""

        self.notes.update(dict.fromkeys(Note("captured", words) for words in varied((self.f, self.vjp), verdict_with)))

    # one point

    def at(self, point: Point) -> None:
        """Judge a chosen point; it counts if it lies in the domain, and what is found there may be held against the
        backward."""
        if isinstance(found := self.looking.look(self._as_cut(point)), Taken):
            self._take(found)
        elif found is not None and not point.noted:
            self.unjudged.add(found.why, found.words)

    def _as_cut(self, point: Point) -> Point:
        return replace(point, words=f"{point.words}, with {self.cut}", resized=True) if self.cut else point

    def _take(self, taken: Taken, given: bool = False) -> None:
        self.taken.append(taken)
        if not taken.point.noted:
            reads, args, positions = taken.judged.reads, taken.point.args, taken.judged.positions
            self.decisions.take(reads, args, positions, given=given)
            self.further.take(reads, args, positions, taken.cotangent, usual=not taken.point.resized or given)
