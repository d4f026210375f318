"""The answer of `check`, a `CheckResult`, and what it says of an exploration: the verdict, its evidence, the notes.

>>> import numpy as np
>>> from backproof.verify.gradient_oracle.exploration import EFFORTS
>>> def result(vjp):
...     run = Exploration(np.tanh, vjp, rng=np.random.default_rng(0), effort=EFFORTS["quick"])
...     run.start((np.array([0.5]),))
...     return result_of("tanh", run, ())
>>> right = result(lambda args, out, ct: (ct * (1 - out * out),))
>>> right.ok, right.evidence, right.reason
(True, 'certified on 1 point', None)
>>> wrong = result(lambda args, out, ct: (ct * (1 - out),))
>>> wrong.verdict, wrong.findings[0].words
(<Verdict.WRONG: 'WRONG'>, 'the formula is wrong: relative error 0.316')
>>> print(wrong.explain().splitlines()[0])
tanh is WRONG: at the given arguments, the gradient of argument 0 is not the derivative (the formula is wrong: relative error 0.316), in 1 of 1 entry.
>>> result(lambda args, out, ct: (ct[0],)).evidence
'exact on 1 point'
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from backproof.verify.gradient_oracle.exploration import Exploration
from backproof.verify.gradient_oracle.findings import GradientFinding, Kind, one_of_each_kind, worst_first
from backproof.verify.gradient_oracle.judge import Judged, Reach
from backproof.verify.gradient_oracle.words import explanation
from backproof.verify.verdicts import Evidence, Reason, Verdict, evidence_words

MOST_NOTES = 3  # chosen: one of each kind is said first, and there are hardly more kinds
DIGITS = 6  # chosen, to speak of differences of floats: where their estimate is above 10⁻³ nothing is compared
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


@dataclass(frozen=True)
class CheckResult:
    """What `check` found.

    `evidence`  what the verdict rests on, in words
    `reason`    why it is not CORRECT, in a line
    `findings`  the things that are not as they should be, the worst first
    `points`    how many points were judged; `certified`, at how many the formula was proved right; `entries`, how many
                entries of gradients were compared at all of them
    `branches`  for each decision of the code (place and words) the outcomes that were seen; `unreached`, those of which
                only one was
    `notes`     what is not held against the backward, and how it was judged
    `sizes`     the numbers of entries of the arguments where it failed
    `diagnosis` what kind of fault it is, and where, if a known one explains the gradients (`diagnosis.py`)
    `reproduction`  source code that runs the check at the point where it failed
    """

    name: str
    verdict: Verdict
    evidence: str
    reason: str | None
    findings: tuple[GradientFinding, ...]
    points: int
    certified: int
    entries: int
    branches: dict[tuple[str, str], frozenset[Any]] = field(default_factory=dict[tuple[str, str], frozenset[Any]])
    notes: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    diagnosis: str | None = None
    reproduction: str = ""

    @property
    def ok(self) -> bool:
        """Whether the verdict is CORRECT."""
        return self.verdict is Verdict.CORRECT

    @property
    def unreached(self) -> tuple[str, ...]:
        """The decisions of which only one outcome was seen, in words."""
        return tuple(
            f"{what} at {place} was only {next(iter(seen))}" for (place, what), seen in self.branches.items() if seen in _ONE_SIDED
        )

    def explain(self) -> str:
        """The result in words: one sentence, the worst entries, where they are, and how to see it again."""
        return explanation(self)


def result_of(name: str, run: Exploration, protocol: Sequence[GradientFinding]) -> CheckResult:
    """What an exploration, the first point of which are the given arguments, and the probes say of a backward pass."""
    judged = [taken.judged for taken in run.taken]
    findings = worst_first((*run.findings, *protocol))
    verdict, reason = _verdict(judged[0], findings)
    return CheckResult(
        name=name,
        verdict=verdict,
        evidence=_evidence(verdict, judged, findings),
        reason=reason,
        findings=findings,
        points=len(judged),
        certified=sum(at.certified for at in judged),
        entries=sum(at.entries for at in judged),
        branches=run.decisions.branches(),
        notes=_notes(run, judged),
    )


def _verdict(given: Judged, findings: Sequence[GradientFinding]) -> tuple[Verdict, str | None]:
    """With the reason of one that is not CORRECT."""
    if findings:
        return findings[0].verdict, findings[0].line()
    if given.reach in (Reach.DIFFERENCES, Reach.NOTHING) and not given.entries:
        return Verdict.INCONCLUSIVE, f"{Reason.UNSUPPORTED}: {given.why}"
    return Verdict.CORRECT, None


def _evidence(verdict: Verdict, judged: Sequence[Judged], findings: Sequence[GradientFinding]) -> str:
    """In words: of a CORRECT what the points have shown, of anything else how sure the finding is."""
    if verdict is Verdict.INCONCLUSIVE:
        return Evidence.NOT_CHECKED.value
    evidence = EVIDENCE[judged[0].reach]
    if findings and evidence is not Evidence.DIGITS:
        evidence = Evidence.EXACT if findings[0].kind in (Kind.SHAPE, Kind.PROTOCOL) else Evidence.CERTIFIED
    counted = [at for at in judged if at.certified] if evidence is Evidence.CERTIFIED and not findings else judged
    return evidence_words(evidence, len(counted), DIGITS, unit="point")


def _notes(run: Exploration, judged: Sequence[Judged]) -> tuple[str, ...]:
    """How it was judged, what was excused, what is not held against it, and whether there was no room for more."""
    notes = [at.why for at in judged if at.why]
    if any(at.constants and not at.findings for at in judged):
        notes.append(CONSTANTS)
    if any(at.kink for at in judged):
        notes.append(KINKS)
    notes += [note.words for note in one_of_each_kind(run.notes)[:MOST_NOTES]]
    if len(run.notes) > MOST_NOTES:
        notes.append(f"and {len(run.notes) - MOST_NOTES} more of these kinds")
    if run.operations > run.effort.operations:
        reads = f"the code reads {judged[0].operations:,} numbers at each; smaller arguments, or more effort, reach more"
        notes.append(f"stopped after {len(judged)} points: {reads}")
    return tuple(dict.fromkeys(notes))
