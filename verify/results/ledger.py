"""What many cases say about every step of every theorem, and the words of evidence that this amounts to.

A step of a theorem is checked in several number systems; each gives evidence of its own, listed strongest first. The
evidence of a theorem is that of the step which states it; its verdict is the worst of all its steps. Without a case it
is `not checked`, and has no verdict.

>>> from backproof.theorems.catalogue import theorem
>>> from backproof.verify.cases.lecture import lecture_cases
>>> from backproof.verify.proofs.steps import check_case_theorems
>>> ledger = Ledger()
>>> ledger.add("L11", [finding_record(f) for f in check_case_theorems(lecture_cases()[0], [theorem("backward-pass")])])
>>> theorem_record(theorem("backward-pass"), ledger)["evidence"]
['exact on 1 case', 'within rounding bound on 1 case']
>>> theorem_record(theorem("log-softmax"), ledger)["evidence"], theorem_record(theorem("log-softmax"), ledger)["verdict"]
(['not checked'], None)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from typing import Any

from backproof.reports.document import Record
from backproof.theorems.theorem import Step, Theorem
from backproof.verify.proofs.exhaustive import Exhausted
from backproof.verify.proofs.steps import RANDOM_POINT, StepFinding
from backproof.verify.results.proofs import formal_name, formal_statements
from backproof.verify.verdicts import Evidence, Verdict, evidence_words, worst

SYSTEMS = ("free", "rational", RANDOM_POINT, "mpmath", "float64")
STRENGTH = tuple(Evidence)
EXHAUSTED = ("backward-pass", "conclusion")


def finding_record(finding: StepFinding) -> Record:
    """A finding as JSON data."""
    return {
        "theorem": finding.theorem,
        "step": finding.step,
        "system": finding.system.split("(")[0],
        "verdict": finding.verdict.value,
        "kind": finding.kind.name,
        "places": finding.places,
        "digits": finding.digits,
        "methods": list(finding.methods),
        "degree": finding.degree,
        "bound": None if finding.bound is None else float(finding.bound),
        "reason": finding.reason,
        "failed": finding.failed,
        "failures": [asdict(failure) for failure in finding.failures[:3]],
    }


@dataclass
class StepEvidence:
    """What all cases say of one step in one number system, in whatever order they are added: `reason`, `failure` and
    `case` are those of the first place with the worst verdict, and `bound` is summed exactly.
    """

    kind: str
    places: int = 0
    digits: int | None = None
    methods: set[str] = field(default_factory=set)
    degree: int | None = None
    bound: Fraction | None = None
    counts: dict[str, int] = field(default_factory=lambda: {verdict.value: 0 for verdict in Verdict})
    reason: str | None = None
    failure: Record | None = None
    case: str | None = None
    place: int = 0

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of any case."""
        return worst(Verdict(name) for name, count in self.counts.items() if count)

    def record(self, system: str) -> Record:
        """It as JSON data, with the evidence in words."""
        words = evidence_words(Evidence[self.kind], self.counts[Verdict.CORRECT.value], self.digits or 0)
        return {
            "system": system,
            "evidence": words,
            "kind": self.kind,
            "digits": self.digits,
            "verdict": self.verdict.value,
            "counts": dict(self.counts),
            "places": self.places,
            "methods": sorted(self.methods),
            "degree": self.degree,
            "bound": None if self.bound is None else float(self.bound),
            "reason": self.reason,
            "case": self.case,
            "failure": self.failure,
        }


@dataclass
class Ledger:
    """The findings of all cases, by theorem, step and number system."""

    cases: int = 0
    entries: dict[tuple[str, str, str], StepEvidence] = field(default_factory=dict)

    def add(self, case: str, findings: Iterable[Mapping[str, Any]], place: int = 0) -> None:
        """Count the findings of one case, given by its id and its place in the order of the results."""
        self.cases += 1
        for found in findings:
            entry = self.entries.setdefault((found["theorem"], found["step"], found["system"]), StepEvidence(found["kind"]))
            entry.places += found["places"]
            entry.methods.update(found["methods"])
            if found["bound"] is not None:
                entry.degree = max(entry.degree or 0, found["degree"])
                entry.bound = (entry.bound or Fraction(0)) + Fraction(found["bound"])
            before = entry.verdict
            entry.counts[found["verdict"]] += 1
            if found["verdict"] == Verdict.CORRECT.value:
                if found["digits"] is not None:
                    entry.kind = found["kind"]
                    entry.digits = found["digits"] if entry.digits is None else min(entry.digits, found["digits"])
            elif entry.verdict is not before or (entry.verdict.value == found["verdict"] and (entry.case is None or place < entry.place)):
                entry.reason, entry.case, entry.place = found["reason"], case, place
                entry.failure = found["failures"][0] if found["failures"] else None

    def of(self, theorem: Theorem, step: Step) -> list[Record]:
        """What is known of one step, the strongest evidence first."""
        entries = [
            (system, self.entries[theorem.label, step.name, system])
            for system in (*SYSTEMS, "all")
            if (theorem.label, step.name, system) in self.entries
        ]
        entries.sort(key=lambda item: STRENGTH.index(Evidence[item[1].kind]))
        return [entry.record(system) for system, entry in entries]


