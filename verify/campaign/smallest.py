"""A failure made small, with what it says of its cause and a test to paste: the record `smallest` of a results document.

The failure is chosen, and made small, so that its explanation stays as narrow as the run makes it: of the cases of the
first cause the one that leaves the fewest hypotheses open, then the smallest, and no reduction is taken that would open
one again. So what a failure is made to depends on that failure alone, and a shard can do it for the whole (`stand_ins`).

>>> from functools import partial
>>> from backproof.verify.cases.lecture import lecture_cases
>>> from backproof.verify.selftest.mutants import by_name
>>> from backproof.verify.three_way.check import check_case
>>> wrong = partial(check_case, routes=by_name("last consumer only").routes)
>>> found = smallest(wrong(lecture_cases()[0]), wrong, lambda result: "a child is forgotten")
>>> found["vertices"], found["case"]["vertices"], found["case"]["verdict"], found["diagnosis"]
(4, 3, 'WRONG', 'a child is forgotten')
>>> smallest(check_case(lecture_cases()[0]), check_case, lambda result: None) is None  # it does not fail
True
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from backproof.reports.document import Record
from backproof.verify.blame.causes import UNKNOWN, level, may_be_chance
from backproof.verify.campaign.halving import is_large
from backproof.verify.campaign.shrinking import same_failure, shrink
from backproof.verify.cases.case import Case
from backproof.verify.cases.replay import case_id, regression_test
from backproof.verify.results.case_record import case_record, with_open_findings
from backproof.verify.results.faults import fault_sentence
from backproof.verify.three_way.check import CaseResult

MOST_TRIED = 500
"""Chosen: a graph of 15 vertices takes about 70 candidates and less than a second; a run ends soon after its first
failure whatever the engine.
"""

MOST_STAND_INS = 3  # failures of a shard that are made small; chosen: each takes seconds, and nearly always one is of all causes
MOST_TRIED_OF_LARGE = 250  # chosen: 1,025 consumers of which those from the 13th on are forgotten come down to 13, in twenty seconds


@dataclass(frozen=True)
class Explained:
    """What a small case must keep: `fault` says of a result what explains it (`results.faults`), `remain` what may be
    left open; `cause` is that of the run, and its words, where one is known.
    """

    fault: Callable[..., Record | None]
    remain: frozenset[str] | None = None
    cause: tuple[str, str] | None = None


def representative(
    records: Iterable[Record], causes: Record | None, fault: Callable[..., Record | None]
) -> tuple[Record, Explained] | None:
    """The failing case that a run is shown by, and what must be kept of its explanation; None where nothing fails.

    Of the first cause: with the fewest hypotheses, then with the fewest vertices; the first of those. A hang is not made
    small: each try would take the whole limit.

    >>> one = {"verdict": "WRONG", "vertices": 2, "edges": 1, "checks": [], "fault": {"explained_by": ["sign @ every exp", "sign @ one place"]}}
    >>> other = {**one, "vertices": 5, "fault": {"explained_by": ["sign @ every exp"]}}
    >>> named = {"cause": "sign @ every exp", "remain": ["sign @ every exp"], "words": "it sets", "known": True}
    >>> representative([one, other], {"named": [named]}, lambda result: None)[0]["vertices"]
    5
    >>> representative([], None, lambda result: None) is None
    True
    """
    judged = _judged(records)
    named = causes["named"] if causes is not None else []
    of_first = [record for record in judged if named and named[0]["cause"] in _explained_by(record)]
    chosen = min(of_first or judged, key=_rank, default=None)
    if chosen is None:
        return None
    if not of_first:
        return chosen, Explained(fault)
    return chosen, Explained(fault, _keys(chosen), (named[0]["cause"], named[0]["words"]) if named[0]["known"] else None)


def stand_ins(records: Iterable[Record], fault: Callable[..., Record | None]) -> list[tuple[Record, Explained]]:
    """The failures of a shard by one of which the whole run may be shown, whatever its first cause is: of each cause that
    explains some of them the one that `representative` would take, those of the most failures first.

    >>> one = {"id": "a", "name": "a", "verdict": "WRONG", "vertices": 5, "edges": 1, "checks": [], "fault": {"explained_by": ["sign @ every exp"]}}
    >>> other = {**one, "id": "b", "vertices": 3}
    >>> [record["vertices"] for record, _ in stand_ins([one, other], lambda result: None)]
    [3]
    """
    judged = _judged(records)
    counts = Counter(key for record in judged for key in _explained_by(record))
    if not counts:
        return [(record, Explained(fault)) for record in sorted(judged, key=_rank)[:1]]
    chosen: dict[tuple[str, str], Record] = {}
    for key, _ in sorted(counts.items(), key=lambda counted: (-counted[1], level(counted[0]), counted[0])):
        record = min((record for record in judged if key in _explained_by(record)), key=_rank)
        chosen.setdefault((record["id"], record["name"]), record)
    return [(record, Explained(fault, _keys(record))) for record in list(chosen.values())[:MOST_STAND_INS]]


def _judged(records: Iterable[Record]) -> list[Record]:
    """The failures of which one may be made small: without those left open where others are wrong, and without hangs."""
    failing = [record for record in records if record["verdict"] != "CORRECT" and not _hangs(record)]
    return [record for record in failing if record["verdict"] != "INCONCLUSIVE"] or failing


def _rank(record: Record) -> tuple[int, int, int]:
    return len(_keys(record)), record["vertices"], record["edges"]


def _explained_by(record: Record) -> Sequence[str]:
    return (record.get("fault") or {}).get("explained_by", ())


def _keys(record: Record) -> frozenset[str]:
    return _known(_explained_by(record))


def _known(keys: Iterable[str]) -> frozenset[str]:
    """The causes that say what is wrong, and not only which part; without factors of several digits, since some
    such factor fits every single number, and would keep a case large.
    """
    return frozenset(key for key in keys if level(key) < UNKNOWN and not may_be_chance(key))


def _hangs(record: Record) -> bool:
    return any(check.get("ending") == "hang" for check in record["checks"])


def smallest(
    result: CaseResult,
    check: Callable[[Case], CaseResult],
    diagnose: Callable[[CaseResult], str | None],
    target: str | None = None,
    stop: Callable[[], bool] = lambda: False,
    explained: Explained | None = None,
) -> Record | None:
    """The case of `result` as small as it fails in the same way; None if it does not fail, or does not fail again, or
    `stop` is true before it is found.

    `check` checks a candidate as `result` was found, `diagnose` says of a result what is wrong, `target` is the engine
    on trial where it is not backproof's own, `explained` what its explanation must keep. Once `stop` is true no further
    candidate is tried.
    """
    try:
        narrow = None if explained is None or explained.remain is None else _narrow(explained.fault, explained.remain)
        most = MOST_TRIED_OF_LARGE if is_large(result.case.graph) else MOST_TRIED
        small = shrink(result.case, same_failure(result, check=check, also=narrow), most, stop).case
    except ValueError:
        return None
    if stop():
        return None
    found = check(small)
    if found.verdict is not result.verdict:  # an engine that does not fail every time
        return None
    fault = None if explained is None else explained.fault(found)
    return {
        "of": case_id(result.case),
        "name": result.case.name,
        "vertices": result.case.graph.n,
        "case": with_open_findings(case_record(found, with_detail=True, target=target, fault=fault)),
        "test": regression_test(small, target=target),
        "diagnosis": diagnosis_of(fault, small, explained) or diagnose(found),
    }


def diagnosis_of(fault: Record | None, small: Case, explained: Explained | None) -> str:
    """The cause of the run, and what it does on this case, whose `fault` is in its record; empty where none is known."""
    if fault is None or explained is None or explained.cause is None or explained.cause[0] not in fault["explained_by"]:
        return ""
    key, words = explained.cause
    marks = sorted(fault.get("marks", ()), key=lambda mark: key not in mark["causes"])
    return f"{words[:1].upper()}{words[1:]}. {fault_sentence({**fault, 'marks': marks}, small.graph)}".strip()


def _narrow(fault: Callable[..., Record | None], remain: frozenset[str]) -> Callable[[CaseResult], bool]:
    """Whether a failure is explained, and by nothing that may not be left open."""

    def narrow(result: CaseResult) -> bool:
        found = fault(result, certified=False)
        return found is not None and bool(found["explained_by"]) and _known(found["explained_by"]) <= remain

    return narrow
