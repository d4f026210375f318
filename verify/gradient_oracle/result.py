"""The answer of `check`, a `CheckResult`, and what it says of an exploration: the verdict, its evidence, the notes.

>>> import numpy as np
>>> from backproof.verify.gradient_oracle.planned.effort import EFFORTS
>>> def result(vjp):
...     run = Exploration(np.tanh, vjp, rng=np.random.default_rng(0), effort=EFFORTS["quick"])
...     run.start((np.array([0.5]),))
...     return result_of("tanh", run, ())
>>> right = result(lambda args, out, ct: (ct * (1 - out * out),))
>>> right.ok, right.evidence, right.reason
(True, 'certified on 1 point', None)
>>> wrong = result(lambda args, out, ct: (ct * (1 - out),))
>>> wrong.verdict, wrong.evidence, wrong.findings[0].words
(<Verdict.WRONG: 'WRONG'>, 'the fault: certified on 1 point', 'the formula is wrong: relative error 0.316')
>>> print(wrong.explain().splitlines()[0])
tanh is WRONG: at the given arguments, the gradient of argument 0 is not the derivative (the formula is wrong: relative error 0.316), in 1 of 1 entry.
>>> result(lambda args, out, ct: (ct[0],)).evidence
'the fault: exact on 1 point'
>>> right.certified, right.proved, right.shortfall, wrong.certified, wrong.shortfall
(True, 1, '', False, 'it is WRONG')
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from backproof.engine.in_words import counted
from backproof.engine.presenter import presenter
from backproof.verify.gradient_oracle.causes.cause import Diagnosis
from backproof.verify.gradient_oracle.differences.comparison import DIGITS
from backproof.verify.gradient_oracle.exploration import Exploration
from backproof.verify.gradient_oracle.findings import GradientFinding, Kind, is_clear, one_of_each_kind, worst_first
from backproof.verify.gradient_oracle.given.places import Place
from backproof.verify.gradient_oracle.given.words import one_line
from backproof.verify.gradient_oracle.judge import Judged, Reach
from backproof.verify.gradient_oracle.opaque import DIRECTIONS
from backproof.verify.gradient_oracle.planned.unjudged import Unjudged, Why, broken_off, left_out
from backproof.verify.gradient_oracle.shown.screen import in_a_line, on_a_screen
from backproof.verify.gradient_oracle.words import explanation
from backproof.verify.verdicts import Evidence, Reason, Verdict, evidence_words

MOST_NOTES = 3  # chosen: one of each kind is said first, and there are hardly more kinds
MOST_UNSEEN = 3  # chosen: outcomes that the first line names
LONGEST = 240  # chosen: characters for the reasons of points that are left out
EVIDENCE = {
    Reach.CERTIFIED: Evidence.CERTIFIED,
    Reach.FLOATS: Evidence.ROUNDING,
    Reach.DIFFERENCES: Evidence.DIGITS,
    Reach.NOTHING: Evidence.NOT_CHECKED,
}
"""What a CORRECT rests on, by how far the given arguments could be judged."""
CONSTANTS = "equal up to the rounding of float constants in the code"
KINKS = "at exact ties, and within rounding of them, any mixture of the derivatives on the sides was accepted"
_ONE_SIDED = (frozenset({True}), frozenset({False}))


@dataclass(frozen=True, repr=False)
class CheckResult:
    """What `check` found: `repr` in a line, `str` on a screen, `explain()` in full.

    `evidence`  what the verdict rests on, in words; of one that is not CORRECT, how sure the fault is
    `reason`    why it is not CORRECT, in a line
    `findings`  the things that are not as they should be, the worst first
    `points`    how many points were judged; `proved`, at how many the formula was proved right; `entries`, how many
                entries of gradients were compared at all of them
    `unjudged`  the points that were planned beside those, and why they were not judged; `left_out` counts those without
                an excuse, `planned` all
    `worth`     what the evidence of a CORRECT lacks, in words; "" where every point is certified, and none left out
    `branches`  for each decision of the code (place and words) the outcomes that were seen; `unreached`, those of which
                only one was
    `unvisited` decisions to which no point came close, on them and beside, in words; the nearest first
    `unseen`    outcomes of decisions on sizes, dtypes, types and words that were never taken, in words
    `compared`  how many other sizes, dtypes, types and settings were compared with differences alone
    `notes`     what is not held against the backward, and how it was judged
    `sizes`     the numbers of entries of the arguments where it failed; `shapes`, their shapes, and `names`, what they are
                called, where they have names
    `diagnosis` what kind of fault it is, and where, if known ones explain the gradients (`causes/cause.py`): its `causes`
                are data, its `str` a sentence
    `reproduction`  source code that runs the check at the point where it failed
    `source`    where the backward is written, where that is known; `seed`, that of the check
    """

    name: str
    verdict: Verdict
    evidence: str
    reason: str | None
    findings: tuple[GradientFinding, ...]
    points: int
    proved: int
    entries: int
    branches: dict[tuple[str, str], frozenset[Any]] = field(default_factory=dict[tuple[str, str], frozenset[Any]])
    notes: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    shapes: tuple[tuple[int, ...], ...] = ()
    names: tuple[str, ...] = ()
    diagnosis: Diagnosis | None = None
    reproduction: str = ""
    unjudged: tuple[Unjudged, ...] = ()
    worth: str = ""
    unvisited: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    compared: int = 0
    source: Place | None = None
    seed: int = 0

    @property
    def ok(self) -> bool:
        """Whether the verdict is CORRECT."""
        return self.verdict is Verdict.CORRECT

    @property
    def clearest(self) -> GradientFinding | None:
        """The first finding that shows its kind, or else the first; None where there is none."""
        return next(filter(is_clear, self.findings), self.findings[0] if self.findings else None)

    @property
    def certified(self) -> bool:
        """Whether the verdict is CORRECT, the formula certified at every judged point, and nothing planned left out: what
        `require="certified"` asks for. `shortfall` says what is missing."""
        return not self.shortfall

    @property
    def planned(self) -> int:
        """How many points were planned: those judged, and those not."""
        return self.points + sum(entry.points for entry in self.unjudged)

    @property
    def left_out(self) -> int:
        """How many points were planned and not judged, without an excuse."""
        return left_out(self.unjudged)

    @property
    def shortfall(self) -> str:
        """What is missing for every planned point to be certified, in words; "" where nothing is."""
        if not self.ok:
            return f"it is {self.verdict}"
        missing = [] if self.proved == self.points > 0 else [f"the formula is certified at {self.proved:,} of {self.points:,} points"]
        return "; ".join([*missing, *_gaps(self.unjudged)])

    @property
    def unreached(self) -> tuple[str, ...]:
        """The decisions of which only one outcome was seen, in words."""
        return tuple(
            f"{what} at {place} was only {next(iter(seen))}" for (place, what), seen in self.branches.items() if seen in _ONE_SIDED
        )

    def explain(self) -> str:
        """The result in words: one sentence, the worst entries, where they are, and how to see it again."""
        return explanation(self)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the results document of this check, which `backproof report FILE` reads. OSError, before anything is
        written, where the file cannot be."""
        presenter().save(self, path)

    def html(self, path: str | os.PathLike[str]) -> None:
        """Write the page of this check, in one file. OSError as above."""
        presenter().page(self, path)

    def _repr_html_(self) -> str:
        return presenter().in_a_notebook(self)

    def __repr__(self) -> str:
        return in_a_line(self)

    def __str__(self) -> str:
        return on_a_screen(self)


