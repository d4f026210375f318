"""The answer of `check`, with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from backproof.verify.gradient_oracle.exploration import GIVEN, Exploration
from backproof.verify.gradient_oracle.findings import Finding, worst_of
from backproof.verify.gradient_oracle.words import explained
from backproof.verify.verdicts import Evidence, Reason, Verdict, evidence_words

MOST_NOTES = 3
_ONE_SIDED = (frozenset({True}), frozenset({False}))


@dataclass(frozen=True)
class CheckResult:
    """What `check` found. `findings` are the things that are not as they should be, the worst first; `points` the number of points judged, `certified` those where
    the formula was proved right.

    `sizes` are the numbers of entries of the arguments there. `diagnosis` says what kind of fault it is, and where, if one of the known ones explains the
    gradients (`verify.gradient_oracle.diagnosis`); `reproduction` is source code that runs the check at the point where it failed.
    `branches` holds, for each decision of the code (place and words), the outcomes that were seen; `unreached` those of which only one outcome was.
    """

    name: str
    verdict: Verdict
    evidence: str
    reason: str | None
    findings: tuple[Finding, ...]
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
        return explained(self)


def _as_finding(found: Any) -> Finding:
    return Finding(Verdict.WRONG.value, "protocol", GIVEN, found.argument, None, found.left, "", float("inf"), found.sentence)


def _result(name: str, run: Exploration, protocol: Sequence[Finding]) -> CheckResult:
    findings = sorted((*run.findings, *protocol), key=lambda finding: finding.verdict != Verdict.WRONG.value)
    certified = sum(judged.certified for judged in run.judged)
    first = run.judged[0] if run.judged else None
    verdict, reason = Verdict.CORRECT, None
    if findings:
        worst = worst_of(findings)
        verdict, reason = Verdict(worst.verdict), worst.line()
        findings = [worst, *(finding for finding in findings if finding is not worst)]
    elif first is None or (
        not first.certified and first.opaque is not None and not first.opaque.startswith("backward") and not first.entries
    ):
        verdict, reason = Verdict.INCONCLUSIVE, f"{Reason.UNSUPPORTED.value}: {first.opaque if first else 'no point could be judged'}"
    evidence = Evidence.CERTIFIED if first is not None and first.certified else Evidence.ROUNDING
    if first is not None and first.opaque is not None and first.opaque.startswith("forward"):
        evidence = Evidence.DIGITS
    if findings and evidence is not Evidence.DIGITS:
        evidence = Evidence.EXACT if findings[0].kind in ("shape", "protocol") else Evidence.CERTIFIED
    judged = certified if evidence is Evidence.CERTIFIED and not findings else len(run.judged)
    notes = tuple(dict.fromkeys(judged.opaque for judged in run.judged if judged.opaque))
    if any(judged.constants and not judged.findings for judged in run.judged):
        notes = (*notes, "equal up to the rounding of float constants in the code")
    if any(judged.kink for judged in run.judged):
        notes = (*notes, "at exact ties, and within rounding of them, any mixture of the derivatives on the sides was accepted")
    notes += tuple(_one_of_each_kind(run.notes))[:MOST_NOTES]
    if len(run.notes) > MOST_NOTES:
        notes = (*notes, f"and {len(run.notes) - MOST_NOTES} more of these kinds")
    if run.operations > run.most_operations:
        notes = (
            *notes,
            f"stopped after {len(run.judged)} points: the code reads {run.judged[0].operations:,} numbers at each; smaller arguments, or more effort, reach more",
        )
    words = (
        "not checked"
        if verdict is Verdict.INCONCLUSIVE
        else evidence_words(evidence, judged, 6).replace("cases", "points").replace("case", "point")
    )
    return CheckResult(
        name=name,
        verdict=verdict,
        evidence=words,
        reason=reason,
        findings=tuple(findings),
        points=len(run.judged),
        certified=certified,
        entries=sum(judged.entries for judged in run.judged),
        branches=run.branches(),
        notes=notes,
    )


def _one_of_each_kind(notes: Iterable[str]) -> list[str]:
    """The first note of every kind, then the second of every kind, and so on; a kind is what is said, whatever the point."""
    seen: dict[str, int] = {}
    ordered: list[tuple[int, str]] = []
    for note in notes:
        kind = note.partition(", ")[2] if note.startswith("at ") else note.partition(":")[0]
        seen[kind] = seen.get(kind, 0) + 1
        ordered.append((seen[kind], note))
    return [note for _, note in sorted(ordered, key=lambda pair: pair[0])]
