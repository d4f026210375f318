"""One checked case as a record: what the results document, the lines file and every report say of it, as plain data.

Verdicts, evidence and reasons become words here; numbers that matter are strings. A case that is not CORRECT always has
its detail (`results.case_detail`), and its reason is that of its worst comparisons and steps.

>>> from backproof.engine import Graph, leaf, vertex
>>> from backproof.verify.cases.case import make_case
>>> from backproof.verify.three_way.check import check_case
>>> def record(x):
...     graph = Graph(1, (leaf("x"), vertex("y", "log", (1,))))
...     return case_record(check_case(make_case("log", "replay", graph, [x])), with_detail=False)
>>> record(2.0)["verdict"], record(2.0)["reason"], record(2.0)["checks"][0]["worst"]
('CORRECT', None, '0 of the bound')
>>> record(-1.0)["verdict"], record(-1.0)["reason"]
('INCONCLUSIVE', "outside the domain: vertex 2 ('y'): log is not defined at x = [-1.0]; move the leaf values into its domain")
>>> with_open_findings({"findings": None})["findings"]
[]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from backproof.engine import FLOAT64
from backproof.reports.document import Record
from backproof.verify.cases.corners import corners_of
from backproof.verify.cases.coverage import facts
from backproof.verify.cases.reach import reach
from backproof.verify.cases.replay import case_ids
from backproof.verify.paths.enumeration import path_counts_to
from backproof.verify.results.case_detail import MOST_DETAILED, accuracy, cancellation, detail, is_too_large
from backproof.verify.results.counts import UNEXPLAINED, counts_of, is_empty, plan_of
from backproof.verify.results.settings import LISTED_PATHS
from backproof.verify.results.shares import share_number, share_words
from backproof.verify.three_way.check import CaseResult
from backproof.verify.three_way.comparison import Change, Comparison
from backproof.verify.three_way.floats import FloatCheck
from backproof.verify.three_way.witness import Witness
from backproof.verify.verdicts import Verdict, evidence_words, worst

MOST_REASONS = 4  # of one case, joined in its reason; chosen: a line of the summary holds them


def case_record(
    result: CaseResult,
    with_detail: bool,
    findings: Sequence[Record] | None = None,
    listed: int = LISTED_PATHS,
    target: str | None = None,
    dtypes: Sequence[str] = (FLOAT64.name,),
    fault: Record | None = None,
) -> Record:
    """One case of the results document, with its detail where it is asked for or the case is not CORRECT.

    `findings`: those of the theorems' steps, if they were checked; `listed`: how many paths of a pair the detail lists;
    `target`: the engine on trial; `dtypes`: the hardware number systems in which the case was to be checked; `fault`:
    what a failing case says of its cause (`results.faults`). A graph too large for a detail has the limit instead, as
    `undrawn`.
    """
    counts = counts_of(result, plan_of(dtypes, target))
    case, graph = result.case, result.case.graph
    leaves = graph.differentiable_leaves()
    rows = graph.dimension(graph.n) if case.cotangent is None else len(case.cotangent)
    failing = [c for c in result.comparisons if c.verdict is not Verdict.CORRECT]
    open_steps = [found for found in findings or () if found["verdict"] != Verdict.CORRECT.value]
    verdict = worst((result.verdict, *(Verdict(found["verdict"]) for found in open_steps)))
    verdict = worst((verdict, Verdict.INCONCLUSIVE)) if counts.unexplained else verdict
    content, replay = case_ids(case)
    paths = path_counts_to(graph, graph.n)
    with np.errstate(all="ignore"):  # adjoints that are not finite are shown, not warned of
        measured, cancelling = accuracy(result), cancellation(result)
        drawn = detail(result, listed) if with_detail or verdict is not Verdict.CORRECT else None
    reasons = [(c.verdict, c.sentence or "") for c in failing]
    reasons += [(Verdict.INCONCLUSIVE, f"planned comparisons that were not judged: {counts.unexplained}; {UNEXPLAINED}")] * (
        counts.unexplained > 0
    )
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
        "paths": str(sum(paths.get(j, 0) for j in leaves)),
        "facts": facts(graph),
        "reach": reach(graph),
        **({"corners": [cell.name for cell in corners]} if (corners := corners_of(case)) else {}),
        "entries": rows * sum(graph.dimension(j) for j in leaves),
        **counts.record(),
        "checks": [_check(comparison, result.floats_checked) for comparison in result.comparisons],
        "undecidable": [
            {"system": check.system, "reason": check.undecidable} for check in result.floats_checked if check.undecidable is not None
        ],
        "witnessed": bool(result.moved or result.directions),
        **_differences(result),
        "digits": None if measured is None else measured[0],
        "ulps": None if measured is None else str(measured[1]),
        **({"cancellation": cancelling} if cancelling else {}),
        "replay": replay,
        **({} if target is None else {"target": target}),
        "findings": findings,
        "detail": drawn,
        **({"undrawn": MOST_DETAILED} if is_too_large(graph) else {}),
        **({} if fault is None else {"fault": fault}),
    }


def _differences(result: CaseResult) -> Record:
    """How differences were taken, where they were: the names of directions are enough to have these again."""
    if not (result.moved or result.directions):
        return {}
    how = Witness.DIRECTIONS if result.directions else Witness.ENTRIES
    return {"differences": {"how": how.value, "directions": list(result.directions), "left_open": result.left_open}}


def _check(comparison: Comparison, floats: Sequence[FloatCheck]) -> Record:
    checked = 0 if comparison.verdict is Verdict.INCONCLUSIVE or is_empty(comparison) else 1
    return {
        "claim": comparison.claim,
        "theorem": comparison.theorem,
        "system": comparison.system,
        "verdict": comparison.verdict.value,
        "reason": comparison.sentence,
        "evidence": evidence_words(comparison.evidence, checked, comparison.digits or 0),
        "kind": comparison.evidence.name,
        "digits": comparison.digits,
        "entries": comparison.entries,
        "worst": share_words(comparison),
        "share": share_number(comparison),
        "bins": next((list(check.bins) or None for check in floats if check.comparison is comparison), None),
        **_agreed(next((check for check in floats if check.comparison is comparison), None)),
        "failed": comparison.failed,
        "failures": [asdict(failure) for failure in comparison.failures],
        **({} if comparison.ending is None else {"ending": str(comparison.ending)}),
        **({} if comparison.change is None else {"change": change_record(comparison.change)}),
    }


def _agreed(check: FloatCheck | None) -> Record:
    return {"agreed": {str(digits): count for digits, count in check.agreed.items()}} if check and check.agreed else {}


def change_record(change: Change) -> Record:
    """A change between two calls of an engine, as data.

    >>> change_record(Change("adjoint of x", "2e-16", 0.2512, 3))
    {'where': 'adjoint of x', 'difference': '2e-16', 'share': '0.25', 'entries': 3}
    """
    return {**asdict(change), "share": None if change.share is None else f"{change.share:.2g}"}


def with_open_findings(record: Record) -> Record:
    """A case as the document lists it: of the theorems' steps those that are not CORRECT; the ledger counts all."""
    return {**record, "findings": [found for found in record["findings"] or () if found["verdict"] != Verdict.CORRECT.value]}