def result_of(name: str, run: Exploration, protocol: Sequence[GradientFinding], stopped: str | None = None) -> CheckResult:
    """What an exploration, the first point of which are the given arguments, and the probes say of a backward pass.
    `stopped` is the reason if the check was ended before it was done."""
    judged = [taken.judged for taken in run.taken]
    findings = worst_first([_with_name(finding, run.names) for finding in (*run.findings, *protocol)])
    unjudged = run.unjudged.all()
    verdict, reason = _verdict(judged, findings, stopped, unjudged)
    result = CheckResult(
        name=name,
        verdict=verdict,
        evidence=_evidence(verdict, judged, findings),
        reason=reason,
        findings=findings,
        points=sum(at.settled for at in judged),
        proved=sum(at.certified for at in judged),
        entries=sum(at.entries for at in judged),
        branches=run.further.branches() | run.decisions.branches(),
        unvisited=run.further.visits.left(),
        unseen=run.unseen(),
        compared=run.plain.screened if run.plain else 0,
        notes=_notes(run, judged),
        unjudged=unjudged,
    )
    return replace(result, worth=_worth(result, judged, run.chosen)) if result.ok else result


def _with_name(finding: GradientFinding, names: Sequence[str]) -> GradientFinding:
    k = finding.argument
    return finding if k is None or k >= len(names) else replace(finding, name=names[k])


def _verdict(
    judged: Sequence[Judged], findings: Sequence[GradientFinding], stopped: str | None, unjudged: Sequence[Unjudged]
) -> tuple[Verdict, str | None]:
    """With the reason of one that is not CORRECT."""
    if findings:
        return findings[0].verdict, findings[0].line()
    if stopped is not None or not judged:
        return Verdict.INCONCLUSIVE, stopped or Reason.TIME.value
    given = judged[0]
    if given.reach in (Reach.DIFFERENCES, Reach.NOTHING) and not given.entries:
        reason = Reason.DOMAIN if given.lack is Why.DOMAIN else Reason.UNSUPPORTED
        return Verdict.INCONCLUSIVE, f"{reason}: {given.why}"
    undecided = broken_off(unjudged)
    if undecided is not None:
        return Verdict.INCONCLUSIVE, f"{undecided.reason}: {undecided.words}"
    if not given.settled:
        return Verdict.INCONCLUSIVE, f"{given.unsettled_why}: {given.unsettled}"
    return Verdict.CORRECT, None