def exhausted_record(sizes: Sequence[Exhausted]) -> Record | None:
    """The exhaustive check as JSON data; None where no size was tried."""
    if not sizes:
        return None
    return {
        "n": max(size.n for size in sizes),
        "graphs": sum(size.graphs for size in sizes),
        "adjoints": sum(size.adjoints for size in sizes),
        "violated": sum(size.violated for size in sizes),
        "sizes": [{"n": size.n, "graphs": size.graphs, "adjoints": size.adjoints, "violated": size.violated} for size in sizes],
        "violations": [violation.sentence for size in sizes for violation in size.violations][:20],
    }


def theorem_record(theorem: Theorem, ledger: Ledger, exhausted: Record | None = None, proofs: Record | None = None) -> Record:
    """A theorem for the results document: its statement, its steps, and the evidence for each. `proofs` is the record
    of the formal proofs.
    """
    rests = {name: len(proofs.get("axioms", {}).get(name, ())) for name in proofs["proved"]} if proofs else {}
    reviewed = formal_statements()
    steps = [_step_record(theorem, step, ledger, exhausted, rests, reviewed) for step in theorem.steps]
    checked = [Verdict(step["verdict"]) for step in steps if step["verdict"] is not None]
    statement = next(step for step in steps if step["name"] == theorem.statement.name)
    return {
        "label": theorem.label,
        "title": theorem.title,
        "source": theorem.source,
        "words": theorem.words,
        "latex": theorem.latex,
        "hypotheses": [asdict(hypothesis) for hypothesis in theorem.hypotheses],
        "uses": list(theorem.uses),
        "claim": theorem.statement.name,
        "formal": theorem.formal,
        "formal_statement": reviewed.get(theorem.formal or ""),
        "verdict": worst(checked).value if checked else None,
        "evidence": list(_by_kind(statement["found"]).values()) or [Evidence.NOT_CHECKED.value],
        "steps": steps,
    }


def _by_kind(found: Sequence[Record]) -> dict[str, str]:
    """The evidence of each kind, strongest first; where two number systems have one kind, what the first says."""
    words: dict[str, str] = {}
    for entry in found:
        words.setdefault(entry["kind"], entry["evidence"])
    return words


def _step_record(
    theorem: Theorem, step: Step, ledger: Ledger, exhausted: Record | None, rests: Mapping[str, int], reviewed: Mapping[str, str]
) -> Record:
    """`rests` counts the axioms under each statement that was proved."""
    found = ledger.of(theorem, step)
    formal = formal_name(theorem, step)
    if exhausted is not None and (theorem.label, step.name) == EXHAUSTED:
        found.insert(0, _exhaustive_entry(exhausted))
    if formal is not None and formal in rests:
        entry = _entry("formal", Evidence.MACHINE_CHECKED, Verdict.CORRECT)
        found.insert(0, {**entry, "evidence": f"{entry['evidence']}, on {rests[formal]} classical axioms"} if rests[formal] else entry)
    verdict = worst(Verdict(entry["verdict"]) for entry in found).value if found else None
    return {
        "name": step.name,
        "source": step.source,
        "words": step.words,
        "latex": step.latex,
        "formal": formal,
        "formal_statement": reviewed.get(formal or ""),
        "verdict": verdict,
        "found": found,
    }


def _exhaustive_entry(exhausted: Record) -> Record:
    wrong = exhausted["violated"] > 0
    verdict = Verdict.WRONG if wrong else Verdict.CORRECT
    entry = _entry("free", Evidence.EXHAUSTIVE, verdict, exhausted["graphs"])
    words = Evidence.NOT_CHECKED.value if wrong else Evidence.EXHAUSTIVE.value.replace("N", str(exhausted["n"]))
    return {**entry, "evidence": words, "places": exhausted["adjoints"], "reason": exhausted["violations"][0] if wrong else None}


def _entry(system: str, kind: Evidence, verdict: Verdict, cases: int = 0) -> Record:
    """An entry that does not come from cases."""
    counts = {one.value: cases if one is verdict else 0 for one in Verdict}
    return {**StepEvidence(kind.name, counts=counts).record(system), "evidence": kind.value, "verdict": verdict.value}
