"""From checked cases to the results document: one record per case, the claims with their evidence, the summary in words, the exit code.

The document is the source of every report. It holds no times, no dates and no machine: the same seed gives the same bytes.
"""

from __future__ import annotations

import math
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version

from backproof.reports.document import Record
from backproof.theorems.catalogue import THEOREMS
from backproof.verify.cases.case import case_ids
from backproof.verify.cases.coverage import facts
from backproof.verify.paths.enumeration import path_counts
from backproof.verify.proofs.coq_audit import Proofs
from backproof.verify.proofs.exhaustive import Exhausted
from backproof.verify.results.case_detail import LISTED_PATHS, accuracy, detail
from backproof.verify.results.ledger import exhausted_record, theorem_record
from backproof.verify.results.proofs import proofs_record
from backproof.verify.results.tally import Tally
from backproof.verify.three_way.check import CaseResult
from backproof.verify.three_way.comparison import CLAIM_1, Comparison
from backproof.verify.three_way.floats import FloatCheck
from backproof.verify.verdicts import Evidence, Verdict, evidence_words, worst

MOST_INCONCLUSIVE = 0.01
DTYPES = ("float64", "float32")
MOST_REASONS = 4
HOLDS = "the backward pass equals the path sum, and the path sum the derivative."
HOLDS_OF_AN_ENGINE = "the engine's adjoints are the derivatives, within the rounding bound."
GROUPS = {
    "lecture": "The lecture's examples",
    "digits": "The lecture's network on handwritten digits",
    "random": "Random graphs",
    "replay": "Replayed cases",
}


@dataclass(frozen=True)
class Settings:
    """What was asked for (`max_paths`: the most paths of a pair that the report lists; `target`: the engine on trial, None for backproof's own).

    It stands in the results document and decides the exit code.
    """

    command: str
    seed: int
    cases: int
    max_paths: int
    digits: int
    allow_inconclusive: bool = False
    dtypes: tuple[str, ...] = DTYPES
    target: str | None = None


def case_record(
    result: CaseResult,
    with_detail: bool,
    findings: Sequence[Record] | None = None,
    listed: int = LISTED_PATHS,
    target: str | None = None,
) -> Record:
    """One case of the results document; a case that is not CORRECT always has its detail. `findings` are those of the theorems' steps, if they were checked."""
    case, graph = result.case, result.case.graph
    leaves = graph.differentiable_leaves()
    rows = graph.dimension(graph.n) if case.cotangent is None else len(case.cotangent)
    failing = [c for c in result.comparisons if c.verdict is not Verdict.CORRECT]
    measured = accuracy(result)
    open_steps = [found for found in findings or () if found["verdict"] != Verdict.CORRECT.value]
    verdict = worst((result.verdict, *(Verdict(found["verdict"]) for found in open_steps)))
    content, replay = case_ids(case)
    reasons = [(c.verdict, c.reason or "") for c in failing]
    reasons += [(Verdict(found["verdict"]), f"{found['theorem']}, {found['step']}: {found['reason']}") for found in open_steps]
    return {
        "id": content,
        "name": case.name,
        "group": case.group,
        "family": case.family,
        "verdict": verdict.value,
        "reason": "; ".join(list(dict.fromkeys(reason for found, reason in reasons if found is verdict))[:MOST_REASONS]) or None,
        "vertices": graph.n,
        "leaves": graph.l,
        "edges": len(graph.edges),
        "paths": str(sum(path_counts(graph, j).get(graph.n, 0) for j in leaves)),
        "facts": facts(graph),
        "entries": rows * sum(graph.dimension(j) for j in leaves),
        "checks": [_check(comparison, result.floats_checked) for comparison in result.comparisons],
        "undecidable": [
            {"system": check.system, "reason": check.undecidable} for check in result.floats_checked if check.undecidable is not None
        ],
        "witnessed": bool(result.moved),
        "digits": None if measured is None else measured[0],
        "ulps": None if measured is None else str(measured[1]),
        "replay": replay,
        **({} if target is None else {"target": target}),
        "findings": findings,
        "detail": detail(result, listed) if with_detail or verdict is not Verdict.CORRECT else None,
    }


def _check(comparison: Comparison, floats: Sequence[FloatCheck]) -> Record:
    checked = 0 if comparison.verdict is Verdict.INCONCLUSIVE else 1
    return {
        "claim": comparison.claim,
        "theorem": comparison.theorem,
        "system": comparison.system,
        "verdict": comparison.verdict.value,
        "reason": comparison.reason,
        "evidence": evidence_words(comparison.evidence, checked, comparison.digits or 0),
        "kind": comparison.evidence.name,
        "digits": comparison.digits,
        "entries": comparison.entries,
        "worst": _share(comparison),
        "bins": next((list(check.bins) or None for check in floats if check.comparison is comparison), None),
        "failed": comparison.failed,
        "failures": [asdict(failure) for failure in comparison.failures],
    }