def _evidence(verdict: Verdict, judged: Sequence[Judged], findings: Sequence[GradientFinding]) -> str:
    """In words: of a CORRECT what the points have shown, of anything else how sure the fault is."""
    if verdict is Verdict.INCONCLUSIVE or not judged:
        return Evidence.NOT_CHECKED.value
    evidence = EVIDENCE[judged[0].reach]
    if findings:
        if evidence is not Evidence.DIGITS:
            evidence = Evidence.EXACT if findings[0].kind in (Kind.SHAPE, Kind.MISSING, Kind.PROTOCOL) else Evidence.CERTIFIED
        return f"the fault: {evidence_words(evidence, max(1, sum(bool(at.findings) for at in judged)), DIGITS, unit='point')}"
    counted = [at for at in judged if at.certified] if evidence is Evidence.CERTIFIED else judged
    if evidence is Evidence.DIGITS:
        counted = judged[:1]
    counted = [at for at in counted if at.settled]
    return evidence_words(evidence, len(counted), judged[0].digits, unit="point")


def _worth(result: CheckResult, judged: Sequence[Judged], chosen: int) -> str:
    """What the evidence of a CORRECT lacks, for the first line; so many points were chosen beside those given."""
    given, certified = judged[0], f"certified at {result.proved:,} of {result.points:,} points"
    clauses: list[str] = []
    if given.lack is Why.EMPTY:
        clauses.append("not certified: no argument has an entry, so that only shapes were compared")
    elif given.reach is Reach.DIFFERENCES:
        clauses.append(f"not certified: the forward could not be followed{_at(given.place)}")
        others = f", and along one at {result.compared:,} others" if result.compared else ""
        clauses.append(f"compared along {DIRECTIONS} directions at 1 point{others}")
        clauses += [f"certified at {result.proved:,} points of smaller arguments"] if result.proved else []
    elif given.lack is Why.NO_DERIVATIVE:
        clauses.append("not certified: f has no derivative at the given arguments, and those nearby were compared")
        clauses += [certified] if result.proved else []
    elif given.reach is Reach.FLOATS:
        clauses.append(f"not certified: the backward could not be followed{_at(given.place)}")
        clauses.append(f"its floats were compared at {counted(result.points, 'point')}")
        clauses += [certified] if result.proved else []
    elif result.proved != result.points:
        clauses.append(certified)
    clauses += _gaps(result.unjudged)
    if result.unseen:
        more = f"; and {len(result.unseen) - MOST_UNSEEN} more" if len(result.unseen) > MOST_UNSEEN else ""
        clauses.append(f"never seen: {'; '.join(result.unseen[:MOST_UNSEEN])}{more}")
    if not chosen and result.unreached:
        first, *more = result.unreached
        others = f", and {len(more)} more decisions fell one way" if more else ""
        clauses.append(f"nothing but the given arguments was judged, where {first}{others}")
    return "; ".join(clauses)


def _at(place: str) -> str:
    return f" at {place}" if place else ""


def _gaps(unjudged: Sequence[Unjudged]) -> list[str]:
    """The planned points that are missing without an excuse, in words."""
    gaps = [entry for entry in unjudged if not entry.excused]
    if not gaps:
        return []
    reasons = gaps[0].phrase() if len(gaps) == 1 else ", ".join(entry.line() for entry in gaps)
    return [f"{left_out(gaps):,} planned point{' was' if left_out(gaps) == 1 else 's were'} not judged: {one_line(reasons, LONGEST)}"]


def _notes(run: Exploration, judged: Sequence[Judged]) -> tuple[str, ...]:
    """How it was judged, what was excused, what is not held against it, whether there was no room for more, and what
    was not judged."""
    notes = [*run.about, *(at.why for at in judged if at.why)]
    if any(at.constants and not at.findings for at in judged):
        notes.append(CONSTANTS)
    if any(at.kink for at in judged):
        notes.append(KINKS)
    notes += [note.words for note in one_of_each_kind(run.notes)[:MOST_NOTES]]
    if len(run.notes) > MOST_NOTES:
        notes.append(f"and {len(run.notes) - MOST_NOTES} more of these kinds")
    unjudged = run.unjudged.all()
    notes += [f"stopped after {len(judged)} points: {entry.words}" for entry in unjudged if entry.reason is Why.WORK]
    if run.cut:
        notes.append(f"explored with {run.cut}, since the given ones are too large for that")
    if unjudged and not any(finding.verdict is Verdict.WRONG for finding in run.findings):
        settled = sum(at.settled for at in judged)
        planned = settled + sum(entry.points for entry in unjudged)
        reasons = ", ".join(replace(entry, words="").line() if entry.excused else entry.line() for entry in unjudged)
        notes.append(f"of {planned:,} planned points {settled:,} {'was' if settled == 1 else 'were'} judged; not judged: {reasons}")
    return tuple(dict.fromkeys(notes))
