"""From checked cases to the results document: one record per case, the claims with their evidence, the summary in words, the exit code.

The document is the source of every report. It holds no times, no dates and no machine: the same seed gives the same bytes.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version

from backproof.reports.document import Record
from backproof.theorems.catalogue import THEOREMS
from backproof.verify.proofs.coq_audit import Proofs
from backproof.verify.proofs.exhaustive import Exhausted
from backproof.verify.results.case_record import with_open_findings
from backproof.verify.results.ledger import exhausted_record, theorem_record
from backproof.verify.results.proofs import proofs_record
from backproof.verify.results.settings import Settings
from backproof.verify.results.tally import Tally
from backproof.verify.verdicts import Verdict, worst

MOST_INCONCLUSIVE = 0.01
HOLDS = "the backward pass equals the path sum, and the path sum the derivative."
HOLDS_OF_AN_ENGINE = "the engine's adjoints are the derivatives, within the rounding bound."
GROUPS = {
    "lecture": "The lecture's examples",
    "digits": "The lecture's network on handwritten digits",
    "random": "Random graphs",
    "replay": "Replayed cases",
}


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