def _share(comparison: Comparison) -> str:
    share = comparison.worst
    if share is None:
        return "unequal" if comparison.failed else "overlapping" if comparison.evidence is Evidence.CERTIFIED else "equal"
    what = "the estimate" if comparison.claim == CLAIM_1 else "the bound"
    return "beyond " + what if math.isinf(share) else f"{share:.2g} of {what}"


def results_document(
    settings: Settings,
    tally: Tally,
    not_checked: Sequence[str],
    interrupted: bool,
    exhausted: Sequence[Exhausted] = (),
    derivations: Sequence[Record] = (),
    proofs: Proofs | None = None,
) -> Record:
    """The results document of a run (`reports/results.schema.json`)."""
    violated = any(size.violated for size in exhausted)
    derived = [Verdict(record["verdict"]) for record in derivations]
    failed = (
        fails(tally.counts, settings.allow_inconclusive)
        or (tally.coverage.missed and settings.target is None)
        or violated
        or any(verdict in (Verdict.WRONG, Verdict.INACCURATE) for verdict in derived)
    )
    every_graph = exhausted_record(exhausted)
    formal = proofs_record(proofs)
    records = tally.records()
    return {
        "format": "backproof-results",
        "version": 1,
        "tool": {"name": "backproof", "version": version("backproof")},
        "environment": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "mpmath", "networkx", "python-flint")},
        },
        "run": {**asdict(settings), "dtypes": list(settings.dtypes), "interrupted": interrupted},
        "summary": {
            "holds": tally.total > 0 and not failed and not interrupted,
            "verdict": worst(
                (*(Verdict(verdict) for verdict, count in tally.counts.items() if count), *derived, *((Verdict.WRONG,) if violated else ()))
            ).value,
            "sentence": _sentence(tally, failed, interrupted, every_graph, settings.target),
            "counts": tally.counts,
            "claims": tally.claims(),
            "not_checked": [
                *tally.open_sentences(witnesses=settings.target is None),
                *((formal["sentence"],) if proofs is None and settings.target is None else ()),
                *not_checked,
            ],
            "accuracy": tally.accuracy(),
        },
        "coverage": tally.coverage.document() if tally.coverage.cases and settings.target is None else None,
        "theorems": [theorem_record(theorem, tally.ledger, every_graph, formal) for theorem in THEOREMS] if settings.target is None else [],
        "proofs": formal,
        "exhaustive": every_graph,
        "derivations": list(derivations),
        "groups": [
            {"name": name, "title": title, "cases": sum(tally.groups[name].values()), "counts": tally.groups[name]}
            for name, title in GROUPS.items()
            if name in tally.groups
        ],
        "unlisted": tally.total - len(records),
        "cases": [with_open_findings(record) for record in records],
    }


def with_open_findings(record: Record) -> Record:
    """A case as the results list it: of the theorems' steps only those that are not CORRECT; the others are counted under the theorems."""
    return {**record, "findings": [found for found in record["findings"] or () if found["verdict"] != Verdict.CORRECT.value]}


def fails(counts: Mapping[str, int], allow_inconclusive: bool) -> bool:
    """Whether a run with these verdicts fails: anything WRONG or INACCURATE, or INCONCLUSIVE cases that are not allowed or above 1 %.

    >>> fails({"CORRECT": 150, "INACCURATE": 0, "WRONG": 0, "INCONCLUSIVE": 1}, allow_inconclusive=True)
    False
    >>> fails({"CORRECT": 50, "INACCURATE": 0, "WRONG": 0, "INCONCLUSIVE": 1}, allow_inconclusive=True)
    True
    """
    undecided = counts["INCONCLUSIVE"]
    too_many = undecided > MOST_INCONCLUSIVE * sum(counts.values())
    return bool(counts["WRONG"] or counts["INACCURATE"] or (undecided and (too_many or not allow_inconclusive)))


def _sentence(tally: Tally, failed: bool, interrupted: bool, exhausted: Record | None, target: str | None) -> str:
    counts, total = tally.counts, tally.total
    start = "Interrupted: of the cases checked so far, " if interrupted else ""
    if total == 0:
        return start + "no case was checked."
    if counts["CORRECT"] == total:
        body = f"{'all' if total > 1 else 'the'} {_cases(total)} {'hold' if total > 1 else 'holds'}: "
        body += HOLDS if target is None else HOLDS_OF_AN_ENGINE
    else:
        others = ", ".join(f"{count:,} {word}" for word, count in counts.items() if count and word != "CORRECT")
        body = f"{counts['CORRECT']:,} of {_cases(total)} hold; {others}."
        if not failed:
            body += " The inconclusive ones are allowed, and at most 1 % of the cases."
    if exhausted is not None and exhausted["violated"]:
        body += f" But on symbols {exhausted['violated']:,} adjoints on graphs with up to {exhausted['n']} vertices are not the sum over their paths."
    if tally.coverage.missed and target is None:
        gaps = len(tally.coverage.empty())
        body += f" But the random graphs left {gaps:,} cell{'s' if gaps > 1 else ''} of the coverage tables empty."
    return start + body if start else body[0].upper() + body[1:]


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count:,} cases"
