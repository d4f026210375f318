"""The summary of a results file, counted again from its cases: `check_summary(root, ledger)`.

>>> from backproof.reports.audit.file.items import read_items
>>> items = read_items({"cases": [{"verdict": "CORRECT"}], "unlisted": 0, "summary": {"counts": {"CORRECT": 2}}, "groups": []})
>>> ledger = Ledger(len(items.words))
>>> check_summary(items.root, ledger)
>>> ledger.differences[0].follows
'1'
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from backproof.reports.audit.derivations.counts import graphs_up_to
from backproof.reports.audit.derivations.ledger import Cell, Ledger
from backproof.reports.audit.file.items import Item

CASES = "the cases of this file"


def _every(item: Item | None) -> Iterator[Item]:
    if item is not None:
        yield from item.every()


def _check(ledger: Ledger, item: Item | None, follows: Any, why: str) -> None:
    if item is not None and item.value is not None:
        ledger.check(item.cell, str(follows), why)


def check_summary(root: Item, ledger: Ledger) -> None:
    """Count verdicts, groups, claims, comparisons, coverage, wrong engines and graphs again."""
    cases = list(_every(root.at("cases")))
    unlisted = root.at("unlisted")
    whole = unlisted is None or not unlisted.value
    if whole:
        _cases(root, ledger, cases)
    _coverage(root, ledger)
    _selftest(root, ledger)
    _exhaustive(root, ledger)


def _cases(root: Item, ledger: Ledger, cases: list[Item]) -> None:
    verdicts = Counter(str(case.parts["verdict"].value) for case in cases)
    for word, count in _named(root.at("summary", "counts")):
        _check(ledger, count, verdicts[word], CASES)
    for group in _every(root.at("groups")):
        mine = [case for case in cases if (place := case.at("group")) is not None and place.value == group.parts["name"].value]
        _check(ledger, group.at("cases"), len(mine), CASES)
        found = Counter(str(case.parts["verdict"].value) for case in mine)
        for word, count in _named(group.at("counts")):
            _check(ledger, count, found[word], CASES)
    for claim in _every(root.at("summary", "claims")):
        _claim(ledger, claim, cases)
    for key in ("planned", "judged", "certified"):
        if all(case.at(key) is not None for case in cases):
            _check(ledger, root.at("summary", "comparisons", key), sum(case.parts[key].value for case in cases), CASES)
    for case in cases:
        _comparisons(ledger, case)
    reasons: Counter[tuple[Any, Any]] = Counter()
    for case in cases:
        for entry in _every(case.at("unjudged")):
            reasons[_reason(entry)] += entry.parts["comparisons"].value
    for entry in _every(root.at("summary", "comparisons", "unjudged")):
        _check(ledger, entry.at("comparisons"), reasons[_reason(entry)], CASES)


def _reason(entry: Item) -> tuple[Any, Any]:
    excused = entry.at("excused")
    return entry.parts["reason"].value, None if excused is None else excused.value


def _named(item: Item | None) -> list[tuple[str, Item]]:
    return [] if item is None else [(str(key), part) for key, part in item.parts.items()]


def _comparisons(ledger: Ledger, case: Item) -> None:
    """Of one case: what was judged and certified, from its comparisons; what was planned, from what was not judged."""
    checks = list(_every(case.at("checks")))
    judged = sum(_judged(check) for check in checks)
    proved = sum(
        check.parts["verdict"].value == "CORRECT"
        and check.parts["entries"].value > 0
        and check.parts["kind"].value in ("EXACT", "CERTIFIED")
        for check in checks
    )
    _check(ledger, case.at("judged"), judged, "its comparisons")
    _check(ledger, case.at("certified"), proved, "its comparisons")
    left = sum(entry.parts["comparisons"].value for entry in _every(case.at("unjudged")))
    verdict = case.at("verdict")
    if verdict is not None and verdict.value == "CORRECT":
        _check(ledger, case.at("planned"), judged + left, "what was judged, and what was not")
    for check in checks:
        _bins(ledger, check)


def _bins(ledger: Ledger, check: Item) -> None:
    bins, entries = check.at("bins"), check.at("entries")
    if bins is None or bins.value is None or entries is None:
        return
    if sum(bins.value) == entries.value:
        ledger.derived(bins.cell)
    else:
        ledger.differs(bins.cell, f"{entries.value} in all", "the entries of this comparison")


def _judged(check: Item) -> bool:
    verdict = check.parts["verdict"].value
    return verdict in ("WRONG", "INACCURATE") or (verdict == "CORRECT" and check.parts["entries"].value > 0)


def _claim(ledger: Ledger, claim: Item, cases: list[Item]) -> None:
    same = ("claim", "system", "kind")
    if any(claim.at(key) is None for key in (*same, "held")):
        return
    mine = [
        check for case in cases for check in _every(case.at("checks")) if all(check.parts[k].value == claim.parts[k].value for k in same)
    ]
    why = "the comparisons of all cases"
    counts = Counter(str(check.parts["verdict"].value) for check in mine)
    for word, count in _named(claim.at("counts")):
        _check(ledger, count, counts[word], why)
    held = sum(check.parts["verdict"].value == "CORRECT" and check.parts["entries"].value > 0 for check in mine)
    _check(ledger, claim.at("held"), held, why)
    _check(ledger, claim.at("not_checked"), len(cases) - sum(counts.values()), why)
    digits = [d for check in mine if check.parts["verdict"].value == "CORRECT" and (d := check.parts["digits"].value) is not None]
    _check(ledger, claim.at("digits"), min(digits, default=0), why)
    shares = [share for check in mine if (share := check.parts["share"].value) is not None]
    if shares and claim.parts["share"].value is not None:
        _check(ledger, claim.at("share"), repr(max(shares)), why)
    bins = claim.at("bins")
    if bins is not None and bins.value is not None:
        rows = [check.parts["bins"].value for check in mine if check.parts["bins"].value is not None]
        for place, one in enumerate(bins.every()):
            _check(ledger, one, sum(row[place] for row in rows), why)


def _coverage(root: Item, ledger: Ledger) -> None:
    coverage = root.at("coverage")
    if coverage is None or coverage.value is None:
        return
    reached = empty = 0
    for table in _every(coverage.at("tables")):
        aside = {(cell.parts["subject"].value, cell.parts["value"].value) for cell in _every(table.at("not_aimed_at"))}
        values = table.parts["values"].value
        for row in _every(table.at("rows")):
            for value, count in zip(values, row.parts["counts"].value, strict=True):
                if (row.parts["subject"].value, value) not in aside:
                    reached += count > 0
                    empty += count == 0
    _check(ledger, coverage.at("reached"), reached, "the cells of the tables")
    _check(ledger, coverage.at("cells"), reached + empty, "the cells of the tables")


def _selftest(root: Item, ledger: Ledger) -> None:
    selftest = root.at("selftest")
    if selftest is None or selftest.value is None:
        return
    mutants = list(_every(selftest.at("mutants")))
    caught = sum(mutant.parts["agrees_on"].value is not None and bool(mutant.parts["killed_by"].value) for mutant in mutants)
    _check(ledger, selftest.at("caught"), caught, "the wrong engines listed")
    checks = selftest.parts["checks"].value
    for check, count in zip(checks, _every(selftest.at("only")), strict=True):
        _check(ledger, count, sum(mutant.parts["killed_by"].value == [check] for mutant in mutants), "the wrong engines listed")


def _exhaustive(root: Item, ledger: Ledger) -> None:
    every = root.at("exhaustive")
    if every is None or every.value is None:
        return
    sizes = list(_every(every.at("sizes")))
    for key in ("graphs", "adjoints", "violated"):
        _check(ledger, every.at(key), sum(size.parts[key].value for size in sizes), "the sizes listed")
    n = max((size.parts["n"].value for size in sizes), default=0)
    _check(ledger, every.at("n"), n, "the sizes listed")
    for size in sizes:
        graphs = graphs_up_to(size.parts["n"].value) - graphs_up_to(size.parts["n"].value - 1)
        _check(ledger, size.at("graphs"), graphs, "the edge sets on so many vertices")
        ledger.derived(Cell("", size.first, size.last))
