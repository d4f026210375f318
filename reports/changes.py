"""What changed between two results documents: newly wrong, fixed, bound or evidence changed, new, gone.

Cases are known by their ids, theorems and checks by their names. The documents of one version hold no times, so that a
run against itself is empty, whatever machine it ran on.

>>> told = {"verdict": "CORRECT", "holds": True, "sentence": "", "counts": {}, "not_checked": []}
>>> run = {"run": {"interrupted": False, "allow_inconclusive": False}, "summary": told, "cases": [], "theorems": [], "derivations": [], "exhaustive": None}
>>> changes(run, run).rows
()
>>> found = changes(run, {**run, "summary": {**told, "holds": False}})
>>> found.sentence, found.regressions
('1 newly wrong, 0 fixed, 0 bounds or evidence changed, 0 otherwise wrong, 0 new, 0 gone; 0 in common', 1)
>>> changes({}, run)
Traceback (most recent call last):
    ...
KeyError: 'summary'
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from backproof.reports.document import Record, Results
from backproof.reports.formats.outcomes import NOT_CHECKED, PASSED, RUN, Outcome, parts
from backproof.reports.vocabulary import SEVERITY

NEWLY_WRONG, FIXED, BOUND, OTHERWISE, NEW, GONE = KINDS = ("newly wrong", "fixed", "bound changed", "otherwise wrong", "new", "gone")
SETTINGS = ("seed", "cases", "digits", "dtypes", "differences", "target", "max_paths")


@dataclass(frozen=True)
class Change:
    """One thing that is not as it was. `worse`: whether it is a regression; `case`: the id of the case that it is of,
    empty where it is none of these results.
    """

    kind: str
    name: str
    before: str
    after: str
    worse: bool = False
    case: str = ""


@dataclass(frozen=True)
class Changes:
    """All of them, by kind; how many outcomes both documents have; and in which settings the runs themselves differ."""

    rows: tuple[Change, ...]
    common: int
    settings: tuple[str, ...] = ()

    @property
    def regressions(self) -> int:
        """How many are worse: newly wrong, gone, or new and not right."""
        return sum(row.worse for row in self.rows)

    @property
    def counts(self) -> tuple[tuple[str, int, int], ...]:
        """Of each kind how many there are, and how many of them are worse."""
        return tuple(
            (kind, sum(row.kind == kind for row in self.rows), sum(row.kind == kind and row.worse for row in self.rows)) for kind in KINDS
        )

    @property
    def sentence(self) -> str:
        """How many there are of each kind."""
        counts = Counter(row.kind for row in self.rows)
        if not self.rows:
            return f"nothing changed, of {self.common:,} in common"
        words = ", ".join(f"{counts[kind]:,} {'bounds or evidence changed' if kind == BOUND else kind}" for kind in KINDS)
        return f"{words}; {self.common:,} in common"


def changes(baseline: Results, results: Results) -> Changes:
    """What is in `results` otherwise than in `baseline`. KeyError if one is no results document."""
    before, after = _keyed(baseline), _keyed(results)
    ids = {outcome.key: case["id"] for outcome, case in zip(parts(results), results["cases"], strict=False)}
    keys = (*before, *(key for key in after if key not in before))
    rows = [replace(row, case=ids.get(key, "")) for key in keys for row in _row(before.get(key), after.get(key))]
    if baseline["summary"]["holds"] and not results["summary"]["holds"] and not any(row.worse for row in rows):
        rows.append(Change(NEWLY_WRONG, RUN, "it held", f"it does not hold: {results['summary']['sentence']}", worse=True))
    rows.sort(key=lambda row: KINDS.index(row.kind))
    return Changes(tuple(rows), len(before.keys() & after.keys()), tuple(_settings(baseline["run"], results["run"])))


def _keyed(results: Results) -> Mapping[str, tuple[Outcome, Mapping[str, Record]]]:
    """Every outcome by its key, and its comparisons where it is a case."""
    found, cases = parts(results), results["cases"]
    return {outcome.key: (outcome, _comparisons(cases[place]) if place < len(cases) else {}) for place, outcome in enumerate(found)}


def _comparisons(case: Record) -> dict[str, Record]:
    return {f"{check['claim']} in {check['system']}": check for check in case["checks"]}


def _settings(before: Record, after: Record) -> Iterator[str]:
    for key in SETTINGS:
        if before.get(key) != after.get(key):
            yield f"{key} {before.get(key)} there, {after.get(key)} here"


def _row(before: tuple[Outcome, Mapping[str, Record]] | None, after: tuple[Outcome, Mapping[str, Record]] | None) -> Iterator[Change]:
    if before is None:
        if after is not None:
            found = after[0]
            yield Change(NEW, found.name, "", _said(found), worse=found.status not in (PASSED, NOT_CHECKED))
        return
    if after is None:
        yield Change(GONE, before[0].name, _said(before[0]), "", worse=True)
        return
    old, new = before[0], after[0]
    if old.verdict != new.verdict:
        yield _of_verdicts(new.name, old.verdict, new.verdict, new.said)
        return
    if before[1] or after[1]:
        yield from _of_comparisons(new.name, before[1], after[1])
    elif old.evidence != new.evidence and new.section == "gradient checks":
        yield Change(BOUND, new.name, old.evidence, new.evidence)


def _said(outcome: Outcome) -> str:
    return outcome.said


def _of_verdicts(name: str, old: str | None, new: str | None, message: str = "") -> Change:
    """A verdict that became another one; None is that of what was not checked."""
    words = old or NOT_CHECKED, message or new or NOT_CHECKED
    if new is None:
        return Change(GONE, name, *words, worse=True)
    if new == "CORRECT":
        return Change(NEW if old is None else FIXED, name, *words)
    worse = old is None or SEVERITY.index(new) < SEVERITY.index(old)
    return Change(NEWLY_WRONG if worse else OTHERWISE, name, *words, worse=worse)


def _of_comparisons(name: str, before: Mapping[str, Record], after: Mapping[str, Record]) -> Iterator[Change]:
    """What changed inside of a case whose verdict did not."""
    for claim in (*before, *(claim for claim in after if claim not in before)):
        place, old, new = f"{name}, {claim}", before.get(claim), after.get(claim)
        if new is None:
            yield Change(GONE, place, "" if old is None else old["verdict"], "", worse=True)
        elif old is None:
            yield Change(NEW, place, "", new["verdict"], worse=new["verdict"] in ("WRONG", "INACCURATE"))
        elif old["verdict"] != new["verdict"]:
            yield _of_verdicts(place, old["verdict"], new["verdict"])
        elif _bound(old) != _bound(new):
            yield Change(BOUND, place, _bound(old), _bound(new))


def _bound(check: Record) -> str:
    """How near a comparison came to its bound, and what it rests on."""
    return f"{check['worst']}, {check['evidence']}"
