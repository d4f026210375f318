"""The points of one `check`: which are judged, in which order, what was found at them, and which outcomes of the code's decisions were seen.

Decisions come first, in turn with the points that do not depend on the code: those that always fell the same way, the nearest first; then the whole numbers of
a floor; then single entries of a table, or places of an argmax. A budget bounds the number of points, another the numbers that the code reads.

>>> run = Exploration(lambda x: np.abs(x), lambda args, out, ct: (ct * np.sign(args[0]),), None, np.random.default_rng(0), 10, None)
>>> run.at(Point((np.array([2.0]),), GIVEN)), sorted((what, sorted(seen)) for (_, what), seen in run.branches().items())
(True, [('abs', [True]), ('sign', [True])])
>>> run.explore(())
>>> run.findings, sorted((what, sorted(seen)) for (_, what), seen in run.branches().items())
([], [('abs', [False, True]), ('sign', [False, True])])
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.findings import Finding
from backproof.verify.gradient_oracle.judge import Judged, judge
from backproof.verify.gradient_oracle.opaque import DIRECTIONS, judge_opaque
from backproof.verify.gradient_oracle.points import JUST, Point, across, shifted
from backproof.verify.gradient_oracle.running import is_float, run_floats
from backproof.verify.gradient_oracle.settings import settings
from backproof.verify.gradient_oracle.variants import variants
from backproof.verify.lift.lifted import Function
from backproof.verify.lift.tape.reads import Read
from backproof.verify.time_limits import TookTooLong, limited
from backproof.verify.verdicts import Verdict

GIVEN = "the given arguments"
OPERATIONS = {6: 200_000, 40: 1_000_000, 200: 20_000_000}
"""How many numbers the code may read at a budget of points; larger code is judged at fewer points, and the result says so."""
MOST_ENTRIES = 4000
NEAR_ZERO = 1e-3
NOTICEABLE = 1e-3
SENSIBLE = 1e12  # outputs that are larger than their arguments by this factor are sentinels or overflow
SECONDS = 5.0
AIMS = ("side", "number", "place")
"""What is aimed at, in this order: decisions that always fell the same way; other whole numbers; entries of a table or places of an argmax that always fell the same way."""
STEPS = (JUST, 1.0, 1.5)
MOST_AIMS = 4
MOST_NUMBERS = 24
FARTHEST = 8  # whole numbers from one that was seen
FAR = 1e8

Decision: TypeAlias = "tuple[str, str, float | int | None]"


@dataclass(frozen=True)
class _Aim:
    """A decision, as it was read at some arguments."""

    read: Read
    args: tuple[Any, ...]
    positions: tuple[int, ...]

    @property
    def distance(self) -> float:
        """How far it is from its opposite."""
        return abs(float(self.read.margin.mid())) if hasattr(self.read.margin, "mid") else float("inf")


class Exploration:
    """The points judged so far, what was found, and which outcomes of the code's decisions were seen."""

    def __init__(
        self, f: Function, vjp: Function, domain: Callable[..., bool] | None, rng: np.random.Generator, budget: int, cotangent: Any
    ) -> None:
        self.f, self.vjp, self.domain, self.rng, self.budget, self.cotangent = f, vjp, domain, rng, budget, cotangent
        self.most_operations = OPERATIONS.get(budget, budget * 25_000)
        self.findings: list[Finding] = []
        self.judged: list[Judged] = []
        self.cotangents: list[Array] = []
        self.notes: dict[str, None] = {}
        self.seen: dict[Decision, set[Any]] = {}
        self.numbers: dict[Decision, set[int]] = {}
        self.aims: dict[tuple[Decision, Any], _Aim] = {}
        self.aimed: dict[tuple[Decision, Any], int] = {}
        self.operations = 0
        self.usual: tuple[float, ...] = ()
        self.given: tuple[Any, ...] = ()
        self.failing: dict[str, tuple[tuple[Any, ...], Any]] = {}

    def branches(self) -> dict[tuple[str, str], frozenset[Any]]:
        """For each decision of the code (place and words) the outcomes that were seen."""
        found: dict[tuple[str, str], frozenset[Any]] = {}
        for (place, what, _), outcomes in self.seen.items():
            found[place, what] = found.get((place, what), frozenset()) | outcomes
        return found

    def at(self, point: Point) -> bool:
        """Judge one point, if it lies in the domain; whether it was judged. What f raises at the given arguments passes."""
        if point.words == GIVEN:
            return self._take(point, self._judged_as_given(point))
        if sum(np.size(a) for a in point.args) > MOST_ENTRIES:
            return False
        try:
            with limited(SECONDS):
                cotangent = self._cotangent_in_domain(point.args)
                return cotangent is not None and self._take(point, self._judged_elsewhere(point, cotangent))
        except TookTooLong:
            self.notes[f"not judged: {point.words}, where the code takes more than {SECONDS:g} s"] = None
            return False
        except (ArithmeticError, ValueError, TypeError, IndexError, AssertionError):
            return False

    def explore(self, functions: Sequence[Callable[..., Any]]) -> None:
        """Other points until the budget is spent or something is wrong. `functions` are the user's own, whose words are looked at."""
        if not self.given:
            return
        spare = self._spare(functions)
        while self._goes_on():
            aim = self._next_aim()
            if aim is not None:
                self._take_aim(*aim)
            point = next(spare, None)
            if point is not None and self._goes_on():
                self.at(point)
            elif aim is None:
                return

    def _goes_on(self) -> bool:
        wrong = any(finding.verdict == Verdict.WRONG.value for finding in self.findings)
        return len(self.judged) <= self.budget and self.operations <= self.most_operations and not wrong

    def _spare(self, functions: Sequence[Callable[..., Any]]) -> Iterator[Point]:
        """The points that do not depend on decisions: variants, and other settings after the first few."""
        others, told = variants(self.given, self.rng), settings(self.given, functions)
        for number, point in enumerate(others):
            if number >= 2 and (setting := next(told, None)) is not None:
                yield setting
            yield point
        yield from told

    # judging

    def _judged_as_given(self, point: Point) -> tuple[Judged, Array]:
        cotangent = self._cotangent(point.args)
        if cotangent.dtype.kind != "f" and cotangent.dtype.name != "bfloat16":
            raise ValueError(f"f must return an array of floats, found one of dtype {cotangent.dtype}")
        if self.cotangent is not None:
            cotangent = np.asarray(self.cotangent, dtype=cotangent.dtype)
        judged = judge(self.f, self.vjp, point.args, cotangent, point.words)
        if judged.note:
            self.notes[judged.note] = None
        if judged.opaque is not None and judged.opaque.startswith("forward") and not judged.findings:
            words = f"{judged.opaque}: compared with differences along {DIRECTIONS} random directions of each argument"
            judged = judge_opaque(self.f, self.vjp, point.args, cotangent, point.words, words)
        else:
            self.given = point.args
        self.usual = usual_sizes(self.f, self.vjp, point.args, cotangent)
        return judged, cotangent

    def _cotangent_in_domain(self, args: tuple[Any, ...]) -> Array | None:
        """A random cotangent; None outside of the domain, where f need not take arguments that nobody gave: it raises, or its output is not finite, or no float."""
        try:
            if self.domain is not None and not self.domain(*args):
                return None
            cotangent = self._cotangent(args)
        except Exception:
            return None
        real = cotangent.dtype.kind == "f" or cotangent.dtype.name == "bfloat16"
        return cotangent if real and np.all(np.isfinite(cotangent)) else None

    def _judged_elsewhere(self, point: Point, cotangent: Array) -> tuple[Judged, Array] | None:
        strict = [k in point.small or largest(point.args) < NEAR_ZERO for k, a in enumerate(point.args) if is_float(a)]
        judged = judge(self.f, self.vjp, point.args, cotangent, point.words, self._exempt(point), strict)
        if judged.note:
            self.notes[judged.note] = None
        opaque = judged.opaque is not None and not judged.opaque.startswith("backward")
        if opaque and not judged.certified and not judged.findings:
            return None
        if point.noted and not any(self._is_worth_a_note(finding, point) for finding in judged.findings):
            return None
        unmeant = next((finding for finding in judged.findings if _is_unmeant(finding, point)), None)
        if unmeant is not None:
            argument = "" if unmeant.argument is None else f"gradient of argument {unmeant.argument}: "
            self.notes[f"not held against it, since it need not be meant for that: with {point.words}, {argument}{unmeant.words}"] = None
            return None
        return judged, cotangent

    def _is_worth_a_note(self, finding: Finding, point: Point) -> bool:
        """Whether a finding at arguments that need not be meant is one of those to be noted: not that a derivative vanishes which is small beside the usual ones."""
        if finding.kind not in point.noted:
            return False
        usual = max(self.usual, default=0.0)
        return finding.kind != "floats" or not _number(finding.expected) < NOTICEABLE * usual

    def _take(self, point: Point, found: tuple[Judged, Array] | None) -> bool:
        """Keep what was found at a point."""
        if found is None:
            return False
        judged, cotangent = found
        if judged.findings:
            self.failing.setdefault(point.words, (point.args, cotangent))
        self.judged.append(judged)
        self.operations += judged.operations
        self.cotangents.append(cotangent)
        self.findings += judged.findings
        for read in () if point.noted else judged.reads:
            decision = (read.place, read.what, read.against)
            self.seen.setdefault(decision, set()).add(read.outcome)
            if point.words == GIVEN and not isinstance(read.outcome, bool | np.bool_):
                self.numbers.setdefault(decision, set()).add(read.outcome)
            aim, known = _Aim(read, point.args, judged.positions), self.aims.get((decision, read.outcome))
            if known is None or (isinstance(read.outcome, bool | np.bool_) and aim.distance < known.distance):
                self.aims[decision, read.outcome] = aim
        return True

    def _cotangent(self, args: tuple[Any, ...]) -> Array:
        """A random cotangent in the shape and dtype of the output; not finite where the output is not, or is a sentinel."""
        with np.errstate(all="ignore"):
            out = np.asarray(self.f(*(a.copy() if isinstance(a, np.ndarray) else a for a in args)))
        if out.dtype.kind not in "f" and out.dtype.name != "bfloat16":
            return out
        if (
            args is not self.given
            and self.given
            and not np.max(np.abs(out.astype(float)), initial=0.0) <= SENSIBLE * max(1.0, largest(args))
        ):
            return np.full(out.shape, np.nan)
        return np.asarray(self.rng.normal(size=out.shape), dtype=out.dtype)

    def _exempt(self, point: Point) -> tuple[float, ...]:
        """The size of each gradient beside which a formula may be cut off: where derivatives vanish by saturation, or arguments are larger than those given."""
        grown = max(1.0, largest(point.args) / max(largest(self.given), 1e-300))
        places = [k for k, a in enumerate(point.args) if is_float(a)]
        return tuple(0.0 if k in point.small else size * grown for k, size in zip(places, self.usual, strict=False))

    # aiming at decisions

    def _next_aim(self) -> tuple[_Aim, Decision, Any, int] | None:
        """A decision that always fell the same way, or a whole number that was not seen; with the number to add, 0 for the other side."""
        settled = {key for key, outcomes in self.branches().items() if len(outcomes) > 1}
        best: tuple[tuple[Any, ...], tuple[_Aim, Decision, Any, int]] | None = None
        for (decision, outcome), aim in self.aims.items():
            whole = not isinstance(outcome, bool | np.bool_)
            kind = "number" if whole else "place" if decision[:2] in settled else "side"
            if kind not in AIMS or (not whole and len(self.seen[decision]) > 1):
                continue
            for by in self._unseen(decision, int(outcome)) if whole else (0,):
                target = outcome + by if whole else outcome
                times = self.aimed.get((decision, target), 0)
                if times >= (1 if whole else MOST_AIMS):
                    continue
                order = (AIMS.index(kind), times, abs(by) if whole else aim.distance)
                if best is None or order < best[0]:
                    best = order, (aim, decision, target, by)
        return best and best[1]

    def _unseen(self, decision: Decision, outcome: int) -> list[int]:
        """Steps from a whole number at the given arguments to others that were not seen: those between the ones there, and two around."""
        usual, seen = self.numbers.get(decision, set()), self.seen[decision]
        if outcome not in usual or len(seen) > MOST_NUMBERS:
            return []
        steps = [by * sign for by in range(1, FARTHEST + 1) for sign in (1, -1)]
        return [by for by in steps if outcome + by not in seen and (min(usual) < outcome + by < max(usual) or abs(by) <= 2)]

    def _take_aim(self, aim: _Aim, decision: Decision, target: Any, by: int) -> None:
        self.aimed[decision, target] = self.aimed.get((decision, target), 0) + 1
        if by:
            point = shifted(aim.read, aim.args, aim.positions, by)
            if point is not None and self._is_sensible(point):
                self.at(point)
            return
        del self.aims[decision, target]
        for t in STEPS:
            point = across(aim.read, aim.args, aim.positions, t)
            if point is not None and self._is_sensible(point):
                self.at(point)
            if self.findings or not self._goes_on():
                return

    def _is_sensible(self, point: Point) -> bool:
        """Whether a decision was reached without going where only sentinels (a mask of −1e9) are."""
        return largest(point.args) <= FAR * max(1.0, largest(self.given))


def _is_unmeant(finding: Finding, point: Point) -> bool:
    """Whether a finding is at arguments that the backward need not be meant for: of other ranks, huge, of a shape or a setting that it refuses."""
    if point.noted:
        return finding.kind in point.noted
    return (point.resized and finding.kind in ("shape", "protocol")) or (point.setting and finding.kind == "protocol")


def _number(text: str) -> float:
    """The size of a number in words; nan where it is a range."""
    try:
        return abs(float(text))
    except ValueError:
        return float("nan")


def largest(args: Sequence[Any]) -> float:
    """The largest absolute value among the float arguments."""
    return max((float(np.max(np.abs(np.asarray(a, dtype=float)), initial=0.0)) for a in args if is_float(a)), default=0.0)


def usual_sizes(f: Function, vjp: Function, args: Sequence[Any], cotangent: Array) -> tuple[float, ...]:
    """The largest entry of each gradient at the given arguments: where the function saturates elsewhere, errors below its rounding do not count."""
    _, gradients, problems = run_floats(f, vjp, args, cotangent, "")
    return () if problems else tuple(float(np.max(np.abs(np.asarray(g, dtype=float)), initial=0.0)) for g in gradients)
